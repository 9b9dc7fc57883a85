"""Hyperping, by ``/status.json`` of the page: one word for the whole of it, and nothing else.

Source: Hyperping's documentation, "Status page's JSON data via API" (hyperping.com/docs, 2026-08). ``incident`` is said when
some services are down or part of an incident, ``outage`` when all are; ``maintenance`` comes before both, when any service
is worked on. ``uptime`` is an average of 90 days and no state, but a document without it is none of Hyperping's. There is no
identity in it, so that the host that answered is taken for one.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from checks.foreign import one_line
from checks.model import Claim
from checks.network import Request
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Report

_DOCUMENT = "/status.json"
_CLAIMS = {
    "up": Claim.OPERATIONAL,
    "maintenance": Claim.MAINTENANCE,
    "incident": Claim.DEGRADED,
    "outage": Claim.MAJOR_OUTAGE,
}


def converse(page: Page) -> Conversation:
    """Read the page's one word."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix(_DOCUMENT) + _DOCUMENT
    root = read_object((yield Request(url=url)), url)
    root["uptime"].require(str)
    indicator = root["indicator"]
    return Report(
        page_id=one_line(urlsplit(root.source).hostname or ""),
        page_name="",
        url=root.source,
        indicator=indicator.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=indicator.text(),
        unknown_words=tuple(root.notes.unknown),
    )


PLATFORM = Platform(
    name="hyperping",
    title="Hyperping",
    reads="the page as a whole; nothing of components, incidents or announced work",
    converse=converse,
    clues=Clues(hosts=("hyperping.app",), marks=(b"hyperping",), rank=110),
)
