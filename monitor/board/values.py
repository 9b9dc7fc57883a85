"""What the board says, as immutable values. Times are aware, in UTC; shares are between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checks.model import Claim, Finding, Severity, State
from monitor.correlate import Disagreement
from monitor.history import Tally
from monitor.outage import Outage
from monitor.standing import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A UTC day of a vendor: how long it was in each state, as far as it was watched; nothing of a day before that."""

    day: date
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The past of a vendor: so many *days*, oldest first, the last one today as far as it has gone. *whole* is their sum."""

    days: Sequence[Day]
    whole: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLeft:
    """The certificate of a vendor's that ends first: which *target* shows it and when it is *not_after*."""

    target: str
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A vendor at a glance.

    *state* is held since *since*, both None until its first look came to something. *claim* is None where the vendor says
    nothing; *apart* is how its word and our measurement part. *page* is the address of its status page, empty without
    one. *down* are the targets that are down, *outage* the one that is open. *strip* is None while the store cannot be read.
    *grade* is the worst of its TLS grades, empty where there is none.
    """

    slug: str
    name: str
    team: str
    tier: str
    page: str = ""
    state: State | None = None
    since: datetime | None = None
    claim: Claim | None = None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCard:
    """A target of a vendor: its state, its newest look, and what that found.

    *at* is when the newest look began, None before the first; *failure* is why it saw nothing, in one line, empty if it saw
    something. *findings* are of the newest look that did, made at *good_at*.
    """

    key: str
    check: str
    name: str
    every: float
    state: State
    since: datetime
    severity: Severity
    at: datetime | None = None
    seconds: float | None = None
    failure: str = ""
    good_at: datetime | None = None
    findings: Sequence[Finding] = ()
    is_flapping: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorBoard:
    """All of one vendor. *outages* are the newest, the newest first; None while the store cannot be read."""

    card: Card
    targets: Sequence[TargetCard]
    outages: Sequence[Outage] | None
    made_at: datetime
    is_blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Every vendor, the worst first. *counts* are of vendors by state; *is_blind* while our own network is the suspect."""

    cards: Sequence[Card]
    counts: Mapping[State, int]
    made_at: datetime
    is_blind: bool = False
