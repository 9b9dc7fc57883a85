"""Vendors overview, which answers whether anything is wrong.

Counts first, for the wall. Without a daemon that goes round they say so: no count is as good as none being down.
"""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.common import BigValueColorMode

from grafana.generate import facts
from grafana.generate.itself_queries import NETWORK, NETWORK_WORDS
from grafana.generate.overview_lines import states_of_vendors
from grafana.generate.overview_table import all_vendors, open_outages
from grafana.generate.parts import (
    empty_dashboard,
    field,
    filled,
    limits,
    link,
    now,
    number,
    varied,
    vendor_annotations,
    vendor_variables,
)
from grafana.generate.states import DEGRADED, DOWN, MAINTENANCE, UNKNOWN, numbered, ordinal
from grafana.generate.tiles import told


def dashboard() -> Dashboard:
    """The dashboard."""
    made = empty_dashboard("vendor-overview", "Vendors overview", "Is anything wrong with a vendor, and with which?")
    made = made.link(link("Vendor", "vendor-detail", keeps_vendor=False))
    for title, uid in (("Certificates & TLS", "vendor-tls"), ("SLO", "vendor-slo")):
        made = made.link(link(title, uid))
    made = made.link(link("vendorwatch itself", "vendorwatch", keeps_vendor=False))
    return filled(
        varied(made, vendor_variables(), vendor_annotations()),
        *_counts(),
        *_ourselves(),
        states_of_vendors(2),
        open_outages(20),
        _together(21),
        all_vendors(22),
    )


_COUNTS = (
    (1, "Down", "red", f"({facts.STATE}) == {DOWN}"),
    (3, "Disagree", "orange", f"({facts.APARTNESS}) > 0"),
    (4, "Degraded", "yellow", f"({facts.STATE}) == {DEGRADED}"),
    (5, "Unknown", "purple", f"({facts.STATE}) == {UNKNOWN}"),
    (6, "Maintenance", "blue", f"({facts.STATE}) == {MAINTENANCE}"),
)
_MEANT = {
    "Down": "Vendors that are down for us now, confirmed by several looks. Red: open the vendor in the table below.",
    "Disagree": (
        "Vendors whose page and our measurement could not both be true for a while. Orange: the table below says which "
        "way; where they deny what we see, open a case and quote the time of the first failure."
    ),
    "Degraded": (
        "Vendors that answer, and not as they should: slow, or failing now and then. Yellow: the vendor's own dashboard "
        "says which target and why."
    ),
    "Unknown": (
        "Vendors of which nothing can be told, because our looks cannot be made or are refused. Purple: if it is all of "
        "them, it is us; see the panels on the right. Vendors that only have a page are not counted."
    ),
    "Maintenance": (
        "Vendors that are not up and worked on, as they or we announced. Blue: nothing to do; what is still bad "
        "afterwards is told then."
    ),
}


def _counts() -> Iterator[stat.Panel]:
    """How many vendors are how."""
    for panel_id, title, colour, those in _COUNTS:
        yield _count(panel_id, title, _MEANT[title], f"count({those})", colour)


def _count(panel_id: int, title: str, text: str, counted: str, colour: str) -> stat.Panel:
    """A count that is 0 only while somebody counts."""
    expression = f"({counted} or 0 * max(vendorwatch_vendors)) and on () {facts.ALIVE}"
    panel = number(panel_id, title, text, now(expression), width=3).decimals(0)
    return told(panel).thresholds(limits(("green", None), (colour, 1))).color_mode(BigValueColorMode.BACKGROUND)


def _ourselves() -> Iterator[stat.Panel]:
    """How many are watched, and whether they are."""
    watched = f"(count({facts.KNOWN}) or 0 * max(vendorwatch_vendors)) and on () {facts.ALIVE}"
    panel = number(
        7,
        "Watched",
        "Vendors that are watched, of those chosen above. Orange: no file in config/vendors, or none of this team and tier.",
        now(watched),
        width=3,
    )
    yield told(panel).decimals(0).thresholds(limits(("orange", None), ("text", 1)))
    network = f"max({ordinal('vendorwatch_egress_state', '', 'job', NETWORK, only=facts.fresh)})"
    yield _word(
        8,
        "Own network",
        "Whether our own network works, by canaries that have nothing to do with any vendor. Red: no failure counts "
        "against a vendor until it is back; see the runbook at VendorwatchEgressSuspect. Yellow: some canaries fail, and "
        "the dashboard of vendorwatch itself says which. Purple: name canaries, or a fault of ours is taken for the "
        "vendors'.",
        network,
        dict(enumerate(NETWORK_WORDS)),
    )
    beats = "group(vendorwatch_scheduler_heartbeat_timestamp_seconds)"
    yield _word(
        9,
        "vendorwatch itself",
        "Whether a daemon answers Prometheus and its scheduler goes round. Red: nothing on this page is news, whatever "
        "its colour; see the dashboard of vendorwatch itself.",
        f"{facts.ALIVE} or 2 * {beats} or vector(0)",
        {1: ("alive", "green"), 2: ("stalled", "red"), 0: ("no answer", "red")},
    )


def _word(panel_id: int, title: str, text: str, expression: str, words: dict[int, tuple[str, str]]) -> stat.Panel:
    panel = number(panel_id, title, text, now(expression), width=3)
    leads = {"title": "vendorwatch itself", "url": "/d/vendorwatch?${datasource:queryparam}&${__url_time_range}"}
    panel = panel.override_by_regexp(".*", [field("links", [leads])])
    return told(panel, numbered(words)).color_mode(BigValueColorMode.BACKGROUND)


def _together(panel_id: int) -> stat.Panel:
    panel = number(
        panel_id,
        "Fail together",
        "Vendors that fail at the same time and share a network, an issuer of certificates or a host of status pages. "
        "Orange: look for that one cause, and not for as many; each outage's cause is in `vendorwatch outages`.",
        now(f"max({facts.fresh('vendorwatch_shared_cause_vendors')})"),
    )
    return told(panel).height(6).decimals(0).thresholds(limits(("green", None), ("orange", 1)))
