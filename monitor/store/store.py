"""What a store is: a protocol and its values, without a word of SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from checks.model import Failure, Observation, Severity, State, Target
from checks.plain import Plain
from monitor.alert import Alert
from monitor.history import Judgement, Presence, Rollup, Stretch
from monitor.outage import Outage
from monitor.outbox import Message, Outbox
from monitor.sketch import Sketch
from monitor.state import Held, Transition


class Operation(StrEnum):
    """What was asked of a store when it could not be used. A metric label: closed."""

    OPEN = "open"
    READ = "read"
    WRITE = "write"


class Fault(StrEnum):
    """Why a store cannot be used. A metric label: closed.

    A disk that fails, or refuses for another reason than that it is full, is `IO`: a quota, a limit on a file's size.
    """

    FULL = "full"
    LOCKED = "locked"
    READ_ONLY = "readonly"
    CORRUPT = "corrupt"
    UNREACHABLE = "unreachable"
    IO = "io"
    OTHER = "other"


class StoreUnavailable(Exception):  # noqa: N818 - it is a condition of the database, not an error of the program
    """The database cannot be used because of a *fault*; *detail* names the database, what it said, and the cure."""

    def __init__(self, operation: Operation, detail: str, fault: Fault = Fault.OTHER) -> None:
        super().__init__(f"{operation}: {detail}")
        self.operation = operation
        self.detail = detail
        self.fault = fault

    def __reduce__(self) -> tuple[type[StoreUnavailable], tuple[Operation, str, Fault]]:
        return StoreUnavailable, (self.operation, self.detail, self.fault)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows for vendors and for people from a probe or from the passing of time: each as it is afterwards.

    *alerts* have opened or ended; *reworded* only say it otherwise now. *stretches* begin with it, of targets and vendors.
    """

    outages: tuple[Outage, ...] = ()
    alerts: tuple[Alert, ...] = ()
    messages: tuple[Message, ...] = ()
    reworded: tuple[Alert, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    def __bool__(self) -> bool:
        return self.matters or bool(self.reworded)

    @property
    def matters(self) -> bool:
        """Whether something has changed that somebody is to know, and that must be written whatever happens."""
        return bool(self.outages or self.alerts or self.messages or self.stretches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One probe and what became of its target: *held* is the state after it, *transition* the change if there was one."""

    target: Target[Any]
    observation: Observation[Any]
    severity: Severity
    held: Held
    transition: Transition | None = None
    consequences: Consequences = Consequences()

    @property
    def key(self) -> str:
        """The target's."""
        return self.target.key

    @property
    def at(self) -> datetime:
        """When the probe began."""
        return self.observation.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What happened *at* a time without a probe: that a target was not looked at for too long, that a grace ended.

    *key* and *held* are there when a target's state changed by it, with its *transition*. *presence* is how long we could
    see by now; one that is new ends what was known of later times, which a clock that was set back had not lived yet.
    """

    at: datetime
    key: str = ""
    held: Held | None = None
    transition: Transition | None = None
    consequences: Consequences = Consequences()
    presence: Presence | None = None


Written = Record | Aside
"""What is written, in the order in which it came about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """That nobody is to be told of a *vendor* from *since* until a time (both aware, UTC), and *why*."""

    vendor: str
    since: datetime
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An observation as it is remembered. *facts* and *findings* are plain values, as `checks.plain.plain` made them."""

    key: str
    at: datetime
    seconds: float
    severity: Severity
    failure: Failure | None
    findings: Plain
    facts: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of the past, by the settings: looks and hours that began before these times go, if we watched ever since.

    Each goes as much later as nobody watched, because a clock may be wrong about how long that was.

    Where the database would be larger than so many *bytes*, so does what is oldest.
    """

    observations_since: datetime
    hours_since: datetime
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What one step of `Annals.compact` did: observations that were pressed together, hours rolled up, rows removed.

    *is_done* says that nothing is left to do for now; then it is known how many *bytes* the database has, and how many of
    them are *free*. *too_large* that it is larger than it may be, though all went that may go.
    """

    packed: int = 0
    rolled_up: int = 0
    removed: int = 0
    is_done: bool = True
    bytes: int = 0
    free: int = 0
    too_large: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The rollups of so many *days* of a series added up, from the one that began *first* to the one that began *last*.

    The series is counted *until* a time by now, which may be later than its last day, or in it. *failures* are by reason, or
    by the code of what was found. *latency* is of the looks that did not fail, in seconds.
    """

    first: datetime
    last: datetime
    until: datetime
    days: int
    probes: int
    failures: Mapping[str, int]
    latency: Sketch


class Annals(Protocol):
    """What is kept of the past, and what it is put together from. Every method blocks and may raise `StoreUnavailable`."""

    def living(self) -> Mapping[str, State]:
        """The state of every series that is watched, as its newest stretch has it."""
        ...

    def presences(self, begins: datetime, ends: datetime) -> Sequence[Presence]:
        """The times at which we could see that overlap with this one, whole and oldest first."""
        ...

    def stretches(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Stretch]]:
        """Of every series, or of those named: the stretch in force at *begins*, if any, and those that began before *ends*.

        Oldest first; series without any are left out.
        """
        ...

    def hours(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Rollup]]:
        """The rollups of the hours that begin from *begins* until before *ends*, oldest first; as `stretches` otherwise."""
        ...

    def days(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Rollup]]:
        """The same of UTC days, with their latency."""
        ...

    def totals(
        self,
        begins: datetime,
        ends: datetime,
        series: Collection[str] | None = None,
        *,
        timed: Collection[str] | None = None,
    ) -> Mapping[str, Total]:
        """The days that `days` would give, added up for each series; those without any are left out.

        Latency is only worked out of the series *timed*, where these are said: of many series it takes most of the time.
        """
        ...

    def changes(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Transition]]:
        """The transitions that were believed from *begins* on and began before *ends*, oldest first; as `stretches` else."""
        ...

    def judgements(
        self, begins: datetime, ends: datetime, series: Collection[str] | None = None
    ) -> Mapping[str, Sequence[Judgement]]:
        """Of every target, or of those named: the judgement that held at *begins*, if any, and those from before *ends*.

        Oldest first; targets without any are left out.
        """
        ...

    def outages_within(self, begins: datetime, ends: datetime, vendors: Collection[str] | None = None) -> Sequence[Outage]:
        """The outages, of all vendors or of those named, that overlap with this time, oldest first."""
        ...

    def compact(self, at: datetime, kept: Kept) -> Compacted:
        """Do a bounded part of what keeps the database small; whole, or as if never begun. To be called until it is done."""
        ...


