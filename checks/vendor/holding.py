"""How a value of a vendor's file says all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator


def require(*rules: tuple[object, str]) -> None:
    """Hold every rule: what must be true, and the sentence where it is not. Raises `ValueError` with all those sentences."""
    broken = [sentence for holds, sentence in rules if not holds]
    if broken:
        raise ValueError(*broken)


def shows(text: str) -> bool:
    """Whether anything of *text* can be seen: white space and characters without width cannot."""
    return any(character.isprintable() and not character.isspace() for character in text)


def repeats(values: Iterable[Hashable]) -> Iterator[tuple[int, int]]:
    """Where a value stands again, and where it stood first."""
    first: dict[Hashable, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            yield index, first[value]
