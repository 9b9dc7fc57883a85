"""Looks: fresh or overdue, late or in time, how long they take, why they fail, and what was not made."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import column, paged, shaped, unit, value, wide
from grafana.generate.drawing import marked, rated, stacked, tinted, wide_ranging
from grafana.generate.parts import Panel, graph, grid, linked, query, rows
from grafana.generate.states import STATE_COLOURS


def look_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _freshness()
    yield _overdue()
    yield _delay()
    yield _under_way()
    yield _durations()
    yield _runs()
    yield _failures()
    yield _missed()
    yield _transitions()


def _freshness() -> timeseries.Panel:
    text = (
        "How many intervals ago the target was last looked at that has waited longest, by check. About 1 is right. "
        "Above 3, the red line, what is shown of it is old: see what is overdue, missed and late."
    )
    lines = query(f"max by (check) ({ask.AGE_IN_INTERVALS})", "{{check}}")
    panel = marked(
        wide_ranging(graph(201, "Age of looks, in intervals", text, lines, unit=units.NoUnit)),
        ("transparent", None),
        ("red", 3),
    )
    return panel.decimals(1).no_value("nothing is known")


def _overdue() -> table.Panel:
    panel = grid(
        202,
        "Overdue now",
        "Targets that nobody has looked at for three intervals and a minute. All of one host: it asked to be left alone "
        "(429). Many: more is due than may run at once; raise concurrency, or look less often.",
        rows(f"({ask.OVERDUE}) > 0", "A"),
    )
    return shaped(
        paged(panel.span(12)),
        column("vendor", "Vendor", linked("Vendor", "vendor-detail")),
        column("check", "Check", wide(100)),
        column("target", "Target"),
        value("A", "Overdue by", unit(units.Seconds, 0), wide(110)),
        worst="Overdue by",
    ).no_value("none is known to be overdue")


def _delay() -> timeseries.Panel:
    found = [
        query(ask.quantile(part, "probe_delay_seconds"), name, ref)
        for ref, part, name in (("A", 0.5, "half"), ("B", 0.95, "95 of 100"), ("C", 0.99, "99 of 100"))
    ]
    text = (
        "How late looks begin. Above a second, the yellow line: more is due at once than may run, or the machine is too "
        "busy. Where the looks under way stand at concurrency:, raise it; or look less often."
    )
    panel = marked(graph(203, "Lateness", text, *found, unit=units.Seconds, width=8), ("transparent", None), ("yellow", 1))
    return panel.no_value("nothing is known")


def _under_way() -> timeseries.Panel:
    text = (
        "Looks under way in each daemon. A flat top is the limit (concurrency:): what is due waits behind it. Raise it "
        "where looks begin late."
    )
    lines = query(f"max by (instance) ({ask.own('probes_in_flight')})", "{{instance}}")
    return graph(204, "Under way", text, lines, unit=units.Short, width=8).decimals(0).axis_soft_max(4).no_value("no daemon")


def _durations() -> timeseries.Panel:
    text = (
        "What 95 of 100 looks of each check stay below. All checks that become slow at once: our own network, see below. "
        "One check: its vendors; open them and see their latency."
    )
    lines = query(ask.quantile(0.95, "probe_duration_seconds", "check, le"), "{{check}}")
    return graph(205, "Time taken", text, lines, unit=units.Seconds, width=8).no_value("nothing is known")


def _runs() -> timeseries.Panel:
    text = (
        "Looks made per second by check, of all daemons together: two that watch the same vendors look twice. A line that "
        "falls though nothing was taken out of the configuration: see what is overdue, and what was missed."
    )
    lines = query(rated(ask.metric("vendor_probe_runs_total"), "check"), "{{check}}")
    return graph(206, "Looks made", text, lines, unit=units.CountsPerSecond, width=8).no_value("nothing is known")


def _failures() -> timeseries.Panel:
    text = (
        "How many looks failed, by reason. An answer that is wrong or slow is no failed look. resolver, config, offline and "
        "internal are ours, and blocked is a vendor that refuses us: none of these counts against a vendor. A wave of all "
        "reasons at once is our own network; see below. Which vendors: their own dashboards."
    )
    lines = query(ask.happened(ask.metric("vendor_probe_failures_total"), "reason"), "{{reason}}")
    panel = stacked(graph(207, "Looks that saw nothing, by reason", text, lines, unit=units.Short, width=8))
    return panel.no_value("none is known")


def _missed() -> timeseries.Panel:
    found = (
        query(ask.happened(ask.own("missed_runs_total"), "reason"), "missed: {{reason}}", "A"),
        query(ask.happened(ask.own("internal_errors_total"), "check"), "bug in {{check}}", "B"),
        query(f"sum(increase({ask.own('collect_errors_total')}[$__rate_interval])) > 0", "bug in collecting", "C"),
        query(f"sum(increase({ask.own('clock_jumps_total')}[$__rate_interval])) > 0", "the clock jumped", "D"),
    )
    text = (
        "Looks that were due and not made, and those that ended in a bug. overrun: the one before had not ended; suspend: "
        "the machine slept or its clock was set; shutdown is no loss. The runbook: VendorwatchMissedRuns. A bug: report it "
        "with the log's traceback."
    )
    return graph(208, "Missed, and bugs", text, *found, unit=units.Short, width=8).no_value("none is known")


def _transitions() -> timeseries.Panel:
    text = (
        "How often targets changed their state, by the state after. A wall of purple is our own blindness: see our own "
        "network below. A wall of red is one cause that many share: see what they have in common below. Red without "
        "canaries may be our own network: name some."
    )
    lines = query(ask.happened(ask.own("transitions_total"), "state"), "{{state}}")
    panel = stacked(graph(209, "Changes of state", text, lines, unit=units.Short, width=24, height=6))
    return tinted(panel, STATE_COLOURS).no_value("none is known")
