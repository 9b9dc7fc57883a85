"""The words every check, the daemon and the command share, as immutable values.

Nothing here acts. Enumerations are closed on purpose: their values become metric labels and JSON, so adding a member is
an interface change. Wherever "worst" is asked for, the order is that of the members below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Generic, TypeVar

from checks.plain import UNTOLD

S = TypeVar("S")
"""A check's settings: a frozen dataclass."""
F = TypeVar("F")
"""A check's facts: a frozen dataclass of plain values."""
R = TypeVar("R", bound=Enum)


def _worst(members: type[R], values: Iterable[R], default: R) -> R:
    """The value that stands last in the definition of *members*."""
    order = list(members)
    return max(values, key=order.index, default=default)


class Severity(StrEnum):
    """How much a finding matters, mildest first; unknown outranks warning but not critical."""

    OK = "ok"
    WARNING = "warning"
    UNKNOWN = "unknown"
    CRITICAL = "critical"

    @property
    def exit_code(self) -> int:
        """The number of the monitoring-plugin convention: 0 ok, 1 warning, 2 critical, 3 unknown."""
        return {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}[self.value]

    @staticmethod
    def worst(severities: Iterable[Severity]) -> Severity:
        """The worst of *severities*; `OK` of none."""
        return _worst(Severity, severities, Severity.OK)


class State(StrEnum):
    """What a target or a vendor is in, mildest first."""

    UP = "up"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    UNKNOWN = "unknown"
    DOWN = "down"

    @staticmethod
    def worst(states: Iterable[State]) -> State:
        """The worst of *states*; `UNKNOWN` of none, because then nobody looked."""
        return _worst(State, states, State.UNKNOWN)


class Claim(StrEnum):
    """What a vendor says of itself, in the words most status pages use, mildest first."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    UNKNOWN = "unknown"
    MAJOR_OUTAGE = "major_outage"

    @staticmethod
    def worst(claims: Iterable[Claim]) -> Claim:
        """The worst of *claims*; `OPERATIONAL` of none. A word that may mean anything outranks all but a major outage."""
        return _worst(Claim, claims, Claim.OPERATIONAL)

    @property
    def badness(self) -> int:
        """Its place among all, for sorting: the mildest has 0."""
        return _BADNESS[self]

    @property
    def is_trouble(self) -> bool:
        """Whether it admits that something is wrong, which work that was announced is not."""
        return self in {Claim.DEGRADED, Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE}


_BADNESS = {claim: place for place, claim in enumerate(Claim)}


class Reason(StrEnum):
    """Why a look failed. A metric label: closed, and every failure ends in exactly one."""

    DNS = "dns"
    """The name has no address: NXDOMAIN, or an answer without one."""
    RESOLVER = "resolver"
    """The name could not be asked for: resolver time-out, SERVFAIL, no resolver. It may be ours."""
    CONNECT = "connect"
    """No connection, or it was cut: reset, host unreachable, closed before the answer."""
    REFUSED = "refused"
    """The host answered that nothing listens on the port."""
    TIMEOUT = "timeout"
    """The deadline passed: silent, slow or dripping."""
    TLS = "tls"
    """No TLS session, or a certificate that cannot be trusted for this name."""
    HTTP = "http"
    """The answer is not HTTP, or HTTP that leads nowhere: a redirect loop, a redirect from https to http."""
    TOO_LARGE = "too_large"
    """Headers or decoded body over the limit."""
    PARSE = "parse"
    """The payload was not understood: a platform has changed, or this is not one."""
    MOVED = "moved"
    """The page is elsewhere now: another identity, or a redirect that dropped the path."""
    PRIVATE = "private"
    """The page asks for a login."""
    BLOCKED = "blocked"
    """The vendor refused us, not everybody: a challenge page, 403, 429."""
    CONFIG = "config"
    """Our configuration forbids the look: a guarded address, a missing secret. Never downtime."""
    OFFLINE = "offline"
    """Our own network is the suspect: no route, a broken proxy, every vendor failing at once."""
    INTERNAL = "internal"
    """A bug of ours."""

    @property
    def blames_vendor(self) -> bool:
        """Whether a measurement that failed so counts against the vendor, once confirmed."""
        return self in _BLAMES_VENDOR

    @property
    def is_transient(self) -> bool:
        """Whether another try may well end otherwise, so that one is owed before a state moves."""
        return self not in {Reason.CONFIG, Reason.INTERNAL}


_BLAMES_VENDOR = frozenset({Reason.DNS, Reason.CONNECT, Reason.REFUSED, Reason.TIMEOUT, Reason.TLS, Reason.HTTP})


@dataclass(frozen=True, slots=True)
class Failure:
    """A look that failed. *detail* is for people: one sentence that may quote the peer; never a label.

    *lasting* says that the next try would end the same, whatever its reason lets others expect: an expired certificate is as
    expired in five seconds, where a handshake that broke off is not. It is for whoever decides what to believe, and is
    neither shown nor stored.
    """

    reason: Reason
    detail: str
    lasting: bool = field(default=False, metadata=UNTOLD)

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}"


class Unseen(Exception):  # noqa: N818 - it is not an error of the program but what a look came to
    """Raised by ``observe`` and by a `Network` when there is nothing to judge: the only exception raised on purpose."""

    def __init__(self, reason: Reason, detail: str, *, lasting: bool = False) -> None:
        super().__init__(f"{reason}: {detail}")
        self.failure = Failure(reason, detail, lasting)

    def __reduce__(self) -> tuple[type[Unseen], tuple[Reason, str], dict[str, Failure]]:
        return Unseen, (self.failure.reason, self.failure.detail), {"failure": self.failure}


_STATE_OF_SEVERITY = {
    Severity.OK: State.UP,
    Severity.WARNING: State.DEGRADED,
    Severity.UNKNOWN: State.UNKNOWN,
    Severity.CRITICAL: State.DOWN,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A judged fact.

    *code* is stable and dotted (``cert.expiring``); *message* is one sentence for people. *implies* is what the
    finding says of the target's state where that is not what its severity says by itself: a certificate with three days
    left is critical to somebody, and yet the service is up. *transient* says that another look may well end otherwise, so
    that a state moves only when it is confirmed: an answer of 503 is, an expired certificate is not.
    """

    code: str
    severity: Severity
    message: str
    implies: State | None = None
    transient: bool = False

    @property
    def state(self) -> State:
        """What this finding says the target is in."""
        return self.implies or _STATE_OF_SEVERITY[self.severity]


