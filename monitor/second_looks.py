"""Looking again soon at what is not confirmed yet: at most one such look is to come for each target."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from monitor.snapshot import Entry


class SecondLooks:
    """Calls *due* with a target's key when its second look is due. Lives on the event loop."""

    def __init__(self, due: Callable[[str], None]) -> None:
        self._due = due
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.after = 0.0
        """How soon, in seconds; never later than the target's interval."""

    def consider(self, entry: Entry) -> None:
        """A look has ended: plan the next one, if it is to come before its time.

        Not at what only tells its vendor's word: the page is somebody else's, and failing makes it unknown at worst.
        """
        key = entry.target.key
        if timer := self._timers.pop(key, None):
            timer.cancel()
        if entry.held.is_pending and not entry.check.reads_claim:
            soon = min(self.after, entry.target.every)
            self._timers[key] = asyncio.get_running_loop().call_later(soon, self._fire, key)

    def _fire(self, key: str) -> None:
        self._timers.pop(key, None)
        self._due(key)
