"""When Python looks for unreachable cycles among everything it holds.

A full collection at 10,000 targets stops the event loop for a quarter of a second to a whole one, and by itself Python
begins one whenever the number of objects has grown by a quarter: measured, that made a lateness (99th percentile) of 3 ms
one of 100. Young cycles, which is what probes leave behind, are collected as ever; the full rounds are made at times of our
choosing, and what a start brings (modules, tables, the catalogue) is not looked through again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FULL_ROUND_SECONDS = 600.0
"""How often everything is looked through."""
_NEVER = 1_000_000


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no cycles, for what ends soon: of a large report's time a fifth went into that, among the rows it reads."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle() -> None:
    """Take what is there now for lasting, and begin no full round unasked."""
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)


class FullRounds:
    """Full rounds, one every `FULL_ROUND_SECONDS`, begun by whoever passes by."""

    def __init__(self, monotonic: float) -> None:
        self._last = monotonic

    def pass_by(self, monotonic: float) -> None:
        """Make a round if it is time."""
        if monotonic - self._last >= FULL_ROUND_SECONDS:
            gc.collect()
            self._last = monotonic
