"""The way a name takes: an address as written, this machine's hosts file, the memory, the name servers.

Names under one parent share a few slots, so that a dead zone cannot take all sockets. The parent is the last two labels.
That is not always a zone (``co.uk``) and good enough: what is too wide costs a wait, and only while something below it is
silent.
"""

from __future__ import annotations

import asyncio
import time
from asyncio import Semaphore
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path
from weakref import WeakValueDictionary

from checks.model import Failure, Reason, Unseen
from checks.network import RecordKind
from checks.values import Address
from monitor.network.dns.families import FAILURE_SECONDS, Addresses, interleaved
from monitor.network.dns.names import candidates, read_host
from monitor.network.dns.servers import TRIES, NameServers
from monitor.network.dns.system import Reread, ResolvConf, parse_hosts, parse_resolv_conf
from monitor.network.memo import Memo

PATIENCE_SECONDS = 1.5
"""How long a silent name server is waited for. All tries end before five seconds, so that not a probe's deadline ends them
and a silent name server is told from a silent vendor."""
SLOTS_PER_PARENT = 8
"""Look-ups under way at once below one parent: two sockets each."""

_LOCALHOST = (ip_address("::1"), ip_address("127.0.0.1"))
_UNCONFIGURED = "no name server is configured: name one in /etc/resolv.conf, or under network: resolvers: in monitor.yaml"
_REMEMBERED = 4096


class Resolver:
    """Resolves names for one event loop.

    *servers* are the name servers to ask, by address; where none is given the system's, and its search list. *clock* is
    monotonic, *patience* the seconds a silent server is waited for. Raises `ValueError` for a server given by name.
    """

    def __init__(
        self,
        servers: Sequence[Address] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        hosts_file: Path = Path("/etc/hosts"),
        resolv_conf: Path = Path("/etc/resolv.conf"),
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._given = ResolvConf(servers=tuple(_by_address(server) for server in servers))
        self._conf = Reread(resolv_conf, parse_resolv_conf, clock)
        self._hosts = Reread(hosts_file, parse_hosts, clock)
        self._lifetime = (TRIES + 0.2) * patience
        self._servers = NameServers(patience)
        self._parents: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()
        self._memo = Memo(self._look_up, clock=clock, limit=_REMEMBERED)

    async def resolve(self, host: str, *, fresh: bool = False) -> Addresses:
        """The addresses of *host* in the order to try, never none.

        *host* is a name, also an international one, or an IP address without brackets. A *fresh* look-up asks the name
        servers now, whatever this machine knows of the name. Raises `Unseen`: ``dns`` when the name has no address,
        ``resolver`` when no name server could tell, ``config`` when it is no name.
        """
        name = read_host(host)
        if not isinstance(name, str):
            return (name,)
        if fresh:
            found, _ = await self._look_up(name)
        else:
            found = self._local(name.rstrip(".")) or await self._memo.get(name)
        if isinstance(found, Failure):
            raise Unseen(found.reason, found.detail)
        return found

    async def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        """The records of a kind at *name*, or where its aliases lead, in presentation format; none at an IP address.

        The name is whole: no search list is tried. Raises `Unseen`: ``resolver`` when no name server could tell, ``config``
        when it is no name.
        """
        asked = read_host(name)
        if not isinstance(asked, str):
            return ()
        servers = self._now().servers
        if not servers:
            raise Unseen(Reason.RESOLVER, f"{asked}: {_UNCONFIGURED}")
        try:
            async with asyncio.timeout(self._lifetime), self._slot(asked):
                return await self._servers.records(servers, asked, kind)
        except TimeoutError:
            raise Unseen(Reason.RESOLVER, self._late(asked)) from None

    async def aclose(self) -> None:
        """End the look-ups under way; who still waits for one is cancelled with it."""
        await self._memo.aclose()

    def _local(self, name: str) -> Addresses:
        """The addresses of a name that no name server is asked for; ``localhost`` is one by RFC 6761 section 6.3."""
        listed = self._hosts.current().get(name)
        if listed:
            return interleaved(listed)
        return _LOCALHOST if name == "localhost" or name.endswith(".localhost") else ()

    async def _look_up(self, name: str) -> tuple[Addresses | Failure, float]:
        """What the name servers say of *name*, and for how many seconds it is kept."""
        try:
            async with asyncio.timeout(self._lifetime), self._slot(name):
                return await self._search(name)
        except TimeoutError:
            return Failure(Reason.RESOLVER, self._late(name)), FAILURE_SECONDS

    def _late(self, name: str) -> str:
        limit = f"at most {SLOTS_PER_PARENT} names under {_parent(name)} are asked for at once"
        return f"{name}: no answer within {self._lifetime:.3g} s; {limit}"

    def _now(self) -> ResolvConf:
        """Whom to ask, as things stand."""
        return self._given if self._given.servers else self._conf.current()

    def _slot(self, name: str) -> Semaphore:
        return self._parents.setdefault(_parent(name), Semaphore(SLOTS_PER_PARENT))

    async def _search(self, name: str) -> tuple[Addresses | Failure, float]:
        """The first answer along the search list; when nothing is found, what was said of *name* itself."""
        conf = self._now()
        if not conf.servers:
            return Failure(Reason.RESOLVER, f"{name}: {_UNCONFIGURED}"), FAILURE_SECONDS
        absent = Failure(Reason.DNS, f"{name}: no such name")
        for candidate in candidates(name, conf):
            found, seconds = await self._servers.ask(conf.servers, candidate)
            if not isinstance(found, Failure) or found.reason is not Reason.DNS:
                return found, seconds
            absent = found if candidate == name else absent
        return absent, FAILURE_SECONDS


def _parent(name: str) -> str:
    return ".".join(name.rstrip(".").split(".")[-2:])


def _by_address(server: Address) -> Address:
    try:
        ip_address(server.host)
    except ValueError:
        msg = f"network: resolvers: {server} is a name, which nobody could look up: write an address, like 192.0.2.53:53"
        raise ValueError(msg) from None
    return server
