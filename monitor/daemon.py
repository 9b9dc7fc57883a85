"""The daemon: the root that composes everything, and the order in which it stops.

How it starts is told in `monitor.starting`. Reload: all or nothing, on SIGHUP or when a file changed. Stop, on SIGTERM or
SIGINT: no new probes, running ones get `DRAIN_SECONDS`, the store is flushed, everything is closed; within ten seconds in
all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from checks.check import all_checks
from checks.model import Reason, State
from checks.values import Address
from monitor.backdrop import LiveBackdrop, OwnNetwork
from monitor.canaries import Canaries
from monitor.catalogue import Catalogue
from monitor.chronicle import Chronicle
from monitor.clock import SYSTEM_CLOCK, Clock
from monitor.compactor import Compactor
from monitor.correlate import platforms_in
from monitor.explanations import Explanations
from monitor.garbage import FullRounds, settle
from monitor.metrics import Instruments
from monitor.mutes import keep_up
from monitor.network.network import LiveNetwork
from monitor.notify.ways import Ways
from monitor.platforms import Platforms
from monitor.reloads import Reloads, Source
from monitor.schedule import Due, Rhythm, Schedule
from monitor.second_looks import SecondLooks
from monitor.served import Parts, Served
from monitor.snapshot import Entry, page_looks
from monitor.state import Held, Transition
from monitor.store.store import Store, Written
from monitor.store.writer import Writer
from monitor.tellers import Tellers
from monitor.vendors import Past
from monitor.watch import Learned, Watch
from monitor.web import WebServer
from monitor.wishes import Wishes

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 5.0
"""How long probes under way may go on after the signal to stop."""
FLUSH_SECONDS = 2.0
"""How long the store may take after that to write what is queued."""
DEAF_SECONDS = 30.0
"""An event loop that has not gone round for this long is not healthy."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a daemon works with: the network vendors are looked at through, the ways to whom it tells, store and clock."""

    network: LiveNetwork
    ways: Ways
    store: Store
    clock: Clock = SYSTEM_CLOCK


