"""Tables of objectives: budgets by vendor, what the time shown came to, and who has no objective."""

from __future__ import annotations

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import units

from grafana.generate import slo_queries as ask
from grafana.generate.columns import (
    VENDOR,
    Column,
    coloured,
    column,
    otherwise,
    paged,
    shaped,
    unit,
    value,
    wide,
    worded,
    words,
)
from grafana.generate.facts import fresh
from grafana.generate.parts import VENDORS, grid, rows
from grafana.generate.states import BUDGET_LEFT, FAST_PACE, PACES, SLOW_PACE

_WHO = f"max by (vendor, team, tier) ({fresh(f'vendor_info{{{VENDORS}}}')})"
_TEAM = column("team", "Team", otherwise("nobody"))
_BURNING = (("no", "text"), ("slowly", "yellow"), ("fast", "red"))
_KNOWN = (("purple", None), ("yellow", 0.5), ("text", 0.9))


def tables() -> tuple[table.Panel, table.Panel, table.Panel]:
    """By vendor, in the time shown, and without objective."""
    return _by_vendor(), _in_range(), _without()


def _by_vendor() -> table.Panel:
    panel = grid(
        10,
        "Objectives, the least budget left on top",
        "Availability of thirty days against the objective, and what is left of the time that it allows to be down. Orange "
        "under Budget left: less than a quarter; ask what they do about it. Red: overspent; hold it against the contract. "
        "Pace: how many times as fast as allowed it was spent in an hour, six hours and three days; yellow above 1, orange "
        f"from {SLOW_PACE}, red from {FAST_PACE}. Burns: whether that goes on. Fast is an outage (VendorSLOFastBurn in the "
        "runbook); slowly is for the next talk with the vendor (VendorSLOSlowBurn). A pace of 9 over three days may stand "
        "beside no: what was spent stays in the three days, while the last six hours were calm, too little of the three "
        "days is known, or the objective is finer than looks can tell. A dash: nothing of that time is known; under Burns, "
        "the vendor is unknown or worked on now, or too little of the last hours is known. Yellow or purple under Known: "
        "the daemon or the rules are young, or the vendor was unknown or worked on, and the numbers say less.",
        rows(f"{_WHO}\nand on (vendor) {ask.OBJECTIVE}", "A"),
        rows(ask.OBJECTIVE, "B"),
        rows(f"1 - {ask.down('30d')}\nand on (vendor) {ask.OBJECTIVE}", "C"),
        rows(ask.LEFT, "D"),
        rows(ask.LEFT_SECONDS, "E"),
        *(rows(ask.burn(window), ref) for window, ref in zip(("1h", "6h", "3d"), "FGH", strict=True)),
        rows(f"({ask.BURNING})\nand on (vendor) {ask.OBJECTIVE}", "I"),
        rows(f"{ask.known('30d', ask.MONTH_SECONDS)}\nand on (vendor) {ask.OBJECTIVE}", "J"),
        height=11,
    )
    return shaped(paged(panel), *_columns(), worst="Budget left", descending=False).no_value(
        "nobody watches, or no vendor has an objective"
    )


def _columns() -> tuple[Column, ...]:
    pace = (*coloured(("text", None), *PACES), *unit(units.NoUnit, 1), wide(90))
    return (
        VENDOR,
        _TEAM,
        column("tier", "Tier", wide(80)),
        value("B", "Objective", unit(units.PercentUnit, 3), wide(100)),
        value("C", "Available", unit(units.PercentUnit, 3), wide(100)),
        value("D", "Budget left", unit(units.PercentUnit, 0), coloured(*BUDGET_LEFT), otherwise("not known"), wide(110)),
        value("E", "Time left", unit(units.Seconds, 1), wide(110)),
        value("I", "Burns", words(worded(*_BURNING)), wide(90)),
        value("F", "Pace 1 h", pace),
        value("G", "Pace 6 h", pace),
        value("H", "Pace 3 d", pace),
        value("J", "Known", unit(units.PercentUnit, 0), coloured(*_KNOWN), otherwise("not known"), wide(90)),
    )


def _in_range() -> table.Panel:
    panel = grid(
        201,
        "Down in the time shown",
        "How long each vendor was down in the time chosen above, and what part of that time is known. Who was down: "
        "vendorwatch outages VENDOR has each outage with its reason. Yellow under Known: less than 90 %. Purple: less than "
        "half, so do not quote the rest. Nothing is known while a vendor is unknown or worked on, while no daemon runs, "
        "and before grafana/prometheus/rules was loaded.",
        rows(ask.down_seconds("$__range", "$__range_s"), "A"),
        rows(ask.availability("$__range"), "B"),
        rows(ask.known("$__range", "$__range_s"), "C"),
        width=14,
        height=9,
    )
    return shaped(
        paged(panel),
        VENDOR,
        value("A", "Down", unit(units.Seconds, 1), wide(130)),
        value("B", "Available", unit(units.PercentUnit, 3), wide(130)),
        value("C", "Known", unit(units.PercentUnit, 0), coloured(*_KNOWN), otherwise("not known"), wide(100)),
        worst="Down",
    ).no_value(ask.UNRECORDED)


def _without() -> table.Panel:
    panel = grid(
        202,
        "Without an objective",
        "Vendors whose file has no objective: nobody is told when they spend too much, and they have no budget above. "
        "Write what the contract promises, like objective: 99.9, into the vendor's file.",
        rows(f"{_WHO}\nunless on (vendor) {ask.OBJECTIVE}", "A"),
        width=10,
        height=9,
    )
    who = (VENDOR, _TEAM, column("tier", "Tier", wide(90)))
    return shaped(paged(panel), *who, worst="Vendor", descending=False).no_value("none is known")