class MetricType(StrEnum):
    """The types a check may declare. Counters and histograms belong to the daemon."""

    GAUGE = "gauge"


@dataclass(frozen=True, slots=True)
class Metric:
    """A declared number.

    *name* carries the prefix ``vendor_`` and its base unit; *labels* are those beside ``vendor``, ``check`` and
    ``target``, which every metric of a check has.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    type: MetricType = MetricType.GAUGE


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric; *labels* gives each of ``metric.labels`` a value from a bounded set."""

    metric: Metric
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Generic[S]):
    """Vendor x check x name: one thing that is probed at an interval.

    *every* and *deadline* are seconds; the deadline is always the shorter. *host* is what its probes talk to (``""``: to
    nobody): targets of one host are limited together. *together*, where it is said, names what this target shares with
    others: they are probed at the same moments, and one answer serves them all.
    """

    vendor: str
    check: str
    name: str
    settings: S
    every: float
    deadline: float
    host: str = ""
    together: str = ""

    @property
    def key(self) -> str:
        """The target's identity in the store, in JSON and on the command line: ``stripe/tls/api.stripe.com``."""
        return f"{self.vendor}/{self.check}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation(Generic[F]):
    """What one probe saw: *facts*, or a *failure*; never both, never neither.

    *at* is when the probe began (aware, UTC), *seconds* how long it took by a monotonic clock.
    """

    key: str
    at: datetime
    seconds: float
    facts: F | None = None
    failure: Failure | None = None
    findings: tuple[Finding, ...] = ()
    samples: tuple[Sample, ...] = ()

    def __post_init__(self) -> None:
        if (self.facts is None) == (self.failure is None):
            msg = f"{self.key}: an observation has either facts or a failure"
            raise ValueError(msg)
