"""The shapes of rules: a number or a list, the day from which it holds, and who says so where.

A rule is judged at a time that is handed in. What it depends on is stated by the shape that has it: the day a certificate
was issued, or the day of the judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase

from checks.model import Severity

_INCLUSIVE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands: the *title* of a document, the *section*, and the *date* of the edition that says it.

    Where only the month is known, as of an RFC, it is the first day of that.
    """

    title: str
    section: str
    date: date

    def __str__(self) -> str:
        place = f"{self.title}, {self.section}" if self.section else self.title
        return f"{place} ({self.date})"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the finding *code* means: its *title*, its usual *severity*, and *why* it matters, in a sentence or two.

    *why* is said to somebody who uses the server's service and does not run it.
    """

    code: str
    title: str
    severity: Severity
    why: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Limit:
    """How many *days* a certificate may live that was issued on *since* or later, until the next limit begins."""

    days: int
    since: date
    citation: Citation

    def allows(self, not_before: datetime, not_after: datetime) -> bool:
        """Whether a certificate with these ends keeps to it."""
        return lifetime(not_before, not_after) <= timedelta(days=self.days)


def lifetime(not_before: datetime, not_after: datetime) -> timedelta:
    """How long a certificate lives. Both ends belong to its life (RFC 5280, section 4.1.2.5)."""
    return not_after - not_before + _INCLUSIVE


@dataclass(frozen=True, slots=True)
class Count:
    """How many signed certificate timestamps are owed, from how many different operators of logs."""

    timestamps: int
    operators: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Size:
    """The smallest number of *bits* a key or group may have."""

    bits: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Deadline:
    """The *day* from which something may no longer be done."""

    day: date
    citation: Citation

    def has_come(self, at: datetime) -> bool:
        """Whether *at* is on that day, in UTC, or later."""
        return day_of(at) >= self.day


def day_of(at: datetime) -> date:
    """The day in UTC of an aware time."""
    return at.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class Term:
    """Names that hold from the day *since* to the day *until*, both included.

    In a name ``*`` stands for any text and ``?`` for one letter or digit.
    """

    names: tuple[str, ...]
    since: date = date.min
    until: date = date.max

    def holds(self, at: datetime) -> bool:
        """Whether its time is now."""
        return self.since <= day_of(at) <= self.until

    def has(self, name: str) -> bool:
        """Whether *name* is one of its names."""
        return any(fnmatchcase(name, pattern) for pattern in self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one guideline asks of a server; what it says nothing of is left empty, and then everything is allowed.

    *effective* is the day from which it counts. *versions*, *suites* and *groups* are what may be accepted, *required* the
    versions that must be; all by the names that are in use elsewhere: ``TLSv1.3``, IANA's for suites and groups. Sizes are
    in bits and mean the server's own key, *dh_bits* the group of a DHE suite. *key_types* are those of the server's key
    (``rsa``, ``ec``). *max_days* is the longest life of its certificate, *hsts_seconds* the least max-age of HSTS.
    """

    name: str
    citation: Citation
    effective: date
    versions: tuple[Term, ...]
    required: tuple[Term, ...] = ()
    suites: tuple[Term, ...] = ()
    groups: tuple[Term, ...] = ()
    key_types: tuple[str, ...] = ()
    rsa_bits: int = 2048
    ec_bits: int = 256
    dh_bits: int = 2048
    max_days: int | None = None
    hsts_seconds: int = 0

    def allows_version(self, name: str, at: datetime) -> bool:
        """Whether a server may speak the version *name*."""
        return _allows(self.versions, name, at)

    def allows_suite(self, name: str, at: datetime) -> bool:
        """Whether a server may accept the suite *name*."""
        return _allows(self.suites, name, at)

    def allows_group(self, name: str, at: datetime) -> bool:
        """Whether a server may agree on keys in the group *name*."""
        return _allows(self.groups, name, at)

    def required_versions(self, at: datetime) -> tuple[str, ...]:
        """The versions that a server must speak."""
        return tuple(name for term in self.required if term.holds(at) for name in term.names)


def _allows(terms: tuple[Term, ...], name: str, at: datetime) -> bool:
    return not terms or any(term.holds(at) and term.has(name) for term in terms)
