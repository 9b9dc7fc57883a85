"""The words of a talk before TLS, and how it fails: always as `Unseen` with `Reason.TLS` and one sentence."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from checks.foreign import quoted
from checks.model import Reason, Unseen

MAX_BYTES = 16_384
"""What a peer may say in all before TLS."""
MAX_LINES = 128
"""The most lines of one reply."""
_TLS_ALREADY = "TLS from its first byte, with nothing before it"
_SPOKEN = (
    (b"HTTP/", "plain HTTP"),
    (b"SSH-", "SSH"),
    (b"220", "SMTP or FTP"),
    (b"* ", "IMAP"),
    (b"+OK", "POP3"),
    (b"<", "markup"),
    (b"\x15\x03", _TLS_ALREADY),
    (b"\x16\x03", _TLS_ALREADY),
)
"""How other protocols begin."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What to say, and what finds the end of the reply in the bytes that came: 0 while it is not whole."""

    said: bytes
    end: Callable[[bytes], int]


R = TypeVar("R")
Part: TypeAlias = Generator[Turn, bytes, R]
"""A part of a talk, which comes to an ``R``. It raises `Unseen` where TLS will not begin."""


def line_end(content: bytes) -> int:
    """The end of the first line, 0 while there is none."""
    return content.find(b"\n") + 1


def shown(content: bytes) -> str:
    """The beginning of *content*, for a sentence."""
    return quoted(content[:80].decode("latin-1"))


def refused(reply: bytes) -> Unseen:
    """The peer said *reply* where it should have agreed."""
    return Unseen(Reason.TLS, f"the peer does not start TLS; it said {shown(reply)}")


def other(content: bytes, name: str) -> Unseen:
    """The peer does not speak the protocol of that *name*: what it does speak, if *content* shows it."""
    spoken = next((protocol for mark, protocol in _SPOKEN if content.startswith(mark)), "")
    what = f"speaks {spoken}, not {name}" if spoken else f"does not speak {name}; it sent {shown(content)}"
    return Unseen(Reason.TLS, f"the port {what}")
