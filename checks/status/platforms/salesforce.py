"""Salesforce Trust, one instance at a time, by ``https://api.status.salesforce.com/v1/instances/<KEY>/status``.

The instance stands in ``url`` (``https://status.salesforce.com/instances/NA1``) or in ``page_id``: there are some 1,500, and
nobody uses them all. Source: the interface's own description (api.status.salesforce.com/v1/docs) and
public readers of it (2026); Salesforce's documents name the My Trust Center API, which wants a token, as its successor.

- The name of a My Domain is no key: the interface knows no such instance (404, or a ``message``). An instance that is not
  active any more calls itself ``OK`` for ever.
- ``status`` is the word for the whole. What is about services beside the core has words of its own (``…_NONCORE``), which
  count alike.
- An incident has no title. It is open while one of its impacts has no end; services are as bad as what is open and names
  them. Work has no word for how far it has come: its impacts, or its planned times where it has none yet, say it beside
  the ``Date`` of the answer. Without that date it has not begun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from checks.foreign import one_line, quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Answer, Request
from checks.status.affected import component, worst_by_component
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_object
from checks.status.report import Impact, Incident, Maintenance, Progress, Report

_API = "https://api.status.salesforce.com/v1/instances/"
_KEY = re.compile(r"/instances/([\w-]{1,60})(/status/?$)?")
_INCIDENT_URL = "https://status.salesforce.com/incidents/"
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SERVICE_LIMIT = 300
_EVENT_LIMIT = 100
_IMPACT_LIMIT = 20
_TOUCHED_LIMIT = 100
_NAMED_SERVICES = 3
_NOT_FOUND = 404

_CLAIMS = {
    "ok": Claim.OPERATIONAL,
    **{
        f"{word}{reach}": claim
        for word, claim in (
            ("informational", Claim.OPERATIONAL),
            ("maintenance", Claim.MAINTENANCE),
            ("unplanned_maintenance", Claim.MAINTENANCE),
            ("minor_incident", Claim.DEGRADED),
            ("major_incident", Claim.MAJOR_OUTAGE),
        )
        for reach in ("", "_core", "_noncore")
    },
}
_IMPACTS = {
    "informational": Impact.NONE,
    "minor": Impact.MINOR,
    "major": Impact.CRITICAL,
    "critical": Impact.CRITICAL,
}


class _Period(NamedTuple):
    """When something begins and ends, as far as that is said."""

    start: datetime | None
    end: datetime | None


def converse(page: Page) -> Conversation:
    """Read the state of the instance that *page* means."""
    key, url = _instance(page)
    answer = yield Request(url=url)
    if answer.status == _NOT_FOUND:
        raise _unknown_instance(key, str(_NOT_FOUND))
    root = read_object(answer, url)
    if root.get("key") is None and root.get("message"):
        raise _unknown_instance(key, quoted(root.text_of("message")))
    if root["key"].text().lower() != key.lower():
        raise Unseen(Reason.MOVED, f"{root.source} is about the instance {quoted(root['key'].text())}, not {key}")
    if root.get("isActive") and not root.flag("isActive"):
        raise Unseen(Reason.MOVED, f"the instance {key} is not active any more: what it served runs on another: check url:")
    return _report(root, answer)


def _instance(page: Page) -> tuple[str, str]:
    """The key of the instance, and the address that tells its state."""
    path = _KEY.search(urlsplit(page.url).path)
    key = path[1] if path else page.page_id
    if not key:
        detail = "the page is one of all instances: write url: https://status.salesforce.com/instances/<KEY>"
        raise Unseen(Reason.CONFIG, f"{detail}, with the key of yours (Setup, Company Information)")
    return key, page.url.partition("?")[0] if path and path[2] else f"{_API}{one_line(key)}/status"


def _unknown_instance(key: str, said: str) -> Unseen:
    hint = "a My Domain name is no key; Setup, Company Information has the instance's"
    return Unseen(Reason.MOVED, f"Salesforce Trust knows no instance {quoted(key, 60)} ({said}): {hint}")


def _report(root: Node, answer: Answer) -> Report:
    key, status = root["key"].text(), root["status"]
    events = replace(root, notes=Notes())
    incidents = tuple(_incidents(events))
    worst = worst_by_component(incidents)
    services = dict.fromkeys((*root.texts_of("Services", "key", _SERVICE_LIMIT), *worst))
    return Report(
        page_id=key,
        page_name=f"Salesforce {key}",
        url=root.source,
        indicator=status.word(_CLAIMS, Claim.UNKNOWN),
        indicator_word=status.text(),
        components=tuple(component(service, service, worst) for service in services),
        component_count=len(services),
        incidents=incidents,
        maintenances=tuple(_maintenances(events, answered_at(answer))),
        unknown_words=(*root.notes.unknown, *events.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events.notes.cut),
    )


def _incidents(root: Node) -> Iterator[Incident]:
    for row in root["Incidents"].items(_EVENT_LIMIT):
        impacts = list(row.each("IncidentImpacts", _IMPACT_LIMIT))
        ongoing = [impact for impact in impacts if impact.get("endTime") is None]
        if row.text_of("status").lower() != "resolved" and (ongoing or not impacts):
            yield _incident(row, ongoing)


def _incident(row: Node, ongoing: list[Node]) -> Incident:
    services, number = _services(row), row.id_of("id")
    kinds = ", ".join(dict.fromkeys(_WORD_BREAK.sub(" ", impact.text_of("type", 40)).lower() for impact in ongoing))
    name = f"{kinds or 'incident'} of {', '.join(services[:_NAMED_SERVICES]) or 'the instance'}"
    severities = [severity for impact in ongoing if (severity := impact.get("severity"))]
    impacts = [severity.word(_IMPACTS, Impact.UNKNOWN, name) for severity in severities]
    return Incident(
        id=number,
        name=one_line(name),
        impact=max(impacts, key=lambda impact: impact.claim.badness, default=Impact.MINOR),
        word=severities[0].text(60) if severities else "",
        phase=row.text_of("status"),
        started_at=min((at for impact in ongoing if (at := impact.instant_of("startTime"))), default=None),
        component_ids=services,
        url=f"{_INCIDENT_URL}{number}" if number.isdecimal() else "",
    )


def _maintenances(root: Node, now: datetime | None) -> Iterator[Maintenance]:
    for row in root.each("Maintenances", _EVENT_LIMIT):
        progress = _progress(row, now)
        if progress is not Progress.DONE:
            yield Maintenance(
                id=row.id_of("id"),
                name=row.text_of("name") or "maintenance",
                progress=progress,
                starts=row.instant_of("plannedStartTime"),
                ends=row.instant_of("plannedEndTime"),
                component_ids=_services(row),
            )


def _progress(row: Node, now: datetime | None) -> Progress:
    """How far the work has come: it is under way while one of its impacts is, or its planned time where it has none yet."""
    planned = _Period(row.instant_of("plannedStartTime"), row.instant_of("plannedEndTime"))
    impacts = row.each("MaintenanceImpacts", _IMPACT_LIMIT)
    periods = [_Period(impact.instant_of("startTime"), impact.instant_of("endTime")) for impact in impacts] or [planned]
    if any(_has_come(period.start, now) and not _has_come(period.end, now) for period in periods):
        return Progress.ACTIVE
    is_over = all(_has_come(period.end, now) for period in periods) or _has_come(planned.end, now)
    return Progress.DONE if is_over else Progress.PLANNED


def _has_come(at: datetime | None, now: datetime | None) -> bool:
    return at is not None and now is not None and at <= now


def _services(row: Node) -> tuple[str, ...]:
    return tuple(service.text() for service in row.each("serviceKeys", _TOUCHED_LIMIT))


PLATFORM = Platform(
    name="salesforce",
    title="Salesforce Trust",
    reads="one instance: its state, its services, open incidents, maintenance",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("status.salesforce.com",)),
)
