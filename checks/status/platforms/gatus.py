"""Gatus, by ``/api/v1/endpoints/statuses``: every endpoint it watches, with the results of its last checks.

Source: the project's own handlers (``api/endpoint_status.go`` of TwiN/gatus, version 5, read 2026-11) and the body its
tests assert. The results stand in the order of time, so that the last one is how the endpoint is; one result per endpoint
is asked for, since twenty are sent otherwise. An endpoint without any result is unknown itself and says nothing of the
page. A result is a success or none: there are no degrees, no incidents, and no maintenance. The list is behind the login
where the instance has one (401). The page has neither an id nor a name; its host stands for both.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array
from checks.status.report import Component, Report
from checks.status.rollup import roll_up

_PATH = "/api/v1/endpoints/statuses"
_ENDPOINT_LIMIT = 2000
_SILENT = "no result"
_CLAIMS = {True: (Claim.OPERATIONAL, "success"), False: (Claim.MAJOR_OUTAGE, "failure")}


def converse(page: Page) -> Conversation:
    """Read the newest result of every endpoint."""
    root = page.url.partition("?")[0].rstrip("/").removesuffix(_PATH)
    url = f"{root}{_PATH}?pageSize=1"
    return _report(read_array((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    rows = [(row, _newest(row)) for row in root.items(_ENDPOINT_LIMIT)]
    if not rows:
        raise Unseen(Reason.PARSE, f"{one_line(root.source, 160)} lists no endpoint, and a Gatus has at least one")
    components = tuple(_component(row, result) for row, result in rows)
    indicator, word = roll_up(components, "endpoints", _SILENT)
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="",
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(root.value),
        updated_at=max((at for _, result in rows if result and (at := result.instant_of("timestamp"))), default=None),
        cut=tuple(root.notes.cut),
    )


def _newest(row: Node) -> Node | None:
    """The last of the results; None where there is none yet."""
    results = row.get("results")
    values = results.require(list) if results else []
    return replace(results, value=values[-1], place=f"{results.place}[{len(values) - 1}]") if results and values else None


def _component(row: Node, result: Node | None) -> Component:
    key, group = row["key"].text(), row.text_of("group")
    claim, word = _CLAIMS[result["success"].require(bool)] if result else (Claim.UNKNOWN, _SILENT)
    return Component(
        id=key,
        name=row.text_of("name") or key,
        claim=claim,
        word=word,
        group=group,
        group_id=f"group/{group}" if group else "",
    )


PLATFORM = Platform(
    name="gatus",
    title="Gatus",
    reads="endpoints by group, each by its newest result",
    converse=converse,
    clues=Clues(marks=(b"dashboard | gatus", b"gatus (development)"), rank=160),
)
