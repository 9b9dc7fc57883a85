"""A review, as values. All times are aware and in UTC, all texts one line; times are shown on the clock of `Review.zone`.

Every number can be followed to stored rows: `Account.rows` and `TargetMonth.rows` say of which it was counted, an `Outage`
is the row of its vendor and its beginning, a `Change` the row of its target and of when it was believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from checks.model import Reason, State
from monitor.history import Tally
from monitor.outage import Outage
from monitor.review.objective import Judged


@dataclass(frozen=True, slots=True)
class Zone:
    """Whose clock times are shown on: *name* is that of the IANA database, or an offset like ``UTC+02:00`` without one."""

    name: str
    info: tzinfo


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

    *until* is the end of the last day that was counted, or how far that is counted; None where none is.
    """

    count: int = 0
    failures: Mapping[Reason, int] = field(default_factory=dict)
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
    """

    tally: Tally
    denied: int
    feared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A vendor in a month, or in all of a review's time, where *month* is None.

    *tally* are seconds by state; of no seconds, the vendor was not watched then. *since* and *until* are when its watch
    began and ended within that time, None where it went on beyond it. *claimed* is None where no page was read, *judged*
    where no objective is known or nothing was counted.
    """

    month: Month | None
    begins: datetime
    ends: datetime
    tally: Tally
    since: datetime | None
    until: datetime | None
    looks: Looks
    claimed: Claimed | None
    judged: Judged | None
    rows: tuple[Rows, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMonth:
    """A target in a month, or in all of a review's time, where *month* is None. *latency* is None where none is known."""

    month: Month | None
    tally: Tally
    looks: Looks
    latency: Latency | None
    rows: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """That something was in *state* from *begins* until *ends*, in what lies within the review."""

    begins: datetime
    ends: datetime
    state: State


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
class TargetReview:
    """A target: whether it *reads_claim* or measures, its months, and all of them *in_all*.

    *changes* are its changes of state, of certificates and TLS only: what others went through is in outages. *days* is its
    latency by day of UTC, oldest first.
    """

    key: str
    check: str
    name: str
    reads_claim: bool
    months: tuple[TargetMonth, ...]
    in_all: TargetMonth
    changes: tuple[Change, ...] = ()
    days: tuple[tuple[date, Latency | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSeen:
    """A certificate that the target *key* was known by: its SHA-256 fingerprint, who issued it, its key, the day it ends.

    *is_newest* says that no later one is known. Where only its fingerprint is left, as of the one before the newest,
    *issuer*, *key_type* and *ends_on* are empty.
    """

    key: str
    sha256: str
    issuer: str
    key_type: str
    ends_on: str
    is_newest: bool
    revoked: str = ""


class Why(StrEnum):
    """Why nobody knows how a vendor was, or why that does not count."""

    UNSEEN = "unseen"
    """Nobody looked: the daemon did not run, its clock jumped, or its own network was away."""
    UNKNOWN = "unknown"
    """Looks that say nothing of the vendor."""
    MAINTENANCE = "maintenance"
    """Work that excuses what was measured."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorReview:
    """A vendor: who it is, its months, and all of them *in_all*; its *days* of the zone, if asked for, as seconds.

    *name*, *owner* and *objective* are those of its file; *is_listed* says that it has one. *has_page* says that its status
    page was ever read in that time. *outages* are those that overlap with the review, oldest first, and *periods* what
    was unknown or excused, oldest first; *untold* is how many more periods there are, shorter than those.
    """

    slug: str
    name: str
    owner: str
    objective: float | None
    is_listed: bool
    has_page: bool
    months: tuple[Account, ...]
    in_all: Account
    days: tuple[tuple[date, Tally], ...]
    outages: tuple[Outage, ...]
    periods: tuple[Period, ...]
    untold: int
    targets: tuple[TargetReview, ...]
    certificates: tuple[CertificateSeen, ...]
    measured: tuple[Span, ...] = ()
    said: tuple[Span, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anything of that time is stored."""
        return bool(self.in_all.tally.elapsed or self.outages)

    @property
    def unadmitted(self) -> tuple[Outage, ...]:
        """The outages that are over and of which the vendor's page never said anything, where it has one."""
        return tuple(each for each in self.outages if self.has_page and not each.is_open and each.claimed_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What became of *vendors*, in the order in which they were named, from *begins* until *ends*; made *made_at* a time.

    *months* are those of *zone* in it. *database* is where the rows are, without its password.
    """

    made_at: datetime
    begins: datetime
    ends: datetime
    zone: Zone
    months: tuple[Month, ...]
    vendors: Sequence[VendorReview]
    database: str
