"""Look-ups made once for everybody who asks, and remembered until they expire.

Nothing here knows what is looked up. Callers of one key share one look-up; a caller who gives up leaves it running for the
others and for the memory. Values are kept for less than the time they are good for, never for more, and what was learned
together does not expire together.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_SPREAD = 0.2
"""The share of its time by which a value may expire early."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[V]):
    value: V
    until: float
    weight: int


class Memo(Generic[K, V]):
    """Remembers values that weigh *limit* at most, together; the oldest goes first, the newest never.

    *look_up* returns a value and the seconds it may be kept; *clock* is monotonic; a value weighs 1 where *weigh* does not
    say otherwise. A memo belongs to one event loop.
    """

    def __init__(
        self,
        look_up: Callable[[K], Awaitable[tuple[V, float]]],
        *,
        clock: Callable[[], float],
        limit: int,
        weigh: Callable[[V], int] = lambda _: 1,
    ) -> None:
        self._look_up = look_up
        self._clock = clock
        self._limit = limit
        self._weigh = weigh
        self._weight = 0
        self._kept: dict[K, _Kept[V]] = {}
        self._flights: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K) -> V:
        """The value of *key*: from memory, from the look-up under way, or from a new one."""
        kept = self._kept.get(key)
        if kept is not None and self._clock() < kept.until:
            return kept.value
        return await asyncio.shield(self._flight(key))

    async def aclose(self) -> None:
        """End the look-ups under way and wait until they are gone; who still waits for one is cancelled with it."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _flight(self, key: K) -> asyncio.Task[V]:
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(self._fly(key), name="look up")
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return flight

    async def _fly(self, key: K) -> V:
        value, seconds = await self._look_up(key)
        self._keep(key, value, seconds)
        return value

    def _keep(self, key: K, value: V, seconds: float) -> None:
        weight = self._weigh(value)
        if key in self._kept:
            self._forget(key)
        while self._kept and self._weight + weight > self._limit:
            self._forget(next(iter(self._kept)))
        early = random.uniform(0, _SPREAD * seconds)  # noqa: S311 - it spreads load and guards nothing
        self._kept[key] = _Kept(value, self._clock() + seconds - early, weight)
        self._weight += weight

    def _forget(self, key: K) -> None:
        self._weight -= self._kept.pop(key).weight
