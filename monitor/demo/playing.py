"""The demo, played: the script goes on, the daemon is looked at, and both are told.

The next act waits for its time, and until the daemon has seen what the last one leads to: on a slow machine the hour is
longer, and not another story.
"""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.demo.authority import OwnAuthority
from monitor.demo.script import MINUTES, SCRIPT, Act
from monitor.demo.sights import Sights, leads, sights
from monitor.demo.watcher import Watcher, free_address, watching, write_config
from monitor.demo.world import World
from monitor.show.story import Story
from monitor.wishes import Wishes

EVERY = {"endpoint": "2s", "certificate": "3s", "tls": "3s"}
"""How often things are looked at."""
_LOOK_SECONDS = 0.25
_PATIENCE_SECONDS = 60.0
"""How long an act may wait for the daemon before it is told that it saw nothing."""


@dataclass(slots=True)
class Outcome:
    """What the daemon made of an act.

    *seconds* is how long it took until it saw all that was expected, None where it did not within *patience*, in seconds;
    *blamed* are vendors that were down for it though it was not theirs.
    """

    act: Act
    patience: float
    seconds: float | None = None
    blamed: set[str] = field(default_factory=set)

    @property
    def is_well(self) -> bool:
        """Whether it was seen, and nobody was blamed for it."""
        return self.seconds is not None and not self.blamed

    def __str__(self) -> str:
        seen = f"seen in {self.seconds:.1f} s" if self.seconds is not None else f"not seen within {self.patience:.0f} s"
        blamed = f"; blamed for it: {', '.join(sorted(self.blamed))}" if self.blamed else "; no vendor is blamed"
        said = seen if self.act.expects else "no more than told"
        return f"{self.act.told}: {said}{blamed if self.act.spares else ''}"


class Play:
    """One hour of *world*, watched by *watcher* and told by *story*."""

    def __init__(self, world: World, watcher: Watcher, story: Story, clock: Clock) -> None:
        self._world = world
        self._watcher = watcher
        self._story = story
        self._clock = clock
        self._sights: Sights = {}
        self._lead = ""
        self.outcomes: list[Outcome] = []

    async def run(self, script: Sequence[Act]) -> None:
        """Act by act to the end of the hour. Raises `WatcherEnded`."""
        ends = [act.minute for act in script[1:]] + [MINUTES]
        for act, end in zip(script, ends, strict=True):
            await self._act(act, (end - act.minute) * self._world.minute.total_seconds())

    async def _act(self, act: Act, lasts: float) -> None:
        self._story.happens(act.time, act.told)
        outcome, began = Outcome(act, max(lasts, _PATIENCE_SECONDS)), self._clock.monotonic()
        await act.does(self._world)
        while self._clock.monotonic() - began < (outcome.patience if outcome.seconds is None else lasts):
            await self._look(outcome, began)
            await asyncio.sleep(_LOOK_SECONDS)
        self.outcomes.append(outcome)

    async def _look(self, outcome: Outcome, began: float) -> None:
        """Look at what the daemon says, tell what is new, and see whether it is what was expected."""
        metrics = await self._watcher.metrics()
        seconds, seen = self._clock.monotonic() - began, sights(metrics) if metrics else self._sights
        for fact, word in seen.items():
            before = self._sights.get(fact)
            if before and word != before:
                self._story.is_seen(" ".join(fact), before, word, seconds)
        self._sights = seen
        if outcome.seconds is None and outcome.act.is_seen_in(seen):
            outcome.seconds = seconds
        if outcome.act.spares:
            outcome.blamed |= {fact.subject for fact, word in seen.items() if (fact.kind, word) == ("state", "down")}
        ahead = [f"{slug} {lead:.1f} s" for slug, lead in leads(metrics).items() if lead > 0]
        self._lead = ", ".join(ahead) or self._lead

    def add_up(self) -> None:
        """Tell what came of each act that is over, and by how much we knew of an outage before the vendor told."""
        self._story.add_up([(outcome.act.time, str(outcome), outcome.is_well) for outcome in self.outcomes])
        if self._lead:
            self._story.say(f"       known before the vendor admitted it: {self._lead}")


async def perform(minutes: float, *, once: bool) -> bool:
    """Play the hour in so many *minutes*, over and over or *once*, until a signal; whether all was seen that should be.

    Raises `WatcherEnded`, and `OSError` where no folder, address or file is to be had.
    """
    stop, minute = asyncio.Event(), timedelta(minutes=minutes) / MINUTES
    wishes = Wishes(stop=stop, reload=stop)  # There is nothing to reload: whoever hangs up wants the end.
    asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, stop.set)  # Ctrl-\, which would leave its folder behind.
    with wishes.heard(), tempfile.TemporaryDirectory(prefix="vendorwatch-demo-") as folder:
        playing = asyncio.ensure_future(_perform(Path(folder), minute, once=once))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        playing.cancel()
        with suppress(asyncio.CancelledError):
            return await playing
    return True


async def _perform(folder: Path, minute: timedelta, *, once: bool) -> bool:
    clock, story, listen = SYSTEM_CLOCK, Story(), free_address()
    world = World(clock, OwnAuthority(folder, clock), minute)
    try:
        await world.appear()
        directory = write_config(folder, listen, world, EVERY)
        async with watching(directory, listen) as watcher:
            _introduce(story, directory, listen, minute)
            await watcher.ready()
            while True:
                play = Play(world, watcher, story, clock)
                try:
                    await play.run(SCRIPT)
                finally:
                    play.add_up()
                if once:
                    return all(outcome.is_well for outcome in play.outcomes)
    finally:
        await world.vanish()


def _introduce(story: Story, directory: Path, listen: str, minute: timedelta) -> None:
    minutes = minute * MINUTES / timedelta(minutes=1)
    story.say(f"Six simulated vendors on loopback live through an hour in {minutes:g} min; the daemon is real.")
    story.say()
    for what, where in (
        ("the board", f"http://{listen}/"),
        ("its metrics", f"http://{listen}/metrics"),
        ("look yourself", shlex.join([sys.argv[0], "check", "--config", str(directory)])),
        ("the end", "Ctrl-C"),
    ):
        story.say(f"  {what:<15}{where}")
    story.say()
