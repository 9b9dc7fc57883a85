"""What the board remembers of the store, so that a page neither waits for it nor asks it again for nothing.

- It is read when somebody asks and what is known is old; by one thread of ours at a time, never by one that serves a page.
- Whoever asks waits for that thread, but no longer than `PATIENCE_SECONDS` from when it began: then what is known has to
  do. So a store that does not answer holds up one thread for as long as it likes, and pages but for a moment.
- One that began before a vendor came knows nothing of it: who asks for that vendor waits for the next, within that time.
- A store that fails costs nothing that was known before, and is asked again `RETRY_SECONDS` later.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

from monitor.board.reading import Known, read
from monitor.board.values import Reading
from monitor.clock import Clock
from monitor.store.store import Fault, Operation, Store, StoreUnavailable

FRESH_SECONDS = 15.0
"""How long what was read does,"""
WHOLE_SECONDS = 3_600.0
"""and how long after all of it was read only the newest days are read anew."""
RETRY_SECONDS = 10.0
PATIENCE_SECONDS = 2.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Flight:
    """A reading that began at a time of the monotonic clock; *landed* once it is over, whatever came of it."""

    began: float
    landed: Event = field(default_factory=Event)


class Memory:
    """See the module. For any thread."""

    def __init__(self, store: Store, clock: Clock, patience: float = PATIENCE_SECONDS) -> None:
        self._store = store
        self._clock = clock
        self._patience = patience
        self._lock = Lock()
        self._known: Known | None = None
        self._flight: _Flight | None = None
        self._due_at = clock.monotonic()
        self._whole_at = self._due_at
        self._has_failed = False
        self._errors = Counter[tuple[Operation, Fault]]()

    @property
    def errors(self) -> Mapping[tuple[Operation, Fault], int]:
        """How often the store failed us since the start."""
        with self._lock:
            return dict(self._errors)

    def recall(self, slugs: Collection[str]) -> tuple[Known | None, Reading]:
        """What is known of the past of the vendors *slugs*, and what came of reading it. Waits a moment where it is old."""
        asked_at = self._clock.monotonic()
        is_awaited = self._is_awaited(slugs, asked_at) or self._is_awaited(slugs, asked_at)
        with self._lock:
            if self._has_failed:
                return self._known, Reading.FAILED
            return self._known, Reading.AWAITED if is_awaited or self._lacks(slugs) else Reading.DONE

    def _is_awaited(self, slugs: Collection[str], asked_at: float) -> bool:
        """Wait for the reading that is under way, or for a new one, if there need be any. Whether it still goes on then."""
        with self._lock:
            if not self._is_due(slugs):
                return False
            before, self._flight = self._flight, self._flight or _Flight(self._clock.monotonic())
            flight = self._flight
        if flight is not before:
            self._start(flight, slugs)
        left = min(flight.began, asked_at) + self._patience - self._clock.monotonic()
        return not flight.landed.wait(max(0.0, left))

    def _is_due(self, slugs: Collection[str]) -> bool:
        return self._clock.monotonic() >= self._due_at or (self._lacks(slugs) and not self._has_failed)

    def _lacks(self, slugs: Collection[str]) -> bool:
        return self._known is None or not self._known.strips.keys() >= set(slugs)

    def _start(self, flight: _Flight, slugs: Collection[str]) -> None:
        try:
            Thread(target=self._fly, args=(flight, tuple(slugs)), name="board", daemon=True).start()
        except RuntimeError as error:  # the machine, or its limit for us, has no room for another thread
            self._missed(StoreUnavailable(Operation.READ, f"the store is not asked: {error}"))
            self._landed(flight, None, is_whole=False)

    def _fly(self, flight: _Flight, slugs: Collection[str]) -> None:
        known: Known | None = None
        is_whole = self._known is None or flight.began >= self._whole_at
        try:
            known = read(self._store, slugs, self._clock.now(), None if is_whole else self._known)
        except StoreUnavailable as error:
            self._missed(error)
        except Exception:  # noqa: BLE001 - a bug of ours here must cost the past and not the page
            _log.exception("a bug in reading the past for the board")
        finally:
            self._landed(flight, known, is_whole=is_whole)

    def _missed(self, error: StoreUnavailable) -> None:
        with self._lock:
            self._errors[error.operation, error.fault] += 1
        level = logging.DEBUG if self._has_failed else logging.WARNING
        _log.log(level, "the board goes without the past, or with an old one", extra={"why": str(error)})

    def _landed(self, flight: _Flight, known: Known | None, *, is_whole: bool) -> None:
        if known and self._has_failed:
            _log.info("the board has the past again")
        with self._lock:
            self._flight, self._has_failed = None, known is None
            now = self._clock.monotonic()
            self._due_at = now + (FRESH_SECONDS if known else RETRY_SECONDS)
            if known:
                self._known = known
                self._whole_at = now + WHOLE_SECONDS if is_whole else self._whole_at
        flight.landed.set()
