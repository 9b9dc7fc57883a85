"""A vendor's outages in the range that is shown, how late it admitted them, and how fast they spend the budget.

Prometheus knows of an outage when it began, for as long as it lasts; of two daemons each knows a beginning of its own. So
the list groups by the last minute in which the vendor had no outage: what one of them calls open at a time is one outage.
The last point of a group is its end, as exactly as the step of the range.
"""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import common, table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import facts
from grafana.generate.columns import otherwise, unit
from grafana.generate.drawing import listed, marked
from grafana.generate.parts import VENDORS, Panel, graph, grid, query, transformed
from grafana.generate.states import FAST_PACE, PACES, SLOW_PACE

_OPEN = f"{facts.OUTAGE} == 1"
_CLOSED = f"max by (vendor) ({facts.fresh(f'vendor_outage_active{{{VENDORS}}}')}) == 0"
_BEFORE = f"clamp_min(last_over_time((({_CLOSED}) + time())[$__range:1m]), $__from / 1000)"
_WHICH = f"(({_BEFORE}) or on (vendor) ({_OPEN}) * $__from / 1000)\nand on (vendor) {_OPEN}"
"""Which outage it is: by when there was none before it, and not before the range that is shown."""
_MOST = 30
"""Twice the pace of which somebody is woken: beyond it only the other lines would become flat."""
_WINDOWS = {"an hour": "1h", "6 hours": "6h", "3 days": "3d", "30 days": "30d"}


def past_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _outages()
    yield _burn()


def _outages() -> table.Panel:
    panel = grid(
        13,
        "Outages in this range",
        "Each outage: when it began, how long it was seen open, and how long after the first failure the vendor's page "
        "admitted it while it was open; all to the step of this range, and of outages shorter than a step some are left "
        "out, so choose a short range to be exact. Negative: the vendor was first. Not while open: open a case and quote "
        "both times; vendorwatch outages VENDOR has the reasons.",
        query(f"{facts.OUTAGE_BEGAN} * 1000\nand on (vendor) {_OPEN}", "Began", "A"),
        query(f"{facts.OUTAGE_ADMITTED} - {facts.OUTAGE_BEGAN}\nand on (vendor) {_OPEN}", "Admitted after", "B"),
        query(_WHICH, "Outage", "C"),
    ).span(12)
    began, ended, told = "Began (min)", "Time (lastNotNull)", "Admitted after (max)"
    names = {began: "Began", ended: "Seen open until", "Lasted": "Lasted", told: "Admitted after"}
    lasted = {"left": ended, "operator": "-", "right": began}
    panel = panel.transformations(
        [
            transformed("joinByField", byField="Time", mode="outer"),
            transformed("groupBy", fields=_GROUPED),
            transformed("calculateField", mode="binary", alias="Lasted", binary=lasted),
            transformed("filterFieldsByName", include={"names": list(names)}),
            transformed(
                "organize",
                indexByName={name: index for index, name in enumerate(names)},
                renameByName=names,
                excludeByName={},
            ),
        ]
    )
    for name in ("Began", "Seen open until"):
        panel = panel.override_by_name(name, unit(units.DatetimeISO))
    panel = panel.override_by_name("Lasted", unit(units.Milliseconds, 1))
    panel = panel.override_by_name("Admitted after", [*unit(units.Seconds, 1), otherwise("not while open")])
    newest = common.TableSortByFieldState().display_name("Began").desc(desc=True)
    return panel.sort_by([newest]).no_value("no outage is known in this range")


_GROUPED = {
    "Outage": {"operation": "groupby", "aggregations": []},
    "Time": {"operation": "aggregate", "aggregations": ["lastNotNull"]},
    "Began": {"operation": "aggregate", "aggregations": ["min"]},
    "Admitted after": {"operation": "aggregate", "aggregations": ["max"]},
}
"""Of two daemons the one counts that saw the outage begin first."""


def _burn() -> timeseries.Panel:
    burns = (
        query(
            f"clamp_max(max by (vendor) (vendor:vendor_state:down_avg{window}{{{VENDORS}}}) / {facts.BUDGET}, {_MOST})",
            name,
            ref,
        )
        for ref, (name, window) in zip("ABCD", _WINDOWS.items(), strict=True)
    )
    panel = graph(
        14,
        "How fast the budget is spent",
        "How many times as fast as the objective allows the vendor was down, over windows of these lengths; 1 spends "
        f"the budget in exactly 30 days. Above {FAST_PACE} in an hour it is gone in two days: treat it as an outage. Above "
        f"{SLOW_PACE} in six hours, or 1 in three days, short outages add up: talk with the vendor. Shown up to {_MOST}.",
        *burns,
        unit=units.NoUnit,
    )
    panel = listed(marked(panel, ("green", None), *PACES), "lastNotNull", "max", right=True)
    return panel.decimals(1).no_value("no objective, or nothing recorded yet")
