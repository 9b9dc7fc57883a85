"""A daemon that is killed again and again while vendors break and recover, and what became of what there was to tell.

Each kill is SIGKILL at a moment drawn by lot, most of them where a message could be lost or doubled. The daemon is as it is
shipped. Only its store is changed now and then, so that the test does not take hours: what waits in it is made an hour
older. While the daemon lives that is what no sender has claimed yet, and so it was gathered for long enough; while it is
dead it is all that waits, and so claims have run out and tries are due.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from tests.support.daemon import Daemon, daemon
from tests.support.programs import free_address
from tests.support.reckoning import Reckoning, reckon
from tests.support.sightings import Noticed, alert_names, happened, noticed, outbox
from tests.support.unrest import (
    CALM,
    CHANNELS,
    RESTLESS,
    Moment,
    MoodyReceiver,
    Unrest,
    moody_receiver,
    unrest,
    write_unrest,
)

START_SECONDS, LIFE_SECONDS, LONG_LIFE_SECONDS = 1.2, 2.0, 5.0
"""About how long it takes to start, and how long it lives for at most before it is killed or the trap for it is set."""
PATIENCE_SECONDS = 6.0
"""How long a moment to kill is waited for; then the daemon is killed without it."""
HURRY_SECONDS = (0.2, 1.0)
SETTLE_SECONDS = 60.0
TIME_PASSES = 0.8
"""How often an hour passes while the daemon is dead."""


class Kill(Enum):
    """When the daemon is killed."""

    STARTING = "while it starts"
    ANY = "at any moment"
    STORED = "as something to tell was stored"
    HELD = "while the receiver held a request"
    ANSWERED = "as the receiver had answered"


_SHARES = {Kill.STARTING: 1, Kill.ANY: 2, Kill.STORED: 3, Kill.HELD: 3, Kill.ANSWERED: 4}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How often it was killed, what there was to tell, what was told, and what is wrong with that.

    *in_hand* are the ids of messages that were on their way at a kill: they had come to the receiver, and what became of
    them was not noted. Only of these may the receiver have taken any more than once; *unexplained* are others that it has.
    """

    kills: Counter[Kill]
    in_hand: Collection[str]
    alerts: Counter[str]
    requests: int
    reckoning: Reckoning
    noticed: Noticed

    @property
    def unexplained(self) -> set[str]:
        """Messages that were taken again though no kill came between."""
        return {*self.reckoning.redelivered} - {*self.in_hand}


async def kill_often(folder: Path, kills: int, seed: int = 1) -> Outcome:
    """So many lives of one daemon whose store is in *folder*, and one in which all is well and everything is told."""
    chance, listen = random.Random(seed), free_address()  # noqa: S311 - it guards nothing
    async with unrest(chance) as vendors, moody_receiver(chance) as takes:
        directory = write_unrest(folder, listen, takes, vendors)
        compiled_once = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        async with daemon(directory, listen, compiled_once) as watching:
            await watching.stop(signal.SIGKILL)
            ordeal = Ordeal(watching, takes, chance)
            async with ordeal.hurried():
                async with vendors.goes_on():
                    await ordeal.run(kills)
                takes.is_moody = False
                await ordeal.come_to_rest()
            return _outcome(ordeal, vendors)


