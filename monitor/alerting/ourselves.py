"""What is wrong with ourselves, in words for people. Pure."""

from __future__ import annotations

from datetime import datetime

from checks.wording import moment
from monitor.alert import Condition, Urgency
from monitor.alerting.judged import Judged


def offline(since: datetime, *, holds: bool | None, troubles: str) -> Condition:
    """The condition that our own network is the suspect; *troubles* is what could not be reached."""
    judged = Judged(
        "VendorwatchEgressSuspect",
        Urgency.PAGE,
        holds or None,
        since,
        "vendorwatch cannot see the world: its own network is the suspect",
        f"Since {moment(since)} most canaries cannot be reached. What fails now counts against no vendor, and the "
        f"alerts of vendors stay as they were. Not reached: {troubles}.",
    )
    labels = {"alertname": judged.name, "severity": judged.severity.value}
    return Condition(labels=labels, holds=holds, since=since, annotations=judged.annotations if holds else {})
