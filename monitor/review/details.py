"""What a vendor and its months are told with, as values: times and their zone, rows, looks, claims, changes, certificates.

All times are aware and in UTC, all texts one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from checks.model import Severity, State
from monitor.history import Tally


@dataclass(frozen=True, slots=True)
class Zone:
    """Whose clock times are shown on: *name* is that of the IANA database, or an offset like ``UTC+02:00`` without one.

    *shows_offset* says that it is not always as far from UTC in the time that is told of: then each time has its offset.
    """

    name: str
    info: tzinfo
    shows_offset: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of the zone's calendar, as far as the review reaches: from *begins* until just before *ends*.

    *name* is like ``2026-01``. *first* and *last* are its days in the review. *is_whole* says that the review has all of the
    month, and *is_running* that it was not over when the review was made: then *ends* is that moment.
    """

    name: str
    begins: datetime
    ends: datetime
    first: date
    last: date
    is_whole: bool
    is_running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Of which rows a number was counted: those of *table* that are about one of *series* and lie in a time.

    *series* are slugs or keys, none where rows are about all. *begins* and *ends* are the keys of the first and of the last
    of these rows (``since`` of a stretch or presence, ``day`` of a day), and *count* is how many there are.
    """

    table: str
    series: tuple[str, ...]
    begins: datetime
    ends: datetime
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How often it was looked, how many looks failed and why. Counted by days of UTC: from *first* to *last*, both included.

    *failures* are by reason, or by the code of what was found. *until* is how far they are counted, of no target later than
    that; None where none is.
    """

    count: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    first: date
    last: date
    until: datetime | None = None

    @property
    def failed(self) -> int:
        """How many failed, for whatever reason."""
        return sum(self.failures.values())


@dataclass(frozen=True, slots=True)
class Latency:
    """Quantiles of how long *count* looks took that did not fail, in seconds; of the same days as `Looks`."""

    count: int
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What the vendor's own page said while we measured, in seconds.

    *tally* is how long the page was in which state; up is that it says all is well. *denied* is for how long it said so
    while we measured the vendor down, and *feared* for how long it admitted trouble while we measured the vendor up.
    *belittled* is for how long both saw trouble, or we did, and the page told of less than we measured but for *denied*;
    *compared* is for how long both were seen.
    """

    tally: Tally
    denied: int
    feared: int
    belittled: int = 0
    compared: int = 0


Run = tuple[int, int, State]
"""From which second on, counted from 1970, until just before which, and in which state. A year of a vendor has thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A stored transition: the *series* went from *before* to *after* at *since*, which was believed at *at*."""

    series: str
    before: State
    after: State
    since: datetime
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSeen:
    """A certificate that the target *key* showed: its SHA-256 fingerprint, who issued it, its key, the day it ends.

    It was first seen at *since*, the time of a stored judgement, and *until* another one was; None where that goes on. Of
    servers that show theirs in turns it was seen again so many *times*. *revoked* is when it was, and why, if it was.
    """

    key: str
    sha256: str
    issuer: str
    key_type: str
    ends_on: str
    since: datetime
    until: datetime | None
    times: int = 1
    revoked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as it was stored."""

    code: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsChange:
    """That of the target *key* other things were found from *since* on, the time of a stored judgement.

    *came* and *went* are the findings by which it differs, *grade* and *grade_before* are sentences, empty without a grade.
    The *is_first* of a review is what stood at its beginning, or at the first judgement that there is.
    """

    key: str
    since: datetime
    grade: str
    grade_before: str
    came: tuple[Found, ...]
    went: tuple[Found, ...]
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """That nothing is known of what was found of the target *key* before *until*; None is all of the time."""

    key: str
    until: datetime | None


class Why(StrEnum):
    """Why nobody knows how a vendor was, or why that does not count."""

    UNSEEN = "unseen"
    """Nobody looked: the daemon did not run, its clock jumped, or its own network was away."""
    UNKNOWN = "unknown"
    """Looks that say nothing of the vendor."""
    MAINTENANCE = "maintenance"
    """Work that excuses what was measured."""
    UNWATCHED = "unwatched"
    """It was not watched at all between two times at which it was: its file was away, or named nothing to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time from *begins* until *ends* that does not count, and *why*; *cause* is what was said of it, if anything."""

    why: Why
    begins: datetime
    ends: datetime
    cause: str = ""

    @property
    def lasted(self) -> timedelta:
        """How long it was."""
        return self.ends - self.begins


@dataclass(frozen=True, slots=True)
class Rest:
    """Of the periods for one reason: the *count* that are not listed, because all that are were longer, and their sum."""

    why: Why
    count: int
    seconds: int
