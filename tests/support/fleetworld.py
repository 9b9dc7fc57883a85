"""The world that a fleet of vendors lives in: what each answers, and a network that has it from there.

All of it is in memory. What is real: the status pages' JSON, the certificates and the chains they are judged by, the bytes
that a TLS server answers to hellos (`tests.support.tlsscript`), records in presentation format. What is made up: how long
anything takes, and that packets arrive.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from checks.model import Reason, Unseen
from checks.network import Answer, Connection, Family, Peer, Phases, Question, RecordKind, Request, Round, Session, Trust
from checks.values import Address, Url
from checks.x509 import Roots
from monitor.clock import Clock
from tests.support.network import FakeNetwork, answer
from tests.support.tlsmemory import MemoryNetwork, by
from tests.support.tlsscript import Policy

_HSTS = {"strict-transport-security": "max-age=63072000"}
_DAY = 86_400.0
_SILENCE = 3600.0


@dataclass
class Page:
    """What a status page in Statuspage's shape says from now on. *components* are states by name."""

    components: dict[str, str] = field(default_factory=dict)
    indicator: str = "none"
    incidents: list[Mapping[str, Any]] = field(default_factory=list)
    works: list[Mapping[str, Any]] = field(default_factory=list)
    updated_at: str = "2026-05-04T08:15:30Z"
    is_html: bool = False
    page_id: str = "k3v9q0zx1m2n"

    def told(self, name: str, impact: str, at: datetime, *components: str) -> None:
        """Admit an incident that hits *components*."""
        hit = [{"id": each, "name": each, "status": self.components[each]} for each in components]
        known = {"id": f"i{len(self.incidents)}{at:%d%H%M}", "name": name, "impact": impact, "components": hit}
        self.incidents.append({**known, "status": "investigating", "created_at": at.isoformat()})
        self.updated_at = at.isoformat()

    def announce(self, name: str, at: datetime, lasts: timedelta) -> None:
        """Tell of work on everything that is under way since *at*."""
        self.components = dict.fromkeys(self.components, "under_maintenance")
        span = {"scheduled_for": at.isoformat(), "scheduled_until": (at + lasts).isoformat()}
        parts = {"components": [{"id": each, "name": each, "status": "under_maintenance"} for each in self.components]}
        self.works.append(
            {"id": f"m{at:%d%H}", "name": name, "status": "in_progress", "impact": "maintenance", **span, **parts}
        )

    def calm(self, at: datetime) -> None:
        """All is well again."""
        self.indicator, self.incidents, self.works, self.is_html = "none", [], [], False
        self.components = dict.fromkeys(self.components, "operational")
        self.updated_at = at.isoformat()

    def body(self, host: str) -> bytes:
        """The summary, or what stands there in its place."""
        if self.is_html:
            return b"<!doctype html><title>We moved</title>"
        page = {"id": self.page_id, "name": host, "url": f"https://{host}", "updated_at": self.updated_at}
        listed = [{"id": name, "name": name, "status": state, "group": False} for name, state in self.components.items()]
        events = {"incidents": self.incidents, "scheduled_maintenances": self.works}
        status = {"indicator": self.indicator, "description": self.indicator}
        return json.dumps({"page": page, "status": status, "components": listed, **events}).encode()


@dataclass
class Site:
    """One vendor's servers as they are from now on: *fault* is a status code or a reason, None while all is well.

    *seconds* are what an answer takes by day.
    """

    address: str
    seconds: float
    chain: tuple[bytes, ...]
    policy: Policy = field(default_factory=Policy)
    fault: int | Reason | None = None
    page: Page = field(default_factory=Page)
    has_caa: bool = True
    has_ech: bool = False
    family: Family = "ipv4"
    group: str = "X25519MLKEM768"


