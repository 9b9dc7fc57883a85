"""What can be wrong with an expression of PromQL, given what there is to be asked. It is parsed as Prometheus does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import promql_parser as promql
from promql_parser import AggregateExpr, BinaryExpr, Call, LabelModifierType, MatrixSelector, SubqueryExpr, VectorSelector

from monitor.metrics import Family
from tests.support.labels import mislabelled
from tests.support.members import strange
from tests.support.vocabulary import Vocabulary

WHERE = frozenset({"job", "instance", "__name__", "le"})
"""Labels beside those that a family declares."""
RATES = frozenset({"rate", "irate", "increase", "resets", "changes", "absent", "present_over_time"})
"""What makes sense of a counter."""
_PICKING = frozenset({"topk", "bottomk"})


@dataclass(frozen=True)
class Asked:
    """A selector, and the functions and aggregations it stands in, the innermost last."""

    name: str
    labels: tuple[str, ...]
    inside: tuple[str, ...]
    is_aggregated: bool


def selectors(expression: str) -> list[Asked]:
    """All that *expression* reads. Raises `ValueError` where it is none."""
    return list(_below(promql.parse(expression), (), is_aggregated=False))


def _below(node: object, inside: tuple[str, ...], *, is_aggregated: bool) -> Iterator[Asked]:
    match node:
        case VectorSelector():
            found = tuple(matcher.name for matcher in node.matchers.matchers)
            yield Asked(node.name or "", found, inside, is_aggregated)
        case MatrixSelector():
            yield from _below(node.vector_selector, inside, is_aggregated=is_aggregated)
        case AggregateExpr():
            is_one = is_aggregated or str(node.op) not in _PICKING
            yield from _below(node.expr, (*inside, str(node.op)), is_aggregated=is_one)
        case BinaryExpr():
            yield from _below(node.lhs, inside, is_aggregated=is_aggregated)
            yield from _below(node.rhs, inside, is_aggregated=is_aggregated or _is_condition(node))
        case Call():
            for argument in node.args:
                yield from _below(argument, (*inside, node.func.name), is_aggregated=is_aggregated)
        case SubqueryExpr():
            yield from _below(node.expr, inside, is_aggregated=is_aggregated)
        case _:
            for name in ("lhs", "rhs", "expr"):
                if hasattr(node, name):
                    yield from _below(getattr(node, name), inside, is_aggregated=is_aggregated)


def _is_condition(node: BinaryExpr) -> bool:
    """Whether what stands on the right only decides which series stay: it does not matter how often it is there."""
    matching = node.modifier.matching if node.modifier else None
    return str(node.op) in {"and", "unless"} and matching is not None and matching.type == LabelModifierType.Include


def blunders(expression: str, known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Kinds of mistakes in *expression*, and what is wrong."""
    try:
        asked, parsed = selectors(expression), promql.parse(expression)
    except ValueError as error:
        yield "syntax", str(error)
        return
    yield from (("labels", what) for what in mislabelled(parsed, known))
    yield from (("values", what) for what in strange(parsed, known))
    for each in asked:
        if not known.knows(each.name):
            yield "metrics", f"nobody tells {each.name}"
            continue
        family = known.family(each.name)
        if family:
            yield from (("labels", f"{each.name} has no {label}") for label in each.labels if label not in _of(family))
        if known.is_counter(each.name) and not RATES & {*each.inside} and "_over_time" not in "".join(each.inside):
            yield "counters", f"{each.name} only grows"
        if _is_of_vendors(each.name, known) and not each.is_aggregated:
            yield "unaggregated", f"{each.name} is there once for each daemon, or for each Prometheus that records it"


def _is_of_vendors(name: str, known: Vocabulary) -> bool:
    """Whether it is told or recorded of vendors. What is recorded is of all daemons, but not of all who record it."""
    family = known.family(name)
    return name in known.recorded or (family is not None and family.name.startswith("vendor_"))


def _of(family: Family) -> frozenset[str]:
    return WHERE | {*family.labels}
