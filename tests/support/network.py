"""A network that answers from a table, with the contract of `checks.network.Network`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TypeVar

from checks.hosts import is_address
from checks.model import Reason, Unseen
from checks.network import Answer, Connection, Peer, Phases, Question, RecordKind, Reply, Request, Revocation, Round
from checks.values import Address


def answer(
    body: bytes = b"",
    *,
    status: int = 200,
    url: str = "https://vendor.test/",
    headers: Mapping[str, str] | None = None,
    hops: tuple[str, ...] = (),
    phases: Phases | None = None,
) -> Answer:
    """An answer with what a test does not care about filled in."""
    took = phases or Phases(first_byte=0.02, transfer=0.001)
    return Answer(
        status=status,
        headers=dict(headers or {}),
        body=body,
        url=url,
        hops=hops,
        connection=Connection(address="203.0.113.5", port=443, ip_family="ipv4"),
        phases=took,
        seconds=sum(seconds for seconds in asdict(took).values() if seconds is not None),
    )


Talk = Callable[[Peer, Question], Reply]
"""What a peer says to a question: it feeds the question's reading."""


@dataclass
class FakeNetwork:
    """Answers from tables; anything else has no address, as on the real one.

    *connections* are by address, or by peer where one of several addresses is meant; *hosts* are the addresses of names,
    *zones* the records at names, *lists* the revocations by the list's address and the serial number.
    """

    answers: dict[str, Answer | Unseen] = field(default_factory=dict)
    connections: dict[Address | Peer, Connection | Unseen] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)
    talks: dict[Address, Talk] = field(default_factory=dict)
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    zones: dict[tuple[str, RecordKind], tuple[str, ...] | Unseen] = field(default_factory=dict)
    lists: dict[tuple[str, int], Revocation | Unseen] = field(default_factory=dict)
    hellos: int = 0

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return _seen(self.answers.get(request.url), request.url)

    async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:  # noqa: ARG002 - all are fresh here
        return _seen(self.connections.get(peer) or self.connections.get(peer.address), str(peer))

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        talk = _seen(self.talks.get(peer.address), str(peer))
        self.hellos += len(questions)
        return Round(tuple(talk(peer, question) for question in questions), 0.001 * len(questions))

    async def addresses(self, host: str) -> tuple[str, ...]:
        return (host,) if is_address(host) else _seen(self.hosts.get(host), host)

    async def records(self, name: str, kind: RecordKind) -> tuple[str, ...]:
        return _seen(self.zones.get((name, kind), ()), name)

    async def revocation(self, url: str, issuer: bytes, serial: int) -> Revocation:  # noqa: ARG002 - lists are believed
        return _seen(self.lists.get((url, serial)), url)


Found = TypeVar("Found")


def _seen(found: Found | Unseen | None, what: str) -> Found:
    if isinstance(found, Unseen):
        raise found
    if found is None:
        raise Unseen(Reason.DNS, f"{what}: no such name")
    return found
