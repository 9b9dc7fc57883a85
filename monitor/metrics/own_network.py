"""The metrics of our own network: declared here, and read off what the canaries have shown."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.egress import Egress, View
from monitor.metrics.families import Family, Values

_STATE = Family(
    "vendorwatch_egress_state",
    "gauge",
    "1 for what our own network is in by the canaries, 0 for the others; unknown where there are none.",
    ("state",),
)
_DOUBTED = Family(
    "vendorwatch_egress_doubted",
    "gauge",
    "1 while a failure counts against no vendor, our own way out being lost, or back for less than the grace.",
)
_UP = Family(
    "vendorwatch_canary_up", "gauge", "1 if a canary was seen when it was last looked at.", ("operator", "kind", "ip_family")
)

FAMILIES = (_STATE, _DOUBTED, _UP)


def readings(view: View, at: float) -> Iterator[tuple[Family, Values]]:
    """The families as *view* has them *at* a monotonic time. A canary that nobody could look at has no series."""
    yield _STATE, {(state.value,): state is view.state for state in Egress}
    yield _DOUBTED, {(): view.doubts_way_out(at)}
    seen: dict[tuple[str, ...], float] = {}
    for look in view.latest.looks if view.latest else ():
        if look.ok is not None:
            labels = (look.operator, look.kind, look.ip_family)
            seen[labels] = max(seen.get(labels, 0), look.ok)
    yield _UP, seen
