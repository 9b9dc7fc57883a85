"""What is known of each vendor as PromQL: one number for each, of all daemons together.

The numbers of states, claims, disagreements and grades are those of `grafana.generate.states`. A vendor that is not known in
some respect has no series, so that nothing is shown in its place.
"""

from __future__ import annotations

from grafana.generate.parts import VENDORS
from grafana.generate.states import APART, BELOW, CLAIMS, GRADES, NOT_COMPARED, PAGE_ONLY, STATES, UNKNOWN, ordinal

STALLED_SECONDS = 120
"""A scheduler that did not go round for so long stands still, as VendorwatchSchedulerStalled has it."""


def _going(selector: str = "") -> str:
    """The daemons whose scheduler goes round, by the clock of the scrape: the age of the newest sample does not matter."""
    beat = f"vendorwatch_scheduler_heartbeat_timestamp_seconds{{{selector}}}"  # Braces, so that `drawing.at_end` finds it.
    return f"(timestamp({beat}) - {beat} < {STALLED_SECONDS})"


def fresh(expression: str, selector: str = "") -> str:
    """Of *expression*, which is of single daemons, what those tell that go round, of the daemons that *selector* chooses.

    One that stands still and yet answers tells for ever what it saw last.
    """
    return f"({expression})\nand on (job, instance) {_going(selector)}"


LISTED = f"group by (vendor) (vendor_info{{{VENDORS}}})"
"""The vendors of any daemon that answers, also of one that no longer goes round."""
KNOWN = f"group by (vendor) ({fresh(f'vendor_info{{{VENDORS}}}')})"
"""The vendors that somebody watches now."""
MEASURED = f'group by (vendor) (vendor_probe_interval_seconds{{{VENDORS}, check!="status"}})'
"""The vendors of which more is looked at than their page."""

WHO = f"topk by (vendor) (1, count by (vendor, name, team, tier) (vendor_info{{{VENDORS}}}))"
"""Who they are, a series each; of daemons that have read different files, one has to do."""

SEEN = ordinal("vendor_state", VENDORS, "vendor", STATES, only=fresh)
CLAIM = ordinal("vendor_claim_state", VENDORS, "vendor", CLAIMS, only=fresh)
STATE = (
    f"(({SEEN}) and on (vendor) {MEASURED})\n"
    f"or (((({CLAIM}) - {BELOW}) or {PAGE_ONLY} * {KNOWN}) unless on (vendor) {MEASURED})"
)
"""Of vendors of which only the page is read, what it tells decides where among the others they stand."""

_BOTH_KNOWN = " ".join(
    f'and on (job, instance, vendor) {metric}{{{VENDORS}, state="unknown"}} == 0'
    for metric in ("vendor_state", "vendor_claim_state")
)
_COMPARED = f"vendor_disagreement{{{VENDORS}}} {_BOTH_KNOWN}"
APARTNESS = (
    f"{ordinal('vendor_disagreement', VENDORS, 'vendor', APART, 'kind', only=lambda told: fresh(f'{told} {_BOTH_KNOWN}'))}\n"
    f"or 0 * max by (vendor) ({fresh(_COMPARED)})\n"
    f"or {NOT_COMPARED} * (group by (vendor) ({fresh(f'vendor_disagreement{{{VENDORS}}}')}) and on (vendor) {MEASURED})"
)
"""Whether word and measurement part, of vendors that have both; what is not known of either is no agreement."""
GRADE = ordinal("vendor_tls_grade", VENDORS, "vendor", dict(reversed(GRADES.items())), "grade", only=fresh)
"""Of several addresses the worst."""

AVAILABILITY = f"1 - max by (vendor) (vendor:vendor_state:down_avg30d{{{VENDORS}}})"
BUDGET = f"(1 - max by (vendor) (vendor_slo_objective_ratio{{{VENDORS}}}) > 0)"
"""What part of the time a vendor may be down; not of one that may never be, because then there is nothing to divide by."""
BUDGET_LEFT = f"clamp_min(1 - max by (vendor) (vendor:vendor_state:down_avg30d{{{VENDORS}}}) / {BUDGET}, -10)"
"""Down to -10: how often the budget of a fine objective was spent is no news beyond that."""


def _last_told(metric: str) -> str:
    """A metric of outages: what daemons tell that go round; of a vendor that none of them watches what was told last."""
    told = f"{metric}{{{VENDORS}}}"
    return f"(({fresh(told)})\nor ({told} unless on (vendor) {KNOWN}))"


OUTAGE = f"max by (vendor) {_last_told('vendor_outage_active')}"
OUTAGE_BEGAN = f"min by (vendor) {_last_told('vendor_outage_started_timestamp_seconds')}"
OUTAGE_ADMITTED = f"min by (vendor) {_last_told('vendor_outage_admitted_timestamp_seconds')}"
"""When the vendor's page told of the open outage. It stays, whatever the page says afterwards."""
_WORD = f"({CLAIM})\nand on (vendor) {OUTAGE_BEGAN}"
ADMISSION = f"group by (vendor) ({OUTAGE_ADMITTED})\nor 2 * (({_WORD}) == bool {UNKNOWN} > 0)\nor 0 * ({_WORD})"
"""Of vendors that are down: 1 where their page told of it, 2 where it cannot be read, 0 where it says nothing of it."""
MUTED = f"max by (vendor) (vendor_muted{{{VENDORS}}})"
INCIDENTS = (
    f'sum by (vendor) (max by (vendor, check, target, impact) (vendor_incidents_open{{{VENDORS}, impact!="maintenance"}}))'
)
SLOW = f"quantile_over_time(0.95, max by (vendor) (vendor_endpoint_duration_seconds{{{VENDORS}}})[$__range:$__interval])"
"""The latency that one in twenty answers exceeds over the range that is shown. Its points are those of a graph, however
long the range: all samples of a month would be more than Prometheus reads for one query."""

ALIVE = f"group({_going()})"
"""Present while a scheduler goes round."""
BLIND = f"max(min by (job) ({fresh('vendorwatch_egress_doubted')}))"
"""1 while no daemon of some job has a way out that it trusts."""
WATCH = f"({UNKNOWN} * {BLIND} and on () {ALIVE}) or vector({UNKNOWN})"
"""Whether anybody could see: up, or else unknown."""
