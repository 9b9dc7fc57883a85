"""What of a file can be read although something in it cannot: its values with gaps.

A rule about several values waits until each of them can be read, and so one mistake would hide another. Therefore what is
wrong is taken away and the rest is looked at again. An optional value is left out; where one must be, and in lists, whose
items keep their numbers, a stand-in takes its place. Nothing may be said of a place that has a gap, nor of what it is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from monitor.loading.problem import Part
from monitor.loading.shape import is_required, shapes_at, stand_in

Place = tuple[Part, ...]
"""A path into a file."""


@dataclass(slots=True)
class Gaps:
    """The places of a file whose values cannot be read."""

    _places: set[Place] = field(default_factory=set)
    _around: set[Place] = field(default_factory=set)

    def touch(self, *place: Part) -> bool:
        """Whether there is a gap at *place*, in it or around it."""
        return place in self._around or any(place[:length] in self._places for length in range(1, len(place)))

    def cut(self, values: object, places: Iterable[Place], shape: Any) -> bool:
        """Make gaps in *values*, a file of *shape*, at *places*; False where nothing would be left."""
        wider = {self._widened(place) for place in places}
        for place in sorted(wider - {()}, key=len, reverse=True):
            _cut(values, place, shape)
            self._places.add(place)
            self._around.update(place[:length] for length in range(len(place) + 1))
        return () not in wider

    def _widened(self, place: Place) -> Place:
        """*place*, or the nearest around it that is no gap yet: where even a gap is wrong, it was too small."""
        while place in self._places:
            place = place[:-1]
        return place


def _cut(values: Any, place: Place, shape: Any) -> None:
    *parents, last = place
    for part in parents:
        values = values[part]
    if isinstance(last, int) or is_required(shape, place):
        values[last] = stand_in(shapes_at(shape, place)[0])
    else:
        values.pop(last)
