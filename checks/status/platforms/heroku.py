"""Heroku, by ``https://status.heroku.com/api/v4/current-status``.

Source: what the page sends (bodies of 2019, 2020 and 2026); its documentation (devcenter.heroku.com/articles/heroku-status)
gives the colours. The page has a colour for each of its few systems, and together they are its word for the whole: green
is well, yellow degraded, red out, blue under maintenance.

- An incident's ``resolved`` is false on resolved incidents too, so that ``state`` decides. A body of 2020 has no ``state``:
  there the newest update says whether it is over.
- How bad an open incident is, its systems say, or the two colours of its newest update. One whose colours are green again
  is open all the same.
- ``scheduled`` keeps work as ``upcoming`` for months after it is over, and when the work is to be stands in its prose only.
  What nobody has written about for `_STALE` is not announced any more; *now* is the ``Date`` of the answer. Work whose
  state is ``open`` is under way, however long.
- ``updated_at`` moves without a change and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from checks.foreign import one_line
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_PATH = "/api/v4/current-status"
_API = f"https://status.heroku.com{_PATH}"
_SYSTEM_LIMIT = 50
_EVENT_LIMIT = 100
_UPDATE_LIMIT = 100
_STALE = timedelta(days=14)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

_CLAIMS = {
    "green": Claim.OPERATIONAL,
    "yellow": Claim.DEGRADED,
    "red": Claim.MAJOR_OUTAGE,
    "blue": Claim.MAINTENANCE,
}
_IMPACTS = {
    "green": Impact.MINOR,
    "yellow": Impact.MINOR,
    "red": Impact.CRITICAL,
    "blue": Impact.MAINTENANCE,
}
_IS_OPEN = {"open": True, "resolved": False}
_PROGRESS = {"upcoming": Progress.PLANNED, "open": Progress.ACTIVE, "resolved": Progress.DONE}
_LATER_PROGRESS = {"maintenance": Progress.ACTIVE, "resolved": Progress.DONE}
"""What the newest update of work makes of it that is still called upcoming."""


def converse(page: Page) -> Conversation:
    """Read the colours of the systems, and what is open or announced."""
    address = page.url.partition("?")[0].rstrip("/")
    url = address if address.endswith(_PATH) else _API
    answer = yield Request(url=url)
    return _report(read_object(answer, url), answered_at(answer))


def _report(root: Node, now: datetime | None) -> Report:
    components = tuple(_component(row) for row in root["status"].items(_SYSTEM_LIMIT))
    if not components:
        raise Unseen(Reason.PARSE, f"{root.source} names no system: check platform:")
    events = replace(root, notes=Notes())
    return Report(
        page_id=urlsplit(root.source).hostname or "",
        page_name="Heroku",
        url=root.source,
        indicator=Claim.worst(component.claim for component in components),
        indicator_word=one_line(", ".join(f"{component.name} {component.word}" for component in components)),
        components=components,
        component_count=len(components),
        incidents=tuple(_incidents(events)),
        maintenances=tuple(_maintenances(events, now)),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _component(row: Node) -> Component:
    name, colour = row["system"].text(), row["status"]
    return Component(id=name, name=name, claim=colour.word(_CLAIMS, Claim.UNKNOWN, name), word=colour.text())


def _incidents(root: Node) -> Iterator[Incident]:
    for row in root["incidents"].items(_EVENT_LIMIT):
        newest, state = _newest_update(row), row.get("state")
        if (_update_type(newest) != "resolved") if state is None else state.word(_IS_OPEN, unknown=True):
            yield _incident(row, newest)


def _incident(row: Node, newest: Node | None) -> Incident:
    title, colours = row["title"].text(), list(_colours(row, newest))
    impacts = [colour.word(_IMPACTS, Impact.UNKNOWN, title) for colour in colours]
    return Incident(
        id=row.id_of("id"),
        name=title,
        impact=max(impacts, key=lambda impact: impact.claim.badness, default=Impact.MINOR),
        word=one_line(", ".join(dict.fromkeys(colour.text(20) for colour in colours)), 60),
        phase=_update_type(newest) or row.text_of("state"),
        started_at=row.instant_of("created_at"),
        component_ids=tuple(row.texts_of("systems", "name", _SYSTEM_LIMIT)),
        url=row.text_of("full_url"),
    )


def _colours(row: Node, newest: Node | None) -> Iterator[Node]:
    """The colours of the systems of an incident, else those of its newest update for large and small applications."""
    said = [system.get("status") for system in row.each("systems", _SYSTEM_LIMIT)]
    if not said and newest:
        said = [newest.get("status_prod"), newest.get("status_dev")]
    return (colour for colour in said if colour)


def _maintenances(root: Node, now: datetime | None) -> Iterator[Maintenance]:
    for row in root.each("scheduled", _EVENT_LIMIT):
        newest = _newest_update(row)
        progress = _progress(row, newest)
        is_stale = progress is Progress.PLANNED and _is_stale(row, newest, now)
        if progress is not Progress.DONE and not is_stale:
            yield Maintenance(
                id=row.id_of("id"),
                name=row["title"].text(),
                progress=progress,
                word=row.text_of("state"),
                component_ids=tuple(row.texts_of("systems", "name", _SYSTEM_LIMIT)),
                url=row.text_of("full_url"),
            )


def _progress(row: Node, newest: Node | None) -> Progress:
    state = row.get("state")
    progress = Progress.PLANNED if state is None else state.word(_PROGRESS, Progress.UNKNOWN)
    return _LATER_PROGRESS.get(_update_type(newest), progress) if progress is Progress.PLANNED else progress


def _is_stale(row: Node, newest: Node | None, now: datetime | None) -> bool:
    """Whether nobody has written about the work for long; never where no time is known."""
    written = (newest or row).instant_of("created_at")
    return written is not None and now is not None and now - written > _STALE


def _newest_update(row: Node) -> Node | None:
    updates = row.each("updates", _UPDATE_LIMIT)
    return max(updates, key=lambda update: update.instant_of("created_at") or _LONG_AGO, default=None)


def _update_type(update: Node | None) -> str:
    return update.text_of("update_type", 40).lower() if update else ""


PLATFORM = Platform(
    name="heroku",
    title="Heroku",
    reads="the colours of its systems, open incidents, work under way or announced",
    converse=converse,
    clues=Clues(hosts=("status.heroku.com",)),
)
