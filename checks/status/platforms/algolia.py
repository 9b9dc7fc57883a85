"""Algolia, by its Monitoring API: the state of every cluster, ``https://status.algolia.com/1/status``.

Source: algolia.com/doc/rest-api/monitoring/get-status (2026). An application lives on one of some 300 clusters, named for
the place they stand in (``c4-fr``): what stands behind the last hyphen is the region here. The page has no word for the
whole, and one cluster of 300 that is slow is none either: most of them speak for it. ``/1/incidents`` tells the same states
as a story and is not asked. The paths of Statuspage answer on this host with a web page.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Report

_PATH = "/1/status"
_DOCUMENT = f"https://status.algolia.com{_PATH}"
_CLUSTER_LIMIT = 5000

_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded_performance": Claim.DEGRADED,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "major_outage": Claim.MAJOR_OUTAGE,
}


def converse(page: Page) -> Conversation:
    """Read Algolia's document, or the one that the address is of itself."""
    url = page.url.partition("?")[0]
    url = url if url.endswith(_PATH) else _DOCUMENT
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    components = tuple(_clusters(root["status"]))
    if not components:
        raise Unseen(Reason.PARSE, f"{root.source} lists no clusters")
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="Algolia",
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _clusters(status: Node) -> Iterator[Component]:
    for name, state in status.members(_CLUSTER_LIMIT):
        yield Component(
            id=name,
            name=name,
            claim=state.word(_CLAIMS, Claim.UNKNOWN, name),
            word=state.text(),
            region=name.rpartition("-")[2],
        )


PLATFORM = Platform(
    name="algolia",
    title="Algolia",
    reads="clusters by region",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.algolia.com",)),
    scope_example="{name: c4-fr}",
)
