"""The states of all vendors over time, made so that three hundred of them can still be read.

Worst first: those that were down, then those that were otherwise not up, and those that were up all the time only where
there are few vendors. Prometheus orders what has a range by labels alone, so the place of a vendor is a label, `place`.
It is worked out once, for the end of the range (``@ end()``), however many points are drawn.
"""

from __future__ import annotations

from grafana_foundation_sdk.builders import statetimeline

from grafana.generate import facts
from grafana.generate.parts import VENDORS, field, linked, query, timeline
from grafana.generate.states import claim_mappings

_FEW = 25
"""So many vendors are shown whole; it is also a page."""
_LONG_UNKNOWN = 600
"""Seconds that a vendor must have been unknown for: after each start of the daemon all are, for a moment."""
_POINTS = 600
"""Every point is worked out for every vendor."""
_PAGE = "its page"


_MEASURED = (
    f'group by (vendor) (last_over_time(vendor_probe_interval_seconds{{{VENDORS}, check!="status"}}[$__range] @ end()))'
)
_ALL = f"group by (vendor) (last_over_time(vendor_info{{{VENDORS}}}[$__range] @ end()))"
"""Also while no daemon runs any more."""


def states_of_vendors(panel_id: int) -> statetimeline.Panel:
    """The panel."""
    text = (
        f"What each vendor was in, those first that were down. Of more than {_FEW} vendors only those that were not up all "
        "the time; of one that has only a page, what that told. Red: a click on the line leads to the vendor. First "
        "line: whether anybody could see; while it is purple, no daemon went round or our own network was in doubt: look at "
        "the dashboard of vendorwatch itself. Where nothing is drawn nobody looked."
    )
    panel = timeline(
        panel_id,
        "States",
        text,
        query(facts.WATCH, "our watch"),
        query(f"{_seen()}\nor {_told()}", "{{shown}}", "B"),
        height=10,
    )
    panel = panel.override_by_regexp(rf"/ \({_PAGE}\)$/", [field("mappings", claim_mappings())])
    leads = linked("Why, since when?", "vendor-detail", "var-vendor=${__field.labels.vendor}")
    pages = panel.override_by_regexp("/^(?!our watch$)/", [leads])
    return pages.per_page(_FEW).max_data_points(_POINTS)


def _seen() -> str:
    """What those are in that are measured."""
    return _named(f"({facts.SEEN})\n* on (vendor) group_left (place) ({_places()})", "$1")


def _places() -> str:
    """Which vendors that are measured have a line, and where: each at the first place that it has."""
    unseen = f'min by (vendor) (avg_over_time(vendor_state{{{VENDORS}, state="unknown"}}[$__range] @ end()))'
    placed = (
        _place(1, f"{_ever('vendor_state', 'down')} == 1"),
        _place(2, f"{_ever('vendor_state', 'degraded|maintenance')} == 1"),
        _place(2, f"{unseen} * $__range_s > {_LONG_UNKNOWN}"),
        _place(3, f"{_ALL} and on () count({_ALL}) <= {_FEW}"),
    )
    first = "\nor on (vendor) ".join(placed)
    return f"({first})\nand on (vendor) {_MEASURED}"


def _told() -> str:
    """What those say of which only the page is read, and told of something; they come last."""
    told = _ever("vendor_claim_state", "degraded|partial_outage|major_outage|maintenance")
    said = f"({facts.CLAIM})\nand on (vendor) ({told} == 1 unless on (vendor) {_MEASURED})"
    return _named(said, f"$1 ({_PAGE})")


def _ever(metric: str, states: str) -> str:
    """1 for vendors that were in one of *states* at any time of the range, by any daemon."""
    return f'max by (vendor) (max_over_time({metric}{{{VENDORS}, state=~"{states}"}}[$__range] @ end()))'


def _place(place: int, those: str) -> str:
    return f'label_replace(group by (vendor) ({those}), "place", "{place}", "", "")'


def _named(expression: str, name: str) -> str:
    """*expression* with the name of each line: a label that sorts behind `place`, since links need the plain vendor."""
    return f'label_replace({expression}, "shown", "{name}", "vendor", "(.*)")'
