"""Raw questions: bytes that are said first on a connection of their own, and how that went.

What the bytes mean is known to whoever asks. However a question goes, that is a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Reading(Protocol):
    """What takes in an answer, piece by piece, and knows when it has enough. It never raises for what it is fed."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more is wanted."""
        ...

    def feed(self, content: bytes) -> None:
        """Take the next bytes of the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """Bytes that are said first on a connection of their own, and what reads the answer."""

    content: bytes
    reading: Reading


class Ending(StrEnum):
    """How an answer ended."""

    ANSWERED = "answered"
    """The reading has what it wants."""
    CLOSED = "closed"
    """The peer hung up before that."""
    RESET = "reset"
    """The peer cut the connection before that."""
    TIMEOUT = "timeout"
    """It was not complete in time, however much had come."""
    TOO_LARGE = "too_large"
    """It was longer than any honest one."""
    UNREACHED = "unreached"
    """There was no connection to ask on."""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a question went; what was said is in its reading. *detail* is for people; *received* counts bytes."""

    ending: Ending
    detail: str = ""
    received: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """Replies in the order of their questions, and how long all of them took together, in seconds."""

    replies: tuple[Reply, ...]
    seconds: float
