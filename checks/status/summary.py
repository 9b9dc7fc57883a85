"""The documents below ``/api/v2`` of a page, as Atlassian Statuspage made them and incident.io copies them.

Source: the public interface's own pages (``<page>/api``, version 2) and what pages of 2026 really send. incident.io leaves
out what is empty (``incidents`` null or absent, an incident without ``components``, components without ``group``) and uses
ULIDs as ids. The summary lists unresolved incidents and work that is not completed, but at incident.io not always all
components (25 of 62 of a page of 2026, without a word that there are more): ``components.json`` has those. It is asked for
there whenever what is in scope is more than components named by their ids, since a group, a pattern or a name that means one
thing in the summary may mean more; elsewhere when something in scope is not in the summary. A body may lack ``status``;
``status.json`` is asked then. A few vendors publish that document only: with its address as the page's, it is read as all
there is.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import chain, islice
from urllib.parse import urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.node import Node, Notes
from checks.status.platform import Conversation, Page
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report
from checks.status.scope import find

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")  # github.com/ulid/spec: Crockford's base 32, 128 bits
_COMPONENT_LIMIT = 2000
_EVENT_LIMIT = 1000
_OPEN_LIMIT = 100
_TOUCHED_LIMIT = 500
_UPDATE_LIMIT = 50
_NOT_THERE = frozenset({Reason.MOVED, Reason.PARSE})

_COMPONENT_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded_performance": Claim.DEGRADED,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "major_outage": Claim.MAJOR_OUTAGE,
    "full_outage": Claim.MAJOR_OUTAGE,  # incident.io's own word
    "under_maintenance": Claim.MAINTENANCE,
}
_INDICATOR_CLAIMS = {
    "none": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "major": Claim.PARTIAL_OUTAGE,
    "critical": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}
_IMPACTS = {str(impact): impact for impact in Impact if impact is not Impact.UNKNOWN}
_DONE = ("resolved", "postmortem", "completed")
_IS_OPEN = dict.fromkeys(("investigating", "identified", "monitoring"), True) | dict.fromkeys(_DONE, False)
_PROGRESS = {
    "scheduled": Progress.PLANNED,
    "in_progress": Progress.ACTIVE,
    "verifying": Progress.ACTIVE,
    **dict.fromkeys(_DONE, Progress.DONE),
}


def is_ulid(page_id: str) -> bool:
    """Whether a page's id is a ULID, as incident.io's are; Atlassian's are twelve small letters and digits."""
    return _ULID.fullmatch(page_id) is not None


def converse(page: Page) -> Conversation:
    """Read the summary, then what it left out and is needed."""
    is_all = urlsplit(page.url).path.endswith("/api/v2/status.json")
    root = yield from _ask(page, "status.json" if is_all else "summary.json")
    report = _report(root)
    if report.indicator is None and not page.scope:
        report = yield from _with_indicator(page, report)
    if _may_lack(report, page):
        report = yield from _with_all_components(page, report)
    return report


def _may_lack(report: Report, page: Page) -> bool:
    """Whether the full list of components may have more of what is in scope than the summary has."""
    for match in find(report.components, page.scope):
        is_itself = all(component.id == match.ref.id for component in match.components)
        if not match.components or (is_ulid(report.page_id) and not is_itself):
            return True
    return False


def _ask(page: Page, document: str) -> Generator[Request, Answer, Node]:
    root, _, _ = page.url.partition("?")[0].partition("/api/v2")
    url = f"{root.rstrip('/')}/api/v2/{document}"
    return read_object((yield Request(url=url)), url)


def _with_indicator(page: Page, report: Report) -> Conversation:
    """*report* with the page's word for the whole of it; unknown when there is none to be had of the same page."""
    indicator, word = None, ""
    try:
        root = yield from _ask(page, "status.json")
        if _page_id(root) == report.page_id:
            indicator, word = _indicator(root)
    except Unseen:
        pass
    return replace(report, indicator=indicator or Claim.UNKNOWN, indicator_word=word)


def _with_all_components(page: Page, report: Report) -> Conversation:
    """*report* with the full list of components, where there is one that belongs to the same page.

    A list that is there and cannot be had just now may hold an outage, so that it counts as cut.
    """
    try:
        root = yield from _ask(page, "components.json")
        is_same = _page_id(root) == report.page_id
        components, count = _components(root)
    except Unseen as unseen:
        if unseen.failure.reason in _NOT_THERE:
            return report
        return replace(report, cut=(*report.cut, "components.json could not be had"))
    if not is_same:
        return report
    notes = root.notes
    return replace(
        report,
        components=components,
        component_count=count,
        unknown_words=report.unknown_words + tuple(notes.unknown),
        cut=report.cut + tuple(notes.cut),
    )


