"""What can be wrong with a dashboard before anybody asks it anything: pure checks over its JSON, each with a name.

Several are those of Grafana's dashboard-linter (github.com/grafana/dashboard-linter, docs/index.md, read 2026-11-22).
Of its rules template-job, template-instance, target-job and target-instance are left out on purpose: what a dashboard of
vendors shows is the same whichever daemon told it, and `unaggregated` sees to that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from grafana.generate.reading import UNITS, misnamed, unheard
from tests.support.colours import mismapped, misordered, uncoloured
from tests.support.expressions import blunders
from tests.support.fieldnames import misfielded, mislegended
from tests.support.judgements import green_unknowns
from tests.support.measures import mismeasured
from tests.support.panels import BUILT_IN, COLUMNS, Document, notes, panels, plain, queries, referred, variables
from tests.support.vocabulary import Vocabulary

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
ON_TIME_RANGE = 2
"""The refresh of a variable whose values are asked anew for each range of time."""
NUMERIC = frozenset({"stat", "timeseries", "gauge", "bargauge", "barchart", "heatmap"})
"""Panels that show numbers with a unit."""
_OWN_UNIT = re.compile(r"(suffix|prefix|time|si|count|currency):.+")
_LINK = re.compile(r"^/d/([\w-]+)(?:/[\w-]*)?(?:\?(.*))?$")


@dataclass(frozen=True)
class Problem:
    """That *check* found something, and *what*."""

    check: str
    what: str


@dataclass(frozen=True)
class Known:
    """What dashboards may refer to: each other's *documents* by uid, and what may be asked for."""

    documents: Mapping[str, Document]
    vocabulary: Vocabulary


Check = Callable[[Document, Known], Iterator[str]]


def _editable(document: Document, _: Known) -> Iterator[str]:
    if document.get("editable") is not False:
        yield "can be edited, and what is edited is lost"


def _schema(document: Document, _: Known) -> Iterator[str]:
    if not isinstance(document.get("schemaVersion"), int):
        yield "has no schemaVersion"
    yield from unheard(document)


def _ids(document: Document, _: Known) -> Iterator[str]:
    found = [panel.get("id") for panel in panels(document)]
    yield from (f"{number} times the id {each}" for each, number in Counter(found).items() if number > 1 or not each)


def _texts(document: Document, _: Known) -> Iterator[str]:
    for panel in panels(document):
        wanted = ("title",) if panel["type"] == "row" else ("title", "description")
        yield from (f"{panel.get('id')} has no {each}" for each in wanted if not panel.get(each, "").strip())
    yield from (f"the dashboard has no {each}" for each in ("title", "description", "uid") if not document.get(each))


def _layout(document: Document, _: Known) -> Iterator[str]:
    places = [(panel.get("title"), panel["gridPos"]) for panel in document["panels"]]
    for title, at in places:
        if at["x"] < 0 or at["w"] <= 0 or at["h"] <= 0 or at["x"] + at["w"] > COLUMNS:
            yield f"{title} stands outside"
    yield from (f"{one[0]} and {other[0]} overlap" for one, other in combinations(places, 2) if _overlap(one[1], other[1]))


def _overlap(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )


def _units(document: Document, _: Known) -> Iterator[str]:
    for panel in panels(document):
        config = panel.get("fieldConfig", {})
        unit = config.get("defaults", {}).get("unit")
        if unit is None and panel["type"] in NUMERIC:
            yield f"{panel.get('title')} has no unit"
        overridden = [
            each["value"]
            for override in config.get("overrides", ())
            for each in override["properties"]
            if each["id"] == "unit"
        ]
        found = [*overridden, *([] if unit is None else [unit])]
        yield from (f"{panel.get('title')}: {each}" for each in found if each not in UNITS and not _OWN_UNIT.match(each))


def _targets(document: Document, _: Known) -> Iterator[str]:
    for panel in panels(document):
        refs = [target.get("refId") for target in panel.get("targets", ())]
        if panel["type"] not in {"row", "text"} and not refs:
            yield f"{panel.get('title')} asks nothing"
        yield from (f"{panel.get('title')} asks {ref} twice" for ref, times in Counter(refs).items() if times > 1)


