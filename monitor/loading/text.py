"""The text of a file, bounded and decoded, or why there is none."""

from __future__ import annotations

import re
import stat
from pathlib import Path

MAX_BYTES = 1_048_576
"""The largest file that is read. 500 vendors in one file would need less."""

_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What no YAML file may hold (YAML 1.2.2, section 5.1), and a byte order mark in the middle."""


class Unreadable(Exception):  # noqa: N818 - it ends the reading of one file and never leaves `monitor.loading`
    """Nothing after *line* can be read."""

    def __init__(self, line: int, message: str, path: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.path = line, message, path


def text_of(file: Path) -> str:
    """The text of *file*. Raises `Unreadable`."""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise Unreadable(0, "is not a file")
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(0, f"cannot be read: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise Unreadable(0, f"is larger than {MAX_BYTES // 1024} KiB: is this the right file?")
    return _decoded(raw)


def _decoded(raw: bytes) -> str:
    """*raw* as text, if YAML may hold it."""
    if raw.startswith(b"\xef\xbb\xbf"):
        raise Unreadable(1, "begins with a byte order mark: save the file as UTF-8 without one")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "is not UTF-8: save the file as UTF-8") from error
    if odd := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise Unreadable(
            line, f"has the control character U+{ord(odd[0]):04X}: remove it, or write it as an escape in quotes"
        )
    return text
