"""What is known of each vendor as PromQL: one number for each, of all daemons together.

The numbers of states, claims, disagreements and grades are those of `grafana.generate.states`. A vendor that is not known in
some respect has no series, so that nothing is shown in its place.
"""

from __future__ import annotations

from grafana.generate.parts import VENDORS
from grafana.generate.states import APART, CLAIMS, GRADES, PAGE_ONLY, STATES, UNKNOWN, ordinal

KNOWN = f"group by (vendor) (vendor_info{{{VENDORS}}})"
MEASURED = f'group by (vendor) (vendor_probe_interval_seconds{{{VENDORS}, check!="status"}})'
"""The vendors of which more is looked at than their page."""

WHO = f"topk by (vendor) (1, count by (vendor, name, team, tier) (vendor_info{{{VENDORS}}}))"
"""Who they are, a series each; of daemons that have read different files, one has to do."""

SEEN = ordinal("vendor_state", VENDORS, "vendor", STATES)
STATE = f"(({SEEN}) and on (vendor) {MEASURED})\nor {PAGE_ONLY} * {KNOWN}"
CLAIM = ordinal("vendor_claim_state", VENDORS, "vendor", CLAIMS)
APARTNESS = (
    f"{ordinal('vendor_disagreement', VENDORS, 'vendor', APART, 'kind')}\n"
    f"or 0 * max by (vendor) (vendor_disagreement{{{VENDORS}}})"
)
GRADE = ordinal("vendor_tls_grade", VENDORS, "vendor", dict(reversed(GRADES.items())), "grade")
"""Of several addresses the worst."""

AVAILABILITY = f"1 - max by (vendor) (vendor:vendor_state:down_avg30d{{{VENDORS}}})"
BUDGET = f"(1 - max by (vendor) (vendor_slo_objective_ratio{{{VENDORS}}}) > 0)"
"""What part of the time a vendor may be down; not of one that may never be, because then there is nothing to divide by."""
BUDGET_LEFT = f"clamp_min(1 - max by (vendor) (vendor:vendor_state:down_avg30d{{{VENDORS}}}) / {BUDGET}, -10)"
"""Down to -10: how often the budget of a fine objective was spent is no news beyond that."""

OUTAGE_BEGAN = f"min by (vendor) (vendor_outage_started_timestamp_seconds{{{VENDORS}}})"
CERTIFICATE_DAYS = f"(min by (vendor) (vendor_certificate_not_after_timestamp_seconds{{{VENDORS}}}) - time()) / 86400"
MUTED = f"max by (vendor) (vendor_muted{{{VENDORS}}})"
INCIDENTS = (
    f'sum by (vendor) (max by (vendor, check, target, impact) (vendor_incidents_open{{{VENDORS}, impact!="maintenance"}}))'
)
SLOW = f"quantile_over_time(0.95, max by (vendor) (vendor_endpoint_duration_seconds{{{VENDORS}}})[$__range:$__interval])"
"""The latency that one in twenty answers exceeds over the range that is shown. Its points are those of a graph, however
long the range: all samples of a month would be more than Prometheus reads for one query."""
ADMITTED = f'max by (vendor) (vendor_claim_state{{{VENDORS}, state=~"degraded|partial_outage|major_outage"}})'

_FRESH = "timestamp(vendorwatch_scheduler_heartbeat_timestamp_seconds) - vendorwatch_scheduler_heartbeat_timestamp_seconds"
ALIVE = f"group({_FRESH} < 120)"
"Present while a scheduler goes round, by the clock of the scrape, so that the age of the newest sample does not matter."
BLIND = "max(min by (job) (vendorwatch_egress_doubted))"
"""1 while no daemon of some job has a way out that it trusts."""
WATCH = f"({UNKNOWN} * {BLIND} and on () {ALIVE}) or vector({UNKNOWN})"
"""Whether anybody could see: up, or else unknown."""
