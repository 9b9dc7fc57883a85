"""The daemons as processes: what they run, what they take, and which alerts are about them."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import Column, coloured, column, shaped, unit, value, wide, worded, words
from grafana.generate.drawing import marked, rated
from grafana.generate.parts import Panel, graph, grid, query, rows

_NOBODY = "no daemon"
_UP = (("down", "red"), ("up", "green"))
_CLOCK = (("right", "text"), ("behind", "red"))


def daemon_panels() -> Iterator[Panel]:
    """Who they are, and the alerts about them."""
    yield _daemons()
    yield _alerts()


def process_panels() -> Iterator[Panel]:
    """What each of them takes."""
    yield from _taken()
    yield _collecting()


def _taken() -> Iterator[timeseries.Panel]:
    files = f"{ask.metric('process_open_fds')} / ({ask.metric('process_max_fds')} > 0)"
    for panel_id, title, unit_name, expression, limit, text in (
        (
            103,
            "Memory",
            units.BytesIEC,
            ask.of_each(ask.metric("process_resident_memory_bytes")),
            None,
            "Memory of each daemon. A line that rises for days is a leak: report it with the number of targets.",
        ),
        (
            104,
            "Processor",
            units.PercentUnit,
            rated(ask.metric("process_cpu_seconds_total"), "instance"),
            0.9,
            "How much of one processor each daemon takes. Above the red line it is late with its looks: look less often.",
        ),
        (
            105,
            "Open files",
            units.PercentUnit,
            ask.of_each(files),
            0.8,
            "How many of the files and connections it may have open each daemon has. Above the red line raise LimitNOFILE.",
        ),
    ):
        panel = graph(panel_id, title, text, query(expression, "{{instance}}"), unit=unit_name, width=6, height=7)
        yield (marked(panel, ("transparent", None), ("red", limit)) if limit else panel).no_value(_NOBODY)


def _collecting() -> timeseries.Panel:
    found = (
        query(ask.of_each(ask.own("collect_duration_seconds")), "{{instance}} takes", "A"),
        query(ask.of_each(ask.metric("scrape_duration_seconds")), "{{instance}} is asked for", "B"),
    )
    text = (
        "How long the series of vendors take to collect, and a whole scrape. Near the scrape's time-out: share the vendors "
        "between two daemons."
    )
    return graph(106, "Collecting", text, *found, unit=units.Seconds, width=6, height=7).no_value(_NOBODY)


def _daemons() -> table.Panel:
    panel = grid(
        101,
        "Daemons",
        "What each daemon runs and watches. Red: down, see VendorwatchDown in the runbook; configuration refused, "
        "vendorwatch validate says why; clock behind, nothing is put into the history until the machine's clock is right; "
        "or a last round of two minutes ago, restart it. Yellow: half a minute, its machine is too busy. Versions that "
        "differ: an upgrade was left half done.",
        rows(ask.of_each(ask.metric("up")), "A"),
        rows(f"max by ({ask.DAEMON}, version, python) ({ask.own('build_info')})", "B"),
        rows(ask.of_each(f"time() - {ask.metric('process_start_time_seconds')}"), "C"),
        rows(ask.of_each(ask.age("scheduler_heartbeat_timestamp_seconds")), "D"),
        rows(ask.of_each(ask.own("config_last_reload_successful")), "E"),
        rows(ask.of_each(ask.age("config_last_reload_success_timestamp_seconds")), "F"),
        rows(ask.of_each(ask.own("vendors")), "G"),
        rows(ask.of_each(ask.own("targets")), "H"),
        rows(ask.of_each(ask.own("series")), "I"),
        rows(ask.of_each(ask.own("clock_behind")), "J"),
        height=5,
    )
    return shaped(panel, *_columns(), worst="State", descending=False).no_value("not known")


def _columns() -> tuple[Column, ...]:
    ago = unit(units.Seconds, 0)
    count = (*unit(units.Short, 0), wide(95))
    return (
        column("instance", "Daemon"),
        value("A", "State", words(worded(*_UP)), wide(90)),
        column("version", "Version", wide(95)),
        value("C", "Runs for", ago, wide(90)),
        value("D", "Last round", ago, coloured(("text", None), *ask.LAST_ROUND), wide(95)),
        value("E", "Configuration", words(worded(*ask.READ_WORDS)), wide(115)),
        value("F", "Read ago", ago, wide(90)),
        value("G", "Vendors", count),
        value("H", "Targets", count),
        value("I", "Series", count),
        value("J", "Clock", words(worded(*_CLOCK)), wide(95)),
    )


def _alerts() -> table.Panel:
    firing = 'ALERTS{alertname=~"Vendorwatch.+", alertstate="firing"}'
    panel = grid(
        102,
        "Alerts about the watch",
        "What fires now of the alerts whose names begin with Vendorwatch. The runbook has a heading for each. Empty "
        "also while grafana/prometheus/rules is not loaded.",
        rows(f"max by (alertname, severity, instance, channel, platform, kind) ({firing})", "A"),
        height=5,
    )
    about = (column(each, each.capitalize()) for each in ("instance", "channel", "platform", "kind"))
    return shaped(panel, column("alertname", "Alert"), column("severity", "Severity", wide(100)), *about).no_value(
        "none, or the rules are not loaded"
    )
