"""Objectives: who keeps what was promised, how fast the rest is spent, and how much of the time is known at all."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models import units

from grafana.generate import slo_queries as ask
from grafana.generate.facts import KNOWN
from grafana.generate.parts import (
    empty_dashboard,
    filled,
    heading,
    limits,
    link,
    now,
    number,
    varied,
    vendor_annotations,
    vendor_variables,
)
from grafana.generate.slo_past import past_panels
from grafana.generate.slo_tables import tables
from grafana.generate.states import BUDGET_LEFT, numbered
from grafana.generate.tiles import or_none, told

_RULES = " Nothing is shown before grafana/prometheus/rules is loaded."
_EARLY = "too early, or no rules"
_UNRECORDED = -2_000_000
"""A number for that nothing is recorded; none of these comes near it."""


def dashboard() -> Dashboard:
    """The dashboard."""
    purpose = "Who keeps its objective, how fast the rest is spent, and how much of the time is known."
    made = empty_dashboard("vendor-slo", "SLO", purpose, "now-30d")
    for title, uid in (("Overview", "vendor-overview"), ("Vendor", "vendor-detail"), ("Certificates & TLS", "vendor-tls")):
        made = made.link(link(title, uid))
    made = made.link(link("vendorwatch itself", "vendorwatch", keeps_vendor=False))
    by_vendor, in_range, without = tables()
    return filled(
        varied(made, vendor_variables(), vendor_annotations()),
        *_budgets(),
        *_rest(),
        by_vendor,
        heading(100, "How it came to that"),
        *past_panels(),
        heading(200, "In the time shown, with and without objective"),
        in_range,
        without,
    )


def _count(
    panel_id: int, title: str, text: str, expression: str, unit: str = units.Short, missing: str = ask.UNRECORDED_BRIEFLY
) -> stat.Panel:
    """A number of what is recorded, *missing* where it is not; and words for no objective, and for nobody who watches."""
    asked = f"({expression})\nor {_UNRECORDED} * group({ask.OBJECTIVE})"
    panel = number(panel_id, title, text + _RULES, now(or_none(asked)), unit=unit, width=3)
    return told(panel, numbered({_UNRECORDED: (missing, "purple")}), "no objective").decimals(0)


def _budgets() -> Iterator[stat.Panel]:
    text = (
        "Vendors that were down longer in thirty days than is allowed. Red: the promise is broken; the table says whose, "
        "and vendorwatch report VENDOR writes what to hold against the contract."
    )
    panel = _count(1, "Below objective", text, f"sum(({ask.LEFT}) < bool 0)")
    yield panel.thresholds(limits(("green", None), ("red", 1)))
    text = (
        "Vendors with less than a quarter of their thirty days' budget left. Orange: plan nothing that needs them to hold."
    )
    panel = _count(2, "Nearly below", text, f"sum((({ask.LEFT}) >= bool 0) * (({ask.LEFT}) < bool 0.25))")
    yield panel.thresholds(limits(("green", None), ("orange", 1)))
    text = (
        "Vendors whose budget would be gone in two days at the pace of this hour. Red: treat it as an outage. The runbook: "
        "VendorSLOFastBurn."
    )
    panel = _count(3, "Burn fast", text, f"sum({ask.FAST} and on (vendor) {ask.OBJECTIVE})", missing=_EARLY)
    yield panel.thresholds(limits(("green", None), ("red", 1)))
    text = (
        "Vendors that spend more than allowed for hours or days, and still do. Yellow: short outages add up; vendorwatch "
        "outages VENDOR is the list for the talk with the vendor. The runbook: VendorSLOSlowBurn."
    )
    panel = _count(4, "Burn slowly", text, f"sum({ask.SLOW} and on (vendor) {ask.OBJECTIVE})", missing=_EARLY)
    yield panel.thresholds(limits(("green", None), ("yellow", 1)))
    text = (
        "What the worst vendor has left of its budget of thirty days; the first row of the table says who. Orange: less "
        "than a quarter; ask what they do about it. Red: overspent; hold it against the contract."
    )
    panel = _count(5, "Least budget left", text, f"min({ask.LEFT})", units.PercentUnit)
    yield panel.thresholds(limits(*BUDGET_LEFT))


def _rest() -> Iterator[stat.Panel]:
    text = (
        "How much of thirty days is known, of all vendors. Yellow: less than 90 %. Purple: less than half, and the numbers "
        "beside it say little. Wait, or see below which days are missing."
    )
    known = f"avg({ask.known('30d', ask.MONTH_SECONDS)}) and on () group({KNOWN})"
    panel = number(6, "Of 30 days known", text + _RULES, now(or_none(known)), unit=units.PercentUnit, width=3).decimals(0)
    yield told(panel, nothing=ask.UNRECORDED_BRIEFLY).thresholds(limits(("purple", None), ("yellow", 0.5), ("green", 0.9)))
    for panel_id, title, text, expression in (
        (
            7,
            "With objective",
            (
                "Vendors whose file names an objective: all numbers here are of these. It has no colours. Fewer than you "
                "have contracts with: write the missing ones into the vendors' files."
            ),
            f"count({ask.OBJECTIVE}) or 0 * group({KNOWN})",
        ),
        (
            8,
            "Without",
            (
                "Vendors without one: nobody is told when they spend too much. It has no colours. Their list is at the "
                "foot; give an objective to those that have a contract."
            ),
            f"count({KNOWN} unless on (vendor) {ask.OBJECTIVE}) or 0 * group({KNOWN})",
        ),
    ):
        panel = number(panel_id, title, text, now(expression), width=3)
        yield told(panel.thresholds(limits(("text", None))))
