"""What a daemon meets on a bad day: vendors that break and recover by lot, and a receiver that is slow or fails."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import yaml

from checks.model import Claim
from monitor.demo.vendors import SimulatedVendor
from tests.support.receiver import Message, Receiver
from tests.support.servers import Asked, Reply, site, wire
from tests.support.vendors import well

RESTLESS, CALM = 6, 2
FAST, MOODY = "fast", "moody"
CHANNELS = (FAST, MOODY)
EVERY = "400ms"
WELL_SECONDS, BROKEN_SECONDS = (1.0, 6.0), (0.3, 6.0)
CLAIMS = (Claim.OPERATIONAL, Claim.OPERATIONAL, Claim.DEGRADED, Claim.PARTIAL_OUTAGE, Claim.MAJOR_OUTAGE)
SLOW_SECONDS = 1.0
HOLD_SECONDS = 0.02
"""How long a request is held at most before the trap is sprung."""


@dataclass(frozen=True)
class Fault:
    """That a *vendor* was broken from a time to another."""

    vendor: str
    began: datetime
    ended: datetime


@dataclass
class Unrest:
    """Vendors that break and recover, as *chance* has it, and some that never do. *faults* are those that are over."""

    chance: random.Random
    vendors: list[SimulatedVendor] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @asynccontextmanager
    async def goes_on(self) -> AsyncIterator[None]:
        """Unrest until the end of the context; then all vendors are well."""
        restless = self.vendors[:RESTLESS]
        chances = [random.Random(self.chance.random()) for _ in restless]  # noqa: S311 - they guard nothing
        lives = [asyncio.ensure_future(self._lives(*each)) for each in zip(restless, chances, strict=True)]
        try:
            yield
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)

    async def _lives(self, vendor: SimulatedVendor, chance: random.Random) -> None:
        while True:
            await asyncio.sleep(chance.uniform(*WELL_SECONDS))
            began, vendor.api_status, vendor.says.claim = datetime.now(UTC), 503, chance.choice(CLAIMS)
            try:
                await asyncio.sleep(chance.uniform(*BROKEN_SECONDS))
            finally:
                vendor.api_status, vendor.says.claim = 200, Claim.OPERATIONAL
                self.faults.append(Fault(vendor.slug, began, datetime.now(UTC)))


@asynccontextmanager
async def unrest(chance: random.Random) -> AsyncIterator[Unrest]:
    """The vendors, well until the unrest begins, each on an address of its own."""
    made = Unrest(chance)
    async with AsyncExitStack() as stack:
        for number in range(RESTLESS + CALM):
            vendor = well(f"v{number}", f"127.0.{number + 1}.1")
            vendor.where = await stack.enter_async_context(site(vendor.answer, host=vendor.host, plain=True))
            made.vendors.append(vendor)
        yield made


class Moment(Enum):
    """Where a receiver is with a request when a trap is sprung."""

    HELD = "it has all of it and has not answered"
    ANSWERED = "it has answered a moment ago"


@dataclass
class MoodyReceiver(Receiver):
    """Takes most of what comes. What comes to the path of the moody channel it takes slowly at times, and not at others.

    A *trap* is sprung once, when a request is at its moment.
    """

    chance: random.Random = field(default_factory=random.Random)
    is_moody: bool = True
    trap: tuple[Moment, Callable[[], None]] | None = None

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        place = len(self.came)
        self.came.append(Message(asked.target, asked.headers, asked.body, taken=False))
        if await self._springs(Moment.HELD, self.chance.uniform(0, HOLD_SECONDS)) and self.chance.random() < 0.5:
            return  # Without an answer, so it has not taken it.
        takes = await self._makes_up_its_mind(asked.target)
        writer.write(wire(Reply(200 if takes else 500)))
        self.came[place] = replace(self.came[place], taken=takes)
        if takes:
            await self._springs(Moment.ANSWERED, self.chance.choice((0, 0.002, 0.005)))
        await writer.drain()

    async def _makes_up_its_mind(self, path: str) -> bool:
        """Whether the request is taken."""
        if not self.is_moody or path != f"/{MOODY}":
            return True
        await asyncio.sleep(self.chance.choice((0, 0, self.chance.uniform(0, SLOW_SECONDS))))
        return self.chance.random() > 0.2

    async def _springs(self, moment: Moment, after: float) -> bool:
        """Spring the trap *after* so many seconds if it is set for *moment*; whether it was."""
        if self.trap is None or self.trap[0] is not moment:
            return False
        (_, act), self.trap = self.trap, None
        if after:
            await asyncio.sleep(after)
        act()
        return True


@asynccontextmanager
async def moody_receiver(chance: random.Random) -> AsyncIterator[MoodyReceiver]:
    """A receiver in its moods."""
    made = MoodyReceiver(chance=chance)
    await made.listen()
    try:
        yield made
    finally:
        await made.refuse()


def write_unrest(folder: Path, listen: str, takes: MoodyReceiver, vendors: Unrest) -> Path:
    """A configuration folder that watches *vendors* and tells *takes* of everything, by each of the channels."""
    directory = folder / "config"
    (directory / "vendors").mkdir(parents=True)
    everything = ["page", "ticket", "info", "none"]
    hooks = [{"name": name, "url": takes.url(f"/{name}"), "severities": everything} for name in CHANNELS]
    settings = {
        "listen": listen,
        "network": {"allow": ["127.0.0.0/8"]},
        "canaries": {"ask": []},
        "confirm": {"fall": 2, "rise": 2, "after": "100ms", "apart": "1s"},
        "notify": {"webhooks": hooks},
    }
    (directory / "monitor.yaml").write_text(yaml.safe_dump(settings))
    for vendor in vendors.vendors:
        (directory / "vendors" / f"{vendor.slug}.yaml").write_text(vendor.file(EVERY))
    return directory
