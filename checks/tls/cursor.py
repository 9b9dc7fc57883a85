"""Reading what a peer sent without trusting any length in it. Pure."""

from __future__ import annotations


class Malformed(ValueError):  # noqa: N818 - it says what a peer sent, and is no error of the program
    """Why a peer's bytes cannot be read, as the end of a sentence."""


class Cursor:
    """A place in some bytes, that moves to their end and never past it. Numbers are big-endian."""

    __slots__ = ("_at", "_content")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return self._at < len(self._content)

    def take(self, length: int) -> bytes:
        """The next *length* bytes. Raises `Malformed` when there are fewer."""
        end = self._at + length
        if end > len(self._content):
            msg = "a length in it leads past its end"
            raise Malformed(msg)
        taken = self._content[self._at : end]
        self._at = end
        return taken

    def number(self, width: int) -> int:
        """The next number of *width* bytes. Raises `Malformed` when it is cut short."""
        return int.from_bytes(self.take(width))

    def vector(self, width: int) -> bytes:
        """The next bytes that a length of *width* bytes precedes. Raises `Malformed` when they are cut short."""
        return self.take(self.number(width))

    def finish(self) -> None:
        """Raise `Malformed` when anything is left."""
        if self:
            msg = "there is more in it than belongs there"
            raise Malformed(msg)
