"""Vendors overview, which answers whether anything is wrong."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana.generate.parts import (
    VENDORS,
    empty_dashboard,
    filled,
    link,
    now,
    number,
    query,
    timeline,
    varied,
    vendor_annotations,
    vendor_variables,
)
from grafana.generate.states import STATES, ordinal


def dashboard() -> Dashboard:
    """The dashboard."""
    made = empty_dashboard("vendor-overview", "Vendors overview", "Is anything wrong with a vendor, and with which?")
    made = made.link(link("SLO", "vendor-slo"))
    made = varied(made, vendor_variables(), vendor_annotations())
    down = f'count(max by (vendor) (vendor_state{{{VENDORS}, state="down"}}) == 1) or vector(0)'
    return filled(
        made,
        number(1, "Down", "Vendors that are down for us now. Red: open the vendor in the table below.", now(down)),
        timeline(2, "States", "...", query(ordinal("vendor_state", VENDORS, "vendor", STATES), "{{vendor}}")),
    )
