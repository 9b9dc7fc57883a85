"""A vendor's outages in the range that is shown, how late it admitted them, and how fast they spend the budget.

Prometheus knows of an outage when it began, for as long as it lasts. The list groups by that time; the last point of a group
is the end, as exactly as the step of the range.
"""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import common, table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import facts
from grafana.generate.columns import unit
from grafana.generate.drawing import listed, marked
from grafana.generate.parts import VENDORS, Panel, field, graph, grid, query, transformed

_LEAD = f"max by (vendor) (vendor_outage_lead_seconds{{{VENDORS}}})"
_WINDOWS = {"an hour": "1h", "6 hours": "6h", "3 days": "3d", "30 days": "30d"}


def past_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _outages()
    yield _burn()


def _outages() -> table.Panel:
    panel = grid(
        13,
        "Outages in this range",
        "Each outage: when it began, how long it was seen open (to the step of this range, so choose a short one to be "
        "exact), and how long after the first failure the vendor's page told of it while it was open. Negative: the "
        "vendor told first. Nothing: it did not while the outage was open. Quote both times in a case; vendorwatch "
        "outages VENDOR has the reasons.",
        query(f"{facts.OUTAGE_BEGAN} * 1000", "Began", "A"),
        query(
            f"{_LEAD}\nand on (vendor) {facts.OUTAGE_BEGAN}\nand on (vendor) {facts.ADMITTED} == 1", "Admitted after", "B"
        ),
    ).span(12)
    last = {"operation": "aggregate", "aggregations": ["lastNotNull"]}
    grouped = {"Began": {"operation": "groupby", "aggregations": []}, "Time": last, "Admitted after": last}
    lasts = {"left": "Time (lastNotNull)", "operator": "-", "right": "Began"}
    panel = panel.transformations(
        [
            transformed("joinByField", byField="Time", mode="outer"),
            transformed("groupBy", fields=grouped),
            transformed("calculateField", mode="binary", alias="Lasted", binary=lasts),
            transformed(
                "organize",
                indexByName={"Began": 0, "Time (lastNotNull)": 1, "Lasted": 2, "Admitted after (lastNotNull)": 3},
                renameByName={"Time (lastNotNull)": "Seen open until", "Admitted after (lastNotNull)": "Told after"},
                excludeByName={},
            ),
        ]
    )
    panel = panel.override_by_name("Began", unit("dateTimeAsIso")).override_by_name("Lasted", unit(units.Milliseconds, 1))
    panel = panel.override_by_name("Told after", [*unit(units.Seconds, 1), field("noValue", "not while open")])
    newest = common.TableSortByFieldState().display_name("Began").desc(desc=True)
    return panel.sort_by([newest]).no_value("no outage is known in this range")


def _burn() -> timeseries.Panel:
    burns = (
        query(f"max by (vendor) (vendor:vendor_state:down_avg{window}{{{VENDORS}}}) / {facts.BUDGET}", name, ref)
        for ref, (name, window) in zip("ABCD", _WINDOWS.items(), strict=True)
    )
    panel = graph(
        14,
        "How fast the budget is spent",
        "How many times as fast as the objective allows the vendor was down, over windows of these lengths; 1 spends "
        "the budget in exactly 30 days. Above 14.4 in an hour it is gone in two days: treat it as an outage. Above 6 in "
        "six hours, or 1 in three days, short outages add up: talk with the vendor.",
        *burns,
        unit=units.NoUnit,
    )
    panel = listed(marked(panel, ("green", None), ("yellow", 1), ("orange", 6), ("red", 14.4)), "lastNotNull", "max")
    return panel.decimals(1).no_value("no objective, or nothing recorded yet")
