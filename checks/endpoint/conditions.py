"""What an answer must be like: each condition that does not hold is a finding of its own. Pure.

An answer that refuses only us (429, a challenge page) is no verdict on the vendor: the target is unknown then, never
down. A 401 or 403 is critical all the same, since whoever depends on the vendor is refused too.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from checks.endpoint.facts import VALUE_LIMIT, EndpointFacts, Refusal, timed
from checks.foreign import one_line, quoted
from checks.model import Finding, Severity
from checks.vendor import Endpoint, Scalar


def judge(facts: EndpointFacts, endpoint: Endpoint, _at: datetime, _last: EndpointFacts | None) -> Iterator[Finding]:
    """A finding for each condition that does not hold, or one that all is well.

    A refusal is the only finding of its answer: what a bot filter sends says nothing of the service behind it.
    """
    if facts.refusal and facts.status not in endpoint.expect.status:
        yield _refused(facts, facts.refusal)
        return
    failed = [finding for condition in _CONDITIONS for finding in condition(facts, endpoint)]
    yield from failed
    if not failed:
        yield Finding("endpoint.ok", Severity.OK, f"{facts.status} in {duration_text(facts.seconds)} over {facts.ip_family}")


def _refused(facts: EndpointFacts, refusal: Refusal) -> Finding:
    message = f"{facts.status}: {_REFUSALS[refusal]}"
    return Finding("endpoint.status", Severity.UNKNOWN, message, transient=True)


_REFUSALS = {
    Refusal.RATE_LIMIT: "the vendor limits how often we may ask, which says nothing of how it serves others",
    Refusal.CHALLENGE: "a challenge page of a bot filter, which says nothing of the service behind it",
}


_TRANSIENT_STATUS = frozenset({408, 425})
_STATUS_HINTS = {
    401: "; the credentials were not accepted: check auth: of this endpoint",
    403: "; we are refused: check auth: of this endpoint and the vendor's allow-list of addresses",
    404: "; there is nothing at this address: check url:",
}


def _judge_status(facts: EndpointFacts, endpoint: Endpoint) -> Iterator[Finding]:
    accepted = endpoint.expect.status or range(200, 300)
    if facts.status in accepted:
        return
    wanted = " or ".join(map(str, endpoint.expect.status)) or "a 2xx"
    message = f"{facts.status} instead of {wanted} after {duration_text(facts.seconds)}{_STATUS_HINTS.get(facts.status, '')}"
    passing = facts.status >= 500 or facts.status in _TRANSIENT_STATUS  # noqa: PLR2004 - RFC 9110, section 15.6
    yield Finding("endpoint.status", Severity.CRITICAL, message, transient=passing)


def _judge_time(facts: EndpointFacts, endpoint: Endpoint) -> Iterator[Finding]:
    limit = endpoint.expect.max_seconds
    if limit is None or facts.seconds <= limit:
        return
    message = f"{duration_text(facts.seconds)}, longer than {duration_text(limit)}{_most_of_it(facts)}"
    yield Finding("endpoint.slow", Severity.WARNING, message, transient=True)


def _most_of_it(facts: EndpointFacts) -> str:
    """Where more than half of the time went, as the end of a sentence; nothing where no such place is known."""
    phases = dict(timed(facts.phases))
    slowest = max(phases, key=phases.__getitem__, default="")
    if slowest and phases[slowest] > facts.seconds / 2:
        return f"; most of it was {slowest}, {duration_text(phases[slowest])}"
    if facts.hops and sum(phases.values()) < facts.seconds / 2:
        return "; most of it was before the last redirect"
    return ""


def _judge_headers(facts: EndpointFacts, endpoint: Endpoint) -> Iterator[Finding]:
    for name, pattern in endpoint.expect.header.items():
        value = facts.headers.get(name.lower())
        if value is None:
            yield Finding("endpoint.header", Severity.CRITICAL, f"there is no header {name}", transient=True)
        elif not _fits(value, pattern):
            message = f"header {name} is {quoted(value)}, not like {pattern}"
            yield Finding("endpoint.header", Severity.CRITICAL, message, transient=True)


def _fits(value: str, pattern: str) -> bool:
    """Whether *value* fits *pattern*, in which only * and ? are special; upper and lower case are the same."""
    return re.match(fnmatch.translate(pattern.replace("[", "[[]")), value, re.IGNORECASE) is not None


def _judge_json(facts: EndpointFacts, endpoint: Endpoint) -> Iterator[Finding]:
    condition, found = endpoint.expect.json, facts.json
    if condition is None or found is None:
        return
    if found.problem:
        yield Finding("endpoint.json", Severity.CRITICAL, found.problem, transient=True)
    elif not _same(found.value, condition.equals):
        message = f"{condition.path} is {_shown(found.value)}, not {_shown(condition.equals)}"
        yield Finding("endpoint.json", Severity.CRITICAL, message, transient=True)


def _same(found: Scalar, wanted: Scalar) -> bool:
    """Equality as JSON has it: true is not 1, but 1.0 is, since JSON knows one kind of number (RFC 8259, section 6)."""
    return isinstance(found, bool) == isinstance(wanted, bool) and found == wanted


def _shown(value: Scalar) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return quoted(value, VALUE_LIMIT)
    return one_line(str(value))


_CONDITIONS: tuple[Callable[[EndpointFacts, Endpoint], Iterable[Finding]], ...] = (
    _judge_status,
    _judge_time,
    _judge_headers,
    _judge_json,
)


def duration_text(seconds: float) -> str:
    """A duration for people: ``83 ms`` or ``2.40 s``."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
