"""Graphs: the lines that are chosen among many, stacks, colours of single lines, and legends with numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import common, timeseries
from grafana_foundation_sdk.models.common import (
    GraphDrawStyle,
    GraphThresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    ScaleDistribution,
    StackingMode,
)

from grafana.generate.parts import field, limits

_CLOSEST_DAYS, _MOST_DAYS = "5m", 400
_SELECTED = re.compile(r"\}(\[[^]]*\])?")


def at_end(expression: str) -> str:
    """*expression* as it is at the end of the range that is shown; each metric in it must have braces."""
    return _SELECTED.sub(lambda found: f"{found[0]} @ end()", expression)


def chosen(expression: str, by: str, count: int, judged: str = "", pick: str = "topk") -> str:
    """The *count* lines that are largest, or smallest by ``bottomk``, when the range ends; by *judged* if that is given.

    They are the same all over the range, where a plain ``topk`` would choose anew at each point.
    """
    return f"{expression}\nand on ({by}) {pick}({count}, {at_end(judged or expression)})"


def stacked(panel: timeseries.Panel) -> timeseries.Panel:
    """Areas upon each other, for what adds up."""
    return panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL)).fill_opacity(60).line_width(0)


def bars(panel: timeseries.Panel, interval: str) -> timeseries.Panel:
    """A bar for each *interval*, upon each other."""
    made = panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL)).fill_opacity(70)
    return made.draw_style(GraphDrawStyle.BARS).interval(interval)


def of_days(panel: timeseries.Panel) -> timeseries.Panel:
    """What is counted over the day before each point: so many points that Prometheus bears it, and the last one is now.

    Not one for each day: Grafana begins and ends such steps at midnight, and today would be shown tomorrow.
    """
    return panel.interval(_CLOSEST_DAYS).max_data_points(_MOST_DAYS)


def wide_ranging(panel: timeseries.Panel) -> timeseries.Panel:
    """An axis on which 1 can be told from 3 though an outage goes to 2000: even up to 1, by powers of ten from there on."""
    scale = common.ScaleDistributionConfig().type(ScaleDistribution.SYMLOG).log(10).linear_threshold(1)
    return panel.scale_distribution(scale)


def tinted(panel: timeseries.Panel, colours: Mapping[str, str]) -> timeseries.Panel:
    """Lines in colours of their own, by their names."""
    for name, colour in colours.items():
        panel = panel.override_by_name(name, [field("color", {"mode": "fixed", "fixedColor": colour})])
    return panel


def listed(panel: timeseries.Panel, *calculations: str, right: bool = False) -> timeseries.Panel:
    """A legend that is a table, with numbers of each line, like ``lastNotNull`` or ``max``."""
    placement = LegendPlacement.RIGHT if right else LegendPlacement.BOTTOM
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.TABLE).placement(placement).show_legend(True)
    return panel.legend(legend.calcs(list(calculations)))


def marked(panel: timeseries.Panel, *steps: tuple[str, float | None]) -> timeseries.Panel:
    """Dashed lines where a value becomes a matter for somebody."""
    style = common.GraphThresholdsStyleConfig().mode(GraphThresholdsStyleMode.DASHED)
    return panel.thresholds(limits(*steps)).thresholds_style(style)


def rated(expression: str, by: Sequence[str] | str) -> str:
    """A counter of all daemons per second, in the steps that are drawn."""
    labels = by if isinstance(by, str) else ", ".join(by)
    return f"sum by ({labels}) (rate({expression}[$__rate_interval]))"
