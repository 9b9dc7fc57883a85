"""The daemon's own settings: the shape of ``config/monitor.yaml``, field for field.

Frozen values with a default each, so that an empty file is a valid one. The string below a field is its documentation, in
the JSON Schema too. What reads the file lives in `monitor.loading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from checks.hosts import is_address
from checks.values import Address, Seconds, Url


def _at_least_one(**numbers: int) -> None:
    problems = [f"{name} must be at least 1" for name, number in numbers.items() if number < 1]
    if problems:
        raise ValueError(*problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSettings:
    """Defaults of one kind of check, for all vendors."""

    every: Seconds | None = None
    """How often a target is probed, where its vendor file says nothing."""
    deadline: Seconds | None = None
    """The longest a probe may take in all; it must be shorter than the interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concurrency:
    """How much may be under way at once. What is due beyond it waits, and the wait is exported as its own number."""

    overall: int = 32
    """Probes at once."""
    per_host: int = 4
    """Probes at once that talk to one host."""

    def __post_init__(self) -> None:
        _at_least_one(overall=self.overall, per_host=self.per_host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How many looks in a row it takes to believe a change that chance could explain."""

    fall: int = 2
    """Looks before a target goes down."""
    rise: int = 2
    """Looks before it is up again."""
    after: Seconds = Seconds(5)
    """How soon the next look comes while a change is not confirmed; never later than the target's interval."""

    def __post_init__(self) -> None:
        _at_least_one(fall=self.fall, rise=self.rise)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """How the daemon reaches vendors."""

    ca_file: Path | None = None
    """A PEM bundle of the roots to trust instead of the shipped ones, relative to this file's folder."""
    allow: tuple[IPv4Network | IPv6Network, ...] = ()
    """Address ranges that are not public and may be probed all the same, like 10.20.0.0/16."""
    proxy: Url | None = None
    """An HTTP proxy to reach vendors through with CONNECT, without user and password; the environment's are never used."""
    resolvers: tuple[Address, ...] = ()
    """Name servers as address:port instead of the system's, like 192.0.2.53:53."""

    def __post_init__(self) -> None:
        names = {index: resolver for index, resolver in enumerate(self.resolvers) if not is_address(resolver.host)}
        if names:
            cure = "is a name, and it takes a name server to find it: give its address"
            raise ValueError(*(f"resolvers[{index}]: {name} {cure}" for index, name in names.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of ``monitor.yaml``."""

    listen: Address = Address("127.0.0.1", 9877)
    """Where /metrics and the health pages are served."""
    database: str = "sqlite:///vendorwatch.db"
    """The store as an SQLAlchemy URL; a relative SQLite path starts in the folder that holds the config folder."""
    checks: Mapping[str, CheckSettings] = field(default_factory=dict)
    """Default intervals and deadlines by kind of check, like endpoint: {every: 30s, deadline: 5s}"""
    concurrency: Concurrency = field(default_factory=Concurrency)
    """How much may be under way at once."""
    confirm: Confirmation = field(default_factory=Confirmation)
    """How many looks it takes to believe a change."""
    network: NetworkSettings = field(default_factory=NetworkSettings)
    """How vendors are reached."""
