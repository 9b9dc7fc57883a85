"""What the numbers of an expression are of, by the names of its metrics, and whether they are shown in a unit that fits.

The suffixes are those of Prometheus' naming (prometheus.io/docs/practices/naming, read 2026-11-22). None stands for what
cannot be told; then any unit will do but those that are only right after a multiplication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum, auto
from typing import Any

import promql_parser as promql
from promql_parser import AggregateExpr, BinaryExpr, Call, Expr, MatrixSelector, NumberLiteral, VectorSelector

from grafana.generate.reading import UNITS as KNOWN
from tests.support.fieldnames import given, shown_as
from tests.support.labels import nodes
from tests.support.panels import Document, panels, plain
from tests.support.vocabulary import Vocabulary


class Measure(Enum):
    """What a number is of."""

    SECONDS = auto()
    MILLISECONDS = auto()
    MOMENT = auto()
    """Unix time; Grafana wants it in milliseconds, which is `MOMENT_MS`."""
    MOMENT_MS = auto()
    BYTES = auto()
    SHARE = auto()
    """Of a whole, which is 1, or how many times something else."""
    PERCENT = auto()
    FLAG = auto()
    """1 or 0."""
    NUMBER = auto()
    """Of an expression that is a number itself."""
    COUNT = auto()


M = Measure
_OF_NAMES = {"_timestamp_seconds": M.MOMENT, "_seconds": M.SECONDS, "_bytes": M.BYTES, "_ratio": M.SHARE, "_info": M.FLAG}
_TIMES = {(M.SECONDS, 1000.0): M.MILLISECONDS, (M.MOMENT, 1000.0): M.MOMENT_MS, (M.SHARE, 100.0): M.PERCENT}
_SAME = frozenset({"sum", "max", "min", "avg", "topk", "bottomk", "quantile"})
_KEPT = ("round", "floor", "ceil", "clamp", "abs", "label_", "max_over", "min_over", "last_over", "avg_over", "sum_over",
         "quantile_over", "increase", "vector", "scalar")  # fmt: skip
_WHOLE = frozenset({M.COUNT, M.FLAG, M.NUMBER})
_TIME, _DATE = frozenset({"s", "dtdurations", "dthms", "clocks"}), "dateTime"
_PLAIN = frozenset({"none", "short", "", "cps", "opm", "locale"})
UNITS: Mapping[Measure, frozenset[str]] = {
    M.SECONDS: _TIME,
    M.MILLISECONDS: frozenset({"ms", "clockms", "dtdurationms"}),
    M.MOMENT: frozenset(),
    M.MOMENT_MS: frozenset({"dateTimeAsIso", "dateTimeAsLocal", "dateTimeFromNow", "dateTimeAsSystem"}),
    M.BYTES: frozenset({"bytes", "decbytes"}),
    M.SHARE: _PLAIN | {"percentunit"},
    M.PERCENT: frozenset({"percent"}),
    M.FLAG: _PLAIN | {"bool", "bool_yes_no", "bool_on_off"},
    M.COUNT: _PLAIN,
    M.NUMBER: _PLAIN,
}
_EARNED = UNITS[M.MILLISECONDS] | UNITS[M.PERCENT]
"""Units that are only right after a multiplication, which can be seen."""


def measure(node: Expr, known: Vocabulary) -> Measure | None:
    """What the numbers of *node* are of."""
    match node:
        case NumberLiteral():
            return M.NUMBER
        case VectorSelector():
            return _of_name(node.name or "", known)
        case MatrixSelector():
            return _of_name(node.vector_selector.name or "", known)
        case AggregateExpr():
            return _of_aggregation(str(node.op), measure(node.expr, known))
        case Call():
            return _of_call(node, known)
        case BinaryExpr():
            return _of_pair(node, measure(node.lhs, known), measure(node.rhs, known))
        case _:
            return measure(node.expr, known) if hasattr(node, "expr") else None


def _of_name(name: str, known: Vocabulary) -> Measure | None:
    if name in known.recorded:
        before = replace(known, recorded={**known.recorded, name: ()})
        found = {measure(promql.parse(expression), before) for expression in known.recorded[name]}
        return found.pop() if len(found) == 1 else None
    if name == "process_start_time_seconds":
        return M.MOMENT
    if name.endswith("_count"):
        return M.COUNT
    bare = name.removesuffix("_total").removesuffix("_bucket").removesuffix("_sum")
    return next((found for suffix, found in _OF_NAMES.items() if bare.endswith(suffix)), M.COUNT)


def _of_aggregation(operation: str, inner: Measure | None) -> Measure | None:
    if operation == "group":
        return M.FLAG
    if operation == "avg" and inner in _WHOLE:
        return M.SHARE if inner is M.FLAG else None
    if operation == "sum" and inner is M.FLAG:
        return M.COUNT
    return inner if operation in _SAME else M.COUNT


def _of_call(node: Call, known: Vocabulary) -> Measure | None:
    name = str(node.func.name)
    if name in {"time", "timestamp"}:
        return M.MOMENT
    inner = [measure(each, known) for each in node.args]
    if name in {"rate", "irate"}:
        return {M.SECONDS: M.SHARE, M.COUNT: M.COUNT}.get(inner[0]) if inner[0] else None
    if name == "histogram_quantile":
        return next(_of_name(each.name or "", known) for each in nodes(node) if isinstance(each, VectorSelector))
    if name in {"avg_over_time", "sum_over_time"}:
        return _of_aggregation(name.partition("_")[0], inner[0])
    if name.startswith(_KEPT):
        return inner[1] if name == "quantile_over_time" else inner[0]
    return M.COUNT if name in {"changes", "resets", "count_over_time"} else None


def _of_pair(node: BinaryExpr, left: Measure | None, right: Measure | None) -> Measure | None:
    match str(node.op):
        case "and" | "unless":
            return left
        case "or":
            return left if right in _WHOLE or left is right else right if left in _WHOLE else None
        case "-" | "+":
            return _summed(left, right, is_difference=str(node.op) == "-")
        case "*":
            return _multiplied(node, left, right)
        case "/":
            return _divided(node, left, right)
        case "%" | "^" | "atan2":
            return None
        case _:
            return M.FLAG if node.modifier and node.modifier.return_bool else left


def _summed(left: Measure | None, right: Measure | None, *, is_difference: bool) -> Measure | None:
    if left is M.MOMENT:
        return M.SECONDS if right is M.MOMENT and is_difference else M.MOMENT if right in {M.SECONDS, M.NUMBER} else None
    if left is M.FLAG or right is M.FLAG:
        return M.COUNT if {left, right} <= _WHOLE else None
    return left if left is right or right is M.NUMBER else right if left is M.NUMBER else None


def _multiplied(node: BinaryExpr, left: Measure | None, right: Measure | None) -> Measure | None:
    for of, other, factor in ((left, right, node.rhs), (right, left, node.lhs)):
        if other is M.FLAG or (isinstance(factor, NumberLiteral) and abs(factor.val) in {0, 1}):
            return of
        if other is M.NUMBER and of in _WHOLE:
            return of if of is M.COUNT else M.COUNT
        if isinstance(factor, NumberLiteral) and of is not None:
            return _TIMES.get((of, factor.val), of if of is M.SECONDS else None)
    return left if left is right is M.SHARE else None


def _divided(node: BinaryExpr, left: Measure | None, right: Measure | None) -> Measure | None:
    if isinstance(node.rhs, NumberLiteral):
        return M.COUNT if left is M.SECONDS and node.rhs.val % 3600 == 0 else None
    if left is right is not None:
        return None if left is M.COUNT else M.SHARE
    return left if right is M.COUNT and left in {M.SECONDS, M.BYTES} else None


def mismeasured(document: Document, known: Vocabulary) -> Iterator[str]:
    """Numbers that are shown in a unit of something else."""
    for panel in panels(document):
        found = given(panel, document, known) if panel.get("targets") else None
        names = shown_as(panel, found) if found else {}
        for target in panel.get("targets", ()) if found else ():
            name = names.get(_field(target, panel))
            if name is not None:
                of, unit = measure(promql.parse(plain(target["expr"], document)), known), _unit(panel, name)
                if unit and unit not in KNOWN:
                    continue
                if (unit in _EARNED and (of is None or unit not in UNITS[of])) or (of and unit not in UNITS[of]):
                    yield f"{panel['title']}: {name} is {of.name if of else 'not known'}, and shown in {unit or 'no unit'}"


def _field(target: Mapping[str, Any], panel: Mapping[str, Any]) -> str:
    if target.get("format") != "table":
        return str(target.get("legendFormat", ""))
    return "Value" if len(panel["targets"]) == 1 else f"Value #{target['refId']}"


def _unit(panel: Mapping[str, Any], name: str) -> str:
    """The unit that a field is shown in."""
    config = panel.get("fieldConfig", {})
    own = [
        each["value"]
        for override in config.get("overrides", ())
        if override["matcher"]["options"] == name
        for each in override["properties"]
        if each["id"] == "unit"
    ]
    return str(own[-1] if own else config.get("defaults", {}).get("unit", ""))
