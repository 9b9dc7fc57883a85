"""Outages, alerts, messages and mutes as rows, and rows as them: pure functions that know the columns and no statement.

What an alert says is kept as JSON in the words of `monitor.alert.Alert.as_plain`. Its labels are never cut, because they
are what it is called by.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from monitor.alert import Alert
from monitor.outage import Outage
from monitor.outbox import Message
from monitor.store.facts import as_json
from monitor.store.rows import Columns, told
from monitor.store.store import Mute
from monitor.store.tables import AlertRow, MessageRow, MuteRow, OutageRow, Stage


def outage_columns(outage: Outage) -> Columns:
    """An outage as a row."""
    return {
        "vendor": outage.vendor,
        "opened_at": outage.opened_at,
        "confirmed_at": outage.confirmed_at,
        "claimed_at": outage.claimed_at,
        "closed_at": outage.closed_at,
        "targets": as_json(outage.targets),
        "cause": told(outage.cause),
        "shared": told(outage.shared),
    }


def outage_of(row: OutageRow) -> Outage:
    """The outage that a row holds."""
    return Outage(
        vendor=row.vendor,
        opened_at=row.opened_at,
        confirmed_at=row.confirmed_at,
        claimed_at=row.claimed_at,
        closed_at=row.closed_at,
        targets=tuple(json.loads(row.targets)),
        cause=row.cause,
        shared=row.shared,
    )


def alert_columns(alert: Alert) -> Columns:
    """An alert as a row."""
    return {
        "fingerprint": alert.fingerprint,
        "starts_at": alert.starts_at,
        "ends_at": alert.ends_at,
        "labels": as_json(dict(alert.labels)),
        "annotations": as_json(_told_all(alert)),
    }


def alert_of(row: AlertRow) -> Alert:
    """The alert that a row holds."""
    labels, annotations = json.loads(row.labels), json.loads(row.annotations)
    return Alert(labels=labels, annotations=annotations, starts_at=row.starts_at, ends_at=row.ends_at)


def message_columns(message: Message) -> Columns:
    """A message as the row of one that waits."""
    return {
        "key": message.key,
        "channel": message.channel,
        "stage": Stage.WAITING.value,
        "at": message.at,
        "alert": as_json(message.alert.as_plain() | {"annotations": _told_all(message.alert)}),
        "tries": 0,
        "waited": 0,
        "doubts": 0,
    }


def message_of(row: MessageRow) -> Message:
    """The message that a row holds."""
    said = json.loads(row.alert)
    alert = Alert(
        labels=said["labels"],
        annotations=said["annotations"],
        starts_at=datetime.fromisoformat(said["startsAt"]),
        ends_at=datetime.fromisoformat(said["endsAt"]) if said["endsAt"] else None,
    )
    return Message(channel=row.channel, alert=alert, at=row.at)


def mute_columns(mute: Mute) -> Columns:
    """A mute as a row."""
    return {"vendor": mute.vendor, "since": mute.since, "until": mute.until, "why": told(mute.why)}


def mute_of(row: MuteRow) -> Mute:
    """The mute that a row holds."""
    return Mute(vendor=row.vendor, since=row.since, until=row.until, why=row.why)


def _told_all(alert: Alert) -> dict[str, Any]:
    """What is said of *alert*, each text cut."""
    return {name: told(text) for name, text in sorted(alert.annotations.items())}
