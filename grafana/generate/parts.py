"""What the dashboards share: variables, annotations, links, and panels with the house's defaults.

A panel is made with its number (its id, for good), its title, what it shows and what to do when it is red. Where it stands
follows from the order of panels and their widths: 24 columns in a line. What a panel needs beside that, its maker adds with
the builder that it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.generate.states import state_mappings

DATASOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
VENDORS = 'vendor=~"$vendor"'
"""The selector of every query about vendors."""
TAG = "vendorwatch"

P = TypeVar("P", stat.Panel, table.Panel, timeseries.Panel, statetimeline.Panel)


def query(expression: str, legend: str = "", ref: str = "A") -> prometheus.Dataquery:
    """A query over the range that is shown; *legend* names its series."""
    return _query(expression, ref).range().legend_format(legend or "__auto")


def now(expression: str, legend: str = "", ref: str = "A") -> prometheus.Dataquery:
    """A query of the newest values only."""
    return _query(expression, ref).instant().legend_format(legend or "__auto")


def rows(expression: str, ref: str) -> prometheus.Dataquery:
    """The newest values as rows of a table, with a column for each label."""
    return _query(expression, ref).instant().format(PromQueryFormat.TABLE)


def _query(expression: str, ref: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(expression).ref_id(ref).datasource(DATASOURCE)


def number(
    panel_id: int, title: str, description: str, *targets: prometheus.Dataquery, unit: str = units.Short, width: int = 4
) -> stat.Panel:
    """One number, coloured by its thresholds: green unless the maker says otherwise."""
    panel = _begun(stat.Panel(), panel_id, title, description, targets).span(width).height(4).unit(unit)
    shown = common.ReduceDataOptions().calcs(["lastNotNull"])
    return (
        panel.reduce_options(shown)
        .color_mode(BigValueColorMode.VALUE)
        .graph_mode(BigValueGraphMode.NONE)
        .thresholds(limits(("green", None)))
        .no_value("none")
    )


def graph(
    panel_id: int, title: str, description: str, *targets: prometheus.Dataquery, unit: str, width: int = 12, height: int = 8
) -> timeseries.Panel:
    """Lines over time, all of them in one tooltip, the largest first."""
    panel = _begun(timeseries.Panel(), panel_id, title, description, targets).span(width).height(height).unit(unit)
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING)
    drawn = panel.line_width(1).fill_opacity(10).show_points(VisibilityMode.NEVER).axis_soft_min(0)
    return drawn.legend(legend.show_legend(True)).tooltip(tooltip)


def timeline(
    panel_id: int, title: str, description: str, *targets: prometheus.Dataquery, width: int = 24, height: int = 8
) -> statetimeline.Panel:
    """States over time, a line of colour for each series; where nobody measured, nothing is drawn."""
    panel = _begun(statetimeline.Panel(), panel_id, title, description, targets).span(width).height(height)
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    drawn = panel.mappings(state_mappings()).show_value(VisibilityMode.NEVER).row_height(0.85).fill_opacity(80)
    return drawn.merge_values(True).span_nulls(False).legend(legend.show_legend(True)).unit(units.Short)


def grid(
    panel_id: int, title: str, description: str, *targets: prometheus.Dataquery, width: int = 24, height: int = 8
) -> table.Panel:
    """A table; its columns are joined, named and coloured by the maker."""
    panel = _begun(table.Panel(), panel_id, title, description, targets).span(width).height(height)
    return panel.filterable(True).show_header(True).no_value("")


def _begun(panel: P, panel_id: int, title: str, description: str, targets: Sequence[prometheus.Dataquery]) -> P:
    return panel.id(panel_id).title(title).description(description).datasource(DATASOURCE).targets(list(targets))


def limits(*steps: tuple[str, float | None]) -> dashboard.ThresholdsConfig:
    """Thresholds: colours, each from its value on; the first one from below everything."""
    found = [Threshold(color=colour, value=value) for colour, value in steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(found)


def by_limits() -> dashboard.FieldColor:
    """Coloured by thresholds."""
    return dashboard.FieldColor().mode(FieldColorModeId.THRESHOLDS)


def field(name: str, value: object) -> DynamicConfigValue:
    """One property of an override, like ``field("unit", units.Seconds)``."""
    return DynamicConfigValue(id_val=name, value=value)


def linked(
    title: str, uid: str, variables: str = "var-vendor=${__data.fields.vendor}", *, keeps_time: bool = True
) -> DynamicConfigValue:
    """A link from a cell to another dashboard, of the same time, or of that one's own."""
    url = f"/d/{uid}?{variables}&${{datasource:queryparam}}" + ("&${__url_time_range}" if keeps_time else "")
    return field("links", [{"title": title, "url": url}])


