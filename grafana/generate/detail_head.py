"""The head of a vendor's dashboard: its state now in words and numbers, and who it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grafana_foundation_sdk.builders import stat, table
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import BigValueColorMode, BigValueTextMode
from grafana_foundation_sdk.models.dashboard import ValueMapping

from grafana.generate import certificates_queries as ask
from grafana.generate import facts
from grafana.generate.columns import UNWELCOME, Column, column, otherwise, shaped, unit, value, words
from grafana.generate.parts import VENDORS, Panel, grid, limits, now, number, rows
from grafana.generate.states import (
    BUDGET_LEFT,
    apart_mappings,
    band_mappings,
    claim_mappings,
    grade_mappings,
    state_mappings,
    yes_no_mappings,
)
from grafana.generate.tiles import or_nothing, told

_DAYS_LEFT = (
    f'label_replace(count_values by (vendor) ("days", round(min by (vendor) ({ask.end()} - time()) / {ask.DAY})), '
    '"left", "$1 days", "days", "(.+)")'
)


_MEANT = {
    "State": (
        "What we measure of the vendor, after confirmation. Red: the looks below say which target and why. Purple: "
        "nobody can tell; see the failures by reason. Page only: its file names nothing to measure."
    ),
    "They say": (
        "What the vendor's own status page says, of the components that its file names. Red or orange: vendorwatch "
        "check VENDOR --check status has the incident in the vendor's words, with its link. Purple: the page cannot be "
        "read; look at it yourself."
    ),
    "Disagree": (
        "Whether the two could not both be true for longer than the grace. Red: they deny what we see; open a case and "
        "quote the time of the first failure. Orange: what they tell of does not touch what we look at; look closer at "
        "what you use. Purple: one of the two is not known."
    ),
    "Down for": (
        "How long the open outage lasts, from the first look that failed; also while we are blind. Red: vendorwatch "
        "outages VENDOR says why, and whether others share the cause."
    ),
    "Budget left": (
        "What is left of the time that the objective allows to be down in 30 days. Orange: less than a quarter; ask what "
        "they do about it. Red: overspent; hold it against the contract. Shown down to -1000 %."
    ),
    "Available, 30 d": (
        "The part of 30 days in which the vendor was not down, of the time in which it was seen and nothing excused it. "
        "Never red by itself: the budget beside it says whether that is enough."
    ),
    "Certificate": (
        "How near the end of a certificate is, of all its addresses and their chains, by the life that it has; and the "
        "days until the first one ends. Yellow: less than a quarter of its life or 21 days, it should be renewed by now. "
        "Red: less than an eighth or 7 days, or over; whatever renews it has failed, so tell the vendor today."
    ),
    "TLS grade": (
        "The worst grade of its addresses. Orange: outdated, a question for the vendor's next review. Red: broken or "
        "not trusted; the tables at the end say what."
    ),
}


def head_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _word(1, "State", facts.STATE, state_mappings(), "not watched")
    yield _word(2, "They say", facts.CLAIM, claim_mappings(), "no page")
    yield _word(3, "Disagree", facts.APARTNESS, apart_mappings(), "only one is known")
    down = _measured(4, "Down for", f"time() - {facts.OUTAGE_BEGAN}", "no outage", ("red", None))
    yield down.unit(units.Seconds).decimals(1)
    left = _measured(5, "Budget left", facts.BUDGET_LEFT, "no objective", *BUDGET_LEFT)
    yield left.unit(units.PercentUnit).decimals(0)
    available = _measured(6, "Available, 30 d", facts.AVAILABILITY, "not yet known", ("text", None))
    yield available.unit(units.PercentUnit).decimals(3)
    yield _certificate()
    yield _word(8, "TLS grade", facts.GRADE, grade_mappings(), "no look yet")
    yield _who()


def _word(panel_id: int, title: str, expression: str, mappings: Sequence[ValueMapping], none: str) -> stat.Panel:
    panel = number(panel_id, title, _MEANT[title], now(or_nothing(expression)), width=3)
    return told(panel.color_mode(BigValueColorMode.BACKGROUND), mappings, none)


def _certificate() -> stat.Panel:
    """The days are a label, because the colour is that of another number."""
    band = f"max by (vendor) ({ask.band()}) * on (vendor) group_left (left) {_DAYS_LEFT}"
    nothing = f'label_replace({or_nothing(band)}, "left", "-", "left", "")'
    panel = number(7, "Certificate", _MEANT["Certificate"], now(nothing, "{{left}}"), width=3)
    panel = panel.text_mode(BigValueTextMode.VALUE_AND_NAME)
    return told(panel.color_mode(BigValueColorMode.BACKGROUND), band_mappings(), "no look yet")


def _measured(panel_id: int, title: str, expression: str, none: str, *steps: tuple[str, float | None]) -> stat.Panel:
    panel = number(panel_id, title, _MEANT[title], now(or_nothing(expression)), width=3)
    return told(panel.thresholds(limits(*steps)), (), none)


def _who() -> table.Panel:
    work = "max by (vendor) (vendor_maintenance_active"
    suspect = f"max by (vendor) (vendor_status_page_suspect{{{VENDORS}}})"
    flapping = f"max by (vendor) (vendor_target_flapping{{{VENDORS}}})"
    panel = grid(
        9,
        "Who",
        "Whose vendor it is, and what keeps its alerts quiet: work of our own or as announced, somebody's mute, a "
        'target that goes to and fro. "Page stands still": its page is no evidence, see the runbook at '
        'VendorDisagreement. "Admitted last after": how long after the first failure of the newest outage that they '
        "admitted, which may be after its end. Nothing here is ever red.",
        rows(facts.WHO, "A"),
        rows(f"max by (vendor) (vendor_slo_objective_ratio{{{VENDORS}}})", "B"),
        rows(f'{work}{{{VENDORS}, source="own"}})', "C"),
        rows(f'{work}{{{VENDORS}, source="announced"}})', "D"),
        rows(facts.MUTED, "E"),
        rows(flapping, "F"),
        rows(suspect, "G"),
        rows(f"max by (vendor) ({facts.fresh(f'vendor_outage_lead_seconds{{{VENDORS}}}')})", "H"),
        height=4,
    )
    return shaped(panel.no_value("nobody watches"), *_who_columns())


def _who_columns() -> tuple[Column, ...]:
    works = words(yes_no_mappings(("under way", "blue"), ("no", "text")))
    return (
        column("vendor", "Vendor"),
        column("name", "Name"),
        column("team", "Team"),
        column("tier", "Tier"),
        value("B", "Objective", unit(units.PercentUnit, 2), otherwise("none")),
        value("C", "Our own work", works),
        value("D", "Announced work", works),
        value("E", "Muted", words(yes_no_mappings(("yes", "purple"), ("no", "text")))),
        value("F", "Flapping", words(UNWELCOME)),
        value("G", "Page stands still", words(UNWELCOME), otherwise("no page")),
        value("H", "Admitted last after", unit(units.Seconds, 1), otherwise("none known")),
    )
