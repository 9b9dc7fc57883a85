"""What is wrong with a configuration, as values that can be sorted, counted and printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

Part = str | int
"""One step into a file: a key, or the index of a list's item."""

_LONGEST_KEY = 40
_LONGEST_MESSAGE = 400


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where it stands, and what is wrong with it and how to cure it.

    *line* counts from 1; it is 0 where the mistake is not on any line. *path* is like ``endpoints[0].expect.status``,
    empty for the file as a whole.
    """

    file: Path
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{_short(self.file)}:{self.line}" if self.line else _short(self.file)
        message = self.message if len(self.message) <= _LONGEST_MESSAGE else self.message[:_LONGEST_MESSAGE] + "…"
        return ": ".join(part for part in (place, self.path, message) if part)


class ConfigError(Exception):
    """The configuration cannot be used. *problems* are all that is wrong with it, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def _short(file: Path) -> str:
    """*file* as it is typed from here: relative where it stands below the working directory."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def dotted(path: Iterable[Part]) -> str:
    """*path* as people write it: ``endpoints[0].expect.status``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shown_key(part)}" for part in path)
    return "".join(parts).removeprefix(".")


def shown_key(key: str) -> str:
    """*key* as it may be printed.

    What follows a colon is left out: ``{bearer:sk_1234}`` lacks a space, and so its key holds a secret.
    """
    name, colon, _ = key.partition(":")
    name = re.sub(r"[^\x20-\x7e\xa0-\U0010ffff]", "?", name)
    if colon or len(name) > _LONGEST_KEY:
        name = name[:_LONGEST_KEY] + "…"
    return name or "''"
