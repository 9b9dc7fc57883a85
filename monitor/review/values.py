"""A review, as values. All times are aware and in UTC, all texts one line; times are shown on the clock of `Review.zone`.

Every number can be followed to stored rows: `Account.rows` and `TargetMonth.rows` say of which it was counted, an `Outage`
is the row of its vendor and its beginning, a `Change` the row of its target and of when it was believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.history import Tally
from monitor.outage import Outage
from monitor.review.details import CertificateSeen, Change, Claimed, Latency, Looks, Month, Period, Rows, Span, Zone
from monitor.review.objective import Judged


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
