"""What is wrong with ourselves, in words for people. Pure."""

from __future__ import annotations

from datetime import datetime

from checks.wording import moment
from monitor.alert import Condition, Urgency
from monitor.alerting.judged import Judged

_GONE = "most canaries cannot be reached. What fails now counts against no vendor, and"
_RESTLESS = (
    "most canaries could not be reached again and again. What fails then, or a moment after, counts against no vendor: who "
    "is down may not be told, and"
)


def offline(since: datetime, *, holds: bool | None, troubles: str, comes_and_goes: bool = False) -> Condition:
    """The condition that our own network is the suspect; *troubles* is what could not be reached, while nothing else is."""
    judged = Judged(
        "VendorwatchEgressSuspect",
        Urgency.PAGE,
        holds or None,
        since,
        f"vendorwatch cannot see the world: its own network {'comes and goes' if comes_and_goes else 'is the suspect'}",
        f"Since {moment(since)} {_RESTLESS if comes_and_goes else _GONE} the alerts of vendors stay as they were. "
        + ("The log says what was not reached each time." if comes_and_goes else f"Not reached: {troubles}."),
        over="vendorwatch sees the world again",
    )
    labels = {"alertname": judged.name, "severity": judged.severity.value}
    return Condition(labels=labels, holds=holds, since=since, annotations=judged.annotations if holds else {})
