"""Uptime Robot's public status pages, by ``/api/getMonitorList/<token>``, the list that the page itself loads.

Source: that list as pages of 2025 and 2026 have it; it is not documented. The token is the address of a page on
stats.uptimerobot.com; a page on a domain of its own has it in a script (``pspApiPath``), which costs a request that a
``page_id`` saves. The list comes in pages of ``psp.perPage`` monitors, and a page of it that was not read may hide an
outage: without ``psp``, which says how many there are, pages are asked for until one has nothing new. There is no word for
the whole: the worst monitor that is watched speaks for it. One that is paused says nothing, and a page without monitors is
neither well nor down.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from checks.foreign import one_line, quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_body, read_object
from checks.status.report import Component, Report
from checks.status.rollup import roll_up

_HOST = "stats.uptimerobot.com"
_LIST = "/api/getMonitorList/"
_LIST_PATH = re.compile(r"/api/getMonitorList/[\w-]+")
_PAGE_PATH = re.compile(r"/([\w-]+)")
_SCRIPT = re.compile(rb"pspApiPath\s*=\s*[\"'][^\"']{0,300}getMonitorList\\?/([\w-]{1,100})")
_PAGE_LIMIT = 10
_MONITOR_LIMIT = 500

_CLAIMS = {
    "success": Claim.OPERATIONAL,
    "warning": Claim.DEGRADED,
    "danger": Claim.MAJOR_OUTAGE,
    "paused": Claim.UNKNOWN,
    "black": Claim.UNKNOWN,
    "info": Claim.UNKNOWN,
}
_UNWATCHED = frozenset({"paused", "black", "info"})


def converse(page: Page) -> Conversation:
    """Find the page's list of monitors, then read it to its end."""
    url = _listed_at(page) or (yield from _learn_address(page.url))
    notes, monitors, total = Notes(), dict[str, Component](), None
    for number in range(1, _PAGE_LIMIT + 1):
        rows, counted = yield from _read_page(url, number, notes)
        total, known = total if counted is None else counted, len(monitors)
        monitors |= {monitor.id: monitor for monitor in map(_monitor, rows)}
        if len(monitors) == known or (total is not None and len(monitors) >= total):
            break
    else:
        if total is None:
            notes.cut.append(f"the first {_PAGE_LIMIT} pages of monitors")
    return _report(url, tuple(monitors.values()), total or 0, notes)


def _listed_at(page: Page) -> str:
    """Where the list is, when the address or the configuration says so."""
    parts = urlsplit(page.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    path, name = _LIST_PATH.match(parts.path), _PAGE_PATH.match(parts.path)
    if path:
        return origin + path[0]
    if parts.hostname == _HOST and name:
        return origin + _LIST + name[1]
    return f"{origin}{_LIST}{quote(page.page_id, safe='')}" if page.page_id else ""


def _learn_address(url: str) -> Generator[Request, Answer, str]:
    """Where the list of the page at *url* is, by the page's own script. Only its token is taken from there."""
    answer = yield Request(url=url)
    token = _SCRIPT.search(read_body(answer, url, html=True))
    if not token:
        raise Unseen(Reason.PARSE, f"{url} does not say where its list of monitors is: set page_id:, or check platform:")
    parts = urlsplit(answer.url)
    return f"{parts.scheme}://{parts.netloc}{_LIST}{token[1].decode()}"


def _read_page(url: str, number: int, notes: Notes) -> Generator[Request, Answer, tuple[list[Node], int | None]]:
    """The monitors on one page of the list at *url*, and how many there are on all of them, where it says so.

    A page that is not there has none.
    """
    asked = url if number == 1 else f"{url}?page={number}"
    try:
        root = replace(read_object((yield Request(url=asked)), asked), notes=notes)
    except Unseen as unseen:
        if number == 1 or unseen.failure.reason is not Reason.MOVED:
            raise
        return [], None
    status = root["status"].text()
    if status != "ok":
        raise Unseen(Reason.PARSE, f"{root.source} answered {quoted(status)} in place of its monitors")
    data, psp = root.get("data"), root.get("psp")
    rows = list((root["psp"]["monitors"] if data is None else data).items(_MONITOR_LIMIT))
    if psp is None and (rows or number > 1):
        return rows, None
    return rows, root["psp"]["totalMonitors"].require(int)


def _monitor(row: Node) -> Component:
    name, state, group = row["name"].text(), row["statusClass"], row.id_of("groupId")
    is_grouped = group not in {"", "0"}  # group 0 is where those without a group are put
    return Component(
        id=str(row["monitorId"].require(int)),
        name=name,
        claim=state.word(_CLAIMS, Claim.UNKNOWN, name),
        word=state.text(),
        group=row.text_of("groupName") if is_grouped else "",
        group_id=f"group/{group}" if is_grouped else "",
    )


def _report(url: str, monitors: tuple[Component, ...], total: int, notes: Notes) -> Report:
    watched = [monitor for monitor in monitors if monitor.word.strip().lower() not in _UNWATCHED]
    indicator, word = roll_up(watched, "monitors")
    return Report(
        page_id=url.rpartition("/")[2],
        page_name="",
        url=one_line(url),
        indicator=indicator,
        indicator_word=word,
        components=monitors,
        component_count=max(total, len(monitors)),
        unknown_words=tuple(notes.unknown),
        cut_events=(*notes.cut, *_cuts(len(monitors), total)),
    )


def _cuts(count: int, total: int) -> Iterator[str]:
    if count < total:
        yield f"{count} of {total} monitors"


PLATFORM = Platform(
    name="uptimerobot",
    title="Uptime Robot",
    reads="monitors and their groups; nothing of incidents or announced work",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=(_HOST,), marks=(b"pspapipath", b"stats.uptimerobot.com"), rank=220),
)
