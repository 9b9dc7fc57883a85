"""What a channel is, and how a delivery fails."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from checks.foreign import one_line
from monitor.outbox import Batch, Route


class NotTaken(Exception):  # noqa: N818 - it is what a receiver did, not an error of the program
    """A receiver has not taken a message.

    *detail* says why, in one line. *after* is how many seconds it asked to be left alone, None where it did not. *is_final*
    says that the same message would come to the same again, *is_over* that any would. *is_doubtful* says that all of it was
    sent, and nobody knows whether it arrived.
    """

    def __init__(
        self,
        detail: str,
        *,
        after: float | None = None,
        is_final: bool = False,
        is_over: bool = False,
        is_doubtful: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = one_line(detail)
        self.after = after
        self.is_final = is_final
        self.is_over = is_over
        self.is_doubtful = is_doubtful


class Channel(Protocol):
    """One way to tell somebody."""

    @property
    def route(self) -> Route:
        """What the channel is called, and which alerts it takes."""
        ...

    async def deliver(self, batch: Batch, at: datetime) -> None:
        """Send *batch*, once; it is *at* that time now. Raises `NotTaken` unless the receiver took it."""
        ...