@dataclass(kw_only=True)
class FleetNetwork(FakeNetwork):
    """Answers for *sites* by the last two parts of a host's name, and for canaries, unless it *is_cut*."""

    clock: Clock
    sites: Mapping[str, Site]
    roots: Roots
    is_cut: bool = False
    lost: frozenset[str] = frozenset()
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same each time
    _trusted: dict[tuple[str, tuple[bytes, ...], int], Connection] = field(default_factory=dict)

    async def send(self, request: Request) -> Answer:
        """A page, or the API."""
        url = Url(request.url)
        site = self._site(url.host)
        phases = self._phases(site)
        await asyncio.sleep(sum(filter(None, (phases.resolve, phases.connect, phases.tls, phases.first_byte))))
        if url.host.startswith("status."):
            return answer(site.page.body(url.host), url=request.url, phases=phases)
        if not url.is_tls:
            raise Unseen(Reason.REFUSED, f"{url.host}: nobody listens")
        code = await self._meet(site)
        found = answer(b'{"ok": true}', url=request.url, status=code, phases=phases, headers=_HSTS)
        return _over(found, site)

    async def _meet(self, site: Site) -> int:
        """The status code that the API answers with. Raises `Unseen`."""
        match site.fault:
            case None:
                return 200
            case Reason.TIMEOUT:
                await asyncio.sleep(_SILENCE)
                return 200
            case Reason() as reason:
                raise Unseen(reason, "made up")
            case int(code):
                return code

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:  # noqa: ARG002 - all are fresh here
        """What a client of today is shown."""
        host = peer.address.host
        if host.endswith(".canary"):
            return await self._canary("tls", host.split(".")[0])
        site = self._site(host)
        await asyncio.sleep(0.04)
        if isinstance(site.fault, Reason):
            raise Unseen(site.fault, "made up")
        at = self.clock.now()
        day = int(at.timestamp() // 3600)
        if (host, site.chain, day) not in self._trusted:
            self._trusted = {key: shown for key, shown in self._trusted.items() if key[2] == day}
            self._trusted[host, site.chain, day] = _shown(site, self.roots.trust(site.chain, host, at))
        return self._trusted[host, site.chain, day]

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        """Hellos, answered by the site's policy."""
        site = self._site(peer.address.host)
        if isinstance(site.fault, Reason):
            raise Unseen(site.fault, "made up")
        return await MemoryNetwork(says=by(site.policy)).ask(peer, questions)

    async def addresses(self, host: str) -> tuple[str, ...]:
        """One of each vendor."""
        return (self._site(host).address,)

    async def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        """CAA at the domain, HTTPS at the host."""
        site = self._site(name)
        if kind == "CAA":
            return ('0 issue "lab.test"',) if site.has_caa else ()
        return ('1 . alpn="h2" ech="AEX+"' if site.has_ech else '1 . alpn="h2"',)

    async def reach(self, address: Address) -> Connection:
        """A canary's address ends in its number."""
        return await self._canary("ipv6" if ":" in address.host else "ipv4", f"op-{address.host[-1]}")

    async def look_up(self, name: str) -> tuple[str, ...]:
        """A canary's name begins with it."""
        await self._canary("dns", name.split(".", maxsplit=1)[0])
        return ("192.0.2.9",)

    async def _canary(self, *words: str) -> Connection:
        await asyncio.sleep(0.01)
        if self.is_cut or self.lost.intersection(words):
            raise Unseen(Reason.TIMEOUT, "made up")
        return answer().connection

    def _site(self, host: str) -> Site:
        """Whose *host* it is. Raises `Unseen` while nothing can be reached."""
        if self.is_cut:
            raise Unseen(Reason.TIMEOUT, "our own network is gone")
        site = self.sites.get(".".join(host.split(".")[-2:]))
        if site is None:
            raise Unseen(Reason.DNS, f"{host}: no such name")
        return site

    def _phases(self, site: Site) -> Phases:
        """How long it takes now: longer in the afternoon, and sometimes much longer."""
        hour = self.clock.now().timestamp() % _DAY / _DAY * 2 * math.pi
        whole = site.seconds * (1.3 - 0.3 * math.cos(hour)) * (1 + self.chance.expovariate(6))
        shares = {"resolve": 0.03, "connect": 0.15, "tls": 0.22, "first_byte": 0.55, "transfer": 0.05}
        return Phases(**{name: share * whole for name, share in shares.items()})


def _over(found: Answer, site: Site) -> Answer:
    return replace(found, connection=replace(found.connection, address=site.address, ip_family=site.family))


def _shown(site: Site, trust: Trust) -> Connection:
    session = Session(
        version="TLSv1.3" if 0x0304 in site.policy.versions else "TLSv1.2",
        cipher="TLS_AES_128_GCM_SHA256",
        group=site.group,
        alpn="h2",
        chain=site.chain,
        trust=trust,
    )
    return Connection(address=site.address, port=443, ip_family="ipv4", session=session)
