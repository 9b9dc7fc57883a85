"""The tables of the overview: open outages, and all that is known of every vendor in one line each."""

from __future__ import annotations

from grafana_foundation_sdk.builders import common, table

from grafana.generate import facts
from grafana.generate.columns import Column, coloured, column, shaped, unit, value, wide, words
from grafana.generate.parts import VENDORS, field, grid, linked, rows
from grafana.generate.states import absent, apart_mappings, grade_mappings, state_mappings, yes_no_mappings

_FILLED = field("custom.cellOptions", {"type": "color-background", "mode": "basic"})
_DETAIL = linked("Why, since when, what do they say?", "vendor-detail")
_NONE = field("mappings", absent("-", "text"))
_BUDGET = [*coloured(("red", None), ("orange", 0), ("green", 0.25)), _NONE]
_DAYS = [*coloured(("red", None), ("orange", 7), ("green", 21)), _NONE]
_NOTHING = field("noValue", "-")


def open_outages(panel_id: int) -> table.Panel:
    """Since when who is down, and whether they say so."""
    targets_down = f'max by (vendor, check, target) (vendor_target_state{{{VENDORS}, state="down"}}) == 1'
    panel = grid(
        panel_id,
        "Open outages",
        'Vendors that are down, the longest first; an outage stays open while we are blind. Red in "Admitted": their '
        "page does not say so, at least not now; open a case and quote the time of the first failure. Empty: none is "
        "known.",
        rows(f"{facts.WHO}\nand on (vendor) {facts.OUTAGE_BEGAN}", "A"),
        rows(f"{facts.OUTAGE_BEGAN} * 1000", "B"),
        rows(f"time() - {facts.OUTAGE_BEGAN}", "C"),
        rows(f"count by (vendor) ({targets_down})\nand on (vendor) {facts.OUTAGE_BEGAN}", "D"),
        rows(f"{facts.ADMITTED}\nand on (vendor) {facts.OUTAGE_BEGAN}", "E"),
        width=20,
        height=6,
    )
    return shaped(
        panel.no_value("no outage is known to be open"),
        column("vendor", "Vendor", _DETAIL, wide(150)),
        column("name", "Name"),
        value("C", "For", unit("s", 1), wide(110)),
        value("B", "Since", unit("dateTimeAsIso"), wide(180)),
        value("D", "Targets down", unit("none"), _NOTHING, wide(120)),
        value(
            "E", "Admitted", words(yes_no_mappings(("yes", "green"), ("no", "red"))), field("noValue", "no page"), wide(110)
        ),
        column("team", "Team", _NOTHING, wide(120)),
        column("tier", "Tier", wide(90)),
        worst="For",
    )


_MEANT = (
    "All that is known of each vendor now, the worst first; cells lead on. Availability and budget are of 30 days, or "
    "of the time since the recording rules were loaded, without what was unknown or worked on. p95 is of the range "
    "chosen above: of all its endpoints the slowest at each moment. Certificate: days until the first of its chain "
    "ends; those of short life are renewed late by design. Red: click on the vendor; it says why, since when, and what "
    "they say. Empty: no vendors, or no daemon that answers."
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
    "B": facts.STATE,
    "C": facts.CLAIM,
    "D": facts.APARTNESS,
    "E": facts.AVAILABILITY,
    "F": facts.BUDGET_LEFT,
    "G": facts.SLOW,
    "H": facts.CERTIFICATE_DAYS,
    "I": facts.GRADE,
    "J": facts.INCIDENTS,
    "K": facts.MUTED,
}


def _columns() -> list[Column]:
    slo = linked("The objective and how it burns", "vendor-slo")
    tls = linked("Its certificates and TLS", "vendor-tls")
    return [
        column("vendor", "Vendor", _DETAIL, wide(120)),
        column("name", "Name", _DETAIL),
        value("B", "State", words(state_mappings()), _FILLED, _DETAIL, wide(105)),
        value("C", "They say", words(state_mappings()), field("noValue", "no page"), wide(110)),
        value("D", "Disagree", words(apart_mappings()), _NOTHING, wide(120)),
        value("E", "Available", unit("percentunit", 2), _NOTHING, wide(85)),
        value("F", "Budget left", unit("percentunit", 0), _BUDGET, slo, wide(100)),
        value("G", "p95", unit("s"), _NOTHING, wide(75)),
        value("H", "Cert. days", unit("none", 0), _DAYS, tls, wide(95)),
        value("I", "TLS", words(grade_mappings()), tls, _NOTHING, wide(55)),
        value("J", "Incidents", unit("none", 0), coloured(("text", None), ("orange", 1)), _NONE, wide(80)),
        value("K", "Muted", words(yes_no_mappings(("muted", "purple"), ("no", "text"))), wide(70)),
        column("team", "Team", _NOTHING, wide(95)),
        column("tier", "Tier", wide(75)),
    ]  # fmt: skip
