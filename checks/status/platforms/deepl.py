"""DeepL, by the document that its status page draws itself from, ``https://api-status.deepl.com/api/status``.

Nobody documents it: a word for the whole, one for each data centre, and incidents of now and of the past with their state.
``operational`` and ``resolved`` were met in 2026, the other words are the usual ones; what is none of them is unknown, of an
incident too. An incident says neither how bad it is nor which data centre it is about: it is minor, because it is open. The
feed beside it (``/rss``) never says that something is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from checks.model import Claim
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Report

_PATH = "/api/status"
_DOCUMENT = f"https://api-status.deepl.com{_PATH}"
_COMPONENT_LIMIT = 200
_INCIDENT_LIMIT = 1000

_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded": Claim.DEGRADED,
    "degraded_performance": Claim.DEGRADED,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "major_outage": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
    "under_maintenance": Claim.MAINTENANCE,
}
_OPEN = Impact.MINOR
_OVER = Impact.NONE
_IMPACTS = {"investigating": _OPEN, "identified": _OPEN, "monitoring": _OPEN, "resolved": _OVER}


def converse(page: Page) -> Conversation:
    """Read DeepL's document, or the one that the address is of itself."""
    url = page.url.partition("?")[0]
    url = url if url.endswith(_PATH) else _DOCUMENT
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    overall, events = root["overall"], replace(root, notes=Notes())
    components = tuple(_component(row) for row in root["datacenters"].items(_COMPONENT_LIMIT))
    incidents = tuple(_incidents(events))
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="DeepL",
        url=root.source,
        indicator=overall.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=overall.text(),
        components=components,
        component_count=len(components),
        incidents=incidents,
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _component(row: Node) -> Component:
    name, status = row["name"].text(), row["status"]
    return Component(id=name, name=name, claim=status.word(_CLAIMS, Claim.UNKNOWN, name), word=status.text())


def _incidents(root: Node) -> Iterator[Incident]:
    for row in root["incidents"].items(_INCIDENT_LIMIT):
        name, status = row["title"].text(), row["status"]
        impact = status.word(_IMPACTS, Impact.UNKNOWN, name)
        if impact is not _OVER:
            yield Incident(id=row.id_of("id"), name=name, impact=impact, word=status.text(), phase=status.text())


PLATFORM = Platform(
    name="deepl",
    title="DeepL",
    reads="data centres, open incidents, the page as a whole",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("api-status.deepl.com",)),
)
