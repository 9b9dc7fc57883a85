"""Algolia, by its Monitoring API: the state of every cluster, ``https://status.algolia.com/1/status``.

Source: algolia.com/doc/rest-api/monitoring/get-status (2026). An application lives on one of some 300 clusters, named for
the place they stand in (``c4-fr``): what stands behind the last hyphen is the region here. The page has no word for the
whole. Ours says how many clusters are not well: a major outage where all of them are out, a partial one where more than
half are, degraded for any less. ``/1/incidents`` tells the same states as a story and is not asked. The paths of Statuspage
answer on this host with a web page.
"""

from __future__ import annotations

from collections import Counter
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
    indicator, word = _whole(components)
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="Algolia",
        url=root.source,
        indicator=indicator,
        indicator_word=word,
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


def _whole(clusters: tuple[Component, ...]) -> tuple[Claim, str]:
    """What the clusters amount to together, and how many of them are not well."""
    count, tally = len(clusters), Counter(cluster.claim for cluster in clusters)
    well, out = tally[Claim.OPERATIONAL], tally[Claim.PARTIAL_OUTAGE] + tally[Claim.MAJOR_OUTAGE]
    word = f"{count - well} of {count} clusters are not operational"
    if tally[Claim.MAJOR_OUTAGE] == count:
        return Claim.MAJOR_OUTAGE, word
    if 2 * out > count:
        return Claim.PARTIAL_OUTAGE, word
    if well + tally[Claim.UNKNOWN] == count:
        return (Claim.OPERATIONAL, "all clusters are operational") if well == count else (Claim.UNKNOWN, word)
    return Claim.DEGRADED, word


PLATFORM = Platform(
    name="algolia",
    title="Algolia",
    reads="clusters by region",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.algolia.com",)),
    scope_example="{name: c4-fr}",
)
