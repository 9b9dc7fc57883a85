"""What is made of a strip is made once, and kept for as long as there is that strip: until its past was read anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from monitor.board.values import Strip

Made = TypeVar("Made")


def remembered(make: Callable[[Strip], Made]) -> Callable[[Strip], Made]:
    """*make* for any thread, asked once of each strip; two that ask at once may both make it."""
    made = WeakKeyDictionary[Strip, Made]()

    def once(strip: Strip) -> Made:
        found = made.get(strip)
        if found is None:
            found = made[strip] = make(strip)
        return found

    return once
