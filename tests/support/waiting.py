"""Waiting for what other programs do: on a condition, never for a time, and with a word about what was seen instead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
_STEP_SECONDS = 0.1


async def until(
    what: str, look: Callable[[], Awaitable[T]], holds: Callable[[T], object], tell: Callable[[T], str] = repr
) -> T:
    """What *look* came to once it *holds*; fails with *what* and the last look, as *tell* puts it, when it never does."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_SECONDS
    while not holds(found := await look()):
        if loop.time() > end:
            pytest.fail(f"never happened: {what}\n{tell(found)}")
        await asyncio.sleep(_STEP_SECONDS)
    return found
