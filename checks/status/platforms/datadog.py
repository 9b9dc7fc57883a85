"""Datadog Status Pages, by ``/config.json`` of the page, the one document that the page in the browser is made from.

Source: what a page sent in September 2026, and the words of Datadog's API for managing pages (docs.datadoghq.com, API v2,
status-pages); the document itself has no documentation. Components stand in groups (``type`` tells them apart; a group has
no state), and groups may hold groups: the innermost names a component here. There is no word for the whole. The document
holds the incidents of months: open is what is not ``resolved``, and what it affects stands there with its state of now (of
a resolved one that is *operational*, and its timeline has the past). ``maintenances`` is null where there are none.

Any page may have a ``config.json``: one without the id, the name and the lists of a status page is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_DOCUMENT = "/config.json"
_COMPONENT_LIMIT = 1000
_LEAF_LIMIT = 2000
_EVENT_LIMIT = 2000
_TOUCHED_LIMIT = 500
_DEPTH_LIMIT = 5
_GROUP, _LEAF = "ComponentGroup", "Component"

_CLAIMS = {
    "operational": Claim.OPERATIONAL,
    "degraded": Claim.DEGRADED,
    "partial_outage": Claim.PARTIAL_OUTAGE,
    "major_outage": Claim.MAJOR_OUTAGE,
    "maintenance": Claim.MAINTENANCE,
}
_IMPACTS = {
    Claim.OPERATIONAL: Impact.MINOR,  # it is open
    Claim.MAINTENANCE: Impact.MINOR,
    Claim.DEGRADED: Impact.MINOR,
    Claim.PARTIAL_OUTAGE: Impact.MAJOR,
    Claim.MAJOR_OUTAGE: Impact.CRITICAL,
    Claim.UNKNOWN: Impact.UNKNOWN,
}
_PROGRESS = {
    "scheduled": Progress.PLANNED,
    "in_progress": Progress.ACTIVE,
    "completed": Progress.DONE,
    "canceled": Progress.DONE,
    "cancelled": Progress.DONE,
}


def converse(page: Page) -> Conversation:
    """Read the page's configuration."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix(_DOCUMENT) + _DOCUMENT
    return _report(read_object((yield Request(url=url)), url))


def _report(root: Node) -> Report:
    components = tuple(islice(_components(root["components"]), _LEAF_LIMIT))
    events = replace(root, notes=Notes())
    incidents = list(events["incidents"].items(_EVENT_LIMIT))
    works = list(events.each("maintenances", _EVENT_LIMIT))
    changes = (row.instant_of("lastModifiedAt") for row in (*incidents, *works))
    return Report(
        page_id=root["id"].text(),
        page_name=root["name"].text(),
        url=root.source,
        indicator=None,
        components=components,
        component_count=len(components),
        incidents=tuple(_incident(row) for row in incidents if not row["resolved"].require(bool)),
        maintenances=tuple(chain.from_iterable(map(_maintenance, works))),
        updated_at=max(filter(None, changes), default=None),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=(*root.notes.cut, *_cut_leaves(components)),
        cut_events=tuple(events.notes.cut),
    )


def _components(rows: Node, group: Node | None = None, depth: int = 1) -> Iterator[Component]:
    """The components in a tree of groups."""
    for row in rows.items(_COMPONENT_LIMIT):
        kind = row["type"].text()
        if kind == _GROUP and depth < _DEPTH_LIMIT:
            yield from _components(row["components"], row, depth + 1)
        elif kind == _LEAF:
            yield _component(row, group)
        else:
            raise Unseen(Reason.PARSE, f"{row.source}: {row.place} is neither a component nor a group of them")


def _component(row: Node, group: Node | None) -> Component:
    name, status = row["name"].text(), row["status"]
    return Component(
        id=row["id"].text(),
        name=name,
        claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=status.text(),
        group="" if group is None else group["name"].text(),
        group_id="" if group is None else group["id"].text(),
    )


def _cut_leaves(components: tuple[Component, ...]) -> Iterator[str]:
    if len(components) == _LEAF_LIMIT:
        yield f"no more than {_LEAF_LIMIT} components are read"


def _incident(row: Node) -> Incident:
    title, affected = row["title"].text(), list(row.each("componentsAffected", _TOUCHED_LIMIT))
    words = {one["status"].text(): one["status"].word(_CLAIMS, Claim.UNKNOWN, title) for one in affected}
    worst = Claim.worst(words.values())
    return Incident(
        id=row["id"].text(),
        name=title,
        impact=_IMPACTS[worst],
        word=next((word for word, claim in words.items() if claim is worst), ""),
        phase=row.text_of("currentStatus"),
        started_at=row.instant_of("publishedDate"),
        component_ids=tuple(one["id"].text() for one in affected),
    )


def _maintenance(row: Node) -> Iterator[Maintenance]:
    """The work, unless it is done: an announcement was published when it was made and not when the work starts."""
    title = row["title"].text()
    progress = row.word_of("currentStatus", _PROGRESS, Progress.UNKNOWN, title)
    if progress is not Progress.DONE and not row.flag("resolved"):
        yield Maintenance(
            id=row["id"].text(),
            name=title,
            progress=progress,
            word=row.text_of("currentStatus"),
            starts=row.instant_of("startDate"),
            ends=row.instant_of("completedDate"),
            component_ids=tuple(row.texts_of("componentsAffected", "id", _TOUCHED_LIMIT)),
        )


PLATFORM = Platform(
    name="datadog",
    title="Datadog Status Pages",
    reads="components, incidents, maintenance",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("statuspage.datadoghq.com",), rank=190),
)
