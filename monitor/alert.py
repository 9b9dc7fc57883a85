"""An alert and what is told of it: values, and how open alerts follow what holds. Pure.

An alert is what it is called by its labels: the same labels are the same alert, byte for byte, on every daemon that watches
the same vendors. So nothing that changes while it goes on (a number, a time, a sentence) may be a label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from checks.plain import Plain


class Urgency(StrEnum):
    """Who is to be woken. The label ``severity``."""

    PAGE = "page"
    TICKET = "ticket"
    INFO = "info"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that somebody should know, since *starts_at*, until *ends_at* or still.

    *labels* say what it is, among them ``alertname`` and ``severity``; *annotations* say it to people. Both are in the order
    of their names.
    """

    labels: Mapping[str, str]
    annotations: Mapping[str, str] = field(default_factory=dict, compare=False)
    starts_at: datetime
    ends_at: datetime | None = None

    @property
    def name(self) -> str:
        """What kind of alert it is."""
        return self.labels["alertname"]

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.ends_at is None

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that are the same for the same labels, here and everywhere."""
        text = "\0".join(f"{name}\1{value}" for name, value in sorted(self.labels.items()))
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def as_plain(self) -> dict[str, Plain]:
        """The alert as plain values, in the words of Alertmanager's API (``startsAt`` and its kin, RFC 3339)."""
        return {
            "status": "firing" if self.is_open else "resolved",
            "labels": dict(sorted(self.labels.items())),
            "annotations": dict(sorted(self.annotations.items())),
            "startsAt": self.starts_at.isoformat(),
            "endsAt": self.ends_at.isoformat() if self.ends_at else None,
            "fingerprint": self.fingerprint,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Whether something holds that deserves an alert: *holds* is None while nobody can tell.

    *since* is when it began to hold. A *silenced* one opens no alert, and goes on with the one that is open.
    """

    labels: Mapping[str, str]
    holds: bool | None
    since: datetime
    annotations: Mapping[str, str] = field(default_factory=dict)
    is_silenced: bool = False


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What became of alerts.

    *open* are those that go on, by fingerprint; *changed* those that opened or ended, *reworded* those that only say it
    otherwise now. *ended* is when each of those that do not go on ended last.
    """

    open: Mapping[str, Alert] = field(default_factory=dict)
    changed: tuple[Alert, ...] = ()
    reworded: tuple[Alert, ...] = ()
    ended: dict[str, datetime] = field(default_factory=dict)


NO_ALERTS = Reconciled()


def restored(alerts: Iterable[Alert]) -> Reconciled:
    """*alerts* of before the start: those that are open as if found so a moment ago, and when the others ended."""
    known = tuple(alerts)
    ended = sorted((alert.ends_at, alert.fingerprint) for alert in known if alert.ends_at)
    return Reconciled(
        open={alert.fingerprint: alert for alert in known if alert.is_open}, ended={key: at for at, key in ended}
    )


def still(before: Reconciled) -> Reconciled:
    """What becomes of alerts while nobody can tell anything."""
    return replace(before, changed=(), reworded=()) if before.changed or before.reworded else before


def reconcile(before: Reconciled, conditions: Iterable[Condition], at: datetime) -> Reconciled:
    """What becomes of alerts as they were *before*, now that *conditions* were looked at.

    What no condition speaks of any more has ended: it is not watched now. What nobody can tell stays as it was. An alert
    that opens again begins no earlier than it ended, or it would be the one that ended.
    """
    known, after = before.open, dict[str, Alert]()
    for condition in conditions:
        if not (known or condition.holds):
            continue
        alert = Alert(labels=condition.labels, annotations=condition.annotations, starts_at=condition.since)
        key = alert.fingerprint
        if key in known and condition.holds is not False:
            after[key] = replace(known[key], annotations=condition.annotations or known[key].annotations)
        elif condition.holds and key not in known and not condition.is_silenced:
            began = max(alert.starts_at, before.ended.get(key, alert.starts_at))
            after[key] = replace(alert, starts_at=min(began, at))  # The clock may have been set back since.
    ended = {key: at for key in known if key not in after}
    return Reconciled(
        open=after,
        changed=(
            *(alert for key, alert in after.items() if key not in known),
            *(replace(known[key], ends_at=max(at, known[key].starts_at)) for key in ended),
        ),
        reworded=tuple(new for key, new in after.items() if key in known and new.annotations != known[key].annotations),
        ended=before.ended | ended if ended else before.ended,
    )
