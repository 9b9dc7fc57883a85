"""An event loop whose time passes as fast as nothing happens: whoever sleeps for an hour is woken at once, in order.

The loop's clock jumps to the next thing that is due instead of waiting for it. Nothing here may wait for sockets or threads.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from monitor.clock import Clock
from tests.support.build import T0

T = TypeVar("T")


class _Impatient(selectors.SelectSelector):
    """Never waits, but notes for how long it should have."""

    waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now."""
        if timeout is None:
            msg = "nothing will ever happen: somebody waits for what nobody does"
            raise RuntimeError(msg)
        self.waited += max(timeout, 0.0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop. Its time begins at 0."""

    def __init__(self) -> None:
        self._impatient = _Impatient()
        super().__init__(self._impatient)

    def time(self) -> float:
        """Seconds since the beginning, as far as anybody waited for them."""
        return self._impatient.waited


def virtual_clock() -> Clock:
    """The time of the running loop as a clock, the wall's beginning at `T0`."""
    time = asyncio.get_running_loop().time
    return Clock(now=lambda: T0 + timedelta(seconds=time()), monotonic=time)


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run *main* in a loop of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
