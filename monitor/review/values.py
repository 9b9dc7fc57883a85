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
from monitor.review.details import (
    CertificateSeen,
    Change,
    Claimed,
    FindingsChange,
    Latency,
    Looks,
    Month,
    Period,
    Rest,
    Rows,
    Run,
    Unjudged,
    Zone,
)
from monitor.review.objective import Judged, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A vendor in a month, or in all of a review's time, where *month* is None.

    *tally* are seconds by state; of no seconds, the vendor was not watched then. *since* and *until* are when its watch
    began and ended within that time, None where it went on beyond it; *unwatched* are the seconds in between in which it was
    not watched. *claimed* is None where there was no page, *judged* where no objective is known or nothing is to be judged.
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
    unwatched: int = 0


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

    *changes* are its changes of state, of certificates and TLS only, as are the *certificates* it showed, newest first, its
    changes of *findings*, oldest first, and what is *unjudged*: what others went through is in outages. *days* is its
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
    certificates: tuple[CertificateSeen, ...] = ()
    findings: tuple[FindingsChange, ...] = ()
    unjudged: Unjudged | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorReview:
    """A vendor: who it is, its months, and all of them *in_all*; *measured* and *said* run by run, for charts.

    *name*, *owner* and *objective* are those of its file; *is_listed* says that it has one. *names_page* says that it has a
    status page by its file, or had one; *has_page* that it was ever read in that time. *outages* are those that overlap with
    the review, oldest first; of them *unread* were not admitted, and its page could not be read while they lasted. *periods*
    are the longest times that do not count, oldest first, and *rest* what there is beside them.
    """

    slug: str
    name: str
    owner: str
    objective: float | None
    is_listed: bool
    has_page: bool
    months: tuple[Account, ...]
    in_all: Account
    outages: tuple[Outage, ...]
    periods: tuple[Period, ...]
    targets: tuple[TargetReview, ...]
    measured: tuple[Run, ...] = ()
    said: tuple[Run, ...] = ()
    rest: tuple[Rest, ...] = ()
    unread: tuple[Outage, ...] = ()
    names_page: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anything of that time is stored."""
        return bool(self.in_all.tally.elapsed or self.outages)

    @property
    def certificates(self) -> tuple[CertificateSeen, ...]:
        """Those of all its targets."""
        return tuple(each for target in self.targets for each in target.certificates)

    @property
    def findings(self) -> tuple[FindingsChange, ...]:
        """The changes of what was found of all its targets, oldest first."""
        return tuple(sorted((each for target in self.targets for each in target.findings), key=lambda each: each.since))

    @property
    def moves(self) -> tuple[Change, ...]:
        """The changes of state of its certificates and TLS that nothing else tells already, oldest first."""
        told = {(each.key, each.since) for each in self.findings} | {(each.key, each.since) for each in self.certificates}
        moves = [each for target in self.targets for each in target.changes if (each.series, each.since) not in told]
        return tuple(sorted(moves, key=lambda each: each.since))

    @property
    def unjudged(self) -> tuple[Unjudged, ...]:
        """What is not known of its certificates and TLS."""
        return tuple(target.unjudged for target in self.targets if target.unjudged)

    @property
    def unadmitted(self) -> tuple[Outage, ...]:
        """The outages that are over and of which the vendor's page never said anything, though it was read meanwhile."""
        silent = (each for each in self.outages if self.has_page and not each.is_open and each.claimed_at is None)
        return tuple(each for each in silent if each not in self.unread)

    @property
    def untold(self) -> int:
        """How many periods are not listed."""
        return sum(each.count for each in self.rest)

    @property
    def missed_months(self) -> int:
        """In how many months the objective was missed."""
        return sum(each.judged is not None and each.judged.verdict is Verdict.MISSED for each in self.months)

    @property
    def judged_months(self) -> int:
        """How many months are held against the objective."""
        return sum(each.judged is not None for each in self.months)


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
