"""What this machine's own files say of names: ``/etc/hosts`` and ``/etc/resolv.conf``.

Parsers are pure and skip a line they cannot use, as the C library does. Files are read again when they change, so that a
daemon follows the machine it runs on. No name is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from checks.values import Address

V = TypeVar("V")

IPAddress: TypeAlias = IPv4Address | IPv6Address

_GLANCE_SECONDS = 1.0
"""How long a file is taken to be as it was: one stat a second, however many names are resolved."""
_DNS_PORT = 53


class Reread(Generic[V]):
    """What *path* says by *parse*, which is handed the empty text for a file that is not there."""

    def __init__(self, path: Path, parse: Callable[[str], V], clock: Callable[[], float]) -> None:
        self._path = path
        self._parse = parse
        self._clock = clock
        self._seen: tuple[int, ...] | None = None
        self._value = parse("")
        self._glance_at = clock()

    def current(self) -> V:
        """The value of the file as it was a second ago at most."""
        if self._clock() >= self._glance_at:
            self._glance_at = self._clock() + _GLANCE_SECONDS
            self._look()
        return self._value

    def _look(self) -> None:
        seen = self._fingerprint()
        if seen != self._seen:
            self._seen = seen
            self._value = self._parse(self._text())

    def _fingerprint(self) -> tuple[int, ...] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _text(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""


def parse_hosts(text: str) -> Mapping[str, tuple[IPAddress, ...]]:
    """Addresses by name in lower case, in the order of the file (hosts(5)); a name may stand in several lines."""
    found: dict[str, dict[IPAddress, None]] = {}
    for line in text.splitlines():
        first, *names = line.partition("#")[0].split() or [""]
        address = _address(first)
        if address is not None:
            for name in names:
                found.setdefault(name.lower().rstrip("."), {})[address] = None
    return {name: tuple(addresses) for name, addresses in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvConf:
    """The name servers to ask, in this order; the suffixes to try; and how many dots a name needs to go without them."""

    servers: tuple[Address, ...] = ()
    search: tuple[str, ...] = ()
    ndots: int = 1


def parse_resolv_conf(text: str) -> ResolvConf:
    """Read resolv.conf(5): of ``search`` and ``domain`` the last line counts, of the options only ``ndots``."""
    servers: list[Address] = []
    search: tuple[str, ...] = ()
    ndots = 1
    for line in text.splitlines():
        match line.split():
            case ["nameserver", host, *_] if _address(host) is not None:
                servers.append(Address(host, _DNS_PORT))
            case ["search" | "domain", *suffixes]:
                search = tuple(suffix.strip(".").lower() for suffix in suffixes if suffix.strip("."))
            case ["options", *options]:
                ndots = next((int(option[6:]) for option in options if re.fullmatch(r"ndots:[0-9]{1,2}", option)), ndots)
    return ResolvConf(servers=tuple(servers), search=search, ndots=ndots)


def _address(text: str) -> IPAddress | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
