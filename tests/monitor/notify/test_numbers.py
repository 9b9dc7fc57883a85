"""What the exporter shows of telling people."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.metrics import Instruments
from monitor.notify.tally import Tally
from monitor.outbox import Queue

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def shown(tally: Tally) -> set[str]:
    instruments = Instruments("1", ())
    instruments.notifications_are(tally)
    lines = instruments.exposition().decode().splitlines()
    return {line for line in lines if line.startswith(("vendorwatch_notification", "vendorwatch_heartbeat"))}


def test_each_channel_has_its_numbers_from_the_start() -> None:
    tally = Tally()
    tally.begin(["ops"], has_heartbeat=True)
    assert shown(tally) == {
        'vendorwatch_notifications_total{channel="ops"} 0.0',
        'vendorwatch_notification_failures_total{channel="ops"} 0.0',
    }
    tally.took("ops")
    tally.refused("ops")
    tally.queues = {"ops": Queue(waiting=4, dead=3, oldest=NOON)}
    tally.heartbeat = NOON
    assert shown(tally) == {
        'vendorwatch_notifications_total{channel="ops"} 1.0',
        'vendorwatch_notification_failures_total{channel="ops"} 1.0',
        'vendorwatch_notifications_queued{channel="ops"} 4.0',
        'vendorwatch_notifications_dead{channel="ops"} 3.0',
        'vendorwatch_notification_oldest_timestamp_seconds{channel="ops"} 1.7723664e+09',
        "vendorwatch_heartbeat_last_success_timestamp_seconds 1.7723664e+09",
    }


def test_a_reload_goes_on_counting_and_forgets_who_is_gone() -> None:
    tally = Tally()
    tally.begin(["ops", "old"], has_heartbeat=True)
    tally.took("ops")
    tally.took("old")
    tally.heartbeat = NOON
    tally.begin(["ops", "new"], has_heartbeat=True)
    assert tally.sent == {"ops": 1, "new": 0}
    assert tally.heartbeat == NOON
    tally.begin(["ops"], has_heartbeat=False)
    assert tally.heartbeat is None
