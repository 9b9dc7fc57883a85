"""Vigil, by ``/status/report``: the health of the whole, of each probe, and of the nodes below it.

Source: valeriansaliou/vigil (``src/responder/payload.rs``, ``src/prober/status.rs``), read 2026-11. Versions before the
report have ``/status/text`` alone, which is one word for the whole; that is asked for where there is no report. One of the
three words must be there, because a host that answers anything with "OK" is no Vigil. Nodes are the components, their probe
is the group; nothing has an id, so that its labels stand for one. Announcements are only on the page, not in the report.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from urllib.parse import urlsplit

from checks.foreign import one_line, quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_body, read_object
from checks.status.report import Component, Report

_BELOW = re.compile(r"/status/(?:report|text)$")
_PROBE_LIMIT = 200
_NODE_LIMIT = 1000
_WORD_BYTES = 40

_CLAIMS = {
    "healthy": Claim.OPERATIONAL,
    "sick": Claim.DEGRADED,
    "dead": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}


def converse(page: Page) -> Conversation:
    """Read the report, or the one word of a version that has none."""
    root = _BELOW.sub("", page.url.partition("?")[0].rstrip("/"))
    url = f"{root}/status/report"
    try:
        return _report(read_object((yield Request(url=url)), url))
    except Unseen as unseen:
        if unseen.failure.reason is not Reason.MOVED:
            raise
    return (yield from _read_word(f"{root}/status/text"))


def _read_word(url: str) -> Generator[Request, Answer, Report]:
    answer = yield Request(url=url)
    word = read_body(answer, url)[:_WORD_BYTES].decode(errors="replace").strip()
    place = one_line(answer.url.partition("?")[0], 160)
    if word not in _CLAIMS:
        raise Unseen(Reason.PARSE, f"{place} says {quoted(word)}, which is no word of Vigil's: check platform:")
    return Report(page_id=_host(place), page_name="", url=place, indicator=_CLAIMS[word], indicator_word=word)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _report(root: Node) -> Report:
    health, page = root["health"], root.get("page")
    components = tuple(_components(root))
    return Report(
        page_id=_host(root.source),
        page_name=page.text_of("name") if page else "",
        url=root.source,
        indicator=health.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=health.text(),
        components=components,
        component_count=len(components),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _components(root: Node) -> list[Component]:
    found: list[Component] = []
    for probe in root["probes"].items(_PROBE_LIMIT):
        group, nodes = probe["name"].text(), probe["nodes"].items(_NODE_LIMIT - len(found))
        found += [_component(node, group) for node in nodes]
    return found


def _component(node: Node, group: str) -> Component:
    name, status = node["name"].text(), node["status"]
    return Component(
        id=f"{group}/{name}",
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=group,
        group_id=group,
    )


PLATFORM = Platform(
    name="vigil",
    title="Vigil",
    reads="the page as a whole, nodes by probe",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"valeriansaliou/vigil", b"window.status_general"), rank=230),
)
