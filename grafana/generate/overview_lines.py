"""The states of all vendors over time, made so that three hundred of them can still be read.

Worst first: those that were down, then those that were otherwise not up, and those that were up all the time only where
there are few vendors. The order is that of the queries, because Prometheus does not sort what has a range.
"""

from __future__ import annotations

from grafana_foundation_sdk.builders import statetimeline

from grafana.generate import facts
from grafana.generate.parts import VENDORS, query, timeline

_FEW = 25
"""So many vendors are shown whole; it is also a page."""
_LONG_UNKNOWN = 600
"""Seconds that a vendor must have been unknown for: after each start of the daemon all are, for a moment."""


def _ever(metric: str, states: str) -> str:
    """The vendors that were in one of *states* at any time of the range, by any daemon."""
    return f'max by (vendor) (max_over_time({metric}{{{VENDORS}, state=~"{states}"}}[$__range] @ end())) == 1'


def states_of_vendors(panel_id: int) -> statetimeline.Panel:
    """The panel."""
    down = _ever("vendor_state", "down")
    unwell = _ever("vendor_state", "down|degraded|maintenance")
    unseen = f'min by (vendor) (avg_over_time(vendor_state{{{VENDORS}, state="unknown"}}[$__range] @ end()))'
    not_up = f"({unwell} or {unseen} * $__range_s > {_LONG_UNKNOWN})"
    told = _ever("vendor_claim_state", "degraded|partial_outage|major_outage|maintenance")
    state = f"(({facts.STATE}) >= 0)"
    panel = timeline(
        panel_id,
        "States",
        f"What each vendor was in, those first that were down. Of more than {_FEW} vendors only those are shown that "
        "were not up all the time; of one that has only a page, what that told. Red: follow the vendor's link in the "
        "table below. First line: whether anybody could see; while it is purple, no daemon ran or our own network was "
        "in doubt, and what is below it is no proof of anything.",
        query(facts.WATCH, "our watch"),
        query(f"{state}\nand on (vendor) {down}", "{{vendor}}", "B"),
        query(f"{state}\nand on (vendor) {not_up}\nunless on (vendor) {down}", "{{vendor}}", "C"),
        query(f"({facts.CLAIM})\nand on (vendor) {told}\nunless on (vendor) {facts.MEASURED}", "{{vendor}} (its page)", "D"),
        query(f"{state}\nunless on (vendor) {not_up}\nand on () count({facts.KNOWN}) <= {_FEW}", "{{vendor}}", "E"),
        height=10,
    )
    return panel.per_page(_FEW)
