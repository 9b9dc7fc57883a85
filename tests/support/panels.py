"""A dashboard read as Grafana reads it: its panels, what they ask, and what becomes of variables in that.

Sources: Grafana's documentation of variable syntax and of the Prometheus data source (read 2026-11-22). A choice of
several is a pattern; All is the pattern that its variable gives for it, or all of its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ALL = "$__all"
SCREEN_PIXELS = 1600
COLUMNS = 24
_REFERENCE = re.compile(r"\$(\w+)|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}|\[\[(\w+)(?::(\w+))?\]\]")
_INTERVALS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPECIAL = re.compile(r"[\\^$.*+?()|\[\]{}]")

Document = Mapping[str, Any]
Choices = Mapping[str, Sequence[str]]
"""What is chosen of each variable: several values, or `ALL` alone."""


@dataclass(frozen=True)
class Query:
    """One question of a panel: how many *points* its panel has room for, and the *least* seconds between two of them."""

    dashboard: str
    panel: str
    ref: str
    expression: str
    is_instant: bool
    points: float = SCREEN_PIXELS
    least: float = 0

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.dashboard} / {self.panel} / {self.ref}"


@dataclass(frozen=True)
class Window:
    """The time that is shown, and how often the data source says that it scrapes; Unix times and seconds."""

    start: float
    end: float
    scrape: float

    def interval(self, points: float = SCREEN_PIXELS, least: float = 0) -> float:
        """``$__interval`` of a panel: so many points, no closer than scrapes, or than what the panel says is the *least*."""
        wanted = max((self.end - self.start) / points, least or self.scrape)
        return next((float(each) for each in _INTERVALS if each >= wanted), wanted)

    def points(self, step: float) -> tuple[float, float]:
        """The first and the last point that are asked for: Grafana takes both ends back to a multiple of the step.

        So with a step of a day nothing of today is shown (`AlignTimeRange` of Grafana's package promlib).
        """
        return self.start // step * step, self.end // step * step

    def words(self, points: float = SCREEN_PIXELS, least: float = 0) -> dict[str, str]:
        """What Grafana itself knows."""
        interval, span = self.interval(points, least), self.end - self.start
        return {
            "__interval": f"{interval:.0f}s",
            "__interval_ms": f"{interval * 1000:.0f}",
            "__rate_interval": f"{max(interval + self.scrape, 4 * self.scrape):.0f}s",
            "__range": f"{span:.0f}s",
            "__range_s": f"{span:.0f}",
            "__range_ms": f"{span * 1000:.0f}",
            "__from": f"{self.start * 1000:.0f}",
            "__to": f"{self.end * 1000:.0f}",
        }


BUILT_IN = frozenset(Window(0, 1, 1).words())


def panels(document: Document) -> Iterator[Mapping[str, Any]]:
    """All panels, rows and what is folded into them included."""
    for panel in document.get("panels", ()):
        yield panel
        yield from panel.get("panels", ())


def queries(document: Document) -> Iterator[Query]:
    """All questions of all panels."""
    for panel in panels(document):
        width = panel.get("gridPos", {}).get("w", COLUMNS)
        for target in panel.get("targets", ()):
            yield Query(
                dashboard=document.get("uid", ""),
                panel=panel.get("title", ""),
                ref=target.get("refId", ""),
                expression=target.get("expr", ""),
                is_instant=bool(target.get("instant")),
                points=panel.get("maxDataPoints") or SCREEN_PIXELS * width / COLUMNS,
                least=seconds(target.get("interval") or panel.get("interval") or "0s"),
            )


def variables(document: Document) -> dict[str, Mapping[str, Any]]:
    """The variables by name, in their order."""
    return {each["name"]: each for each in document.get("templating", {}).get("list", ())}


def notes(document: Document) -> Iterator[tuple[str, str]]:
    """Names and queries of annotations."""
    for each in document.get("annotations", {}).get("list", ()):
        if "expr" in each:
            yield each["name"], each["expr"]


def referred(text: str) -> set[str]:
    """The variables that *text* names; a number is a group of a pattern."""
    names = {_name(found) for found in _REFERENCE.finditer(text)}
    return {name for name in names if not name.isdigit()}


def _name(found: re.Match[str]) -> str:
    return found[1] or found[2] or found[5]


def seconds(duration: str) -> float:
    """A duration like ``6h``. Raises `AssertionError` for another text."""
    found = re.fullmatch(r"(\d+)([smhdw])", duration)
    assert found, f"{duration} is no duration"
    return int(found[1]) * _UNITS[found[2]]


def shown_from(document: Document, end: float, scrape: float, span: str = "") -> Window:
    """The window that a dashboard opens with, or one of a *span* like ``6h``, given the Unix time of now."""
    assert document["time"]["to"] == "now"
    return Window(end - seconds(span or document["time"]["from"].removeprefix("now-")), end, scrape)


def substituted(text: str, document: Document, chosen: Choices, values: Choices, words: Mapping[str, str]) -> str:
    """*text* with all variables in it replaced; *values* are what each could be. Raises `KeyError` for an unknown one."""

    def replace(found: re.Match[str]) -> str:
        name = _name(found)
        if name in words or name.isdigit():
            return words.get(name, found[0])
        return _text(variables(document)[name], chosen[name], values.get(name, ()), found[4] or found[6] or "")

    return _REFERENCE.sub(replace, text)


WORD = "word"
"""What stands in place of a choice where an expression is only read."""


def plain(text: str, document: Document) -> str:
    """*text* with a word for each variable of *document*, to be read and not asked. Raises `KeyError` for an unknown one."""
    words = {**Window(0, 86_400, 15).words(), **dict.fromkeys(variables(document), WORD)}
    return substituted(text, document, {}, {}, words)


def _text(variable: Mapping[str, Any], chosen: Sequence[str], values: Sequence[str], form: str) -> str:
    if list(chosen) == [ALL]:
        if variable.get("allValue"):
            return str(variable["allValue"])
        chosen = values
    if form:
        return _FORMS[form](chosen)
    is_pattern = variable.get("multi") or variable.get("includeAll")
    return _pattern(chosen, doubled=True) if is_pattern else ",".join(chosen)


def _pattern(values: Sequence[str], *, doubled: bool = False) -> str:
    """A pattern of them all; in a text in quotes each backslash is *doubled*."""
    escaped = [_SPECIAL.sub(r"\\\\\g<0>" if doubled else r"\\\g<0>", value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


_FORMS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "regex": _pattern,
    "pipe": "|".join,
    "csv": ",".join,
    "raw": ",".join,
    "text": " + ".join,
}
