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
    otherwise now.
    """

    open: Mapping[str, Alert]
    changed: tuple[Alert, ...] = ()
    reworded: tuple[Alert, ...] = ()


def reconcile(before: Mapping[str, Alert], conditions: Iterable[Condition], at: datetime) -> Reconciled:
    """What becomes of the open alerts *before*, by fingerprint, now that *conditions* were looked at.

    What no condition speaks of any more has ended: it is not watched now. What nobody can tell stays as it was.
    """
    after: dict[str, Alert] = {}
    changed: list[Alert] = []
    spoken_of: set[str] = set()
    for condition in conditions:
        alert = Alert(labels=condition.labels, annotations=condition.annotations, starts_at=condition.since)
        key = alert.fingerprint
        spoken_of.add(key)
        if key in before and condition.holds is not False:
            after[key] = replace(before[key], annotations=condition.annotations or before[key].annotations)
        elif key in before:
            changed.append(replace(before[key], ends_at=at))
        elif condition.holds and not condition.is_silenced:
            after[key] = alert
            changed.append(alert)
    changed += [replace(alert, ends_at=at) for key, alert in before.items() if key not in spoken_of]
    reworded = [alert for key, alert in after.items() if key in before and alert.annotations != before[key].annotations]
    return Reconciled(after, tuple(changed), tuple(reworded))
