"""What a vendor's status page tells: components, incidents, and when it last changed."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat, statetimeline, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import facts
from grafana.generate.drawing import listed, stacked, tinted
from grafana.generate.parts import VENDORS, Panel, graph, limits, now, number, query, timeline
from grafana.generate.states import CLAIMS, claim_mappings, ordinal
from grafana.generate.tiles import or_nothing, told

_IMPACTS = {
    "critical": "red",
    "major": "orange",
    "minor": "yellow",
    "unknown": "purple",
    "none": "green",
    "maintenance": "blue",
}


def said_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _components()
    yield _incidents()
    yield _page_changed()
    yield _strange_words()


def _components() -> statetimeline.Panel:
    panel = timeline(
        40,
        "Components",
        "What the page says of each component that the vendor's file names. Red or orange: an outage by their word; compare "
        "with what we measure above. Purple: the page cannot be read, or has no "
        "such component any more; vendorwatch check VENDOR --check status says which. Empty: the file names none, and "
        "the whole page counts.",
        query(ordinal("vendor_component_state", VENDORS, "component", CLAIMS, only=facts.fresh), "{{component}}"),
        width=10,
    )
    return panel.mappings(claim_mappings()).per_page(20).no_value("no component is named, or none was read")


def _incidents() -> timeseries.Panel:
    newest = f"max by (vendor, check, target, impact) (vendor_incidents_open{{{VENDORS}}})"
    panel = graph(
        41,
        "Open incidents by impact",
        "Incidents on the vendor's page that concern what we use, by the impact that the vendor gives. Red: read it, "
        "and compare with what we measure above.",
        query(f"sum by (impact) ({newest})", "{{impact}}"),
        unit=units.Short,
        width=8,
    )
    return listed(tinted(stacked(panel), _IMPACTS), "lastNotNull", "max").decimals(0).no_value("no page was read")


def _page_changed() -> stat.Panel:
    changed = f"time() - max by (vendor) (vendor_status_page_updated_timestamp_seconds{{{VENDORS}}})"
    panel = number(
        42,
        "Page changed",
        "How long ago the page last changed, by its own word. Orange: nothing for three months; with a disagreement "
        "beside it, the page is no evidence.",
        now(or_nothing(changed)),
        unit=units.Seconds,
        width=3,
    ).height(8)
    return told(panel, nothing="it does not say").decimals(1).thresholds(limits(("text", None), ("orange", 90 * 86_400)))


def _strange_words() -> stat.Panel:
    panel = number(
        43,
        "Unknown words",
        "Words on the page that its reader does not know. Orange: the platform may have changed; update vendorwatch, or "
        "report it with what vendorwatch explain VENDOR/status/page says.",
        now(or_nothing(f"max by (vendor) ({facts.fresh(f'vendor_status_page_unknown_words{{{VENDORS}}}')})")),
        width=3,
    ).height(8)
    return told(panel, nothing="no page").decimals(0).thresholds(limits(("green", None), ("orange", 1)))
