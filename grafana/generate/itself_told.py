"""Telling people: what channels took and did not take, what waits, and whether our heartbeat is heard."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import coloured, column, shaped, unit, value, wide
from grafana.generate.parts import Panel, graph, grid, limits, now, number, query, rows
from grafana.generate.tiles import or_none, told


def told_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _channels()
    yield _messages()
    yield _heartbeat()


def _channels() -> table.Panel:
    waits = ask.age("notification_oldest_timestamp_seconds")
    panel = grid(
        501,
        "Channels",
        "What each channel of direct push took in the time shown, what it refused, what waits and what was given up. "
        "Red under Oldest: it has waited for ten minutes. Red under Given up: nobody was told. Yellow: tries were refused. "
        "vendorwatch notify status says what the receiver answered; the runbook: VendorwatchNotificationsFailing. Alerts "
        "through Prometheus do not depend on it.",
        rows(ask.in_all("notifications_total", "channel"), "A"),
        rows(ask.in_all("notification_failures_total", "channel"), "B"),
        rows(f"max by (channel) ({ask.own('notifications_queued')})", "C"),
        rows(f"max by (channel) ({waits} or 0 * {ask.own('notifications_queued')})", "D"),
        rows(f"max by (channel) ({ask.own('notifications_dead')})", "E"),
        width=12,
        height=7,
    )
    count = unit(units.Short, 0)
    return shaped(
        panel,
        column("channel", "Channel"),
        value("A", "Taken", count, wide(85)),
        value("B", "Refused", count, coloured(("text", None), ("yellow", 1.0)), wide(85)),
        value("C", "Wait", count, wide(75)),
        value("D", "Oldest", unit(units.Seconds, 0), coloured(("text", None), ("red", 600.0)), wide(95)),
        value("E", "Given up", count, coloured(("text", None), ("red", 1.0)), wide(90)),
        worst="Oldest",
    ).no_value("no channel")


def _messages() -> timeseries.Panel:
    found = (
        query(ask.happened(ask.own("notifications_total"), "channel"), "{{channel}}", "A"),
        query(ask.happened(ask.own("notification_failures_total"), "channel"), "{{channel}}: refused", "B"),
    )
    text = (
        "Messages that channels took, and tries that failed. Only failures for a quarter of an hour: the channel is broken; "
        "vendorwatch notify status says why, vendorwatch notify test CHANNEL tries it now."
    )
    return graph(502, "Messages", text, *found, unit=units.Short, width=8, height=7).no_value("none is known")


def _heartbeat() -> stat.Panel:
    text = (
        "Since our heartbeat was last heard elsewhere, of the daemon that was heard last. Yellow: five minutes; some beats "
        "were lost, unless every: is longer. Red: a quarter of an hour; whoever listens will raise the alarm, or nobody "
        "listens any more. The daemon is not well, or its log says why it was not heard; see heartbeat: in "
        "config/monitor.yaml."
    )
    heard = f"min({ask.age('heartbeat_last_success_timestamp_seconds')})"
    panel = (
        number(503, "Heartbeat heard", text, now(or_none(heard, ask.GOING)), unit=units.Seconds, width=4)
        .height(7)
        .decimals(0)
    )
    return told(panel, nothing="none is sent").thresholds(limits(("green", None), ("yellow", 300), ("red", 900)))
