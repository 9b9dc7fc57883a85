"""Where a redirect leads and what goes along: pure rules after RFC 9110, section 15.4.

Credentials stay with the origin they were meant for. What leads from https to http, in a circle or on for ever is `Unseen`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urljoin, urlsplit

from checks.foreign import quoted
from checks.model import Reason, Unseen
from checks.values import Url

_FOLLOWED = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER = 303
_REWRITES_POST = frozenset({301, 302})
"""What turns POST into GET, as every client does (RFC 9110, sections 15.4.2 and 15.4.3)."""
_ABOUT_CONTENT = frozenset(
    {"content-type", "content-length", "content-encoding", "content-language", "content-location", "digest", "last-modified"}
)
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "host"})
"""Headers that are for one origin only, beside those that came from secrets."""
_PLACE = re.compile(
    r"((?:[a-z][a-z0-9+.-]*:)?//)(?:[^/?#]*@)?(\[[0-9a-f:.]*\]|[^][/?#:@\\\s]*)(:[0-9]*)?(?=[/?#]|\Z)(/[^?#]*)?",
    re.IGNORECASE,
)
"""Scheme, host, port and path of an address that only almost is one, without user and query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One request of a chain of redirects. Header names are in lower case; *secret* are those that came from secrets."""

    url: str
    method: str
    headers: Mapping[str, str]
    secret: frozenset[str] = frozenset()
    body: bytes = b""

    @property
    def place(self) -> str:
        """The address without its query, which may hold what is not to be kept."""
        return _place(self.url)


def is_redirect(status: int, location: str) -> bool:
    """Whether an answer sends us elsewhere by itself."""
    return status in _FOLLOWED and bool(location)


def follow(hop: Hop, status: int, location: str) -> Hop:
    """The request that a redirect of *hop* asks for.

    Raises `Unseen` with `Reason.HTTP` when *location* is no address, or not one to go to.
    """
    url = _target(hop.url, location)
    if urlsplit(hop.url).scheme == "https" and not url.is_tls:
        raise Unseen(Reason.HTTP, f"{hop.place} redirects from https to http: {quoted(_place(url))}", lasting=True)
    return _without_credentials(_with_method(replace(hop, url=str(url)), status), hop.url)


def _target(base: str, location: str) -> Url:
    try:
        return Url.parse(urldefrag(urljoin(base, location)).url)
    except ValueError as error:
        raise Unseen(Reason.HTTP, f"a redirect to an address that cannot be followed{_shown(location)}") from error


def _place(url: str) -> str:
    return url.partition("?")[0]


def _shown(location: str) -> str:
    """Scheme, host and path of *location* for a sentence; nothing of what has none, since anything in it may be a secret."""
    place = _PLACE.match(location)
    return f": {quoted(''.join(part for part in place.groups() if part))}" if place else ""


def _with_method(hop: Hop, status: int) -> Hop:
    if not (hop.method != "HEAD" if status == _SEE_OTHER else hop.method == "POST" and status in _REWRITES_POST):
        return hop
    headers = {name: value for name, value in hop.headers.items() if name not in _ABOUT_CONTENT}
    return replace(hop, method="GET", headers=headers, body=b"")


def _without_credentials(hop: Hop, before: str) -> Hop:
    """*hop* without what was only for the origin of *before*, unless it is the same (RFC 6454, section 5)."""
    if origin(hop.url) == origin(before):
        return hop
    dropped = _CREDENTIALS | hop.secret
    headers = {name: value for name, value in hop.headers.items() if name not in dropped}
    return replace(hop, headers=headers, secret=frozenset())


def origin(url: str) -> tuple[bool, str, int]:
    """Whose an address is: whether inside TLS, host and port."""
    address = Url(url)
    return address.is_tls, address.host, address.port
