"""From a name to a connected stream: resolve, guard, connect, tunnel, shake hands; each phase timed from when it begins.

The connection goes to an address that the guard has seen, never to a name that is resolved again. Through a proxy the
name is the proxy's to resolve, so that only addresses written as such can be guarded here, and names that by rule lead to
the proxy itself or its neighbours: what we would find in our DNS says nothing of where the proxy goes, and in many a
network with a proxy we would find nothing. A proxy that fails is our failure, never the vendor's.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address, ip_address

from checks.model import Reason, Unseen
from checks.network import UNREADABLE_STAPLE, Connection, Family, Peer, Phases
from checks.values import Address, Url
from checks.vendor import StartTls
from checks.x509 import refusal
from monitor.clock import Clock
from monitor.network.connect import connect, in_turns
from monitor.network.dns import Resolver, read_host
from monitor.network.exchange import tunnel
from monitor.network.failures import unseen
from monitor.network.guard import Guard, IPAddress
from monitor.network.patience import Patience
from monitor.network.starttls import start_tls
from monitor.network.stream import Stream
from monitor.network.tls import Offer, StapleUnreadable, Tls


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom to talk to: a host in ASCII (an IPv6 address without brackets), a port, and whether inside TLS."""

    host: str
    port: int
    is_tls: bool

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to an origin: to one of *addresses*, of which there are none where a proxy finds them.

    *starttls* is agreed on before TLS; *resolve* is the seconds a name took. The family *first* is tried before the other.
    """

    origin: Origin
    addresses: tuple[IPAddress, ...]
    starttls: StartTls | None = None
    resolve: float | None = None
    first: Family = "ipv6"


@dataclass(frozen=True, slots=True)
class Line:
    """A stream to an origin, and what was learned on the way there."""

    stream: Stream
    connection: Connection


class Dialer:
    """Connects to origins."""

    def __init__(self, resolver: Resolver, guard: Guard, tls: Tls, clock: Clock, proxy: Url | None = None) -> None:
        self._resolver = resolver
        self._guard = guard
        self._tls = tls
        self._clock = clock
        self._monotonic = clock.monotonic
        self._proxy = proxy and Origin(proxy.host, proxy.port, proxy.is_tls)

    async def dial(self, origin: Origin, prefer: Family | None = None) -> Line:
        """Connect to *origin*, over *prefer* first; what its certificate is worth is in ``connection.session``, not judged.

        Raises `Unseen` for whatever keeps the connection or the handshake from completing.
        """
        return await self._open(await self.way(origin, prefer=prefer), Offer.HTTP1, Patience())

    async def shake(self, peer: Peer, offer: Offer, within: float) -> Connection:
        """Shake hands with *peer* and hang up.

        Raises `Unseen` as `dial` does, and when that takes more than *within* seconds after the name was resolved.
        """
        way = await self.way(origin_of(peer.address), peer.ip, peer.starttls, peer.prefer)
        line = await self._open(way, offer, Patience(f"{peer}: no handshake", within))
        line.stream.close()
        return line.connection

    async def addresses(self, host: str, *, fresh: bool = False) -> tuple[IPAddress, ...]:
        """The addresses of *host* that we may go to. Raises `Unseen` when it has none.

        Families take turns, in the order of the numbers: name servers shuffle, and who looks at some of many shall meet the
        same ones each time.
        """
        written = read_host(host)
        if isinstance(written, str) and self._proxy:
            raise Unseen(Reason.CONFIG, f"{host}: which addresses a name has is for the proxy {self._proxy} to find")
        addresses = await self._resolver.resolve(host, fresh=fresh)
        self._guard.admit(host, addresses)
        return in_turns(sorted(addresses, key=int))

    async def way(self, origin: Origin, ip: str = "", starttls: StartTls | None = None, prefer: Family | None = None) -> Way:
        """The way to *origin*, at *ip* alone where it is given, once the guard has seen it. Raises `Unseen`.

        Through a proxy, which finds the address itself and shows only its own, *ip* and *prefer* say nothing.
        """
        if self._proxy:
            self._admit_unresolved(origin.host)
            return Way(origin, (), starttls)
        way = await self._resolved(origin, ip, starttls)
        self._guard.admit(origin.host, way.addresses)
        return replace(way, first=prefer) if prefer else way

    async def connect(self, way: Way) -> Line:
        """A plain connection along *way*: to the origin, or through the proxy. Raises `Unseen`."""
        return await (self._through(self._proxy, way.origin) if self._proxy else self._reach(way))

    async def agree(self, line: Line, way: Way) -> None:
        """Agree on TLS in the clear, where *way* begins without it. Raises `Unseen` when the peer does not."""
        if way.starttls is None:
            return
        try:
            await start_tls(line.stream, way.starttls, way.origin.host)
        except OSError as error:
            raise unseen(error, str(way.origin)) from error

    async def _open(self, way: Way, offer: Offer, patience: Patience) -> Line:
        """A line along *way*; where a staple that is none broke the handshake, one that was asked for without."""
        try:
            return await self._try(way, offer, patience)
        except StapleUnreadable:
            line = await self._try(way, offer, patience, staple=False)
        session = line.connection.session and replace(line.connection.session, staple=UNREADABLE_STAPLE)
        return Line(line.stream, replace(line.connection, session=session))

    async def _try(self, way: Way, offer: Offer, patience: Patience, *, staple: bool = True) -> Line:
        with ExitStack() as undo:
            async with self._connecting(patience):
                line = await self.connect(way)
            undo.callback(line.stream.close)
            async with patience.during(f"it took the connection and did not agree to begin TLS ({way.starttls})"):
                await self.agree(line, way)
            if way.origin.is_tls:
                async with patience.during("it took the connection and did not complete the TLS handshake"):
                    line = await self._secure(line, way.origin, offer, staple=staple)
            undo.pop_all()
            return line

    def _connecting(self, patience: Patience) -> AbstractAsyncContextManager[None]:
        if self._proxy:
            return patience.during(f"the proxy {self._proxy} did not connect us", Reason.OFFLINE)
        return patience.during("the TCP connection was not made")

    async def _resolved(self, origin: Origin, ip: str = "", starttls: StartTls | None = None) -> Way:
        begun = self._monotonic()
        written = ip_address(ip) if ip else literal(origin.host)
        addresses = (written,) if written else await self._resolver.resolve(origin.host)
        return Way(origin, addresses, starttls, resolve=None if written else self._monotonic() - begun)

    async def _reach(self, way: Way) -> Line:
        """A plain connection to one of the addresses of *way*."""
        begun = self._monotonic()
        address, stream = await connect(way.addresses, way.origin.port, way.first)
        phases = Phases(resolve=way.resolve, connect=self._monotonic() - begun)
        family: Family = "ipv4" if isinstance(address, IPv4Address) else "ipv6"
        return Line(stream, Connection(address=str(address), port=way.origin.port, ip_family=family, phases=phases))

    async def _secure(self, line: Line, origin: Origin, offer: Offer, *, staple: bool = True) -> Line:
        """The inside of a TLS session with *origin* over *line*."""
        begun = self._monotonic()
        try:
            stream, session = await self._tls.open(line.stream, origin.host, offer, staple=staple)
        except OSError as error:
            raise unseen(error, str(origin)) from error
        phases = replace(line.connection.phases, tls=self._monotonic() - begun)
        return Line(stream, replace(line.connection, session=session, phases=phases))

    def _admit_unresolved(self, host: str) -> None:
        match read_host(host):
            case str() as name:
                self._guard.admit_unresolved(name)
            case address:
                self._guard.admit(host, (address,))

    async def _through(self, proxy: Origin, origin: Origin) -> Line:
        """A tunnel to *origin* through *proxy*; address, resolve and connect of the connection are those of the proxy."""
        try:
            return await self._tunnel(proxy, origin)
        except Unseen as failed:
            if failed.failure.reason is Reason.CONFIG:
                raise
            raise Unseen(Reason.OFFLINE, f"the proxy {proxy} did not connect us: {failed.failure.detail}") from failed

    async def _tunnel(self, proxy: Origin, origin: Origin) -> Line:
        with ExitStack() as undo:
            line = await self._reach(await self._resolved(proxy))
            undo.callback(line.stream.close)
            if proxy.is_tls:
                line = await self._secure(line, proxy, Offer.HTTP1)
                require_trust(line.connection, proxy.host, self._clock.now())
            await tunnel(line.stream, str(origin), str(proxy))
            undo.pop_all()
            return Line(line.stream, replace(line.connection, port=origin.port, session=None))


def origin_of(address: Address) -> Origin:
    """*address* as somebody who speaks TLS. Raises `Unseen` for a host that is none."""
    return Origin(str(read_host(address.host)), address.port, is_tls=True)


def require_trust(connection: Connection, host: str, at: datetime) -> None:
    """Raise `Unseen` when a careful client must not speak to *host* over *connection*, now or a moment later."""
    session = connection.session
    why = session and refusal(session.chain, session.trust, host, at)
    if why:
        raise Unseen(Reason.TLS, why, lasting=True)


def literal(host: str) -> IPAddress | None:
    """The address that *host* is written as, None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None
