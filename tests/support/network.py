"""A network that answers from a table, with the contract of `checks.network.Network`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from checks.model import Reason, Unseen
from checks.network import Answer, Connection, Phases, Request
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


@dataclass
class FakeNetwork:
    """Answers by URL and by address; anything else has no address, as on the real one."""

    answers: dict[str, Answer | Unseen] = field(default_factory=dict)
    connections: dict[Address, Connection | Unseen] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        found = self.answers.get(request.url, Unseen(Reason.DNS, f"{request.url}: no such name"))
        if isinstance(found, Unseen):
            raise found
        return found

    async def handshake(self, address: Address) -> Connection:
        found = self.connections.get(address, Unseen(Reason.DNS, f"{address}: no such name"))
        if isinstance(found, Unseen):
            raise found
        return found
