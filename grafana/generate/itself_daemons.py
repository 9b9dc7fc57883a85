"""The daemons as processes: what they run, what they take, and which alerts are about them."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import Column, coloured, column, shaped, unit, value, wide, worded, words
from grafana.generate.drawing import marked
from grafana.generate.parts import Panel, graph, grid, query, rows

_UP = (("down", "red"), ("up", "green"))
_READ = (("refused", "red"), ("in force", "green"))
_CLOCK = (("right", "text"), ("behind", "red"))


def daemon_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _daemons()
    yield _alerts()
    each = "{{instance}}"
    memory = query(ask.of_each(ask.metric("process_resident_memory_bytes")), each)
    text = "Memory of each daemon. A line that rises for days is a leak: report it with the number of targets."
    yield graph(103, "Memory", text, memory, unit=units.BytesIEC, width=6, height=7)
    spent = query(ask.rate(ask.metric("process_cpu_seconds_total"), "instance"), each)
    text = (
        "How much of one processor each daemon takes. Near 1: it is late with its looks; watch fewer targets, or less often."
    )
    yield marked(
        graph(104, "Processor", text, spent, unit=units.PercentUnit, width=6, height=7), ("transparent", None), ("red", 0.9)
    )
    files = f"{ask.metric('process_open_fds')} / ({ask.metric('process_max_fds')} > 0)"
    text = "How many of the files and connections that a daemon may have open it has. Near 1: raise its limit (LimitNOFILE)."
    panel = graph(105, "Open files", text, query(ask.of_each(files), each), unit=units.PercentUnit, width=6, height=7)
    yield marked(panel, ("transparent", None), ("red", 0.8))
    collected = (
        query(ask.of_each(ask.own("collect_duration_seconds")), "{{instance}} takes", "A"),
        query(f"{ask.of_each(ask.metric('scrape_duration_seconds'))}", "{{instance}} is asked for", "B"),
    )
    text = (
        "How long the series of vendors take to collect, and a whole scrape. Near the scrape's time-out: watch with "
        "two daemons."
    )
    yield graph(106, "Collecting", text, *collected, unit=units.Seconds, width=6, height=7)


def _daemons() -> table.Panel:
    panel = grid(
        101,
        "Daemons",
        "What each daemon runs and watches. Configuration refused: vendorwatch validate says why. Clock behind: nothing"
        " is put into the history until the machine's clock is right. Versions that differ: an upgrade was left half "
        "done.",
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
        width=17,
        height=6,
    )
    return shaped(panel, *_columns(), worst="State", descending=False)


def _columns() -> tuple[Column, ...]:
    ago = unit(units.Seconds, 0)
    count = (*unit(units.Short, 0), wide(75))
    return (
        column("instance", "Daemon"),
        value("A", "State", words(worded(*_UP)), wide(65)),
        column("version", "Version", wide(80)),
        value("C", "Runs for", ago, wide(90)),
        value("D", "Last round", ago, coloured(("text", None), ("yellow", 30.0), ("red", 120.0)), wide(95)),
        value("E", "Configuration", words(worded(*_READ)), wide(115)),
        value("F", "Read ago", ago, wide(90)),
        value("G", "Vendors", count),
        value("H", "Targets", count),
        value("I", "Series", count),
        value("J", "Clock", words(worded(*_CLOCK)), wide(70)),
    )


def _alerts() -> table.Panel:
    firing = 'ALERTS{alertname=~"Vendorwatch.+", alertstate="firing"}'
    panel = grid(
        102,
        "Alerts about the watch",
        "What fires now of the alerts whose names begin with Vendorwatch. The runbook has a heading for each. Empty "
        "also while grafana/prometheus/rules is not loaded.",
        rows(f"max by (alertname, severity, instance, channel, platform, kind) ({firing})", "A"),
        width=7,
        height=6,
    )
    about = (column(each, each.capitalize()) for each in ("instance", "channel", "platform", "kind"))
    return shaped(panel, column("alertname", "Alert"), column("severity", "Severity", wide(80)), *about).no_value(
        "none fires"
    )
