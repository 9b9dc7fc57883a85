"""How budgets were spent over time."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import statetimeline, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import slo_queries as ask
from grafana.generate.columns import worded
from grafana.generate.drawing import chosen, listed, marked, of_days, wide_ranging
from grafana.generate.parts import VENDORS, Panel, graph, query, timeline
from grafana.generate.states import FAST_PACE

_SHOWN = 10
_BURNING = (("within what is allowed", "green"), ("burns slowly", "yellow"), ("burns fast", "red"))


def past_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _left()
    yield _burn()
    yield _burning()
    yield _down()
    yield _known()


def _left() -> timeseries.Panel:
    text = (
        f"What the {_SHOWN} vendors with the least left had of their budget of thirty days. Below the red line more was "
        "spent than the objective allows: hold it against the contract. A line rises when an outage is older than thirty "
        "days. Shown down to -100 %; the table above has the whole number."
    )
    lines = chosen(f"clamp_min({ask.LEFT}, -1)", "vendor", _SHOWN, ask.LAST_LEFT, "bottomk")
    panel = marked(
        graph(101, "Budget left", text, query(lines, "{{vendor}}"), unit=units.PercentUnit),
        ("red", None),
        ("transparent", 0),
    )
    return listed(panel.decimals(0).no_value(ask.UNRECORDED), "lastNotNull", "min", right=True)


def _burn() -> timeseries.Panel:
    worst = f"max_over_time(vendor:vendor_state:down_avg1h{{{VENDORS}}}[$__range:$__interval] @ end()) > 0"
    text = (
        f"How many times faster than allowed each hour spent the budget, of the {_SHOWN} vendors that had the worst hours. "
        f"Above 1, the yellow line, more is spent than allowed. Above {FAST_PACE}, the red line, a month's budget is gone "
        "in two days: treat it as an outage. vendorwatch outages VENDOR says what it was."
    )
    lines = f"({ask.burn('1h')})\nand on (vendor) topk({_SHOWN}, {worst})"
    panel = graph(102, "Pace of an hour, 1 being what is allowed", text, query(lines, "{{vendor}}"), unit=units.NoUnit)
    panel = marked(wide_ranging(panel), ("transparent", None), ("yellow", 1), ("red", FAST_PACE)).decimals(1)
    return listed(panel.no_value("nobody is known to have been down"), "lastNotNull", "max", right=True)


def _burning() -> statetimeline.Panel:
    text = (
        "When the budget of a vendor burnt too fast, as VendorSLOFastBurn and VendorSLOSlowBurn tell. Only vendors whose "
        "did. Red: an outage that spends a month's budget in two days; treat it as one. Yellow: small ones that add up; "
        "talk with the vendor. vendorwatch outages VENDOR lists them."
    )
    lines = query(f"({ask.BURNING})\nand on (vendor) ({ask.BURNT})", "{{vendor}}")
    panel = timeline(103, "Burnt too fast", text, lines, width=24, height=6).mappings(worded(*_BURNING))
    return panel.no_value("none is known")


def _down() -> timeseries.Panel:
    lines = chosen(ask.down_seconds("1d", 86_400), "vendor", _SHOWN, f"({ask.down_seconds('$__range', '$__range_s')}) > 0")
    text = (
        f"How long vendors were down in the 24 hours before each point, of the {_SHOWN} that were so longest. Where a line "
        "rises the vendor was down just then; at the right edge that is now: open the vendor. One that comes back day "
        "after day belongs into the next talk with the vendor; vendorwatch outages VENDOR has the list."
    )
    panel = of_days(graph(104, "Down within a day", text, query(lines, "{{vendor}}"), unit=units.Seconds))
    return listed(panel.decimals(1).no_value("nobody is known to have been down"), "max", right=True)


def _known() -> timeseries.Panel:
    lines = chosen(ask.known("1d", 86_400), "vendor", _SHOWN, ask.known("$__range", "$__range_s"), "bottomk")
    text = (
        f"How much of the day before each point is known, of the {_SHOWN} vendors of which least is. A gap of all at "
        "once was ours: see the dashboard of vendorwatch itself. A gap of one: it was unknown or worked on, which counts "
        "neither for nor against it; open the vendor to see which."
    )
    panel = of_days(graph(105, "Known within a day", text, query(lines, "{{vendor}}"), unit=units.PercentUnit)).max(1)
    return listed(panel.no_value(ask.UNRECORDED), "lastNotNull", "min", right=True)
