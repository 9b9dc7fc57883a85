"""What a panel shows in the end: the words and colours of numbers, and a table's rows, as Grafana makes them of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.answers import Viewer
from tests.support.fieldnames import given, shown_as
from tests.support.panels import panels, queries
from tests.support.vocabulary import vocabulary

Panel = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """A number as it is shown: *word* is empty where it is shown as it is."""

    value: float
    word: str
    colour: str


Row = Mapping[str, Cell | str]
"""By the names of columns: a number, or the text of a label."""


def panel_of(viewer: Viewer, title: str) -> Panel:
    """The panel with this title."""
    return next(panel for panel in panels(viewer.document) if panel.get("title") == title)


def answers(viewer: Viewer, title: str) -> Iterator[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    """Each target of a panel, and its answer."""
    panel = panel_of(viewer, title)
    asked = {query.ref: query for query in queries(viewer.document) if query.panel == title}
    yield from ((target, viewer.ask(asked[target["refId"]])) for target in panel["targets"])


def number(viewer: Viewer, title: str) -> Cell:
    """What a panel with one number shows. Raises `AssertionError` where it has none, or several."""
    ((_, found),) = answers(viewer, title)
    assert len(found) == 1, f"{title} has {len(found)} numbers"
    return _cell(found[0]["value"][1], panel_of(viewer, title)["fieldConfig"]["defaults"])


def lines(viewer: Viewer, title: str) -> dict[str, Cell]:
    """What a panel over time shows last, by the names of its series."""
    config, end = panel_of(viewer, title)["fieldConfig"], viewer.window.points(1)[1]
    return {
        name: _cell(values[-1][1], _config(config, name))
        for name, values in series(viewer, title).items()
        if end - values[-1][0] < viewer.window.interval() * 2
    }


def series(viewer: Viewer, title: str) -> dict[str, list[tuple[float, str]]]:
    """Times and values of a panel over time, by the names of its series."""
    found = {}
    for target, answer in answers(viewer, title):
        for each in answer:
            name = target["legendFormat"]
            for label, value in each["metric"].items():
                name = name.replace(f"{{{{{label}}}}}", value)
            found[name] = each["values"]
    return found


def rows(viewer: Viewer, title: str, *key: str) -> dict[tuple[str, ...], Row]:
    """A table by what its rows are told apart by: the values of the labels in *key*."""
    panel = panel_of(viewer, title)
    there = given(panel, viewer.document, vocabulary())
    assert there is not None
    names = shown_as(panel, there)
    found: dict[tuple[str, ...], dict[str, Cell | str]] = {}
    for target, answer in answers(viewer, title):
        field = "Value" if len(panel["targets"]) == 1 else f"Value #{target['refId']}"
        for each in answer:
            row = found.setdefault(tuple(each["metric"].get(label, "") for label in key), {})
            row |= {names.get(label, ""): value for label, value in each["metric"].items()}
            if name := names.get(field):
                row[name] = _cell(each["value"][1], _config(panel["fieldConfig"], name))
    return {at: row for at, row in found.items() if row}


def _config(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """How a field is shown."""
    shown = dict(config.get("defaults", {}))
    for override in config.get("overrides", ()):
        if override["matcher"]["options"] == name:
            shown |= {each["id"]: each.get("value") for each in override["properties"]}
    return shown


def _cell(text: str, config: Mapping[str, Any]) -> Cell:
    value = float(text)
    for mapping in config.get("mappings") or ():
        for number, shown in mapping["options"].items() if mapping["type"] == "value" else ():
            if float(number) == value:
                return Cell(value, shown.get("text", ""), shown.get("color", ""))
    steps = (config.get("thresholds") or {}).get("steps", ())
    met = [step["color"] for step in steps if step["value"] is None or value >= step["value"]]
    return Cell(value, "", met[-1] if met else "")