def _page_id(root: Node) -> str:
    return root["page"]["id"].text()


def _report(root: Node) -> Report:
    page, page_id = root["page"], _page_id(root)
    indicator, word = _indicator(root)
    components, count = _components(root)
    events = replace(root, notes=Notes())
    incidents, maintenances = _open_incidents(events), _open_maintenances(events)
    return Report(
        page_id=page_id,
        page_name=page.text_of("name"),
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=count,
        incidents=incidents,
        maintenances=maintenances,
        updated_at=page.instant_of("updated_at"),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _open_incidents(root: Node) -> tuple[Incident, ...]:
    found = tuple(islice(_incidents(root), _OPEN_LIMIT + 1))
    if len(found) > _OPEN_LIMIT:
        root.notes.cut.append(f"the first {_OPEN_LIMIT} open incidents")
    return found[:_OPEN_LIMIT]


def _open_maintenances(root: Node) -> tuple[Maintenance, ...]:
    """What is under way, then what is announced: of that no more than the next is told, so that it may be cut."""
    found = sorted(_maintenances(root), key=lambda work: work.progress is Progress.PLANNED)
    if len(found) > _OPEN_LIMIT and found[_OPEN_LIMIT].progress is not Progress.PLANNED:
        root.notes.cut.append(f"the first {_OPEN_LIMIT} maintenances under way")
    return tuple(found[:_OPEN_LIMIT])


def _indicator(root: Node) -> tuple[Claim | None, str]:
    status = root.get("status")
    if status is None:
        return None, ""
    indicator = status["indicator"]
    return indicator.word(_INDICATOR_CLAIMS, Claim.UNKNOWN), status.text_of("description") or indicator.text()


def _components(root: Node) -> tuple[tuple[Component, ...], int]:
    """The components that are no groups, each with the name of its group, and how many the page lists."""
    rows = list(root.each("components", _COMPONENT_LIMIT))
    groups = {row["id"].text(): row["name"].text() for row in rows if row.flag("group")}
    components = tuple(_component(row, groups) for row in rows if not row.flag("group"))
    return components, root.count("components") - len(groups)


def _component(row: Node, groups: dict[str, str]) -> Component:
    name, status, group_id = row["name"].text(), row["status"], row.text_of("group_id")
    return Component(
        id=row["id"].text(),
        name=name,
        claim=status.word(_COMPONENT_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group=groups.get(group_id, ""),
        group_id=group_id,
        since=row.instant_of("updated_at"),
    )


def _incidents(root: Node) -> Iterator[Incident]:
    for row in root.each("incidents", _EVENT_LIMIT):
        status = row.get("status")
        if status is None or status.word(_IS_OPEN, unknown=True):
            yield _incident(row)


def _incident(row: Node) -> Incident:
    """An open incident; one that does not say how bad it is counts as minor, since it is open."""
    name, impact = row["name"].text(), row.get("impact")
    return Incident(
        id=row["id"].text(),
        name=name,
        impact=Impact.MINOR if impact is None else impact.word(_IMPACTS, Impact.UNKNOWN, name),
        word=row.text_of("impact"),
        phase=row.text_of("status"),
        started_at=row.instant_of("started_at") or row.instant_of("created_at"),
        component_ids=_touched(row),
        url=row.text_of("shortlink"),
    )


def _maintenances(root: Node) -> Iterator[Maintenance]:
    for row in root.each("scheduled_maintenances", _EVENT_LIMIT):
        progress = row["status"].word(_PROGRESS, Progress.UNKNOWN)
        if progress is not Progress.DONE:
            yield Maintenance(
                id=row["id"].text(),
                name=row["name"].text(),
                progress=progress,
                word=row.text_of("status"),
                starts=row.instant_of("scheduled_for"),
                ends=row.instant_of("scheduled_until"),
                component_ids=_touched(row),
                url=row.text_of("shortlink"),
            )


def _touched(row: Node) -> tuple[str, ...]:
    """The components an incident names; where it lists none itself, those its updates name."""
    listed = tuple(row.texts_of("components", "id", _TOUCHED_LIMIT))
    if listed:
        return listed
    updates = row.each("incident_updates", _UPDATE_LIMIT)
    named = (update.texts_of("affected_components", "code", _UPDATE_LIMIT, required=False) for update in updates)
    return tuple(dict.fromkeys(chain.from_iterable(named)))
