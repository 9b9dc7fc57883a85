"""An address of a vendor's that is called, and what its answer must be like, as the vendor's file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from checks import jsonpath
from checks.headers import TOKEN, headers_problems
from checks.values import Seconds, Secret, Url
from checks.vendor.holding import require

Scalar = str | int | float | bool | None
"""What a JSON condition compares with."""

_STATUS_CODES = range(100, 600)
"""What status codes may be (RFC 9110, section 15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicAuth:
    """A user and a password (RFC 7617)."""

    user: str
    """The user name."""
    password: Secret
    """Where the password is: env:NAME or file:/path."""

    def __post_init__(self) -> None:
        # A colon would end the user (RFC 7617, section 2).
        fault = re.search(r"[:\x00-\x1f\x7f]", self.user)
        require((not fault, "user: must have no colon and no control character in it"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Credentials of a request, by reference."""

    bearer: Secret | None = None
    """Where the bearer token is: env:NAME or file:/path."""
    basic: BasicAuth | None = None
    """A user, and where the password is."""

    def __post_init__(self) -> None:
        require(((self.bearer is None) != (self.basic is None), "give auth: either bearer: or basic:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonCondition:
    """A value that must stand in a JSON answer."""

    path: str
    """Where the value stands: $.status, $.regions[0].state"""
    equals: Scalar
    """What it must be, type included."""

    def __post_init__(self) -> None:
        jsonpath.steps(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What an answer must be like. Each condition that does not hold is a finding of its own."""

    status: tuple[int, ...] = ()
    """The accepted status codes; default any 2xx."""
    max_seconds: float | None = None
    """The slowest answer that is still well, in seconds; slower is degraded, not down."""
    header: Mapping[str, str] = field(default_factory=dict)
    """Header name to a pattern with * and ?, like content-type: text/*"""
    json: JsonCondition | None = None
    """A value that must stand in the JSON body."""

    def __post_init__(self) -> None:
        require(
            *(
                (code in _STATUS_CODES, f"status[{index}]: {code} is not an HTTP status code: they run from 100 to 599")
                for index, code in enumerate(self.status)
            ),
            (self.max_seconds is None or self.max_seconds > 0, "max_seconds must be above 0"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address of the vendor's that we call ourselves."""

    url: Url
    """The address to call."""
    name: str | None = None
    """What to call the target; default its host and path. It is a metric label: keep it."""
    every: Seconds | None = None
    """How often to call it; default 60s."""
    method: str = "GET"
    """The HTTP method."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers to send. A value env:NAME or file:/path is a reference to a secret; keys, tokens and cookies must be one."""
    body: str | None = None
    """What to send as the request's body."""
    auth: Auth | None = None
    """Credentials, by reference: {bearer: env:TOKEN} or {basic: {user: me, password: file:/path}}"""
    follow_redirects: bool = True
    """Whether to follow redirects, at most five; otherwise a redirect is the answer."""
    expect: Expect = field(default_factory=Expect)
    """What the answer must be like."""

    def __post_init__(self) -> None:
        tunnel = "method: CONNECT opens a tunnel and has no answer to look at: use GET or HEAD"
        named = {name.lower() for name in self.headers}
        require(
            (TOKEN.fullmatch(self.method), "method: is not an HTTP method, like GET or HEAD"),
            (self.method.upper() != "CONNECT", tunnel),
            (self.name != "", "name: is empty; leave it out for the default"),
            *((False, f"headers: {problem}") for problem in headers_problems(self.headers)),
            (not (self.auth and "authorization" in named), "auth: goes without a header authorization: keep one of the two"),
        )
