"""Values that are written as text in a configuration file and mean more than text.

Each class has ``parse``, which raises `ValueError` with a message that names the cure, a ``pattern`` and ``examples``
for editors. They are plain values: what fills them from YAML lives with the loaders.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


class Seconds(float):
    """A duration, written as Prometheus writes it: ``30s``, ``5m``, ``1h30m``, ``250ms``."""

    __slots__ = ()
    pattern: ClassVar[str] = r"^([0-9]+(ms|s|m|h|d|w))+$"
    examples: ClassVar[tuple[str, ...]] = ("30s", "5m", "1h30m")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a duration above zero."""
        if not re.fullmatch(cls.pattern[1:-1], text):
            msg = f"{text!r} is not a duration: write a number with its unit, like 30s, 5m or 1h30m"
            raise ValueError(msg)
        seconds = sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9]+)(ms|s|m|h|d|w)", text))
        if not seconds:
            msg = f"{text!r} is no time at all: write a duration above zero, like 30s"
            raise ValueError(msg)
        return cls(seconds)


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is to be found when it is needed; never the secret."""

    source: Literal["env", "file"]
    name: str

    pattern: ClassVar[str] = r"^(env|file):.+$"
    examples: ClassVar[tuple[str, ...]] = ("env:STRIPE_KEY", "file:/run/secrets/stripe")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference; anything else is refused without repeating it, because it may be the secret itself."""
        source, _, name = text.partition(":")
        if source == "env" and name:
            return cls("env", name)
        if source == "file" and name:
            return cls("file", name)
        msg = "a secret is written as a reference, never as itself: env:NAME or file:/path"
        raise ValueError(msg)

    def __str__(self) -> str:
        return f"{self.source}:{self.name}"


class Url(str):
    """An absolute http or https address without user, password, fragment or anything parsers read differently."""

    __slots__ = ()
    pattern: ClassVar[str] = r"^https?://[^\s\\@#/?]+([/?][^\s\\#]*)?$"
    examples: ClassVar[tuple[str, ...]] = ("https://api.example.com/health",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; the message says which part is wrong."""
        problem = _url_problem(text)
        if problem:
            msg = f"{re.sub(r'//[^/]*@', '//…@', text)!r} {problem}"
            raise ValueError(msg)
        return cls(text)

    @property
    def host(self) -> str:
        """The host name or address in lower case, an IPv6 address without its brackets."""
        return urlsplit(self).hostname or ""

    @property
    def port(self) -> int:
        """The port, also where it is not written."""
        parts = urlsplit(self)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def is_tls(self) -> bool:
        """Whether the scheme is https."""
        return urlsplit(self).scheme == "https"


def _url_problem(text: str) -> str | None:
    """What is wrong with *text* as an address, or None."""
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        return "has a space, a backslash or a control character: percent-encode it"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        return f"is not an address: {error}"
    if parts.scheme not in {"http", "https"}:
        return "must begin with https:// or http://"
    if not parts.hostname:
        return "names no host"
    if "@" in parts.netloc:
        return "has a user or password in it: use auth: with a reference to the secret"
    if parts.fragment:
        return "has a #fragment, which is never sent: leave it out"
    return "has port 0" if port == 0 else None


@dataclass(frozen=True, slots=True)
class Address:
    """A host and a port, written ``host:port`` or ``[2001:db8::1]:443``."""

    host: str
    port: int

    pattern: ClassVar[str] = r"^(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):[0-9]{1,5}$"
    examples: ClassVar[tuple[str, ...]] = ("api.example.com:443",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a host and a port; both are needed."""
        match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):([0-9]{1,5})", text)
        if not match:
            msg = f"{text!r} is not host:port, like api.example.com:443"
            raise ValueError(msg)
        host, port = match[1].strip("[]").lower(), int(match[2])
        if not 0 < port < 65536:  # noqa: PLR2004 - the range of a port is no secret
            msg = f"{text!r}: a port is between 1 and 65535"
            raise ValueError(msg)
        return cls(str(ipaddress.ip_address(host)) if match[1].startswith("[") else host, port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
