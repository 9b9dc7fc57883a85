"""One limit of time for several waits in a row, each of which says what was waited for in vain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from checks.model import Reason, Unseen


class Patience:
    """How long *aim* may take in all, from now on; for ever without *seconds*."""

    def __init__(self, aim: str = "", seconds: float | None = None) -> None:
        """*aim* is what fails when the time is over, for a sentence: ``vendor.example:443: no handshake``."""
        self._late = f"{aim} within {seconds:g} s" if seconds is not None else ""
        self._until = None if seconds is None else asyncio.get_running_loop().time() + seconds

    @asynccontextmanager
    async def during(self, failing: str, reason: Reason = Reason.TIMEOUT) -> AsyncIterator[None]:
        """Raise `Unseen` for *reason* when the time is over before what is done inside; *failing* says what did not happen.

        What is done inside may not raise `TimeoutError` of its own.
        """
        try:
            async with asyncio.timeout_at(self._until):
                yield
        except TimeoutError:
            raise Unseen(reason, f"{self._late}: {failing}") from None