class Daemon:
    """What runs between start and stop. Lives on the event loop, but for what the web server's threads call."""

    def __init__(self, directory: Path, means: Means, wishes: Wishes) -> None:
        clock, network, store = means.clock, means.network, means.store
        self._directory = directory
        self._clock = clock
        self._store = store
        self._wishes = wishes
        self._instruments = Instruments(version("vendorwatch"), all_checks())
        self._writer = Writer(store, clock, written=self._written)
        self._compactor = Compactor(store, clock, self._writer)
        self._canaries = Canaries(network, clock)
        self._watch = Watch(network, clock, self, self._canaries)
        self._explanations = Explanations()
        self._schedule = Schedule(self._due, clock, beat=self._beat, jumped=self._jumped)
        own = OwnNetwork(lambda: self._canaries.view, clock)
        self._backdrop = LiveBackdrop(self._watch.entries_of, self._explanations.cause_of, own)
        self._chronicle = Chronicle(self._writer.put, clock, self._backdrop, own)
        self._tellers = Tellers(means.ways, store, clock, self._is_well)
        parts = Parts(
            watch=self._watch,
            chronicle=self._chronicle,
            network=network,
            own_network=own,
            canaries=self._canaries,
            writer=self._writer,
            compactor=self._compactor,
            tellers=self._tellers,
            instruments=self._instruments,
        )
        self._served = Served(parts, store, clock, begun=lambda: self._catalogue is not None)
        self._catalogue: Catalogue | None = None
        self._is_told_where = False
        self._second_looks = SecondLooks(self._look_again)
        self._beat_at = clock.monotonic()
        self._full_rounds = FullRounds(clock.monotonic())
        self._platforms = Platforms()

    def web_server(self, catalogue: Catalogue, listen: Address | None = None) -> WebServer:
        """The server of this daemon's pages, on *listen* or else where *catalogue* says."""
        self._is_told_where = listen is not None
        settings = catalogue.settings
        return self._served.server(listen or settings.listen, settings, healthy=self._is_healthy, ready=self._is_ready)

    async def watch(self, catalogue: Catalogue, restored: Mapping[str, Held], past: Past) -> None:
        """Watch *catalogue*, and what replaces it, until a signal to stop; then stop in order."""
        self._chronicle.restore(past)
        self.adopt(catalogue, restored)
        settle()
        self._schedule.start()
        try:
            async with asyncio.TaskGroup() as group:
                acts = (
                    self._writer.run(),
                    self._compactor.run(),
                    self._reloads(catalogue).keep_up(),
                    self._canaries.run(),
                    self._tellers.run(),
                    keep_up(self._store, self._clock, self._chronicle.muted),
                )
                tasks = [group.create_task(act) for act in acts]
                await self._wishes.stop.wait()
                await self._wind_down()
                for task in tasks:
                    task.cancel()
        finally:
            self._chronicle.ended()
            await self._writer.flush(FLUSH_SECONDS)

    def _reloads(self, catalogue: Catalogue) -> Reloads:
        where = Source(self._directory, is_told_where=self._is_told_where)
        return Reloads(catalogue, where, self._store, self._wishes, self)

    async def _wind_down(self) -> None:
        """Begin no new probe, and end those under way."""
        _log.info("stopping", extra={"in_flight": self._watch.in_flight})
        self._schedule.stop()
        self._instruments.missed("shutdown", await self._watch.drain(DRAIN_SECONDS))

    def learned(self, learned: Learned) -> None:
        """Pass on what a probe came to: to the store, the instruments, the log, and the clock when it wants confirming."""
        entry, seen, moved = learned.entry, learned.observation, learned.transition
        self._explanations.note(entry)
        self._chronicle.learned(learned)
        self._instruments.probed(entry.check.name, seen.seconds, learned.waited)
        if seen.failure and seen.failure.reason is Reason.INTERNAL:
            self._instruments.erred(entry.check.name)
        if moved:
            self._tell(entry.check.name, moved)
        self._second_looks.consider(entry)

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """A target was not looked at for so long that nobody knows how it is."""
        self._chronicle.lapsed(entry, transition)
        self._tell(entry.check.name, transition)

    def _tell(self, check: str, moved: Transition) -> None:
        self._instruments.moved(check, moved.after)
        states = {"before": moved.before.value, "after": moved.after.value}
        level = logging.INFO if moved.after in {State.UP, State.MAINTENANCE} else logging.WARNING
        _log.log(level, "a state changed", extra={"target": moved.key, **states, "cause": moved.cause})

    def overrun(self, key: str) -> None:
        """A target was due while its last probe had not ended; that is no miss where a second look does as well."""
        if self._second_looks.stands_in(key):
            return
        _log.debug("overrun", extra={"target": key})
        self._instruments.missed("overrun")

    def _look_again(self, key: str) -> bool:
        if self._watch.is_busy(key):
            return False
        self._watch.due(key)
        return True

    def _due(self, due: Due) -> None:
        if due.skipped:
            self._instruments.missed("suspend", due.skipped)
        self._watch.due(due.key, due.late)

    def _jumped(self, seconds: float, runs: int) -> None:
        """The clock was set, or the machine slept: what was due meanwhile is missed, and never becomes a verdict."""
        _log.warning("the clock jumped", extra={"seconds": round(seconds, 1), "runs_missed": runs})
        self._instruments.jumped()
        self._instruments.missed("suspend", runs)

    def _beat(self) -> None:
        self._beat_at = self._clock.monotonic()
        self._instruments.beat(self._clock.now())
        self._full_rounds.pass_by(self._beat_at)
        self._watch.age()
        self._look_at_all_together()
        self._chronicle.passed()

    def _look_at_all_together(self) -> None:
        """What many pages or vendors have in common is seen from all of them together, and soon enough from time to time."""
        found = platforms_in(page_looks(self._watch.snapshot().entries.values()))
        self._platforms.take_in(found)
        self._instruments.platforms_are({name: unreadable is not None for name, unreadable in found.items()})
        self._explanations.compare()
        self._instruments.causes_are(self._explanations.sizes)

    def adopt(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        """Watch what *catalogue* says from now on; what is new to it starts from *restored*."""
        settings = catalogue.settings
        self._served.adopt(settings)  # first of all: what is new in this catalogue is shown to nobody who may not see it
        self._watch.adopt(catalogue.vendors, catalogue.targets, settings.concurrency, settings.confirm, restored)
        self._explanations.forget_all_but({target.key for target in catalogue.targets})
        rhythms = {each.key: Rhythm(each.every, each.together, is_known=each.key in restored) for each in catalogue.targets}
        self._schedule.replace(rhythms, anew=self._watch.unseen())
        self._canaries.adopt(settings.canaries)
        self._compactor.adopt(settings.history)
        self._backdrop.adopt(catalogue.vendors)
        self._tellers.adopt(settings.notify, {vendor.owner for vendor in catalogue.vendors})
        self._chronicle.adopt(catalogue.vendors, self._tellers.routes, settings.confirm.apart)
        self._instruments.reloaded(self._clock.now(), len(catalogue.vendors), len(catalogue.targets))
        entries = self._watch.snapshot().entries.values()
        self._second_looks.adopt(entries, settings.confirm.after, settings.canaries.grace)
        self._catalogue = catalogue
        _log.info("watching", extra={"vendors": len(catalogue.vendors), "targets": len(catalogue.targets)})

    def refused(self) -> None:
        """A configuration was read and had mistakes."""
        self._instruments.reload_refused()

    def _written(self, entries: Sequence[Written]) -> None:
        """Wake who tells people, where there is something to tell."""
        if any(entry.consequences.matters for entry in entries):
            self._tellers.wake()

    def _is_well(self) -> bool:
        """Whether all goes as it should, by what the daemon can know of itself: it beats, and it stores what it sees."""
        return self._is_healthy() and self._writer.is_well

    def _is_healthy(self) -> bool:
        return self._clock.monotonic() - self._beat_at < DEAF_SECONDS

    def _is_ready(self) -> bool:
        return self._catalogue is not None and not self._wishes.stop.is_set()
