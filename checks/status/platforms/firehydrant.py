"""FireHydrant, by ``/data/payload.json`` of the page.

Source: what pages of 2026 send; the format has no documentation. A page has no id (its host stands for it), no word for the
whole and no state of a component: a component is what the open incidents say of it, and an incident without
``timestamps.resolved`` is open. A condition is the vendor's own name for a state, and ``conditions`` maps these names to
``OPERATIONAL``, ``DEGRADED`` and ``OFFLINE``: one named *Maintenance* is mostly ``DEGRADED``. How bad an incident is, its
severity says; where that is none of the usual ones, since a vendor may name its own, its conditions do. Maintenance is an
incident of the severity ``MAINTENANCE``, and is announced until it is known to have started: by the vendor's own clock, the
``Date`` of the answer (RFC 9110, section 6.6.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from checks.model import Claim
from checks.network import Request
from checks.status.node import Node, Notes
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import answered_at, read_object
from checks.status.report import Component, Impact, Incident, Maintenance, Progress, Report

_DOCUMENT = "/data/payload.json"
_COMPONENT_LIMIT = 2000
_EVENT_LIMIT = 2000
_TOUCHED_LIMIT = 500
_CONDITION_LIMIT = 100
_MAINTENANCE = "maintenance"

_CLAIMS = {"operational": Claim.OPERATIONAL, "degraded": Claim.DEGRADED, "offline": Claim.MAJOR_OUTAGE}
_SEVERITIES = {
    "sev1": Impact.CRITICAL,
    "sev2": Impact.MAJOR,
    "sev3": Impact.MINOR,
    "sev4": Impact.MINOR,
    "sev5": Impact.MINOR,
}
_IMPACTS = {
    Claim.OPERATIONAL: Impact.MINOR,  # it is open
    Claim.DEGRADED: Impact.MINOR,
    Claim.MAJOR_OUTAGE: Impact.MAJOR,  # a part of the page is out, which need not be all of it
    Claim.UNKNOWN: Impact.UNKNOWN,
}


class _Condition(NamedTuple):
    """A state in the vendor's own *word*, and what it means."""

    claim: Claim
    word: str


_WELL = _Condition(Claim.OPERATIONAL, "operational")


class _Event(NamedTuple):
    """An open incident or a maintenance, with the condition it gives each component it names, by the component's id."""

    row: Node
    is_work: bool
    progress: Progress
    touched: Mapping[str, _Condition]


def converse(page: Page) -> Conversation:
    """Read the page's payload."""
    url = page.url.partition("?")[0].rstrip("/").removesuffix(_DOCUMENT) + _DOCUMENT
    answer = yield Request(url=url)
    return _report(read_object(answer, url), answered_at(answer))


def _report(root: Node, now: datetime | None) -> Report:
    config, conditions = root["config"], _conditions(root["conditions"])
    events_root = replace(root["incidents"], notes=Notes())
    events = list(_events(events_root, conditions, now))
    components = tuple(_components(root, events))
    return Report(
        page_id=urlsplit(root.source).hostname or root.source,
        page_name=config.text_of("title") or config.text_of("companyName"),
        url=root.source,
        indicator=None,
        components=components,
        component_count=root.count("components"),
        incidents=tuple(_incident(event) for event in events if not event.is_work),
        maintenances=tuple(_maintenance(event) for event in events if event.is_work),
        unknown_words=(*root.notes.unknown, *events_root.notes.unknown),
        cut=tuple(root.notes.cut),
        cut_events=tuple(events_root.notes.cut),
    )


def _conditions(node: Node) -> Mapping[str, Claim]:
    """What each of the vendor's names for a state means; the platform's own names mean themselves."""
    named = {name.lower(): code.word(_CLAIMS, Claim.UNKNOWN, name) for name, code in node.members(_CONDITION_LIMIT)}
    return _CLAIMS | named


