"""What an endpoint answered, as facts: the status, the times, and the few values that conditions read.

Nothing of a body is kept but its length and the one value a condition asks for, cut to a length at which it still
compares; nothing of an address but host and path, since a query may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum

from checks.foreign import is_challenge, one_line, read_json
from checks.jsonpath import Missing, find
from checks.network import Answer, Network, Phases, Request
from checks.values import Secret
from checks.vendor import Endpoint, JsonCondition, Scalar

_HEADER_LIMIT = 1024
VALUE_LIMIT = 200
"""How much of a text is kept and shown, in characters, where the condition's own is not longer."""
_NUMBER_LIMIT = 1e300
_MAX_REDIRECTS = 5


class Refusal(StrEnum):
    """How an answer refuses the client that asked, instead of telling how the service is."""

    RATE_LIMIT = "rate_limit"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class JsonValue:
    """What stands at a condition's path: a *value*, or the *problem* that there is none to compare."""

    value: Scalar = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFacts:
    """One answer. *seconds* is all of it, redirects included; the *phases* are those of the last hop.

    *headers* are those that conditions read, in lower case; *hops* are the addresses that were passed on the way and *url*
    the last one, all without their queries.
    """

    status: int
    seconds: float
    phases: Phases
    address: str
    ip_family: str
    http_version: str
    url: str
    hops: tuple[str, ...]
    content_type: str
    body_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    json: JsonValue | None = None
    refusal: Refusal | None = None


async def observe(endpoint: Endpoint, network: Network) -> EndpointFacts:
    """Call the endpoint once and keep what its conditions read. Raises `Unseen` when no answer comes."""
    answer = await network.send(_request(endpoint))
    return EndpointFacts(
        status=answer.status,
        seconds=answer.seconds,
        phases=answer.phases,
        address=answer.connection.address,
        ip_family=answer.connection.ip_family,
        http_version=answer.http_version,
        url=_without_query(answer.url),
        hops=tuple(_without_query(hop) for hop in answer.hops[: _MAX_REDIRECTS + 1]),
        content_type=one_line(answer.headers.get("content-type", "")),
        body_bytes=len(answer.body),
        headers=_read_headers(answer, endpoint.expect.header),
        json=_read_value(answer.body, endpoint.expect.json),
        refusal=_refusal(answer),
    )


def _request(endpoint: Endpoint) -> Request:
    return Request(
        url=endpoint.url,
        method=endpoint.method,
        headers={name: _header_value(value) for name, value in endpoint.headers.items()},
        body=(endpoint.body or "").encode(),
        auth=endpoint.auth,
        fresh=True,
        max_redirects=_MAX_REDIRECTS if endpoint.follow_redirects else 0,
    )


def _header_value(value: str) -> str | Secret:
    return Secret.parse(value) if value.startswith(("env:", "file:")) else value


def timed(phases: Phases) -> Iterator[tuple[str, float]]:
    """The phases that happened, each with its seconds."""
    for phase in fields(phases):
        seconds = getattr(phases, phase.name)
        if seconds is not None:
            yield phase.name, seconds


def _without_query(url: str) -> str:
    """An address without what may be a secret in it."""
    return one_line(url.partition("?")[0])


def _read_headers(answer: Answer, conditions: Mapping[str, str]) -> dict[str, str]:
    names = (name.lower() for name in conditions)
    return {name: one_line(answer.headers[name], _HEADER_LIMIT) for name in names if name in answer.headers}


def _read_value(body: bytes, condition: JsonCondition | None) -> JsonValue | None:
    if condition is None:
        return None
    try:
        value = find(read_json(body), condition.path)
    except ValueError as error:
        return JsonValue(problem=f"the body is not JSON: {one_line(str(error))}")
    match value:
        case Missing(at):
            return JsonValue(problem=f"there is no {condition.path}, only {one_line(at)}")
        case dict() | list():
            return JsonValue(problem=f"{condition.path} is {'an object' if isinstance(value, dict) else 'a list'}")
        case str():
            return JsonValue(value[: max(VALUE_LIMIT, len(str(condition.equals)) + 1)])
        case int() | float() if not abs(value) < _NUMBER_LIMIT:
            return JsonValue(problem=f"{condition.path} is a number beyond all bounds")
    return JsonValue(value)


def _refusal(answer: Answer) -> Refusal | None:
    if is_challenge(answer):
        return Refusal.CHALLENGE
    return Refusal.RATE_LIMIT if answer.status == 429 else None  # noqa: PLR2004 - RFC 6585, section 4
