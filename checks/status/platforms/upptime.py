"""Upptime, by ``history/summary.json`` of the GitHub repository in which it keeps everything.

Source: upptime/uptime-monitor (``src/summary.ts``) and upptime/status-page, read 2026-11. The status page itself is built
from that file, which is read at raw.githubusercontent.com; ``HEAD`` there is the default branch, master or main. The
repository is the identity. It stands in the address of the file, of the repository and of a page at github.io; for a page
on a domain of its own it is ``page_id`` (owner/repo), or else what the footer of the page links to. Incidents and work are
issues of the repository, which GitHub gives to strangers sixty times an hour: they are not read. No time is in the file.
"""

from __future__ import annotations

import re
from collections.abc import Generator

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array, read_body
from checks.status.report import Component, Report
from checks.status.rollup import roll_up

_RAW = "https://raw.githubusercontent.com"
_PATH = "/history/summary.json"
_SITE_LIMIT = 1000
_FOOTER_BYTES = 4_000
_AT_GITHUB = re.compile(
    r"https?://(?:(?:www\.)?github|raw\.githubusercontent)\.com/([A-Za-z0-9-]{1,40}/[\w.-]{1,100})(?:/.*)?"
)
_AT_GITHUB_IO = re.compile(r"https?://([A-Za-z0-9-]{1,40})\.github\.io/([\w.-]{1,100})(?:/.*)?")
_LINK = re.compile(rb"https://github\.com/([A-Za-z0-9-]{1,40}/[\w.-]{1,100})")

_CLAIMS = {"up": Claim.OPERATIONAL, "degraded": Claim.DEGRADED, "down": Claim.MAJOR_OUTAGE}


def converse(page: Page) -> Conversation:
    """Find the repository, then read its summary."""
    url = page.url.partition("?")[0].rstrip("/")
    repository = _named_in(url) or page.page_id
    if not url.endswith(_PATH):
        repository = repository or (yield from _learn_repository(page.url))
        url = f"{_RAW}/{repository}/HEAD{_PATH}"
    return _report(read_array((yield Request(url=url)), url), repository or url)


def _named_in(url: str) -> str:
    """The repository that an address at GitHub is of, as ``owner/repo``; ``""`` for any other."""
    found = _AT_GITHUB.fullmatch(url)
    if found:
        return found[1]
    site = _AT_GITHUB_IO.fullmatch(url)
    return f"{site[1]}/{site[2]}" if site else ""


def _learn_repository(url: str) -> Generator[Request, Answer, str]:
    """The repository that the footer of the page at *url* links to. Setting ``page_id`` saves this request."""
    body = read_body((yield Request(url=url)), url, html=True)
    found = _LINK.search(body[body.rfind(b"<footer") :][:_FOOTER_BYTES])
    if not found or b"upptime" not in body.lower():
        detail = f"{one_line(url, 160)} names no repository of Upptime: set page_id: owner/repo, or check platform:"
        raise Unseen(Reason.PARSE, detail)
    return found[1].decode()


def _report(root: Node, repository: str) -> Report:
    components = tuple(_component(row) for row in root.items(_SITE_LIMIT))
    if not components:
        raise Unseen(Reason.PARSE, f"{one_line(root.source, 160)} lists no site, and Upptime writes it for sites")
    indicator, word = roll_up(components, "sites")
    return Report(
        page_id=one_line(repository),
        page_name=one_line(repository),
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(root.value),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _component(row: Node) -> Component:
    name, status = row["name"].text(), row["status"]
    row["uptime"].require(str)
    return Component(
        id=row["slug"].text(),
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
    )


PLATFORM = Platform(
    name="upptime",
    title="Upptime",
    reads="sites of the repository's summary",
    converse=converse,
    clues=Clues(hosts=("github.com", "raw.githubusercontent.com"), marks=(b"upptime.js.org",)),
)
