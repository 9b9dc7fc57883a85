"""cState, by ``/index.json`` of the page: a static site that is built anew for each change.

Source: the template of that document in github.com/cstate/cstate (``layouts/index.json``, version 5.6, interface 2.0) and
its wiki, "API". Interface 1.0 (version 4) tells no states there and is refused. The template escapes nothing: quotation
marks in a title spoil the document, line breaks in a description are borne. A system's word is the worst severity of the
open issues that name it; ``notice`` may come from nothing but informational ones, which are no trouble. An issue stands
under each system it names, and one that names none is heard of in ``summaryStatus`` only. Systems have no ids, so that
their names are taken for ids, as issues do. ``buildDate`` is when the site was built last. Nothing is said of maintenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes, read_instant
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Report

_DOCUMENT = "/index.json"
_PLAIN = bytes(max(byte, ord(" ")) for byte in range(256))  # each byte, and a space for each control code
_SYSTEM_LIMIT = 1000
_ISSUE_LIMIT = 100
_OPEN_LIMIT = 100
_NOTICE = "notice"

_CLAIMS = {
    "ok": Claim.OPERATIONAL,
    _NOTICE: Claim.DEGRADED,
    "disrupted": Claim.DEGRADED,
    "down": Claim.MAJOR_OUTAGE,
}
_IMPACTS = {
    _NOTICE: Impact.MINOR,
    "disrupted": Impact.MINOR,
    "down": Impact.CRITICAL,
    "": Impact.MINOR,  # an issue that says no severity, and how the template prints that
    "<no value>": Impact.MINOR,
}

Issues = Mapping[str, list[Node]]
"""The open issues that stand under each system, by its name."""


def converse(page: Page) -> Conversation:
    """Read the page's index."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix(_DOCUMENT) + _DOCUMENT
    answer = yield Request(url=url)
    root = read_object(replace(answer, body=answer.body.translate(_PLAIN)), url)
    root["cStateVersion"].require(str)
    if root["is"].text() != "index":
        raise Unseen(Reason.PARSE, f"{root.source} is of a cState page, but not its index: check url:")
    return _report(root)


def _report(root: Node) -> Report:
    systems = list(root["systems"].items(_SYSTEM_LIMIT))
    events, summary = Notes(), root["summaryStatus"]
    issues = {row["name"].text(): _open_issues(row, events) for row in systems}
    return Report(
        page_id=_bare(root.text_of("baseURL")) or _bare(root.source).partition("/")[0],
        page_name=root["title"].text(),
        url=root.source,
        indicator=_claim(summary, chain.from_iterable(issues.values())),
        indicator_word=summary.text(),
        components=tuple(_component(row, issues) for row in systems),
        component_count=root.count("systems"),
        incidents=_incidents(issues, events),
        updated_at=_built_at(root),
        unknown_words=(*root.notes.unknown, *events.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.cut),
    )


def _bare(url: str) -> str:
    """An address as the name of a page: without its scheme and a slash at its end."""
    return url.partition("://")[2].rstrip("/")


def _built_at(root: Node) -> datetime | None:
    built = f"{root.text_of('buildDate')} {root.text_of('buildTime')}"
    return read_instant(built.strip(), root.text_of("buildTimezone"))


def _open_issues(system: Node, notes: Notes) -> list[Node]:
    issues = replace(system, notes=notes).each("unresolvedIssues", _ISSUE_LIMIT)
    return [issue for issue in issues if not issue.flag("resolved")]


def _claim(word: Node, issues: Iterable[Node], about: str = "") -> Claim:
    """What *word* says; a notice that has only informational *issues* behind it is no trouble."""
    claim = word.word(_CLAIMS, Claim.UNKNOWN, about)
    if word.text().lower() != _NOTICE:
        return claim
    informational = [issue.flag("informational") for issue in issues]
    return Claim.OPERATIONAL if informational and all(informational) else claim


def _component(row: Node, issues: Issues) -> Component:
    name, status = row["name"].text(), row["status"]
    return Component(
        id=name,
        name=name,
        claim=_claim(status, issues[name], name),
        word=status.text(),
        group=row.text_of("category"),
    )


def _incidents(issues: Issues, notes: Notes) -> tuple[Incident, ...]:
    """Each issue once, with all the systems it stands under."""
    rows: dict[str, Node] = {}
    touched: dict[str, list[str]] = {}
    for name, row in ((name, row) for name, rows_there in issues.items() for row in rows_there):
        key = row.text_of("permalink", 400) or row["title"].text()
        rows.setdefault(key, row)
        touched.setdefault(key, []).append(name)
    if len(rows) > _OPEN_LIMIT:
        notes.cut.append(f"the first {_OPEN_LIMIT} of {len(rows)} open issues")
    return tuple(_incident(key, rows[key], touched[key]) for key in islice(rows, _OPEN_LIMIT))


def _incident(key: str, row: Node, touched: Iterable[str]) -> Incident:
    name, severity = row["title"].text(), row["severity"]
    is_harmless = row.flag("informational") and severity.text().lower() == _NOTICE
    return Incident(
        id=row.text_of("filename") or key,
        name=name,
        impact=Impact.NONE if is_harmless else severity.word(_IMPACTS, Impact.UNKNOWN, name),
        word=severity.text(),
        started_at=_instant(row.text_of("createdAt")),
        component_ids=tuple(touched),
        url=row.text_of("permalink"),
    )


def _instant(text: str) -> datetime | None:
    """A time as Go prints it, like ``2026-05-04 08:00:00 +0000 UTC``."""
    date, _, rest = text.partition(" ")
    time, _, zone = rest.partition(" ")
    return read_instant(f"{date} {time}{zone.partition(' ')[0]}")


PLATFORM = Platform(
    name="cstate",
    title="cState",
    reads="the page as a whole, systems by category, open issues; nothing of maintenance",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"cstate v", b"github.com/cstate"), rank=60),
)
