"""The store of idle connections by itself: its bounds, and that it hangs up on what it lets go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from checks.network import Connection
from monitor.network import kept as module
from monitor.network.dial import Line, Origin
from monitor.network.exchange import Exchange
from monitor.network.kept import IDLE_SECONDS, MAX_KEPT, MAX_PER_ORIGIN, Conversation, Kept
from monitor.network.stream import READ_BYTES

CONNECTION = Connection(address="192.0.2.1", port=443, ip_family="ipv4")


@dataclass
class Wire:
    """A stream that only remembers whether it was closed."""

    closed: bool = False
    quiet: bool = True
    sent: list[bytes] = field(default_factory=list)

    async def read(self, limit: int = READ_BYTES) -> bytes:  # noqa: ARG002 - the shape of every stream
        return b""

    async def write(self, content: bytes) -> None:
        self.sent.append(content)

    def offer(self, content: bytes) -> None:
        self.sent.append(content)

    def is_quiet(self) -> bool:
        return self.quiet

    def close(self) -> None:
        self.closed = True


@dataclass
class Store:
    """A `Kept` with a clock that is turned by hand."""

    now: float = 0.0
    wires: list[Wire] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = Kept(lambda: self.now)

    def put(self, origin: Origin) -> Conversation:
        wire = Wire()
        self.wires.append(wire)
        line = Line(wire, CONNECTION)
        conversation = Conversation(line, Exchange(wire, str(origin), lambda: self.now))
        self.kept.put(origin, conversation)
        return conversation

    @property
    def closed(self) -> list[bool]:
        return [wire.closed for wire in self.wires]


def run(story: Callable[[Store], Awaitable[None]]) -> None:
    async def tell() -> None:
        store = Store()
        await story(store)
        store.kept.close()
        assert all(store.closed)

    asyncio.run(tell())


def vendor(number: int = 0) -> Origin:
    return Origin(f"v{number}.test", 443, is_tls=True)


def test_the_connection_used_last_is_given_out_first_and_only_once() -> None:
    async def story(store: Store) -> None:
        first, second = store.put(vendor()), store.put(vendor())
        taken = [store.kept.take(vendor()) for _ in range(3)]
        assert taken == [second, first, None]
        first.close()
        second.close()

    run(story)


def test_other_origins_have_other_connections() -> None:
    async def story(store: Store) -> None:
        store.put(vendor())
        assert store.kept.take(Origin("v0.test", 80, is_tls=False)) is None

    run(story)


def test_of_one_origin_the_oldest_makes_room() -> None:
    async def story(store: Store) -> None:
        for _ in range(MAX_PER_ORIGIN + 1):
            store.put(vendor())
        assert store.closed == [True, *[False] * MAX_PER_ORIGIN]

    run(story)


def test_of_all_origins_the_one_used_longest_ago_makes_room() -> None:
    async def story(store: Store) -> None:
        for number in range(MAX_KEPT):
            store.put(vendor(number))
        taken = store.kept.take(vendor(0))
        assert taken
        store.kept.put(vendor(0), taken)
        store.put(vendor(MAX_KEPT))
        assert store.closed[:3] == [False, True, False]

    run(story)


@pytest.mark.parametrize("spoil", ["noise", "age"])
def test_what_is_not_fit_for_use_is_hung_up_on(spoil: str) -> None:
    async def story(store: Store) -> None:
        store.put(vendor())
        store.wires[0].quiet = spoil != "noise"
        store.now = IDLE_SECONDS if spoil == "age" else 0.0
        assert store.kept.take(vendor()) is None
        assert store.closed == [True]

    run(story)


def test_nobody_has_to_ask_for_an_idle_connection_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.02)

    async def story(_: Store) -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        store = Store()
        store.kept = Kept(loop.time)
        store.put(vendor())
        await asyncio.sleep(0.015)
        store.put(vendor(1))
        store.wires[1].close = ended.set  # type: ignore[method-assign]
        await asyncio.wait_for(ended.wait(), 5)
        assert store.closed[0]
        store.wires[1].closed = True

    run(story)