def _events(root: Node, conditions: Mapping[str, Claim], now: datetime | None) -> Iterator[_Event]:
    for row in root.items(_EVENT_LIMIT):
        times = row["timestamps"]
        if times.get("resolved") is None:
            is_work = row.text_of("severitySlug").lower() == _MAINTENANCE
            starts = times.instant_of("started")
            has_started = starts is not None and now is not None and starts <= now
            progress = Progress.PLANNED if is_work and not has_started else Progress.ACTIVE
            yield _Event(row, is_work, progress, _touched(row, conditions))


def _touched(row: Node, conditions: Mapping[str, Claim]) -> Mapping[str, _Condition]:
    """What an event says of the components it names, by their ids."""
    named = row.get("componentConditions")
    touched = {}
    for component in row.each("components", _TOUCHED_LIMIT):
        condition = component.get("condition") or (named.get(component.text_of("name")) if named else None)
        touched[component["id"].text()] = (
            _Condition(Claim.DEGRADED, "") if condition is None else _meant(condition, conditions)
        )
    return touched


def _meant(condition: Node, conditions: Mapping[str, Claim]) -> _Condition:
    """What a condition means. It is a name the vendor gave, cut where those of ``conditions`` are and not as a word is."""
    name = condition.text()
    if name.lower() not in conditions:
        condition.note_unknown(name)
    return _Condition(conditions.get(name.lower(), Claim.UNKNOWN), name)


def _worst(conditions: Iterable[_Condition]) -> _Condition:
    said = list(conditions)
    worst = Claim.worst(condition.claim for condition in said)
    return next((condition for condition in said if condition.claim is worst), _WELL)


def _components(root: Node, events: Sequence[_Event]) -> Iterator[Component]:
    said: dict[str, list[_Condition]] = defaultdict(list)
    for event in events:
        for place, condition in event.touched.items():
            said[place].append(condition._replace(claim=_felt(event, condition.claim)))
    for row in root["components"].items(_COMPONENT_LIMIT):
        place = row["id"].text()
        claim, word = _worst(said[place])
        yield Component(id=place, name=row["name"].text(), claim=claim, word=word or claim.replace("_", " "))


def _felt(event: _Event, claim: Claim) -> Claim:
    """What a component that *event* names is: work under way on it is maintenance, whatever it does to it."""
    if not event.is_work:
        return claim
    return Claim.MAINTENANCE if event.progress is Progress.ACTIVE and claim is not Claim.OPERATIONAL else Claim.OPERATIONAL


def _incident(event: _Event) -> Incident:
    row = event.row
    impact, word = _impact(event)
    return Incident(
        id=row["id"].text(),
        name=row["title"].text(),
        impact=impact,
        word=word,
        started_at=row["timestamps"].instant_of("started") or row["timestamps"].instant_of("detected"),
        component_ids=tuple(event.touched),
    )


def _impact(event: _Event) -> tuple[Impact, str]:
    """How bad an incident is, and the word that says so: its severity, or else the worst of its conditions."""
    word = event.row.text_of("severitySlug")
    if word.lower() in _SEVERITIES:
        return _SEVERITIES[word.lower()], word
    if word.lower() in {"", "unset"} or event.touched:
        worst = _worst(event.touched.values())
        return _IMPACTS[worst.claim], worst.word
    return event.row["severitySlug"].word(_SEVERITIES, Impact.UNKNOWN, event.row["title"].text()), word


def _maintenance(event: _Event) -> Maintenance:
    row = event.row
    return Maintenance(
        id=row["id"].text(),
        name=row["title"].text(),
        progress=event.progress,
        starts=row["timestamps"].instant_of("started"),
        component_ids=tuple(event.touched),
    )


PLATFORM = Platform(
    name="firehydrant",
    title="FireHydrant",
    reads="components as open incidents leave them, incidents, maintenance",
    converse=converse,
    experimental=True,
    clues=Clues(marks=(b"firehydrant",), rank=120),
)
