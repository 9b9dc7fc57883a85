"""How fast a vendor's endpoints answer, and by what: phases, status codes, address families."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import statetimeline, timeseries
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.common import VisibilityMode

from grafana.generate.drawing import listed, stacked
from grafana.generate.parts import VENDORS, Panel, by_limits, graph, limits, linked, query, timeline
from grafana.generate.states import numbered


def speed_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _by_target()
    yield _by_phase()
    yield _codes()
    yield _families()


def _by_target() -> timeseries.Panel:
    panel = graph(
        30,
        "Latency by endpoint",
        "How long the last answer of each endpoint took, from the name to the last byte; of several daemons the slower "
        "one. A gap: there was no answer. Slower than usual: click on a line and choose its phases.",
        query(f"max by (target) (vendor_endpoint_duration_seconds{{{VENDORS}}})", "{{target}}"),
        unit=units.Seconds,
    )
    phases = linked(
        "Its phases", "vendor-detail", "var-vendor=${vendor}&var-endpoint=${__field.labels.target:percentencode}"
    )
    panel = panel.override_by_regexp(".*", [phases])
    return listed(panel, "lastNotNull", "mean", "max").no_value("no endpoint has answered")


def _by_phase() -> timeseries.Panel:
    phases = f'max by (phase) (vendor_endpoint_phase_seconds{{{VENDORS}, target="$endpoint"}})'
    panel = graph(
        31,
        "Phases of $endpoint",
        "Where the time of the last answer went, each phase upon the one before. dns and connect are often ours or the "
        "way; tls and waiting for the first byte are the vendor's. Choose the endpoint at the head.",
        query(phases, "{{phase}}"),
        unit=units.Seconds,
    )
    return listed(stacked(panel), "lastNotNull", "mean", "max", right=True).no_value("no endpoint has answered")


def _codes() -> statetimeline.Panel:
    panel = timeline(
        32,
        "Status codes",
        "The HTTP status of each endpoint's last answer. Red: 5xx, the vendor failed. Orange: 4xx, our request, token "
        "or limit; 429 means that we look too often. What is expected of an endpoint stands in the vendor's file.",
        query(f"max by (target) (vendor_endpoint_http_status_code{{{VENDORS}}})", "{{target}}"),
        width=12,
        height=6,
    )
    panel = panel.mappings([]).show_value(VisibilityMode.AUTO).unit(units.NoUnit).no_value("no endpoint has answered")
    return panel.color_scheme(by_limits()).thresholds(
        limits(("text", None), ("green", 200), ("blue", 300), ("orange", 400), ("red", 500))
    )


def _families() -> statetimeline.Panel:
    family = "vendor_endpoint_ip_family"
    both = " or ".join(
        f'{number} * max by (target) ({family}{{{VENDORS}, ip_family="ipv{number}"}} == 1)' for number in (6, 4)
    )
    panel = timeline(
        33,
        "Address family",
        "Whether the last answer came over IPv6 or IPv4. Never red: but trouble that begins where the colour changes is "
        "of one family only; look there with a client of your own.",
        query(both, "{{target}}"),
        width=12,
        height=6,
    )
    return panel.mappings(numbered({4: ("IPv4", "blue"), 6: ("IPv6", "purple")})).no_value("no endpoint has answered")
