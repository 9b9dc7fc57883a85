"""A real name server on loopback, UDP and TCP, that says what a script tells it to say.

It makes its answers with dnspython, but sends bytes: a script may just as well send what is no answer at all.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.message import Message, QueryMessage

from checks.values import Address

Script = Callable[[QueryMessage, bool], list[bytes]]
"""What is sent back for a query, which came over TCP or not: nothing is silence."""

_LOOPBACK = "127.0.0.1"


def _question(query: QueryMessage) -> tuple[str, str]:
    """Name and type asked for."""
    asked = query.question[0]
    return asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)


def _response(query: QueryMessage, rcode: str = "NOERROR") -> Message:
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(dns.rcode.from_text(rcode))
    return response


def addresses(*texts: str, ttl: int = 60, alias: tuple[str, ...] = ()) -> Script:
    """Give those of *texts* that are of the family asked for, behind a chain of CNAMEs; NODATA when there is none."""

    def script(query: QueryMessage, _: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        response = _response(query)
        name, family = _question(query)
        for target in alias:
            response.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", "CNAME", f"{target}."))
            name = target
        found = [text for text in texts if (":" in text) == (family == "AAAA")]
        if found:
            response.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", family, *found))
        return [response.to_wire(want_shuffle=False)]

    return script


def records(kind: str, *texts: str, ttl: int = 60, alias: tuple[str, ...] = ()) -> Script:
    """Give *texts* to who asks for that kind, behind a chain of CNAMEs; NODATA for every other kind."""

    def script(query: QueryMessage, _: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        response = _response(query)
        name, asked = _question(query)
        for target in alias:
            response.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", "CNAME", f"{target}."))
            name = target
        if asked == kind and texts:
            response.answer.append(dns.rrset.from_text(f"{name}.", ttl, "IN", kind, *texts))
        return [response.to_wire(want_shuffle=False)]

    return script


def refusal(rcode: str) -> Script:
    """Answer with an error code: NXDOMAIN, SERVFAIL, REFUSED."""
    return lambda query, _: [_response(query, rcode).to_wire()]


def referral() -> Script:
    """Name others to ask, like a server that looks nothing up."""

    def script(query: QueryMessage, _: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        response = dns.message.make_response(query)
        response.authority.append(dns.rrset.from_text("test.", 60, "IN", "NS", "ns.test."))
        return [response.to_wire(want_shuffle=False)]

    return script


def silence() -> Script:
    """Never answer."""
    return lambda _query, _tcp: []


def garbage(then: Script, *datagrams: bytes) -> Script:
    """Send *datagrams*, which are no DNS messages, and only after them what *then* says."""
    return lambda query, tcp: [*datagrams, *then(query, tcp)]


def wrong_id(then: Script, forged: Script) -> Script:
    """Send first what *forged* says, with the id of another query."""

    def script(query: QueryMessage, tcp: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        forgeries = [((query.id + 1) % 65536).to_bytes(2, "big") + wire[2:] for wire in forged(query, tcp)]
        return [*forgeries, *then(query, tcp)]

    return script


def truncated(then: Script) -> Script:
    """Cut the answer short over UDP, in the middle of a record, and give the whole one over TCP."""

    def script(query: QueryMessage, tcp: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        whole = then(query, tcp)
        if tcp:
            return whole
        flags = int.from_bytes(whole[0][2:4], "big") | dns.flags.TC
        return [whole[0][:2] + flags.to_bytes(2, "big") + whole[0][4:-3]]

    return script


def by_family(**scripts: Script) -> Script:
    """Another script for each type: ``by_family(A=..., AAAA=...)``."""
    return lambda query, tcp: scripts[_question(query)[1]](query, tcp)


@dataclass
class NameServer:
    """What it says by name, or by ``*.parent``; a name it does not know does not exist.

    *asked* counts the questions by name and type. While it *holds*, it takes questions and answers none.
    """

    address: Address
    zone: dict[str, Script] = field(default_factory=dict)
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    over_tcp: int = 0
    _held: list[Callable[[], None]] = field(default_factory=list)
    _holds: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def names_asked(self) -> list[str]:
        """Names in the order in which they were first asked for."""
        return list(dict.fromkeys(name for name, _ in self.asked))

    def hold(self) -> None:
        """Answer nobody until `release`."""
        self._holds = True

    def release(self) -> None:
        """Answer all who were held up."""
        self._holds = False
        while self._held:
            self._held.pop(0)()

    async def until_asked(self, count: int) -> None:
        """Wait until *count* questions have come in all."""
        while self.asked.total() < count:
            self._news.clear()
            await self._news.wait()

    def answers(self, wire: bytes, *, tcp: bool = False) -> Iterable[bytes]:
        """What to send back for the query in *wire*."""
        query = dns.message.from_wire(wire)
        assert isinstance(query, QueryMessage)
        name, family = _question(query)
        self.asked[name, family] += 1
        self.over_tcp += tcp
        self._news.set()
        parent = "*." + name.partition(".")[2]
        script = self.zone.get(name) or self.zone.get(parent) or refusal("NXDOMAIN")
        return script(query, tcp)

    def soon(self, answer: Callable[[], None]) -> None:
        """Run *answer* now, or when the hold ends."""
        if self._holds:
            self._held.append(answer)
        else:
            answer()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # that is what it is
        self._transport = transport

    def datagram_received(self, datagram: bytes, peer: tuple[str, int]) -> None:
        answers = self._server.answers(datagram)

        def send() -> None:
            for answer in answers:
                self._transport.sendto(answer, peer)

        self._server.soon(send)


@asynccontextmanager
async def name_server(zone: dict[str, Script] | None = None, host: str = _LOOPBACK) -> AsyncIterator[NameServer]:
    """A name server with *zone*, on a free port of *host*, the same for UDP and TCP."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            wire = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
            for answer in server.answers(wire, tcp=True):
                writer.write(len(answer).to_bytes(2, "big") + answer)
            await writer.drain()
        finally:
            writer.close()

    tcp = await asyncio.start_server(serve, host, 0)
    port = tcp.sockets[0].getsockname()[1]
    server = NameServer(Address(host, port), zone if zone is not None else {})
    udp, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Udp(server), local_addr=(host, port))
    try:
        yield server
    finally:
        udp.close()
        tcp.close()
        await tcp.wait_closed()


def refused_port() -> Address:
    """An address on loopback where nothing listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((_LOOPBACK, 0))
        return Address(_LOOPBACK, free.getsockname()[1])