def _sources(document: Document, _: Known) -> Iterator[str]:
    """Linter: template-datasource-rule, panel-datasource-rule."""
    choice = variables(document).get("datasource", {})
    if (choice.get("type"), choice.get("query"), choice.get("label")) != ("datasource", "prometheus", "Data Source"):
        yield "nobody can choose the data source"
    asking = [("variable", each) for each in variables(document).values() if each["type"] == "query"]
    asking += [("annotation", each) for each in document.get("annotations", {}).get("list", ()) if not each.get("builtIn")]
    for panel in panels(document):
        asking += [("panel", panel)] * (panel["type"] not in {"row", "text"})
        asking += [("query", target) for target in panel.get("targets", ())]
    for kind, each in asking:
        if each.get("datasource") != SOURCE:
            yield f"{kind} {each.get('name') or each.get('title') or each.get('refId')} asks {each.get('datasource')}"


def _refresh(document: Document, _: Known) -> Iterator[str]:
    """Linter: template-on-time-change-reload-rule."""
    asked = (each for each in variables(document).values() if each["type"] == "query")
    yield from (f"{each['name']} keeps old values" for each in asked if each.get("refresh") != ON_TIME_RANGE)


def _variables(document: Document, _: Known) -> Iterator[str]:
    """Each that is named is there, and each that is there is named."""
    chosen_by = [(each.get("query"), each.get("datasource")) for each in variables(document).values()]
    used = referred(" ".join(_texts_below([document["panels"], chosen_by, document.get("annotations")])))
    yield from (f"${name} is none" for name in used - variables(document).keys() - BUILT_IN if not _is_of_a_link(name))
    yield from (f"${name} is used nowhere" for name in variables(document).keys() - used)


def _is_of_a_link(name: str) -> bool:
    return name in {"__data", "__url_time_range", "__field", "__value", "__all_variables", "__series", "__cell"}


def _links(document: Document, known: Known) -> Iterator[str]:
    for text in _texts_below(document):
        found = _LINK.match(text)
        if found is None:
            continue
        leads_to = known.documents.get(found[1])
        if leads_to is None:
            yield f"{text} leads nowhere"
            continue
        named = re.findall(r"(?:^|&)var-(\w+)=", found[2] or "")
        yield from (f"{text}: there is no {name}" for name in named if name not in variables(leads_to))


def _texts_below(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from _texts_below(each)
        case list() | tuple():
            for each in value:
                yield from _texts_below(each)


def _asked(document: Document) -> Iterator[tuple[str, str]]:
    """All expressions of panels and annotations with their variables replaced by a word, and where each stands."""
    found = [(query.name, query.expression) for query in queries(document)]
    found += [(f"annotation {name}", expression) for name, expression in notes(document)]
    for name, expression in found:
        if referred(expression) <= variables(document).keys() | BUILT_IN:
            yield name, plain(expression, document)


def _of_vocabulary(find: Callable[[Document, Vocabulary], Iterator[str]]) -> Check:
    return lambda document, known: find(document, known.vocabulary)


def _of_expressions(kind: str) -> Check:
    def check(document: Document, known: Known) -> Iterator[str]:
        for name, expression in _asked(document):
            yield from (f"{name}: {what}" for found, what in blunders(expression, known.vocabulary) if found == kind)

    return check


def _rate_intervals(document: Document, _: Known) -> Iterator[str]:
    """Linter: target-rate-interval-rule. Over the whole range that is shown is as good."""
    for query in queries(document):
        for window in re.findall(r"\b(?:rate|irate|increase)\(\s*[^()\[\]]*\[([^]]*)\]", query.expression):
            if window not in {"$__rate_interval", "$__range"}:
                yield f"{query.name}: a rate over {window}"


CHECKS: Mapping[str, Check] = {
    "editable": _editable,
    "schema": _schema,
    "words": lambda document, _: misnamed(document),
    "ids": _ids,
    "texts": _texts,
    "layout": _layout,
    "units": _units,
    "targets": _targets,
    "sources": _sources,
    "refresh": _refresh,
    "variables": _variables,
    "links": _links,
    "rate intervals": _rate_intervals,
    "green unknowns": green_unknowns,
    "fields": _of_vocabulary(misfielded),
    "legends": _of_vocabulary(mislegended),
    "measures": _of_vocabulary(mismeasured),
    "mappings": mismapped,
    "limits": misordered,
    "spoken colours": uncoloured,
    **{kind: _of_expressions(kind) for kind in ("syntax", "metrics", "labels", "values", "counters", "unaggregated")},
}
"""All checks by name."""


def problems(document: Document, known: Known, checks: Collection[str] = tuple(CHECKS)) -> list[Problem]:
    """What *checks* find wrong with *document*."""
    return [Problem(name, what) for name in checks for what in CHECKS[name](document, known)]
