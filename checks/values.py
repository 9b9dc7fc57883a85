"""Values that are written as text in a configuration file and mean more than text.

Each class has ``parse``, which raises `ValueError` with a message that names the cure, a ``pattern`` and ``examples``
for editors. They are plain values: what fills them from YAML lives with the loaders. A message repeats what was written
only where that is too short and too plain for a secret that somebody put into the wrong place.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from checks.hosts import host_problem

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_MAX_PORT = 65_535
_LONGEST_SECONDS = 366 * _UNITS["d"]
_PLAIN_DURATION = re.compile(r"-?[0-9][0-9a-z.:]{0,11}")
_SHIFTS = {"MB": 20, "GB": 30, "TB": 40}
_PLAIN_SIZE = re.compile(r"-?[0-9][0-9A-Za-z., ]{0,11}")
_PLAIN_DATE = re.compile(r"[0-9][0-9a-zA-Z/. -]{0,15}")
_PLAIN_ADDRESS = re.compile(r"[\w .:\[\]-]{1,64}")


class Seconds(float):
    """A duration, written as Prometheus writes it: ``30s``, ``5m``, ``1h30m``, ``250ms``; at most a leap year."""

    __slots__ = ()
    pattern: ClassVar[str] = r"^([0-9]{1,11}(ms|s|m|h|d|w)){1,6}$"
    examples: ClassVar[tuple[str, ...]] = ("30s", "5m", "1h30m")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a duration above zero."""
        said = f"{text!r} " if _PLAIN_DURATION.fullmatch(text) else ""
        if not re.fullmatch(r"([0-9]+(ms|s|m|h|d|w))+", text):
            msg = f"{said}is not a duration: write a number with its unit, like 30s, 5m or 1h30m"
            raise ValueError(msg)
        is_short = re.fullmatch(cls.pattern[1:-1], text)  # Digits without end would cost time, and then be no float.
        seconds = sum(int(n) * _UNITS[u] for n, u in re.findall(r"([0-9]+)(ms|s|m|h|d|w)", text)) if is_short else None
        if seconds is None or seconds > _LONGEST_SECONDS:
            msg = f"{said}is too long: a duration is at most 366d"
            raise ValueError(msg)
        if not seconds:
            msg = f"{said}is no time at all: write a duration above zero, like 30s"
            raise ValueError(msg)
        return cls(seconds)


class Size(int):
    """So many bytes, written as Prometheus writes them: ``512MB``, ``1GB``; each unit is 1024 of the one before it."""

    __slots__ = ()
    pattern: ClassVar[str] = r"^[0-9]{1,6}(MB|GB|TB)$"
    examples: ClassVar[tuple[str, ...]] = ("512MB", "1GB")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a size above zero."""
        said = f"{text!r} " if _PLAIN_SIZE.fullmatch(text) else ""
        found = re.fullmatch(r"([0-9]{1,6})(MB|GB|TB)", text)
        if not found or not int(found[1]):
            msg = f"{said}is not a size: write a number above zero with its unit, like 512MB or 1GB"
            raise ValueError(msg)
        return cls(int(found[1]) << _SHIFTS[found[2]])


class Day(date):
    """A day in UTC, written ``2027-03-31`` (ISO 8601, year, month and day)."""

    __slots__ = ()
    pattern: ClassVar[str] = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    examples: ClassVar[tuple[str, ...]] = ("2027-03-31",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a day that the calendar has."""
        said = f"{text!r} " if _PLAIN_DATE.fullmatch(text) else ""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            msg = f"{said}is not a date: write year, month and day, like 2027-03-31"
            raise ValueError(msg)
        try:
            return cls.fromisoformat(text)
        except ValueError:
            msg = f"{said}is not a date: the calendar has no such day"
            raise ValueError(msg) from None

    def is_over(self, at: datetime) -> bool:
        """Whether the whole day lies before *at*, an aware time."""
        return at.astimezone(UTC).date() > self


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
        """Read an address; the message says which part is wrong, without repeating it: there may be a password in it."""
        problem = _url_problem(text)
        if problem:
            raise ValueError(problem)
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
        return "the address has a space, a backslash or a control character in it: percent-encode it"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:  # Its words repeat the address, password and all.
        return "the address cannot be read: its host has brackets or characters that belong in none"
    if parts.scheme not in {"http", "https"}:
        return "the address must begin with https:// or http://"
    if "@" in parts.netloc:
        return "the address has a user or password in it: leave it out; only an endpoint takes credentials, under auth:"
    if not host:
        return "the address names no host"
    if not _has_port(parts.netloc):
        return "the port of the address is not a number from 1 to 65535"
    if parts.fragment:
        return "the address has a #fragment, which is never sent: leave it out"
    problem = host_problem(host)
    return problem and f"the host of the address {problem}"


def _has_port(netloc: str) -> bool:
    """Whether the port in *netloc*, if any, is one."""
    port = netloc.rpartition("]")[2].partition(":")[2]
    return not port or (re.fullmatch("[0-9]{1,5}", port) is not None and 0 < int(port) <= _MAX_PORT)


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
        said = f"{text!r} " if _PLAIN_ADDRESS.fullmatch(text) else ""
        match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/@\[\]]+)):([0-9]{1,5})", text)
        if not match:
            msg = f"{said}is not host:port, like api.example.com:443"
            raise ValueError(msg)
        if not 0 < int(match[3]) <= _MAX_PORT:
            msg = f"{said}is not host:port: a port is between 1 and 65535"
            raise ValueError(msg)
        host = (match[1] or match[2]).lower()
        problem = _bracketed_problem(host) if match[1] else host_problem(host)
        if problem:
            msg = f"the host of {said or 'the address '}{problem}"
            raise ValueError(msg)
        return cls(str(ipaddress.ip_address(host)) if match[1] else host, int(match[3]))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _bracketed_problem(host: str) -> str | None:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return "is in brackets but is no IPv6 address"
    return None
