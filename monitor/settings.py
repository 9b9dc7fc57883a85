"""The daemon's own settings: the shape of ``config/monitor.yaml``, field for field.

Frozen values with a default each, so that an empty file is a valid one. The string below a field is its documentation, in
the JSON Schema too. What reads the file lives in `monitor.loading`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from checks.hosts import is_address, name_problem
from checks.values import Address, Seconds, Secret, Size, Url
from monitor.access import Access
from monitor.receivers import NotifySettings


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
    """Probes at once. One that its vendor keeps waiting counts no more after a second, up to ten times as many in all."""
    per_host: int = 4
    """Probes at once that talk to one host."""

    def __post_init__(self) -> None:
        _at_least_one(overall=self.overall, per_host=self.per_host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How many looks in a row it takes to believe a change that chance could explain."""

    # Where one look in a hundred is lost by chance, 100 targets that are looked at every 60 s are looked at 4.3 million
    # times in 30 days. Three lost in a row would then be four false outages; four in a row happen once in two years.
    fall: int = 4
    """Looks before a target goes down."""
    rise: int = 2
    """Looks before it is up again."""
    after: Seconds = Seconds(5)
    """How soon the next look comes while a change is not confirmed; never later than the target's interval."""
    apart: Seconds = Seconds(300)
    """How long what a vendor says and what we measure may part before that is told: pages are slower than failures."""

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
class Canary:
    """A host of somebody who is always there, so that not to see it says something of our own network."""

    operator: str
    """Who runs it: a word in small letters, which is a label of metrics."""
    dns: str | None = None
    """A name of theirs that our own name servers are asked for."""
    tcp: tuple[Address, ...] = ()
    """Addresses to connect to without asking for a name, of both families where there are both."""
    tls: Address | None = None
    """A host and port to shake hands with; its certificate must be good."""

    def __post_init__(self) -> None:
        problems = [f"tcp[{index}]: {each} {_NAMELESS}" for index, each in enumerate(self.tcp) if not is_address(each.host)]
        if not re.fullmatch("[a-z][a-z0-9-]{0,31}", self.operator):
            problems.append("operator: must be one word in small letters, like example-dns")
        if self.dns is not None and (problem := "is an address" if is_address(self.dns) else name_problem(self.dns)):
            problems.append(f"dns: {problem}: write a name to ask for, like www.example.com")
        if not (self.dns or self.tcp or self.tls):
            problems.append("has nothing to look at: give it dns:, tcp: or tls:")
        if problems:
            raise ValueError(*problems)


_NAMELESS = "is a name, and shall be reached without asking for one: give its address"


def _canary(operator: str, name: str, v4: str, v6: str) -> Canary:
    return Canary(operator=operator, dns=name, tcp=(Address(v4, 53), Address(v6, 53)), tls=Address(name, 443))