def transformed(name: str, **options: object) -> DataTransformerConfig:
    """A transformation of what the queries gave, like ``transformed("joinByField", byField="vendor", mode="outer")``."""
    return DataTransformerConfig(id_val=name, options=options)


def link(title: str, uid: str, *, keeps_vendor: bool = True) -> dashboard.DashboardLink:
    """A link at the head of a dashboard to another one."""
    made = dashboard.DashboardLink(title).type(DashboardLinkType.LINK).url(f"/d/{uid}").icon("dashboard")
    return made.keep_time(True).include_vars(keeps_vendor)


def datasource_variable() -> dashboard.DatasourceVariable:
    """Which Prometheus."""
    return dashboard.DatasourceVariable("datasource").label("Data Source").type("prometheus")


def variable(name: str, label: str, values: str, *, has_all: bool = True, all_of: str = "") -> dashboard.QueryVariable:
    """A choice of *values*, several of them or all; all are those that match *all_of*, where it is given."""
    made = dashboard.QueryVariable(name).label(label).datasource(DATASOURCE).query(values).definition(values)
    made = made.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).sort(VariableSort.ALPHABETICAL_ASC)
    if not has_all:
        return made
    if all_of:
        made = made.all_value(all_of)
    return made.multi(True).include_all(True).current(VariableOption(text=["All"], value=["$__all"], selected=True))


def vendor_variables(*, has_all: bool = True) -> list[dashboard.QueryVariable]:
    """Team, tier, and the vendors of these."""
    chosen = 'vendor_info{team=~"$team", tier=~"$tier"}'
    return [
        variable("team", "Team", "label_values(vendor_info, team)", all_of=".*"),  # Also of none: a vendor needs no team.
        variable("tier", "Tier", "label_values(vendor_info, tier)", all_of=".*"),
        variable("vendor", "Vendor", f"label_values({chosen}, vendor)", has_all=has_all),
    ]


def annotation(name: str, colour: str, expression: str, title: str, text: str, tags: str = "") -> dashboard.AnnotationQuery:
    """Spans of time during which *expression* gives something."""
    made = dashboard.AnnotationQuery().name(name).datasource(DATASOURCE).enable(True).icon_color(colour)
    return made.expr(expression).title_format(title).text_format(text).tag_keys(tags).step("60s")


def vendor_annotations() -> list[dashboard.AnnotationQuery]:
    """What fires, what is out and what is worked on, of the vendors that are shown."""
    firing = f'ALERTS{{alertname=~"Vendor.*", alertstate="firing", severity!="none", {VENDORS}}}'
    return [
        annotation("Alerts", "orange", firing, "{{alertname}}", "{{vendor}} {{target}}", "severity,team"),
        annotation("Outages", "red", f"max by (vendor) (vendor_outage_active{{{VENDORS}}}) == 1", "{{vendor}}", "outage"),
        annotation(
            "Maintenance",
            "blue",
            f"max by (vendor, source) (vendor_maintenance_active{{{VENDORS}}}) == 1",
            "{{vendor}}",
            "maintenance ({{source}})",
        ),
    ]


def empty_dashboard(uid: str, title: str, description: str, time: str = "now-24h") -> dashboard.Dashboard:
    """A dashboard without panels: read-only, on the viewer's clock, refreshed each minute."""
    made = dashboard.Dashboard(title).uid(uid).description(description).tags([TAG]).readonly().timezone("browser")
    made = made.tooltip(DashboardCursorSync.CROSSHAIR).time(time, "now").refresh("1m").version(1)
    return made.with_variable(datasource_variable())


def varied(
    made: dashboard.Dashboard, variables: Sequence[dashboard.QueryVariable], annotations: Sequence[dashboard.AnnotationQuery]
) -> dashboard.Dashboard:
    """A dashboard with *variables*, beside the source of its data, and *annotations*."""
    for each in variables:
        made = made.with_variable(each)
    for note in annotations:
        made = made.annotation(note)
    return made


Panel = stat.Panel | table.Panel | timeseries.Panel | statetimeline.Panel


def heading(panel_id: int, title: str) -> dashboard.Row:
    """A line that says what the panels below it are about."""
    return dashboard.Row(title).id(panel_id)


def filled(made: dashboard.Dashboard, *panels: Panel | dashboard.Row) -> dashboard.Dashboard:
    """A dashboard with *panels*, one after the other; a heading begins a new line."""
    for panel in panels:
        made = made.with_row(panel) if isinstance(panel, dashboard.Row) else made.with_panel(panel)
    return made
