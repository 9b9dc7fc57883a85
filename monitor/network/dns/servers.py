"""A name, asked of one name server after the other until one can tell.

- A question has a socket of its own, connected, from a port and with an id nobody can guess (RFC 5452 section 9.2). What
  comes back and does not answer it is dropped, and the wait goes on.
- A silent server is asked again, one that answered with an error is not, nobody more than three times (RFC 9520
  section 3.1). The one that answered last is asked first, so that a dead server is waited for once and not every time.
- "No such name" is believed when a second server, where there is one, does not know better.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address
from itertools import islice
from typing import cast

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
from dns.message import Message, QueryMessage
from dns.rdatatype import RdataType

from checks.model import Failure, Reason, Unseen
from checks.network import RecordKind
from checks.values import Address
from monitor.network.dns.families import Addresses, Reply, merged

TRIES = 3
"""Questions about one name in one family, over all servers; the one that confirms a "no such name" comes on top."""

_GRACE_SECONDS = 0.05
"""How long the other family is waited for when one has given addresses (RFC 8305 section 3, Resolution Delay)."""
_PER_FAMILY = 16
"""Addresses taken of one family; the others are never connected to."""
_PER_KIND = 32
"""Records taken of one kind."""
_RECORD_LENGTH = 8192
"""Characters of one record: several times those of the longest honest one, which has keys in it (RFC 9848)."""
_FAMILIES = (RdataType.AAAA, RdataType.A)


class NameServers:
    """Asks name servers; *patience* is the seconds a silent one is waited for."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._answered: Address | None = None

    async def ask(self, servers: Sequence[Address], name: str) -> tuple[Addresses | Failure, float]:
        """What *servers* say of *name* (in full, in ASCII), and for how many seconds it is kept.

        Both families are asked for at once; one that has given addresses waits for the other no longer than the grace.
        """
        asked = dns.name.from_text(name)
        families = [asyncio.create_task(self._ask(servers, asked, family)) for family in _FAMILIES]
        try:
            done, _ = await asyncio.wait(families, return_when=asyncio.FIRST_COMPLETED)
            found = any(family.result().addresses for family in done)
            await asyncio.wait(families, timeout=_GRACE_SECONDS if found else None)
            return merged(name, [family.result() if family.done() else Reply(fault="late") for family in families])
        finally:
            for family in families:
                family.cancel()
            await asyncio.gather(*families, return_exceptions=True)

    async def records(self, servers: Sequence[Address], name: str, kind: RecordKind) -> tuple[str, ...]:
        """The records of a kind at *name* (in full, in ASCII), as text. Raises `Unseen` when no server can tell."""
        reply = await self._ask(servers, dns.name.from_text(name), RdataType[kind])
        if reply.fault:
            raise Unseen(Reason.RESOLVER, f"{name}: {reply.fault}")
        if any(len(record) > _RECORD_LENGTH for record in reply.records):
            raise Unseen(Reason.RESOLVER, f"{name} has a {kind} record of more than {_RECORD_LENGTH} characters")
        return reply.records

    async def _ask(self, servers: Sequence[Address], name: dns.name.Name, family: RdataType) -> Reply:
        """What the first server that can tell says of one family, or of another type."""
        waiting = deque(sorted(servers, key=lambda server: server != self._answered))
        faults: list[str] = []
        while waiting and len(faults) < TRIES:
            server = waiting.popleft()
            reply = await self._try(server, name, family)
            if not reply.fault:
                self._answered = server
                return await self._confirmed(reply, waiting, name, family)
            if reply.is_silence:
                waiting.append(server)
            faults.append(reply.fault)
        return Reply(fault="; ".join(dict.fromkeys(faults)))

    async def _confirmed(self, reply: Reply, others: Sequence[Address], name: dns.name.Name, family: RdataType) -> Reply:
        """*reply*, or the word of the next server where *reply* denies a name that one knows."""
        if not reply.is_denial or not others:
            return reply
        second = await self._try(others[0], name, family)
        return reply if second.fault else second

    async def _try(self, server: Address, name: dns.name.Name, family: RdataType) -> Reply:
        try:
            async with asyncio.timeout(self._patience):
                return _read(server, await _exchange(server, dns.message.make_query(name, family)))
        except TimeoutError:
            return Reply(fault=f"{server} did not answer in {self._patience:g} s", is_silence=True)
        except OSError as error:
            return Reply(fault=f"{server} cannot be asked: {error.strerror or error}")
        except (EOFError, dns.exception.DNSException) as error:
            return Reply(fault=f"{server} gave an answer that cannot be read: {type(error).__name__}")


class _Listener(asyncio.DatagramProtocol):
    """Waits on a connected socket for the datagram that answers *query*, and drops the others."""

    def __init__(self, query: QueryMessage) -> None:
        self._query = query
        self.answer: asyncio.Future[QueryMessage] = asyncio.get_running_loop().create_future()

    def datagram_received(self, datagram: bytes, _: object) -> None:
        with suppress(dns.exception.DNSException):
            message = _parsed(datagram)
            if self._query.is_response(message) and not self.answer.done():
                self.answer.set_result(cast("QueryMessage", message))  # as the opcode of a response is that of its query

    def error_received(self, error: Exception) -> None:
        """Fail at once where the network says that the server is not there."""
        if not self.answer.done():
            self.answer.set_exception(error)


async def _exchange(server: Address, query: QueryMessage) -> QueryMessage:
    """The answer of *server* to *query*: by UDP, and by TCP when that was cut short."""
    endpoint = asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Listener(query), remote_addr=(server.host, server.port)
    )
    transport, listener = await endpoint
    try:
        transport.sendto(query.to_wire())
        answer = await listener.answer
    finally:
        transport.close()
    if answer.flags & dns.flags.TC:
        return cast("QueryMessage", await dns.asyncquery.tcp(query, server.host, port=server.port))
    return answer


def _parsed(datagram: bytes) -> Message:
    """The message in *datagram*, also the readable part of one that was cut short."""
    try:
        return dns.message.from_wire(datagram, raise_on_truncation=True)
    except dns.message.Truncated as cut:
        return cast("Message", cut.kwargs["message"])


def _read(server: Address, message: QueryMessage) -> Reply:
    """What *message* says; raises `dns.exception.DNSException` where it contradicts itself."""
    rcode = message.rcode()
    if rcode not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return Reply(fault=f"{server} answered {dns.rcode.to_text(rcode)}")
    found = message.resolve_chaining()
    if found.answer is None and not message.flags & (dns.flags.RA | dns.flags.AA):
        return Reply(fault=f"{server} does not look names up for others")
    said = Reply(seconds=found.minimum_ttl, is_denial=rcode == dns.rcode.NXDOMAIN)
    if message.question[0].rdtype in _FAMILIES:
        return replace(said, addresses=tuple(ip_address(each.address) for each in islice(found.answer or (), _PER_FAMILY)))
    return replace(said, records=tuple(each.to_text() for each in islice(found.answer or (), _PER_KIND)))
