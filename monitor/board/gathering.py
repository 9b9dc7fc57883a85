"""The board, put together for whoever asks: the present from what the daemon holds, the past from what is remembered.

For any thread. What is asked of the daemon are immutable values, so nothing here waits for its event loop, nor it for us.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from checks.foreign import LONGEST_SENTENCE, one_line
from checks.vendor import Vendor
from monitor.board.cards import card_of, target_cards, urgency
from monitor.board.memory import Memory
from monitor.board.reading import Known, newest
from monitor.board.values import Board, Card, Reading, VendorBoard
from monitor.clock import Clock
from monitor.outage import Outage, harmless
from monitor.snapshot import Entry, Snapshot
from monitor.standing import Standing


@dataclass(frozen=True, slots=True)
class Present:
    """What the daemon holds now, for any thread: each target, how each vendor stands, whether our network is the suspect.

    Before it has *begun* it does not know what to watch. Of our network there are *troubles* unless it is well.
    """

    snapshot: Callable[[], Snapshot]
    standings: Callable[[], Mapping[str, Standing]]
    is_blind: Callable[[], bool]
    begun: Callable[[], bool]
    troubles: Callable[[], Sequence[str]]


class Gathering:
    """Puts boards together."""

    def __init__(self, present: Present, memory: Memory, clock: Clock) -> None:
        self._present = present
        self._memory = memory
        self._clock = clock

    def board(self) -> Board:
        """Every vendor that is watched."""
        is_starting = not self._present.begun()
        known, reading = self._past()
        snapshot, standings = self._present.snapshot(), self._present.standings()
        entries = _by_vendor(snapshot)
        cards = [self._card(vendor, standings, entries[vendor.slug], known) for vendor in snapshot.vendors]
        return Board(
            cards=tuple(sorted(cards, key=urgency)),
            made_at=self._clock.now(),
            reading=reading,
            is_blind=self._present.is_blind(),
            troubles=self._troubles(),
            is_starting=is_starting,
        )

    def vendor(self, slug: str) -> VendorBoard | None:
        """All of one vendor; None where none of this name is watched."""
        if _named(slug, self._present.snapshot()) is None:
            return None  # at once: the store is not asked about what there is not
        known, reading = self._past()
        snapshot, standings = self._present.snapshot(), self._present.standings()
        vendor = _named(slug, snapshot)
        if vendor is None:
            return None
        entries = [entry for entry in snapshot.entries.values() if entry.target.vendor == slug]
        return VendorBoard(
            card=self._card(vendor, standings, entries, known),
            targets=target_cards(entries),
            outages=_outages(standings.get(slug), known.outages.get(slug, ()) if known else ()),
            made_at=self._clock.now(),
            reading=reading,
            is_blind=self._present.is_blind(),
            troubles=self._troubles(),
        )

    def _troubles(self) -> Sequence[str]:
        return tuple(one_line(trouble, LONGEST_SENTENCE) for trouble in self._present.troubles())

    def _past(self) -> tuple[Known | None, Reading]:
        """The past, which may take a moment: so it is asked for before the present."""
        return self._memory.recall({vendor.slug for vendor in self._present.snapshot().vendors})

    def _card(
        self, vendor: Vendor, standings: Mapping[str, Standing], entries: Sequence[Entry], known: Known | None
    ) -> Card:
        strip = known.strips.get(vendor.slug) if known else None
        return card_of(vendor, standings.get(vendor.slug), entries, strip)


def _named(slug: str, snapshot: Snapshot) -> Vendor | None:
    return next((vendor for vendor in snapshot.vendors if vendor.slug == slug), None)


def _by_vendor(snapshot: Snapshot) -> Mapping[str, Sequence[Entry]]:
    found = defaultdict[str, list[Entry]](list)
    for entry in snapshot.entries.values():
        found[entry.target.vendor].append(entry)
    return found


def _outages(standing: Standing | None, stored: Collection[Outage]) -> tuple[Outage, ...]:
    """The newest outages, as they were *stored*, and as the *standing* knows them, which is newer."""
    known = {each.opened_at: each for each in stored}
    for each in (standing.past, standing.outage) if standing else ():
        if each:
            known[each.opened_at] = harmless(each)
    return newest(known.values())
