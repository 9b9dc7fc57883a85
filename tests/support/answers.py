"""What a real Prometheus answers to everything that a dashboard asks, and whether that is something to look at."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.backfill import Database
from tests.support.panels import ALL, Choices, Document, Query, Window, notes, queries, shown_from, substituted, variables

_LABEL_VALUES = re.compile(r"label_values\((?:(.+),\s*)?(\w+)\)")


FOLDER = Path(__file__).parents[2] / "grafana/dashboards"
SCRAPE_SECONDS = 60.0
"""How often the fleet is scraped in the last hours of its past, as the data source would say."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with the answer to *what*."""

    what: str
    why: str


def wrong(result: Sequence[Mapping[str, Any]]) -> str:
    """Why nobody sees anything in *result*; empty where there is something."""
    values = [value for each in result for _, value in each.get("values", [each["value"]] if "value" in each else [])]
    if not values:
        return "empty"
    return "" if any(math.isfinite(float(value)) for value in values) else "no number"


@dataclass
class Viewer:
    """Somebody who looks at a *document* over a *window*, and chose what *wanted* says; else all, or the first value."""

    database: Database
    document: Document
    window: Window
    wanted: Choices = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values: dict[str, list[str]] = {}
        self.chosen: dict[str, Sequence[str]] = {}
        for name, variable in variables(self.document).items():
            self.values[name] = self._values(variable) if variable["type"] == "query" else []
            first = [ALL] if variable.get("includeAll") else self.values[name][:1]
            self.chosen[name] = self.wanted.get(name, first)

    def _values(self, variable: Mapping[str, Any]) -> list[str]:
        """What can be chosen."""
        query = variable["query"]["query"] if isinstance(variable["query"], Mapping) else variable["query"]
        found = _LABEL_VALUES.fullmatch(self._text(query, self.window.words()))
        assert found, f"${variable['name']} asks {query}"
        return self.database.label_values(found[2], found[1], self.window.start, self.window.end)

    def _text(self, text: str, words: Mapping[str, str]) -> str:
        return substituted(text, self.document, self.chosen, self.values, words)

    def ask(self, query: Query) -> list[dict[str, Any]]:
        """What the database says to *query*. Raises `AssertionError` with its complaint."""
        text = self._text(query.expression, self.window.words(query.points, query.least))
        if query.is_instant:
            return self.database.instant(text, self.window.end)
        step = self.window.interval(query.points, query.least)
        return self.database.over(text, *self.window.points(step), step)

    def faults(self) -> Iterator[Fault]:
        """Everything that is asked and has no good answer: variables, panels, annotations."""
        for name, values in self.values.items():
            if variables(self.document)[name]["type"] == "query" and not values:
                yield Fault(f"${name}", "empty")
        for query in self.asked():
            try:
                why = wrong(self.ask(query))
            except AssertionError as error:
                why = str(error)
            if why:
                yield Fault(query.name, why)

    def asked(self) -> Iterator[Query]:
        """The questions of panels, then those of annotations."""
        yield from queries(self.document)
        uid = self.document["uid"]
        yield from (
            Query(uid, "annotation", name, expression, is_instant=False) for name, expression in notes(self.document)
        )


def opened(database: Database, uid: str, *vendors: str, span: str = "") -> Viewer:
    """Somebody who opens the dashboard *uid* now, over its own time or a *span*, and chose *vendors*, or all of them."""
    document = json.loads((FOLDER / f"{uid}.json").read_text())
    window = shown_from(document, time.time(), SCRAPE_SECONDS, span)
    return Viewer(database, document, window, {"vendor": vendors} if vendors else {})
