"""What Alertmanager's messages say, and the daemon's own, which name each alert in the same words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tests.support.receiver import Message


@dataclass(frozen=True)
class Told:
    """What an Alertmanager's message says: its status, and name, vendor and status of each of its alerts, sorted."""

    status: str
    alerts: list[tuple[str, str, str]]


def told(message: Message) -> Told:
    """*message* of an Alertmanager in short."""
    found = [(each["labels"], each["status"]) for each in message.content["alerts"]]
    return Told(
        message.content["status"], sorted((labels["alertname"], labels.get("vendor", ""), is_) for labels, is_ in found)
    )


def alone(status: str, name: str, vendor: str = "") -> Told:
    """A message about one alert."""
    return Told(status, [(name, vendor, status)])


DOWN = alone("firing", "VendorDown", "acme")
OVER = alone("resolved", "VendorDown", "acme")


def began(message: Message) -> float:
    """When the one alert in *message* of an Alertmanager began, as a Unix time."""
    (alert,) = message.content["alerts"]
    return datetime.fromisoformat(alert["startsAt"]).timestamp()


def identity(message: Message) -> tuple[str, str]:
    """What Alertmanager makes of all labels of the one alert in *message*, and when the alert began."""
    (alert,) = message.content["alerts"]
    return alert["fingerprint"], alert["startsAt"]


def fallen(came: Iterable[Message]) -> set[str]:
    """The vendors that were said to be down in what *came*."""
    alerts = [alert for message in came for alert in message.content["alerts"] if alert["status"] == "firing"]
    return {alert["labels"]["vendor"] for alert in alerts if alert["labels"]["alertname"] == "VendorDown"}
