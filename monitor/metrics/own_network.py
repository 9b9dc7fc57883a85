"""The metrics of our own network: declared here, and read off what the canaries have shown."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.egress import Egress, View
from monitor.metrics.families import Family
from monitor.metrics.telling import Values

_STATE = Family(
    "vendorwatch_egress_state",
    "gauge",
    "1 for what our own network is in by the canaries, 0 for the others; unknown where there are none.",
    ("state",),
)
_UP = Family(
    "vendorwatch_canary_up", "gauge", "1 if a canary was seen when it was last looked at.", ("operator", "kind", "ip_family")
)

FAMILIES = (_STATE, _UP)


def readings(view: View) -> Iterator[tuple[Family, Values]]:
    """Both families as *view* has it. A canary that nobody could look at has no series."""
    yield _STATE, {(state.value,): state is view.state for state in Egress}
    seen: dict[tuple[str, ...], float] = {}
    for look in view.latest.looks if view.latest else ():
        if look.ok is not None:
            labels = (look.operator, look.kind, look.ip_family)
            seen[labels] = max(seen.get(labels, 0), look.ok)
    yield _UP, seen
