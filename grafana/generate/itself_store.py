"""The store: what waits to be written, what was lost, how large it is, and whether it is kept small."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import Column, coloured, column, shaped, unit, value, wide, worded, words
from grafana.generate.parts import Panel, graph, grid, query, rows

_SIZE = (("within its size", "text"), ("too large", "yellow"))


def store_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _stores()
    yield _waiting()
    yield _lost()
    yield _size()


def _stores() -> table.Panel:
    panel = grid(
        401,
        "Stores",
        "The store as each daemon sees it. Red under Oldest waits: for five minutes it could not be written, yellow for "
        "one; the errors below say why. Do not restart before it can, or what waits is lost. Red under Lost: gaps in the "
        "history. The runbook: VendorwatchStoreFailing. Yellow under Limit or Packed ago: it is too large, or for six "
        "hours nothing old was pressed together or went; see VendorwatchStoreTooLarge. Yellow under Errors: see below "
        "which.",
        rows(ask.of_each(ask.own("store_queue_length")), "A"),
        rows(ask.of_each(ask.own("store_queue_bytes")), "B"),
        rows(ask.of_each(f"{ask.age('store_queue_oldest_timestamp_seconds')} or 0 * {ask.own('store_queue_length')}"), "C"),
        rows(ask.of_each(ask.age("store_last_success_timestamp_seconds")), "D"),
        rows(ask.in_all("store_errors_total", ask.DAEMON), "E"),
        rows(ask.in_all("store_dropped_total", ask.DAEMON), "F"),
        rows(ask.of_each(ask.own("store_size_bytes")), "G"),
        rows(ask.of_each(ask.own("store_too_large")), "H"),
        rows(ask.of_each(ask.age("store_compaction_last_success_timestamp_seconds")), "I"),
        rows(ask.in_all("store_packed_total", ask.DAEMON), "J"),
        height=5,
    )
    return shaped(panel, *_columns(), worst="Oldest waits").no_value("not known")


def _columns() -> tuple[Column, ...]:
    ago, count = unit(units.Seconds, 0), unit(units.Short, 0)
    return (
        column("instance", "Daemon"),
        value("A", "Records wait", count, wide(105)),
        value("B", "They take", unit(units.BytesIEC, 0), wide(95)),
        value("C", "Oldest waits", ago, coloured(("text", None), *ask.STORE_BEHIND), wide(105)),
        value("D", "Written ago", ago, wide(105)),
        value("E", "Errors", count, coloured(("text", None), ("yellow", 1.0)), wide(80)),
        value("F", "Lost", count, coloured(("text", None), ("red", 1.0)), wide(80)),
        value("G", "Size", unit(units.BytesIEC, 1), wide(95)),
        value("H", "Limit", words(worded(*_SIZE)), wide(120)),
        value("I", "Packed ago", ago, coloured(("text", None), ("yellow", 21_600.0)), wide(105)),
        value("J", "Packed", count, wide(95)),
    )


def _waiting() -> timeseries.Panel:
    text = (
        "Records that wait to be written. A saw of a few is right. A slope is a store that cannot be written: see the "
        "errors beside this, and VendorwatchStoreFailing in the runbook."
    )
    lines = query(ask.of_each(ask.own("store_queue_length")), "{{instance}}")
    return graph(402, "Waiting", text, lines, unit=units.Short, width=8, height=7).decimals(0).no_value("no daemon")


def _lost() -> timeseries.Panel:
    found = (
        query(ask.happened(ask.own("store_errors_total"), "operation, reason"), "{{operation}}: {{reason}}", "A"),
        query(ask.happened(ask.own("store_dropped_total"), "reason"), "lost: {{reason}}", "B"),
    )
    text = (
        "When the store failed, by what was asked of it and why, and records that were given up. full, readonly and "
        "unreachable end by themselves once the cause is gone; corrupt: copy it away, then vendorwatch db check."
    )
    return graph(403, "Errors and losses", text, *found, unit=units.Short, width=8, height=7).no_value("none is known")


def _size() -> timeseries.Panel:
    text = (
        "How large the database is. It should rise for some weeks and then stay: history.size bounds it. Where it does not, "
        "vendorwatch db stats says which table grows; the runbook: VendorwatchStoreTooLarge."
    )
    lines = query(ask.of_each(ask.own("store_size_bytes")), "{{instance}}")
    return graph(404, "Size", text, lines, unit=units.BytesIEC, width=8, height=7).no_value("not known yet")
