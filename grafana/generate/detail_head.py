"""The head of a vendor's dashboard: its state now in words and numbers, and who it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grafana_foundation_sdk.builders import stat, table
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import BigValueColorMode
from grafana_foundation_sdk.models.dashboard import ValueMapping

from grafana.generate import facts
from grafana.generate.columns import UNWELCOME, column, shaped, unit, value, words
from grafana.generate.parts import VENDORS, Panel, field, grid, limits, now, number, rows
from grafana.generate.states import apart_mappings, grade_mappings, state_mappings, yes_no_mappings
from grafana.generate.tiles import or_nothing, told

_SINCE = (("red", None),)
_BUDGET = (("red", None), ("orange", 0.0), ("green", 0.25))
_DAYS = (("red", None), ("orange", 7.0), ("green", 21.0))


def head_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    text = (
        "What we measure of the vendor, after confirmation. Red: the looks below say which target and why. Purple: "
        "nobody can tell; see the failures by reason. Page only: its file names nothing to measure."
    )
    yield _word(1, "State", text, facts.STATE, state_mappings(), "not watched")
    text = (
        "What the vendor's own status page says, of the components that its file names. Red or orange: vendorwatch "
        "check VENDOR --check status has the incident in the vendor's words, with its link."
    )
    yield _word(2, "They say", text, facts.CLAIM, state_mappings(), "no page")
    text = (
        "Whether the two could not both be true for longer than the grace. Red: they deny what we see; open a case and "
        "quote the time of the first failure. Orange: what they tell of does not touch what we look at; look closer at "
        "what you use."
    )
    yield _word(3, "Disagree", text, facts.APARTNESS, apart_mappings(), "no page")
    text = (
        "How long the open outage lasts, from the first look that failed; also while we are blind. Red: vendorwatch "
        "outages VENDOR says why, and whether others share the cause."
    )
    yield (
        _measured(4, "Down for", text, f"time() - {facts.OUTAGE_BEGAN}", "no outage", _SINCE).unit(units.Seconds).decimals(1)
    )
    text = (
        "What is left of the time that the objective allows to be down in 30 days. Orange: a quarter; ask what they do "
        "about it. Red: nothing; it is a matter for the contract. Shown down to -1000 %."
    )
    panel = _measured(5, "Budget left", text, facts.BUDGET_LEFT, "no objective", _BUDGET)
    yield panel.unit(units.PercentUnit).decimals(0)
    text = (
        "The part of 30 days in which the vendor was not down, of the time in which it was seen and nothing excused it. "
        "Never red by itself: the budget beside it says whether that is enough."
    )
    panel = _measured(6, "Available, 30 d", text, facts.AVAILABILITY, "not yet known", (("text", None),))
    yield panel.unit(units.PercentUnit).decimals(3)
    text = (
        "Days until the first certificate ends, of all its addresses and their chains. Red: whatever renews it has "
        "failed; tell the vendor today. Certificates of short life are renewed late by design."
    )
    yield _measured(7, "Certificate days", text, facts.CERTIFICATE_DAYS, "no look yet", _DAYS).unit(units.NoUnit).decimals(0)
    text = (
        "The worst grade of its addresses. Orange: outdated, a question for the vendor's next review. Red: broken or "
        "not trusted; the tables at the end say what."
    )
    yield _word(8, "TLS grade", text, facts.GRADE, grade_mappings(), "no look yet")
    yield _who()


def _word(panel_id: int, title: str, text: str, expression: str, mappings: Sequence[ValueMapping], none: str) -> stat.Panel:
    panel = number(panel_id, title, text, now(or_nothing(expression)), width=3)
    return told(panel.color_mode(BigValueColorMode.BACKGROUND), mappings, none)


def _measured(
    panel_id: int, title: str, text: str, expression: str, none: str, steps: Sequence[tuple[str, float | None]]
) -> stat.Panel:
    panel = number(panel_id, title, text, now(or_nothing(expression)), width=3)
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
        "VendorDisagreement. Nothing here is ever red.",
        rows(facts.WHO, "A"),
        rows(f"max by (vendor) (vendor_slo_objective_ratio{{{VENDORS}}})", "B"),
        rows(f'{work}{{{VENDORS}, source="own"}})', "C"),
        rows(f'{work}{{{VENDORS}, source="announced"}})', "D"),
        rows(facts.MUTED, "E"),
        rows(flapping, "F"),
        rows(suspect, "G"),
        height=4,
    )
    works = words(yes_no_mappings(("under way", "blue"), ("no", "text")))
    return shaped(
        panel.no_value("nobody watches"),
        column("vendor", "Vendor"),
        column("name", "Name"),
        column("team", "Team", field("noValue", "-")),
        column("tier", "Tier"),
        value("B", "Objective", unit(units.PercentUnit, 2), field("noValue", "none")),
        value("C", "Our own work", works),
        value("D", "Announced work", works),
        value("E", "Muted", words(yes_no_mappings(("yes", "purple"), ("no", "text")))),
        value("F", "Flapping", words(UNWELCOME)),
        value("G", "Page stands still", words(UNWELCOME), field("noValue", "no page")),
    )
