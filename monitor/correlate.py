"""What no single target can know: whether it is the vendor that failed, our own view of the world, or what many share.

Pure functions and values. A failed look blames a vendor only when something else was seen between that failure and the next
one: then the way out of here works, and it worked after the failure. What was seen before proves nothing, and neither does
what is seen after our own network has come back. While nothing else can be seen, we are the suspect and nobody is down.
One good look elsewhere is taken for proof, so a way out that comes and goes within seconds can still look like the vendor:
that is what canaries are for (`monitor.egress`), and this is for where there are none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any

from checks.model import Claim, Finding, Observation, Reason, State
from checks.status.source import FROZEN

PATIENCE_SECONDS = 60.0
"""How long a failure may go without anything else being looked at before it is held to be ours."""
MEMORY_SECONDS = 600.0
"""How far back looks are remembered. A host not seen for longer was in trouble before: its failing says nothing of us."""
_WINDOW_SECONDS = 0.1
"""Of the looks that end within this time of each other two hosts are kept: one may be the very host in question."""

_ANSWERED = frozenset({Reason.PARSE, Reason.MOVED, Reason.PRIVATE, Reason.BLOCKED, Reason.TOO_LARGE})
"""Failures that begin with an answer: the network carried it."""
_NOT_THE_NETWORK = frozenset({Reason.CONFIG, Reason.INTERNAL})
"""Failures that say nothing about the network, because nothing was sent."""
_NOT_THE_PAGE = _NOT_THE_NETWORK | {Reason.RESOLVER, Reason.OFFLINE}
"""Failures that say nothing about a page, because it was never asked for."""

FEWEST_PAGES = 3
"""Of how many pages of a platform one can say that they fail together."""
UNREADABLE_PERCENT = 70
"""Of how many pages of a platform it is no chance."""


def carried(observation: Observation[Any]) -> bool | None:
    """Whether the network carried an answer; None when the look never got as far as to ask it."""
    reason = observation.failure.reason if observation.failure else None
    if reason in _NOT_THE_NETWORK:
        return None
    return reason is None or reason in _ANSWERED


class Sight(Enum):
    """Whether we could see anything else while a look failed."""

    CLEAR = "clear"
    UNSURE = "unsure"
    BLIND = "blind"


@dataclass(slots=True)
class Trail:
    """When which host was met, oldest first, a few for each moment and no further back than `MEMORY_SECONDS`."""

    moments: list[float] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)

    def add(self, host: str, at: float) -> None:
        """Remember *host*, met at a time that is not before the last one."""
        if self.moments and at - self.moments[-1] < _WINDOW_SECONDS:
            recent = bisect_right(self.moments, at - _WINDOW_SECONDS)
            if host in self.hosts[recent:] or len(self.hosts) - recent > 1:
                return
        self.moments.append(at)
        self.hosts.append(host)
        stale = bisect_right(self.moments, at - MEMORY_SECONDS)
        if stale > len(self.moments) // 2:
            del self.moments[:stale], self.hosts[:stale]

    def has_other(self, host: str, after: float, until: float) -> bool:
        """Whether any host but *host* was met later than *after* and not later than *until*."""
        first, last = bisect_right(self.moments, after), bisect_right(self.moments, until)
        return any(self.hosts[index] != host for index in range(first, last))


@dataclass(slots=True)
class Horizon:
    """Which hosts were seen lately, and which were looked for in vain. Times are seconds of a clock that never goes back."""

    seen: Trail = field(default_factory=Trail)
    missed: Trail = field(default_factory=Trail)
    last_seen: dict[str, float] = field(default_factory=dict)
    missing_since: dict[str, float] = field(default_factory=dict)
    mute: set[str] = field(default_factory=set)

    def note(self, host: str, observation: Observation[Any], end: float) -> None:
        """Take in one look at *host* that ended at *end*; without a host it is none of the network's."""
        was_carried = carried(observation)
        if not host:
            return
        self.mute.discard(host)
        if was_carried is None:
            self.mute.add(host)
        elif was_carried:
            self.seen.add(host, end)
            self.last_seen[host] = end
            self.missing_since.pop(host, None)
        else:
            if observation.failure and observation.failure.reason.blames_vendor:
                self.missing_since.setdefault(host, end)
            if end - self.last_seen.get(host, end - 2 * MEMORY_SECONDS) <= MEMORY_SECONDS:
                self.missed.add(host, end)

    def forget_all_but(self, hosts: frozenset[str]) -> None:
        """Drop what is known of any other host."""
        self.last_seen = {host: at for host, at in self.last_seen.items() if host in hosts}
        self.missing_since = {host: at for host, at in self.missing_since.items() if host in hosts}
        self.mute &= hosts

    def sight(self, host: str, since: float, until: float, hosts: Iterable[str]) -> Sight:
        """What was seen elsewhere after *since*, the end of the first look at *host* that failed, and before *until*.

        *until* is the start of the newest one; *hosts* is everything that is watched: with nothing else to look at, the one
        host's word has to do.
        """
        if not any(other not in {"", host} and self._may_testify(other, since) for other in hosts):
            return Sight.CLEAR
        if self.seen.has_other(host, since, until):
            return Sight.CLEAR
        if until - since > PATIENCE_SECONDS or self.missed.has_other(host, since, until):
            return Sight.BLIND
        return Sight.UNSURE

    def _may_testify(self, other: str, since: float) -> bool:
        """Whether *other* could be seen if we can see: not what never asks the network, nor what died by itself before."""
        if other in self.mute:
            return False
        missing = self.missing_since.get(other)
        return missing is None or missing >= since or not self.seen.has_other(other, missing, since)