@dataclass
class Ordeal:
    """Kills the daemon that is *watching*, whose messages *takes* receives, as *chance* has it. It is dead in between."""

    watching: Daemon
    takes: MoodyReceiver
    chance: random.Random
    kills: Counter[Kill] = field(default_factory=Counter)
    in_hand: set[str] = field(default_factory=set)

    async def run(self, kills: int) -> None:
        """So many lives."""
        for kill in self.chance.choices([*_SHARES], [*_SHARES.values()], k=kills):
            await self.watching.launch()
            self.kills[await self._strike(kill)] += 1
            self._look_back()
            if self.chance.random() < TIME_PASSES:
                self._let_an_hour_pass()

    async def come_to_rest(self) -> None:
        """A last life, until nothing goes on any more and all of it is told."""
        self._let_an_hour_pass()
        await self.watching.start()
        await self.watching.until_counted("up", RESTLESS + CALM)
        for rows in _GOES_ON:
            await self._until_none(rows)

    @asynccontextmanager
    async def hurried(self) -> AsyncIterator[None]:
        """Nothing is gathered for long until the end of the context."""

        async def hurry() -> None:
            while True:
                await asyncio.sleep(self.chance.uniform(*HURRY_SECONDS))
                await asyncio.to_thread(self._let_an_hour_pass, is_dead=False)

        task = asyncio.ensure_future(hurry())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _strike(self, kill: Kill) -> Kill:
        """Kill it when *kill* says, or at any moment if that does not come; at which it was."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._meet(kill)
        except TimeoutError:
            kill = Kill.ANY
        self.takes.trap = None
        with suppress(ProcessLookupError):
            await self.watching.stop(signal.SIGKILL)
        return kill

    async def _meet(self, kill: Kill) -> None:
        """Wait for the moment; the daemon starts just now."""
        match kill:
            case Kill.STARTING:
                await asyncio.sleep(self.chance.uniform(0, START_SECONDS))
            case Kill.ANY:
                await asyncio.sleep(START_SECONDS + self.chance.uniform(0, LONG_LIFE_SECONDS))
            case Kill.STORED:
                await self._until_news_is_stored()
                await asyncio.sleep(self.chance.choice((0, 0.02)))
            case Kill.HELD:
                await self._trapped(Moment.HELD)
            case Kill.ANSWERED:
                await self._trapped(Moment.ANSWERED)

    async def _trapped(self, moment: Moment) -> None:
        """The receiver kills the daemon in the midst of a request."""
        await asyncio.sleep(START_SECONDS * self.chance.random() + self.chance.uniform(0, LIFE_SECONDS))
        process = self.watching.process
        self.takes.trap = moment, lambda: process.kill() if process.returncode is None else None
        await process.wait()

    async def _until_news_is_stored(self) -> None:
        before = self.watching.rows(_NEWEST)
        await _until(lambda: self.watching.rows(_NEWEST) != before, 0.003)

    async def _until_none(self, rows: str) -> None:
        """Wait until there are no *rows*, and not for ever: what is left then is reckoned."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await _until(lambda: not self.watching.rows(rows), 0.1)

    def _look_back(self) -> None:
        """Note what had come to the receiver, and the dead daemon had not written down what became of it."""
        waiting = {batch for (batch,) in self.watching.rows("SELECT DISTINCT batch FROM message WHERE stage = 'waiting'")}
        self.in_hand |= {message.id for message in self.takes.came} & waiting

    def _let_an_hour_pass(self, *, is_dead: bool = True) -> None:
        """For what waits; while the daemon is not dead, for what it has not claimed."""
        with closing(sqlite3.connect(self.watching.log.with_name("vendorwatch.db"))) as store, store:
            store.execute(_HOUR_PASSES, (is_dead,))


_NEWEST = "SELECT max(id) FROM message"
_HOUR_PASSES = (
    "UPDATE message SET at = at - 3600000000, due_at = due_at - 3600000000 WHERE stage = 'waiting' AND (batch IS NULL OR ?)"
)
_GOES_ON = (
    "SELECT 1 FROM alert WHERE ends_at IS NULL LIMIT 1",
    "SELECT 1 FROM outage WHERE closed_at IS NULL LIMIT 1",
    "SELECT 1 FROM message WHERE stage = 'waiting' LIMIT 1",
)


async def _until(holds: Callable[[], bool], step: float) -> None:
    while True:
        if holds():
            return
        await asyncio.sleep(step)


def _outcome(ordeal: Ordeal, vendors: Unrest) -> Outcome:
    rows, came = ordeal.watching.rows, ordeal.takes.came
    return Outcome(
        kills=ordeal.kills,
        in_hand=ordeal.in_hand,
        alerts=alert_names(rows),
        requests=len(came),
        reckoning=reckon(happened(rows), CHANNELS, outbox(rows), came),
        noticed=noticed(vendors.faults, rows),
    )
