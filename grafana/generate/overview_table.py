"""The tables of the overview: open outages, and all that is known of every vendor in one line each."""

from __future__ import annotations

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models import units

from grafana.generate import certificates_queries as ask
from grafana.generate import facts
from grafana.generate.columns import Column, coloured, column, otherwise, shaped, unit, value, wide, words
from grafana.generate.parts import VENDORS, field, grid, linked, rows
from grafana.generate.states import (
    BUDGET_LEFT,
    apart_mappings,
    band_mappings,
    claim_mappings,
    grade_mappings,
    numbered,
    state_mappings,
    yes_no_mappings,
)
from grafana.generate.tiles import or_nobody, or_nothing, spoken

_FILLED = field("custom.cellOptions", {"type": "color-background", "mode": "basic"})
_DETAIL = linked("Why, since when, what do they say?", "vendor-detail")
_BUDGET = coloured(*BUDGET_LEFT)
_ADMITTED = numbered({1: ("yes", "green"), 0: ("no", "red"), 2: ("cannot be read", "purple")})


def open_outages(panel_id: int) -> table.Panel:
    """Since when who is down, and whether they say so."""
    targets = f'vendor_target_state{{{VENDORS}, check!="status", state="down"}} == 1'
    down = f"count by (vendor) (max by (vendor, check, target) ({facts.fresh(targets)}))"
    told_after = f"{facts.OUTAGE_ADMITTED} - {facts.OUTAGE_BEGAN}"
    panel = grid(
        panel_id,
        "Open outages",
        "Vendors that are down, the longest first; an outage stays open while we are blind. Admitted: whether their page "
        "did so, be it that it says otherwise by now. Red: it did not; open a case and quote the time of the first "
        "failure. Purple: their page cannot be read, so look at it yourself. Empty: none is known.",
        rows(f"{facts.WHO}\nand on (vendor) {facts.OUTAGE_BEGAN}", "A"),
        rows(f"{facts.OUTAGE_BEGAN} * 1000", "B"),
        rows(f"time() - {facts.OUTAGE_BEGAN}", "C"),
        rows(f"{down}\nand on (vendor) {facts.OUTAGE_BEGAN}", "D"),
        rows(facts.ADMISSION, "E"),
        rows(told_after, "F"),
        width=20,
        height=6,
    )
    return shaped(
        panel.no_value("no outage is known to be open"),
        column("vendor", "Vendor", _DETAIL, wide(140)),
        column("name", "Name"),
        value("C", "For", unit(units.Seconds, 1), wide(95)),
        value("B", "Since", unit(units.DatetimeISO), wide(165)),
        value("D", "Targets down", unit(units.NoUnit), wide(115)),
        value("E", "Admitted", words(_ADMITTED), otherwise("no page"), wide(115)),
        value("F", "Admitted after", unit(units.Seconds, 1), wide(120)),
        column("team", "Team", wide(100)),
        column("tier", "Tier", wide(80)),
        worst="For",
    )


_MEANT = (
    "All that is known of each vendor now, the worst first; cells lead on. Availability and budget are of 30 days, or of "
    "the time since the recording rules were loaded, without what was unknown or worked on. p95 is of the range chosen "
    "above: of all its endpoints the slowest at each moment. Certificate: how near the first end of its chains is, by the "
    "life that it has. Red: click on the vendor; it says why, since when, and what they say. Orange: they say what we do "
    "not measure, an incident is open, TLS is outdated, or less than a quarter of the budget is left. Yellow: slow, soon "
    "to end, or not the best. Purple: nobody can tell, nobody is told, or nobody watches. Empty: no vendors, or no daemon "
    "that answers."
)


def all_vendors(panel_id: int) -> table.Panel:
    """One line for each."""
    panel = grid(
        panel_id,
        "Vendors",
        _MEANT,
        *(rows(expression, ref) for ref, expression in _ASKED.items()),
        height=16,
    )
    shown = shaped(panel.no_value("no vendors, or nobody watches"), *_columns())
    by_state, by_claim = (
        common.TableSortByFieldState().display_name(name).desc(desc=True) for name in ("State", "They say")
    )
    return shown.sort_by([by_state, by_claim]).footer(common.TableFooterOptions().enable_pagination(enable_pagination=True))


_ASKED = {
    "A": facts.WHO,
    "B": or_nobody(facts.STATE),
    "C": or_nothing(facts.CLAIM),
    "D": or_nothing(facts.APARTNESS),
    "E": f"{facts.AVAILABILITY}\nand on (vendor) {facts.LISTED}",
    "F": facts.BUDGET_LEFT,
    "G": f"{facts.SLOW}\nand on (vendor) {facts.LISTED}",
    "H": f"max by (vendor) ({ask.band()})",
    "I": facts.GRADE,
    "J": facts.INCIDENTS,
    "K": facts.MUTED,
}
"""What is recorded, or was measured within the range, is of no use without the vendor that it is of."""


def _columns() -> list[Column]:
    slo = linked("The objective and how it burns", "vendor-slo")
    tls = linked("Its certificates and TLS", "vendor-tls")
    return [
        column("vendor", "Vendor", _DETAIL, wide(120)),
        column("name", "Name", _DETAIL),
        value("B", "State", words(spoken(state_mappings(), "-")), _FILLED, _DETAIL, wide(125)),
        value("C", "They say", words(spoken(claim_mappings(), "no page")), wide(120)),
        value("D", "Disagree", words(spoken(apart_mappings(), "-")), wide(100)),
        value("E", "Available", unit(units.PercentUnit, 2), wide(85)),
        value("F", "Budget left", unit(units.PercentUnit, 0), _BUDGET, slo, wide(95)),
        value("G", "p95", unit(units.Seconds), wide(75)),
        value("H", "Certificate", words(band_mappings()), tls, wide(125)),
        value("I", "TLS", words(grade_mappings()), tls, wide(55)),
        value("J", "Incidents", unit(units.NoUnit, 0), coloured(("text", None), ("orange", 1)), wide(80)),
        value("K", "Muted", words(yes_no_mappings(("muted", "purple"), ("no", "text"))), wide(70)),
        column("team", "Team", wide(90)),
        column("tier", "Tier", wide(75)),
    ]  # fmt: skip
