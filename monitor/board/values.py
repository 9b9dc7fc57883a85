"""What the board says, as immutable values. Times are aware, in UTC; shares are between 0 and 1.

Every text here is one line in which nothing hides, but may say anything: a vendor or a configuration wrote it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from checks.foreign import LONGEST_SENTENCE, one_line
from checks.model import Claim, Finding, Reason, Severity, State
from checks.vendor import Tier
from monitor.correlate import Disagreement
from monitor.history import Tally
from monitor.outage import Outage
from monitor.standing import Work


class Reading(StrEnum):
    """What came of reading the past from the store."""

    DONE = "done"
    """It is known, but for what happened since the `Strip.until` of each vendor."""
    AWAITED = "awaited"
    """The store has not answered yet. What is known is from before; without that there is none."""
    FAILED = "failed"
    """The store could not be read, and is asked again. What is known is from before; without that there is none."""


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC day of a vendor: how long it was in each state, as far as it was watched; no second of a day before that."""

    day: date
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Strip:
    """The past of a vendor: its *days*, oldest first, the last one counted *until* a moment in it. *whole* is their sum.

    Days follow one another: none is left out.
    """

    days: Sequence[Day]
    whole: Tally
    until: datetime

    def __hash__(self) -> int:
        """Of the sum alone: to go through all days takes as long as to draw them."""
        return hash((self.whole, self.until))

    @property
    def is_young(self) -> bool:
        """Whether its vendor was not watched on all of its days."""
        return not all(day.tally.elapsed for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLeft:
    """The certificate of a vendor's whose end matters most: the key of the *target* that shows it, and its *not_after*.

    *severity* is how the newest look that saw it judged that end. Of those that are judged alike it is the first to end.
    """

    target: str
    not_after: datetime
    severity: Severity = Severity.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A vendor at a glance.

    *state* is held since *since*, which is None until somebody looked: then it is unknown. *measured* is the same without
    what excuses it, and *cause* what the first of the targets said that are as bad; empty while it is up. It *is_measured*
    unless only its page is read: then the state is always unknown and says nothing. It *is_critical* where a target that is
    up has a critical finding. *claim* is None where the vendor says nothing; *admitted_since* is since when it says that
    something is wrong, and *unread* is why its page cannot be read, empty where it can. *apart* is how its word
    and our measurement part, once that is told, since *apart_since*. *page* is the address of its status page as people
    open it, http or https, empty without one. *outage* is the one that is open. *objective* is in percent. *grade* is the
    worst of its TLS grades, empty where there is none. *strip* is None while nothing is known of the past.
    """

    slug: str
    name: str
    team: str
    tier: Tier
    page: str = ""
    state: State = State.UNKNOWN
    since: datetime | None = None
    measured: State = State.UNKNOWN
    is_measured: bool = True
    cause: str = ""
    claim: Claim | None = None
    admitted_since: datetime | None = None
    unread: str = ""
    is_critical: bool = False
    apart: Disagreement | None = None
    apart_since: datetime | None = None
    outage: Outage | None = None
    works: frozenset[Work] = frozenset()
    is_muted: bool = False
    is_flapping: bool = False
    objective: float | None = None
    certificate: CertificateLeft | None = None
    grade: str = ""
    strip: Strip | None = None

    @property
    def is_admitting(self) -> bool:
        """Whether it says that it has trouble of which we see nothing, or that we do not measure; not what is *apart*."""
        is_calm = self.state is State.UP or not self.is_measured
        return is_calm and self.claim is not None and self.claim.is_trouble and self.apart is None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCard:
    """A target of a vendor: its state, its newest look, and what that found.

    *cause* is why it is in that state. *claim* is what the vendor says there, None where the target measures. *every* is in
    seconds. The newest look began *at* a time and took so many *seconds*, both None before the first, as is its *severity*;
    *reason* and *failure* are why it saw nothing, None and empty if it saw something. *findings* are of the newest look that
    did, which began at *good_at*.
    """

    key: str
    check: str
    name: str
    every: float
    state: State
    since: datetime
    cause: str = ""
    claim: Claim | None = None
    severity: Severity | None = None
    at: datetime | None = None
    seconds: float | None = None
    reason: Reason | None = None
    failure: str = ""
    good_at: datetime | None = None
    findings: Sequence[Finding] = ()
    is_flapping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is said on every page: when it was *made_at*, what came of *reading* the past, and how our own network is.

    It *is_blind* while our own network is the suspect; *troubles* are what fails there, none while it is well.
    """

    made_at: datetime
    reading: Reading = Reading.DONE
    is_blind: bool = False
    troubles: Sequence[str] = ()

    @property
    def lacks(self) -> str:
        """The *troubles* in one line; empty while there are none."""
        return one_line("; ".join(self.troubles), LONGEST_SENTENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorBoard(Page):
    """All of one vendor. *outages* are the newest, the newest first; without the store, those that are known without it."""

    card: Card
    targets: Sequence[TargetCard]
    outages: Sequence[Outage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Page):
    """Every vendor, the worst first. While it *is_starting* the daemon does not know yet which vendors there are."""

    cards: Sequence[Card]
    is_starting: bool = False

    @property
    def counts(self) -> Mapping[State, int]:
        """How many vendors are in each state."""
        found = Counter(card.state for card in self.cards)
        return {state: found[state] for state in State}
