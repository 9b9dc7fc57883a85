"""What is looked at of a vendor: each target's state over time, why looks failed, and how fresh everything is."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import statetimeline, table, timeseries
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import GraphDrawStyle

from grafana.generate import facts
from grafana.generate.columns import UNWELCOME, Column, coloured, column, otherwise, shaped, unit, value, wide, words
from grafana.generate.drawing import listed, rated, stacked, tinted
from grafana.generate.parts import VENDORS, Panel, field, graph, grid, query, rows, timeline
from grafana.generate.states import STATES, absent, ordinal, state_mappings

_TARGET = "check, target"
_STATES = ordinal("vendor_target_state", f'{VENDORS}, check!="status"', _TARGET, STATES, only=facts.fresh)
"""Of what we measure: the state of a page is the vendor's word."""
_REASONS = {
    "dns": "dark-red",
    "connect": "red",
    "refused": "light-red",
    "timeout": "semi-dark-orange",
    "tls": "orange",
    "http": "light-orange",
    "blocked": "yellow",
    "parse": "light-yellow",
    "moved": "dark-yellow",
    "too_large": "semi-dark-yellow",
    "private": "super-light-yellow",
    "resolver": "purple",
    "offline": "dark-purple",
    "config": "blue",
    "internal": "light-purple",
}
"""None is green. The last four say nothing of the vendor."""
_DUE = [*coloured(("text", None), ("orange", 2), ("red", 4)), field("mappings", absent("never", "text"))]


def looks_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _history()
    yield _failures()
    yield _findings()
    yield _freshness()


def _history() -> statetimeline.Panel:
    panel = timeline(
        20,
        "Targets",
        "The state of each target that is measured, by its check. Red: down, after confirmation; the reasons are "
        "below. Purple: our looks fail for reasons that prove nothing of the vendor. Several red at once: one cause, at "
        "the vendor or between.",
        query(_STATES, "{{check}} {{target}}"),
        height=9,
    )
    return panel.per_page(20)


def _failures() -> timeseries.Panel:
    per_hour = f"3600 * {rated(f'vendor_probe_failures_total{{{VENDORS}}}', 'reason')} > 0"
    panel = graph(
        21,
        "Looks that saw nothing, an hour, by reason",
        "How many looks failed, of all daemons together. An answer that is wrong or slow is no failed look: it stands "
        "beside this under findings, and below under status codes. dns, connect, refused, timeout, tls and http blame the "
        "vendor once confirmed; blocked means that we are refused; parse or moved that its page has changed. Purple and "
        "blue are ours: our resolver, our own network, our file, a bug. vendorwatch explain VENDOR/CHECK/TARGET has the "
        "sentence.",
        query(per_hour, "{{reason}}"),
        unit=units.Short,
    )
    panel = stacked(panel).draw_style(GraphDrawStyle.BARS).interval("5m")
    return listed(tinted(panel, _REASONS), "max", right=True).decimals(1).no_value("no failed look is known")


def _findings() -> timeseries.Panel:
    colours = {"critical": "red", "unknown": "purple", "warning": "yellow"}
    newest = f'max by (vendor, check, target, severity) (vendor_target_findings{{{VENDORS}, severity!="ok"}})'
    panel = graph(
        22,
        "Findings by severity",
        "What the newest look at each target found, outages and what is no outage yet. Red: vendorwatch check VENDOR "
        "lists them with why they matter; waive in the vendor's file what is accepted.",
        query(f"sum by (severity) ({newest})", "{{severity}}"),
        unit=units.Short,
    )
    return listed(tinted(panel, colours), "lastNotNull", "max", right=True).decimals(0).no_value("no look yet")


def _freshness() -> table.Panel:
    by_target = f"max by ({_TARGET})"
    last = f"{by_target} (vendor_probe_last_run_timestamp_seconds{{{VENDORS}}})"
    every = f"{by_target} (vendor_probe_interval_seconds{{{VENDORS}}})"
    panel = grid(
        23,
        "Freshness",
        'When each target was last looked at and last seen, by whichever daemon looked last. Red in "Missed": looks '
        'that were due are not made; see the runbook at VendorCheckStale. "Seen" older than "Looked": the looks fail.',
        rows(_STATES, "A"),
        rows(f"time() - {by_target} (vendor_target_state_since_timestamp_seconds{{{VENDORS}}})", "B"),
        rows(f"time() - {last}", "C"),
        rows(f"time() - {by_target} (vendor_probe_last_success_timestamp_seconds{{{VENDORS}}})", "D"),
        rows(f"clamp_min(floor((time() - {last}) / ({every} > 0)), 0)", "E"),
        rows(every, "F"),
        rows(f"{by_target} (vendor_probe_last_duration_seconds{{{VENDORS}}})", "G"),
        rows(f"sum by ({_TARGET}) (increase(vendor_probe_failures_total{{{VENDORS}}}[$__range]))", "H"),
        rows(f"{by_target} (vendor_target_flapping{{{VENDORS}}})", "I"),
        height=9,
    )
    return shaped(panel.no_value("nobody watches"), *_freshness_columns(), worst="State")


def _freshness_columns() -> tuple[Column, ...]:
    age, never = unit(units.Seconds, 0), otherwise("never")
    return (
        column("check", "Check", wide(100)),
        column("target", "Target"),
        value("A", "State", words(state_mappings()), otherwise("see They say"), wide(110)),
        value("B", "For", age, wide(95)),
        value("C", "Looked, ago", age, never, wide(115)),
        value("D", "Seen, ago", age, never, wide(105)),
        value("E", "Missed", unit(units.NoUnit, 0), _DUE, wide(85)),
        value("F", "Every", age, wide(90)),
        value("G", "Took", unit(units.Seconds), never, wide(90)),
        value("H", "Failed, in range", unit(units.NoUnit, 0), coloured(("text", None), ("orange", 0.5)), wide(130)),
        value("I", "Flapping", words(UNWELCOME), wide(90)),
    )
