"""Vendor detail, of one vendor: why it is as it is, since when, and what it says of itself."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana.generate.detail_head import head_panels
from grafana.generate.detail_looks import looks_panels
from grafana.generate.detail_past import past_panels
from grafana.generate.detail_said import said_panels
from grafana.generate.detail_setup import setup_panels
from grafana.generate.detail_speed import speed_panels
from grafana.generate.detail_story import story_panels
from grafana.generate.parts import (
    VENDORS,
    empty_dashboard,
    filled,
    heading,
    link,
    variable,
    varied,
    vendor_annotations,
    vendor_variables,
)


def dashboard() -> Dashboard:
    """The dashboard."""
    made = empty_dashboard(
        "vendor-detail", "Vendor detail", "Why is a vendor as it is, since when, and what does it say of itself?"
    )
    made = made.link(link("Overview", "vendor-overview", keeps_vendor=False))
    for title, uid in (("Certificates & TLS", "vendor-tls"), ("SLO", "vendor-slo")):
        made = made.link(link(title, uid))
    made = made.link(link("vendorwatch itself", "vendorwatch", keeps_vendor=False))
    endpoints = f"label_values(vendor_endpoint_duration_seconds{{{VENDORS}}}, target)"
    chosen = [*vendor_variables(has_all=False), variable("endpoint", "Endpoint", endpoints, has_all=False)]
    return filled(
        varied(made, chosen, vendor_annotations()),
        *head_panels(),
        *story_panels(),
        heading(100, "Outages, and what they leave of the budget"),
        *past_panels(),
        heading(200, "Looks: what is seen, and when it was looked at"),
        *looks_panels(),
        heading(300, "Speed: where the time goes"),
        *speed_panels(),
        heading(400, "What they say"),
        *said_panels(),
        heading(500, "Certificates and TLS"),
        *setup_panels(),
    )
