"""What those that fail have in common, kept up with look by look; told in the log once when it begins and once when it ends.

The failing itself is told of each vendor as ever; this says where to look first. Lives on the event loop.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping

from checks.model import Reason, State
from checks.shared import SharedKind, Trait
from monitor.causes import CommonLook, SharedCause, shared_causes
from monitor.correlate import Sight, unread
from monitor.snapshot import Entry

_log = logging.getLogger(__name__)


class Explanations:
    """The newest look at each target, as far as it matters here, and the causes that stood out at the last comparison."""

    def __init__(self) -> None:
        self._looks: dict[str, CommonLook] = {}
        self._causes: tuple[SharedCause, ...] = ()
        self._by_vendor: Mapping[str, str] = {}

    def note(self, entry: Entry) -> None:
        """Take in the newest look at a target."""
        self._looks[entry.target.key] = common_look(entry)

    def forget_all_but(self, keys: Collection[str]) -> None:
        """Drop what is known of any other target."""
        self._looks = {key: look for key, look in self._looks.items() if key in keys}

    def compare(self) -> None:
        """Find the causes of this moment, and tell what has changed: some 4 ms for 10,000 targets of which a few fail."""
        before, self._causes = self._causes, shared_causes(self._looks.values())
        self._by_vendor = _by_vendor(self._causes)
        for cause in _without(self._causes, before):
            _log.warning("vendors fail together", extra={**_named(cause.trait), "vendors": len(cause.vendors)})
        for cause in _without(before, self._causes):
            _log.info("vendors fail together no more", extra=_named(cause.trait))

    @property
    def causes(self) -> tuple[SharedCause, ...]:
        """The causes that stood out at the last comparison, that of most vendors first."""
        return self._causes

    @property
    def sizes(self) -> Mapping[SharedKind, int]:
        """How many vendors fail together by one cause of each kind, at the most; 0 where there is none."""
        return {
            kind: max((len(cause.vendors) for cause in self._causes if cause.trait.kind is kind), default=0)
            for kind in SharedKind
        }

    def cause_of(self, vendor: str) -> str:
        """Why *vendor* fails together with others, without a full stop; empty where nothing says so."""
        return self._by_vendor.get(vendor, "")


def common_look(entry: Entry) -> CommonLook:
    """What the newest look at a target says of it and others."""
    vendor, host = entry.target.vendor, entry.target.host
    if entry.check.reads_claim:
        page = (Trait(SharedKind.STATUS_HOST, host),) if host else ()
        return CommonLook(vendor, page, page if unread(entry.latest, entry.sight) else ())
    traits, suspected = _traits(entry), _suspected(entry)
    return CommonLook(vendor, traits, tuple(trait for trait in traits if trait.kind in suspected))


def _traits(entry: Entry) -> tuple[Trait, ...]:
    """What the target was found to share when it was last seen; a bug in that is the check's, and ends nothing here."""
    if entry.check.shares is None or entry.good is None:
        return ()
    try:
        return tuple(entry.check.shares(entry.good.facts))
    except Exception:  # noqa: BLE001 - a check's own code may raise anything
        _log.exception("%s: a bug in telling what it shares", entry.target.key)
        return ()


def _suspected(entry: Entry) -> Collection[SharedKind]:
    """What may be why the target fails, if it does. No issuer keeps a server from taking connections."""
    if _looks_down(entry):
        failure = entry.latest.failure if entry.latest else None
        is_trusts = failure is None or failure.reason is Reason.TLS
        return (SharedKind.NETWORK, SharedKind.ISSUER) if is_trusts else (SharedKind.NETWORK,)
    return (SharedKind.NETWORK,) if entry.held.state is State.DOWN else ()


def _looks_down(entry: Entry) -> bool:
    """Whether the newest look says "down", and we could see."""
    look = entry.latest
    if look is None or entry.sight is not Sight.CLEAR:
        return False
    if look.failure:
        return look.failure.reason.blames_vendor
    return any(finding.state is State.DOWN for finding in look.findings)


def _by_vendor(causes: Iterable[SharedCause]) -> Mapping[str, str]:
    """What explains the failing of each vendor best. That a page cannot be read explains none."""
    found: dict[str, str] = {}
    telling = (cause for kind in (SharedKind.NETWORK, SharedKind.ISSUER) for cause in causes if cause.trait.kind is kind)
    for cause in telling:
        for vendor in cause.vendors:
            found.setdefault(vendor, str(cause))
    return found


def _without(causes: Iterable[SharedCause], others: Iterable[SharedCause]) -> list[SharedCause]:
    """Those of *causes* whose trait none of *others* has."""
    known = {other.trait for other in others}
    return [cause for cause in causes if cause.trait not in known]


def _named(trait: Trait) -> Mapping[str, str]:
    return {"kind": trait.kind.value, "shared": trait.value}
