"""The fields of a panel, and what names one that its queries do not give.

A query in the format of a table gives a column for each label and its number: ``Value``, or ``Value #B`` where the panel has
several queries (`transformDFToTable` of Grafana's package @grafana/prometheus, read 2026-11-22). A query over time gives
a field with the name of its legend. Then the panel's transformations take fields away, and name them anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import promql_parser as promql

from tests.support.labels import Labels, carried
from tests.support.members import members
from tests.support.panels import Document, panels, plain
from tests.support.vocabulary import Vocabulary

_IN_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_OF_ROW = re.compile(r"__data\.fields\.(\w+)|__data\.fields\[\\?[\"']([^\"']+?)\\?[\"']\]")
_OF_SERIES = re.compile(r"__field\.labels\.(\w+)|__field\.labels\[\\?[\"']([^\"']+?)\\?[\"']\]")

Panel = Mapping[str, Any]


@dataclass(frozen=True)
class Fields:
    """The names by which fields are shown: the *exact* ones, each with the one it was given first, and *patterns*."""

    exact: Mapping[str, str]
    patterns: tuple[str, ...] = ()
    labels: Labels = frozenset()
    """Of series over time."""

    def have(self, name: str) -> bool:
        """Whether a field can have this name."""
        return name in self.exact or any(re.fullmatch(pattern, name) for pattern in self.patterns)

    def match(self, pattern: str) -> bool:
        """Whether a field can have a name that Grafana finds with a *pattern*."""
        return bool(self.patterns) or any(re.search(pattern.strip("/"), name) for name in self.exact)


def misfielded(document: Document, known: Vocabulary) -> Iterator[str]:
    """Names of fields in transformations, overrides, sorting and links of what no query of the panel gives."""
    for panel in panels(document):
        if panel.get("targets"):
            yield from (f"{panel['title']}: {what}" for what in _of_panel(panel, document, known))


def _of_panel(panel: Panel, document: Document, known: Vocabulary) -> Iterator[str]:
    found = given(panel, document, known)
    if found is None:
        return
    for step in panel.get("transformations", ()):
        options = step["options"]
        yield from (f"{step['id']} of {name}" for name in _NAMED[step["id"]](options) if not found.have(name))
        found = _AFTER[step["id"]](found, options)
    yield from _shown(panel, found)


def _shown(panel: Panel, found: Fields) -> Iterator[str]:
    """What is named once all fields have their last names."""
    for override in panel.get("fieldConfig", {}).get("overrides", ()):
        name, how = override["matcher"]["options"], override["matcher"]["id"]
        if not (found.have(name) if how == "byName" else found.match(name)):
            yield f"override of {name}"
    for each in panel.get("options", {}).get("sortBy", ()):
        if not found.have(each["displayName"]):
            yield f"sorted by {each['displayName']}"
    text = str(panel)
    for one in (row[1] or row[2] for row in _OF_ROW.finditer(text)):
        if not found.have(one) and one not in found.exact.values():
            yield f"link with the field {one}"
    for one in (series[1] or series[2] for series in _OF_SERIES.finditer(text)):
        if found.labels is not None and one not in found.labels:
            yield f"link with the label {one}"


def shown_as(panel: Panel, found: Fields) -> dict[str, str]:
    """By what name each field of *found* is shown in the end, by the one that it was given first."""
    for step in panel.get("transformations", ()):
        found = _AFTER[step["id"]](found, step["options"])
    every = {first: name for name, first in found.exact.items()}
    patterned = {target.get("legendFormat", ""): "" for target in panel["targets"] if target.get("format") != "table"}
    return patterned | every if found.patterns else every


def given(panel: Panel, document: Document, known: Vocabulary) -> Fields | None:
    """What the queries of *panel* give; None where one of them cannot be read."""
    exact, patterns = {"Time": "Time"}, list[str]()
    labels: Labels = frozenset()
    for target in panel["targets"]:
        try:
            there = carried(promql.parse(plain(target["expr"], document)), known)
        except (ValueError, KeyError):
            return None
        if target.get("format") == "table":
            value = "Value" if len(panel["targets"]) == 1 else f"Value #{target['refId']}"
            exact |= {name: name for name in {*(there or ()), value}}
            continue
        labels = None if labels is None or there is None else labels | there
        pattern = _pattern(target.get("legendFormat", ""), target["expr"])
        if re.escape(target.get("legendFormat", "")) == pattern:
            exact[target["legendFormat"]] = target["legendFormat"]
        else:
            patterns.append(pattern)
    return Fields(exact, tuple(patterns), labels)


def _pattern(legend: str, expression: str) -> str:
    """A pattern of all names that *legend* can make."""
    if legend in {"", "__auto"}:
        return ".*"
    parts = _IN_LEGEND.split(legend)
    return "".join(_values(part, expression) if at % 2 else re.escape(part) for at, part in enumerate(parts))


def _values(label: str, expression: str) -> str:
    """A pattern of what *label* can be in the series that *expression* reads."""
    names = set(re.findall(r"\b(vendor_\w+|vendorwatch_\w+)\s*\{?", expression))
    sets = [closed for name in names if (closed := members(name, label)) is not None]
    every = frozenset[str]().union(*sets)
    return f"(?:{'|'.join(map(re.escape, sorted(every)))})" if every else ".+"


def mislegended(document: Document, known: Vocabulary) -> Iterator[str]:
    """Legends, and texts of annotations, with a label that their series have not."""
    told = [(p["title"], t.get("legendFormat", ""), t["expr"]) for p in panels(document) for t in p.get("targets", ())]
    for note in document.get("annotations", {}).get("list", ()):
        tags = "".join(f"{{{{{tag}}}}}" for tag in note.get("tagKeys", "").split(",") if tag)
        told.append((note["name"], f"{note.get('titleFormat', '')}{note.get('textFormat', '')}{tags}", note.get("expr", "")))
    for where, text, expression in told:
        named = _IN_LEGEND.findall(text)
        there = _labels(expression, document, known) if named else None
        yield from (f"{where}: no {label} for {text}" for label in named if there is not None and label not in there)


def _labels(expression: str, document: Document, known: Vocabulary) -> Labels:
    try:
        return carried(promql.parse(plain(expression, document)), known)
    except (ValueError, KeyError):
        return None


Options = Mapping[str, Any]


def _same(found: Fields, _: Options) -> Fields:
    return found


def _filtered(found: Fields, options: Options) -> Fields:
    return replace(found, exact={name: found.exact.get(name, name) for name in options["include"]["names"]})


def _organized(found: Fields, options: Options) -> Fields:
    renamed, gone = options.get("renameByName", {}), options.get("excludeByName", {})
    kept = {name: first for name, first in found.exact.items() if not gone.get(name)}
    return replace(found, exact={renamed.get(name) or name: first for name, first in kept.items()})


def _grouped(found: Fields, options: Options) -> Fields:
    made = dict[str, str]()
    for name, each in options["fields"].items():
        names = [name] if each["operation"] == "groupby" else [f"{name} ({one})" for one in each["aggregations"]]
        made |= {one: one for one in names}
    return replace(found, exact=made, patterns=())


def _calculated(found: Fields, options: Options) -> Fields:
    return replace(found, exact={**found.exact, options["alias"]: options["alias"]})


_AFTER: Mapping[str, Callable[[Fields, Options], Fields]] = {
    "merge": _same,
    "joinByField": _same,
    "filterFieldsByName": _filtered,
    "organize": _organized,
    "groupBy": _grouped,
    "calculateField": _calculated,
}
"""What each transformation that the dashboards use makes of fields; another one has to be thought of first."""
_NAMED: Mapping[str, Callable[[Options], list[str]]] = {
    "merge": lambda _: [],
    "joinByField": lambda options: [options["byField"]],
    "filterFieldsByName": lambda options: list(options["include"]["names"]),
    "organize": lambda options: [*options.get("indexByName", ()), *options.get("renameByName", ())],
    "groupBy": lambda options: list(options["fields"]),
    "calculateField": lambda options: [options["binary"][side] for side in ("left", "right")],
}