PUBLIC_CANARIES = (
    _canary("cloudflare", "www.cloudflare.com", "1.1.1.1", "2606:4700:4700::1111"),
    _canary("google", "www.google.com", "8.8.8.8", "2001:4860:4860::8888"),
    _canary("quad9", "dns.quad9.net", "9.9.9.9", "2620:fe::fe"),
    _canary("cisco", "www.cisco.com", "208.67.222.222", "2620:119:35::35"),
)
"""Operators of public resolvers, none of whom depends on another. TCP goes to the resolvers. The names are those of web
sites, where there is a choice: many a firewall keeps its people from the names that speak DNS over HTTPS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """How it is found out whether our own network works, and so whose failure a failure is."""

    every: Seconds = Seconds(30)
    """How often all of them are looked at; sooner when a vendor begins to fail, though never twice within two seconds."""
    grace: Seconds = Seconds(60)
    """How long after our own network came back failures are still held to be ours."""
    ask: tuple[Canary, ...] = field(default_factory=lambda: PUBLIC_CANARIES)
    """Whom to look at, each operator once; without it four public ones, with [] nobody: then the other vendors are asked."""

    def __post_init__(self) -> None:
        named = Counter(canary.operator for canary in self.ask)
        problems = [f"{name} {_TWICE}" for name, times in named.items() if times > 1]
        if self.ask and not any(canary.tcp or canary.tls for canary in self.ask):
            problems.append("none of them has tcp: or tls:, which alone show whether there is a way out: add one")
        if problems:
            raise ValueError(*(f"ask: {problem}" for problem in problems))


_TWICE = "stands there twice: an operator has one vote, so join them"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What of the past is kept for how long. States, outages and a rollup of every day are kept for good."""

    observations: Seconds = Seconds(7 * 86_400)
    """For how much time of watching each look is kept; those of an hour in which a state changed stay as long as hours."""
    hours: Seconds = Seconds(90 * 86_400)
    """For how much time of watching there is a rollup of every hour."""
    size: Size = Size(1 << 30)
    """How large an SQLite file may become: what is oldest of looks, then of hours, goes sooner where it would be larger."""

    def __post_init__(self) -> None:
        if self.hours < self.observations:
            msg = f"hours: must be as long as observations: or longer ({self.observations / 86_400:g}d)"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of ``monitor.yaml``."""

    listen: Address = Address("127.0.0.1", 9877)
    """Where /metrics, the board and the health pages are served."""
    access: Access | None = None
    """What a request must bring for all of that but /-/healthy; nothing when left out. Like bearer: env:TOKEN."""
    database: str = "sqlite:///vendorwatch.db"
    """The store: an SQLAlchemy URL, or env:NAME or file:/path with one; a relative SQLite path starts beside this folder."""
    history: History = field(default_factory=History)
    """What of the past is kept for how long."""
    checks: Mapping[str, CheckSettings] = field(default_factory=dict)
    """Default intervals and deadlines by kind of check, like endpoint: {every: 30s, deadline: 5s}"""
    concurrency: Concurrency = field(default_factory=Concurrency)
    """How much may be under way at once."""
    confirm: Confirmation = field(default_factory=Confirmation)
    """How many looks it takes to believe a change."""
    network: NetworkSettings = field(default_factory=NetworkSettings)
    """How vendors are reached."""
    notify: NotifySettings = field(default_factory=NotifySettings)
    """Who is told of what goes wrong."""
    canaries: Canaries = field(default_factory=Canaries)
    """How our own network's failures are told from the vendors'."""

    def __post_init__(self) -> None:
        if _PASSWORD.search(self.database):
            msg = "database: has a password in it, which is a secret: write env:NAME or file:/path, where the whole URL is"
            raise ValueError(msg)
        if problem := _database_problem(self.database):
            msg = f"database: {problem}"
            raise ValueError(msg)


def _database_problem(text: str) -> str | None:
    """What is wrong with the URL of a database, by what it begins with; None where a store can be opened by it."""
    if re.match(Secret.pattern, text) or re.match(r"(postgres(ql)?|postgresql\+psycopg)://", text):
        return None
    if file := re.match(r"sqlite(\+pysqlite)?://(/?[^?]*)", text):
        if file[2] in {"", "/", "/:memory:"}:
            return f"is in memory, which forgets: name a file, like {_FILE}"
        return None if file[2].startswith("/") else f"has two slashes where a file takes three: write it like {_FILE}"
    scheme = re.match(r"[a-z][a-z0-9+]{0,31}://", text)
    return f"{f'{scheme[0]} is not known here' if scheme else 'is not a URL'}: write it like {_FILE}, {_SERVER} or env:NAME"


_FILE, _SERVER = "sqlite:///vendorwatch.db", "postgresql://vendorwatch@db.example.com/vendorwatch"
_PASSWORD = re.compile(r"^[^:/?#]+://[^/?#@:]*:[^@]*@|[?&]password=")
"""What is a password in a URL, also where a character of it should have been written otherwise."""