class Store(Outbox, Annals, Protocol):
    """History. Every method blocks, so an event loop calls it in a thread; every method may raise `StoreUnavailable`."""

    def states(self) -> Mapping[str, Held]:
        """The latest state of every target ever written, by key, with the change that was not confirmed yet."""
        ...

    def write(self, entries: Sequence[Written]) -> None:
        """Add *entries*, oldest first, in one transaction. Writing one twice is the same as writing it once.

        An outage and an alert are replaced by what is newer of them; a message that was put down once is never put down
        again, whatever became of it.
        """
        ...

    def transitions(self, key: str | None = None, limit: int = 100) -> Sequence[Transition]:
        """The transitions of one target or of all, the one written last first."""
        ...

    def observations(self, key: str, limit: int = 100, *, before: datetime | None = None) -> Sequence[Past]:
        """What the probes of one target saw, the newest first, and only those *before* a time where that is said."""
        ...

    def outages(self, vendor: str | None = None, *, is_open: bool | None = None, limit: int = 100) -> Sequence[Outage]:
        """The outages of one vendor or of all, the newest first; only open or only closed ones where that is said."""
        ...

    def alerts(self, ended_after: datetime) -> Sequence[Alert]:
        """The alerts that are open, and those that ended later than that, oldest first."""
        ...

    def mutes(self, at: datetime) -> Sequence[Mute]:
        """The mutes that hold *at* a time or later, one for each vendor: the one said last. In the order of vendors."""
        ...

    def mute(self, mute: Mute) -> None:
        """Keep *mute*, which takes the place of what was said of the vendor before; it stays in the store for good."""
        ...

    def close(self) -> None:
        """Let go of the database. May be called again."""
        ...
