"""Who may see what the daemon serves: the shape of ``access:`` in ``monitor.yaml``, and whether a request may.

What a request brought and what it should have brought are compared by their digests, all of them to the last byte, so that
the time it takes tells nothing of a secret, not even how long it is. A secret is looked up for each request: what a file
holds from now on counts from now on. One that cannot be had lets nobody in.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from checks.values import Secret
from checks.vendor import BasicAuth
from checks.vendor.holding import require

_LONGEST_COMPOSED = 1024
"""Putting marks on their letters takes time by the square of how many there are, and anybody may send any."""
_REALM = 'realm="vendorwatch"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a request must bring to be answered. With both, either will do: a token for Prometheus, a password for people."""

    bearer: Secret | None = None
    """Where the token is: env:NAME or file:/path."""
    basic: BasicAuth | None = None
    """A user, and where the password is; browsers ask for the two."""

    def __post_init__(self) -> None:
        require(
            (self.bearer or self.basic, "names nothing to bring, and nobody would come in: give bearer:, basic: or both")
        )

    @property
    def secrets(self) -> Iterator[Secret]:
        """What has to be looked up."""
        if self.bearer:
            yield self.bearer
        if self.basic:
            yield self.basic.password

    @property
    def challenges(self) -> Iterator[str]:
        """What is asked for, as ``WWW-Authenticate`` says it (RFC 6750, section 3; RFC 7617, section 2.1)."""
        if self.basic:
            yield f'Basic {_REALM}, charset="UTF-8"'
        if self.bearer:
            yield f"Bearer {_REALM}"


def admits(access: Access, authorization: str, reveal: Callable[[Secret], str]) -> bool:
    """Whether an ``Authorization`` header, its bytes as Latin-1, brings what *access* asks for.

    *reveal* is asked for the secret that the header should have, and for no other; what it raises is raised here.
    """
    scheme, _, brought = authorization.encode("latin-1", "replace").strip(b" \t").partition(b" ")
    match scheme.lower():
        case b"bearer" if access.bearer:
            return _is_same(brought.lstrip(b" "), reveal(access.bearer))
        case b"basic" if access.basic:
            return _is_same(_decoded(brought.lstrip(b" ")), f"{access.basic.user}:{reveal(access.basic.password)}")
    return False


def _is_same(brought: bytes, wanted: str) -> bool:
    """Two ways to write one text are the same (RFC 8265, section 4.2.2, "Normalization Rule"), up to a length."""
    return hmac.compare_digest(*(sha256(_composed(each)).digest() for each in (brought, wanted.encode())))


def _composed(text: bytes) -> bytes:
    if len(text) > _LONGEST_COMPOSED:
        return text
    try:
        return unicodedata.normalize("NFC", text.decode()).encode()
    except UnicodeDecodeError:
        return text


def _decoded(pair: bytes) -> bytes:
    """User, colon and password; nothing where it is no base64."""
    try:
        return base64.b64decode(pair, validate=True)
    except ValueError:
        return b""
