"""Our own network by the canaries, and what vendors and their pages have in common."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import statetimeline, table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import itself_queries as ask
from grafana.generate.columns import UNWELCOME, coloured, column, shaped, unit, value, wide, worded, words
from grafana.generate.parts import Panel, graph, grid, linked, query, rows, timeline


def network_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _network()
    yield _canaries()
    yield _platforms()
    yield _shared()
    yield _pages()


def _network() -> statetimeline.Panel:
    text = (
        "What each daemon says of its own network, and when it doubted what it saw: failures counted against nobody then. "
        "Red: see which canaries were not reached. Yellow: some were. Purple: there are no canaries, or it is in doubt; "
        "again and again is a link that flaps. The runbook: VendorwatchEgressSuspect."
    )
    doubted = f"max_over_time({ask.own('egress_doubted')}[$__rate_interval])"
    found = (
        query(ask.NETWORK_OVER_TIME, "{{instance}}", "A"),
        query(f"{ask.DOUBTED} * max by (instance) ({ask.going(doubted)})", "{{instance}}: doubt", "B"),
    )
    panel = timeline(301, "Own network of each daemon", text, *found, width=10, height=8)
    return panel.mappings(worded(*ask.NETWORK_WORDS, ("in doubt", "purple"))).no_value("no daemon")


def _canaries() -> statetimeline.Panel:
    text = (
        "Whether each canary was seen, by any daemon. All red: no way out. Only dns: the resolver. Only ipv6: this "
        "machine has no IPv6. One operator for days: name another one."
    )
    told = ask.going(f"min_over_time({ask.own('canary_up')}[$__rate_interval])")
    seen = f"max by (operator, kind, ip_family) ({told})"
    panel = timeline(302, "Canaries", text, query(seen, "{{operator}} {{kind}} {{ip_family}}"), width=14, height=8)
    return panel.mappings(worded(("not seen", "red"), ("seen", "green"))).no_value("no canary could be looked at")


def _platforms() -> statetimeline.Panel:
    text = (
        "Platforms of status pages that are in use. Orange: most of its pages fail together; open one in a browser. If "
        "it works there, its format has changed or we are refused: see VendorwatchPlatformUnreadable in the runbook. What "
        "these vendors say cannot be read meanwhile."
    )
    lines = query(f"max by (platform) ({ask.going(ask.own('platform_unreadable'))})", "{{platform}}")
    panel = timeline(303, "Status page platforms", text, lines, width=8, height=7)
    return panel.mappings(worded(("read", "green"), ("unreadable", "orange"))).no_value("no status page is watched")


def _shared() -> timeseries.Panel:
    found = (
        query(f"max by (kind) ({ask.going(ask.own('shared_cause_vendors'))})", "fail together by {{kind}}", "A"),
        query(f"max({ask.going(ask.own('origins_resting'))})", "hosts left alone", "B"),
    )
    text = (
        "How many vendors fail together by one thing that they share: look for one cause. And how many hosts of pages "
        "asked to be left alone for a while (429): more than a few means that we ask too often, so raise every:."
    )
    return (
        graph(304, "In common", text, *found, unit=units.Short, width=8, height=7)
        .decimals(0)
        .axis_soft_max(4)
        .no_value("no daemon")
    )


def _pages() -> table.Panel:
    strange = f"max by (vendor) ({ask.metric('vendor_status_page_unknown_words')})"
    suspect = f"max by (vendor) ({ask.metric('vendor_status_page_suspect')})"
    panel = grid(
        305,
        "Pages to look at",
        "Status pages that say less than they seem to. Yellow under Unknown words: the platform may have changed; update "
        "vendorwatch, or report it. Yellow under Suspect: the page has stood still for months while we measured otherwise, "
        "so it is no evidence.",
        rows(f"{strange}\nand on (vendor) ({strange} > 0 or {suspect} == 1)", "A"),
        rows(f"{suspect}\nand on (vendor) ({strange} > 0 or {suspect} == 1)", "B"),
        width=8,
        height=7,
    )
    return shaped(
        panel,
        column("vendor", "Vendor", linked("Vendor", "vendor-detail")),
        value("A", "Unknown words", unit(units.NoUnit, 0), coloured(("text", None), ("yellow", 1.0)), wide(130)),
        value("B", "Suspect", words(UNWELCOME), wide(90)),
        worst="Unknown words",
    ).no_value("none is known")