def sight_in_round(host: str, looks: Iterable[tuple[str, Observation[Any]]]) -> Sight:
    """What one round of *looks*, by host, says of our own view when *host* failed in it; unsure with no other host in it."""
    others = [was_carried for other, look in looks if other not in {"", host} and (was_carried := carried(look)) is not None]
    if not others:
        return Sight.UNSURE
    return Sight.CLEAR if any(others) else Sight.BLIND


class Disagreement(StrEnum):
    """Where a vendor's word and our measurement part. A metric label."""

    PROBE_DOWN_CLAIM_OK = "probe_down_claim_ok"
    PROBE_OK_CLAIM_DOWN = "probe_ok_claim_down"


def disagreement(measured: State, claimed: Claim) -> Disagreement | None:
    """Whether *claimed* and *measured* cannot both be the whole truth. What is unknown disagrees with nothing."""
    if measured is State.DOWN and claimed is Claim.OPERATIONAL:
        return Disagreement.PROBE_DOWN_CLAIM_OK
    if measured is State.UP and claimed in {Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE}:
        return Disagreement.PROBE_OK_CLAIM_DOWN
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """The newest look at the status page *url*, which *platform* reads: *why* it could not be read, if so."""

    platform: str
    url: str
    why: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A platform most of whose *pages* *failed* to be read at the same time, most for *reason*: no vendor is to blame."""

    platform: str
    pages: int
    failed: int
    reason: Reason


def unread(look: Observation[Any] | None, sight: Sight) -> Reason | None:
    """Why *look* could not read its page; None when it did, and when that says nothing of the page but something of us."""
    reason = look.failure.reason if look and look.failure else None
    if look is None or reason in _NOT_THE_PAGE:
        return None
    return reason if carried(look) or sight is Sight.CLEAR else None


def platforms_in(looks: Iterable[PageLook]) -> Mapping[str, Unreadable | None]:
    """The platforms of *looks* in the order of their names, each with what is wrong with it as a whole, if anything is."""
    pages: dict[str, dict[str, list[Reason | None]]] = defaultdict(lambda: defaultdict(list))
    for look in looks:
        pages[look.platform][look.url].append(look.why)
    return {platform: _unreadable(platform, pages[platform].values()) for platform in sorted(pages)}


def _unreadable(platform: str, pages: Collection[list[Reason | None]]) -> Unreadable | None:
    """What the looks at each of its *pages* say of *platform*. A page that anybody could read can be read."""
    reasons = Counter(why[0] for why in pages if why[0] and None not in why)
    failed = reasons.total()
    if len(pages) < FEWEST_PAGES or 100 * failed < UNREADABLE_PERCENT * len(pages):
        return None
    return Unreadable(platform=platform, pages=len(pages), failed=failed, reason=reasons.most_common(1)[0][0])


def is_suspect(apart: Disagreement | None, findings: Iterable[Finding]) -> bool:
    """Whether a page is hardly to be believed: it has stood still for months by its *findings*, and we measure otherwise."""
    return apart is not None and any(finding.code == FROZEN for finding in findings)
