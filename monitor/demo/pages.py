"""Status pages as four platforms write them: what a vendor says, and the documents that say it.

One function for each platform, from what is said to the documents by path. Each writes what its reader below
`checks.status.platforms` reads, where the sources of the formats are told, and no more than that. What people read, at the
root of the site, is the same on all of them, and no reader asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from checks.model import Claim

Documents = Mapping[str, bytes]
"""What a page has, by path."""

HTML = b"<!doctype html><html lang=en><title>Welcome</title><p>We have a new status page!</html>"
"""What stands where a document was, once somebody has redesigned the page."""


@dataclass(frozen=True, slots=True)
class Work:
    """Work that a page announces; times are aware."""

    title: str
    starts: datetime
    ends: datetime
    is_under_way: bool = False


@dataclass(slots=True)
class Saying:
    """What a vendor says of itself from now on: its fields may change at any time.

    *claim*, any but ``unknown``, is about the first of its *components* and so about the page as a whole; *incident* is what
    the vendor calls the trouble, empty where it opens no incident for it. *since* is when it began to say so, aware.
    """

    name: str
    since: datetime
    components: tuple[str, ...] = ()
    claim: Claim = Claim.OPERATIONAL
    incident: str = ""
    work: Work | None = None

    def id_of(self, what: str) -> str:
        """The id of a part of the page: always the same, twelve small hexadecimal digits."""
        return hashlib.sha256(f"{self.name} {what}".encode()).hexdigest()[:12]

    @property
    def states(self) -> list[tuple[str, Claim]]:
        """The components, and how each is."""
        return [(name, Claim.OPERATIONAL if place else self.claim) for place, name in enumerate(self.components)]

    @property
    def touched(self) -> tuple[str, ...]:
        """The component that everything is about."""
        return self.components[:1]

    @property
    def is_open(self) -> bool:
        """Whether there is an open incident."""
        return bool(self.incident) and self.claim.is_trouble


def statuspage(said: Saying) -> Documents:
    """Atlassian Statuspage."""
    return _compatible(said, said.id_of)


def incidentio(said: Saying) -> Documents:
    """incident.io, in the shape of Statuspage: its ids are ULIDs."""
    return _compatible(said, lambda what: f"01{said.id_of(what).upper()}{said.id_of(f'{what}, the rest').upper()}")


_INDICATORS = {
    Claim.OPERATIONAL: ("none", "All Systems Operational"),
    Claim.MAINTENANCE: ("maintenance", "Service Under Maintenance"),
    Claim.DEGRADED: ("minor", "Minor Service Outage"),
    Claim.PARTIAL_OUTAGE: ("major", "Partial System Outage"),
    Claim.MAJOR_OUTAGE: ("critical", "Major Service Outage"),
}
_STATUSPAGE_WORDS = {Claim.DEGRADED: "degraded_performance", Claim.MAINTENANCE: "under_maintenance"}


def _compatible(said: Saying, id_of: Callable[[str], str]) -> Documents:
    page = {"page": {"id": id_of("page"), "name": said.name, "updated_at": said.since.isoformat()}}
    rows = {
        name: {"id": id_of(name), "name": name, "status": _STATUSPAGE_WORDS.get(claim, claim.value)}
        for name, claim in said.states
    }
    about = {"components": [rows[name] for name in said.touched]}
    indicator, description = _INDICATORS[said.claim]
    incident = {"id": id_of(said.incident), "name": said.incident, "status": "investigating", "impact": indicator, **about}
    document = {
        **page,
        "status": {"indicator": indicator, "description": description},
        "components": [*rows.values()],
        "incidents": [incident | {"started_at": said.since.isoformat()}] if said.is_open else [],
        "scheduled_maintenances": [_announced(said.work, id_of(said.work.title)) | about] if said.work else [],
    }
    everything = {**page, "components": document["components"]}
    return {"/api/v2/summary.json": _json(document), "/api/v2/components.json": _json(everything)}


def _announced(work: Work, id_: str) -> dict[str, object]:
    return {
        "id": id_,
        "name": work.title,
        "status": "in_progress" if work.is_under_way else "scheduled",
        "scheduled_for": work.starts.isoformat(),
        "scheduled_until": work.ends.isoformat(),
    }


_INSTATUS_WORDS = {
    Claim.OPERATIONAL: "OPERATIONAL",
    Claim.MAINTENANCE: "UNDERMAINTENANCE",
    Claim.DEGRADED: "DEGRADEDPERFORMANCE",
    Claim.PARTIAL_OUTAGE: "PARTIALOUTAGE",
    Claim.MAJOR_OUTAGE: "MAJOROUTAGE",
}
_INSTATUS_PAGE = {Claim.OPERATIONAL: "UP", Claim.MAINTENANCE: "UNDERMAINTENANCE"}


def instatus(said: Saying) -> Documents:
    """Instatus, which leaves out what is empty."""
    page = {"name": said.name, "url": f"https://{said.id_of('page')}.test"}
    summary: dict[str, object] = {"page": page | {"status": _INSTATUS_PAGE.get(said.claim, "HASISSUES")}}
    if said.is_open:
        facts = {"id": said.id_of(said.incident), "name": said.incident, "impact": _INSTATUS_WORDS[said.claim]}
        summary["activeIncidents"] = [facts | {"status": "INVESTIGATING", "started": said.since.isoformat()}]
    if said.work:
        progress = "INPROGRESS" if said.work.is_under_way else "NOTSTARTEDYET"
        lasts = {
            "start": said.work.starts.isoformat(),
            "duration": str((said.work.ends - said.work.starts) // timedelta(minutes=1)),
        }
        facts = {"id": said.id_of(said.work.title), "name": said.work.title, "status": progress}
        summary["activeMaintenances"] = [facts | lasts]
    rows = [{"id": said.id_of(name), "name": name, "status": _INSTATUS_WORDS[claim]} for name, claim in said.states]
    return {"/summary.json": _json(summary), "/v2/components.json": _json({"components": rows})}


_LONG_BEFORE = timedelta(days=40)
_ENTRY = "<entry><id>{id}</id><updated>{at}</updated><title>{title}</title></entry>"
_FEED = '<feed xmlns="http://www.w3.org/2005/Atom"><id>{id}</id><title>{name}</title>{entries}</feed>'


def feed(said: Saying) -> Documents:
    """An Atom feed: a log, in which something old stands always."""
    told = [("[Resolved] Some requests were slow", said.since - _LONG_BEFORE)]
    if said.work:
        told.append((f"[{'In progress' if said.work.is_under_way else 'Scheduled'}] {said.work.title}", said.since))
    if said.is_open:
        told.append((f"[Investigating] {said.incident}", said.since))
    entries = [
        _ENTRY.format(id=f"urn:{said.id_of(title)}", at=at.isoformat(), title=escape(title)) for title, at in reversed(told)
    ]
    document = _FEED.format(id=f"urn:{said.id_of('page')}", name=escape(said.name), entries="".join(entries))
    return {"/feed.atom": document.encode()}


def readable(said: Saying) -> bytes:
    """What people see who go to the page: in HTML what the documents say."""
    _, headline = _INDICATORS[said.claim]
    rows = [f"{name}: {claim.value.replace('_', ' ')}" for name, claim in said.states]
    if said.is_open:
        rows.append(f"Incident: {said.incident}, since {said.since:%H:%M} UTC")
    if said.work:
        rows.append(f"Work: {said.work.title}, {said.work.starts:%H:%M} to {said.work.ends:%H:%M} UTC")
    listed = "".join(f"<li>{escape(row)}" for row in rows)
    name = escape(said.name)
    return f"<!doctype html><html lang=en><title>{name}</title><h1>{name}</h1><p>{headline}<ul>{listed}</ul></html>".encode()


WRITERS: Mapping[str, Callable[[Saying], Documents]] = {
    "statuspage": statuspage,
    "incidentio": incidentio,
    "instatus": instatus,
    "feed": feed,
}
"""Who writes the documents of a platform, by its name."""
START_PATHS: Mapping[str, str] = {"feed": "/feed.atom"}
"""Where a platform's page is when it is not at the root of its site."""
TYPES: Mapping[str, str] = {".json": "application/json", ".atom": "application/atom+xml", "": "text/html; charset=utf-8"}
"""The media types of documents, by how their paths end; that of what people read ends in nothing."""


def _json(document: object) -> bytes:
    return json.dumps(document).encode()
