"""A status page put into our words, as frozen values. Nothing here reads or judges.

All text in a report is a vendor's: it has been made one harmless line of bounded length by what read it, and it is still
no more than a claim. Lists are bounded too; `Report.cut` says where one was, and `Report.cut_events` where something open
may be lost by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from checks.model import Claim
from checks.vendor import ComponentRef

EVERYWHERE = "global"
"""The region of what serves all regions: it is in scope with each of them."""

ANYTHING = "*"
"""The group's id of what stands for every service of its region: it is in scope with each of them."""


class Impact(StrEnum):
    """How bad a vendor says an incident is, in the words most pages use. A metric label: closed."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"
    """The vendor used a word that we do not know."""

    @property
    def claim(self) -> Claim:
        """What an open incident of this impact says of the service it is about."""
        return _CLAIMS[self]


class Progress(StrEnum):
    """How far a maintenance has come."""

    PLANNED = "planned"
    ACTIVE = "active"
    DONE = "done"
    UNKNOWN = "unknown"
    """The vendor used a word that we do not know: it may be any of these."""

    @property
    def claim(self) -> Claim:
        """What work that has come so far says of what it is done on."""
        return _WORK_CLAIMS[self]


_CLAIMS = {
    Impact.NONE: Claim.OPERATIONAL,
    Impact.MINOR: Claim.DEGRADED,
    Impact.MAJOR: Claim.PARTIAL_OUTAGE,
    Impact.CRITICAL: Claim.MAJOR_OUTAGE,
    Impact.MAINTENANCE: Claim.MAINTENANCE,
    Impact.UNKNOWN: Claim.UNKNOWN,
}
_WORK_CLAIMS = {
    Progress.PLANNED: Claim.OPERATIONAL,
    Progress.ACTIVE: Claim.MAINTENANCE,
    Progress.DONE: Claim.OPERATIONAL,
    Progress.UNKNOWN: Claim.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A part of the service that has a state of its own; a group of parts is no component but stands in its members.

    *id* is the platform's, *group* and *group_id* are those of the container it stands in, *region* is where it runs
    when the page tells one component's regions apart (`EVERYWHERE` where it says that it has none of its own). *word* is
    the vendor's word behind *claim*, *since* when the component was last changed, *security* whether the word is one for a
    security event.
    """

    id: str
    name: str
    claim: Claim
    word: str = ""
    group: str = ""
    group_id: str = ""
    region: str = ""
    since: datetime | None = None
    security: bool = False

    @property
    def label(self) -> str:
        """The component for people: its group, name and region."""
        group = self.group if self.group != self.name else ""
        name = " / ".join(part for part in (group, self.name) if part)
        return f"{name} ({self.region})" if self.region else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An open incident. *word* is the vendor's behind *impact*; without *component_ids* it names no component at all."""

    id: str
    name: str
    impact: Impact
    word: str = ""
    phase: str = ""
    started_at: datetime | None = None
    component_ids: tuple[str, ...] = ()
    url: str = ""
    security: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """Work that is under way or announced; work that is done is not kept. *word* is the vendor's behind *progress*."""

    id: str
    name: str
    progress: Progress
    word: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    component_ids: tuple[str, ...] = ()
    url: str = ""

    @property
    def is_active(self) -> bool:
        """Whether the work is under way."""
        return self.progress is Progress.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a status page said at one moment.

    *indicator* is the page's word for the whole of it, None where a platform has no such word. *url* is where the page
    was read, after redirects. *component_count* is how many components the page lists, *components* those that were kept.
    *lists_all* is false where a page names only what is affected: a component it does not name is well then. *unknown_words*
    are words we do not know, with their places. *unclear* are the titles of recent entries, newest first, of which nobody
    can say whether they are open. *looks_like* is the platform whose page this seems to be, where that is not its reader's.
    *strange* are references in scope that cannot be of this vendor, each with what it may have meant.
    """

    page_id: str
    page_name: str
    url: str
    indicator: Claim | None
    indicator_word: str = ""
    components: tuple[Component, ...] = ()
    component_count: int = 0
    lists_all: bool = True
    incidents: tuple[Incident, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
    updated_at: datetime | None = None
    security: bool = False
    unknown_words: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    looks_like: str = ""
    strange: Mapping[ComponentRef, tuple[str, ...]] = field(default_factory=dict)
    cut: tuple[str, ...] = ()
    cut_events: tuple[str, ...] = ()
