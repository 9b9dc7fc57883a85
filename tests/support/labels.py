"""Which labels the result of an expression can have, worked out as Prometheus does, and what names one that it has not.

What a family declares, its scrape adds to: ``job`` and ``instance``. What a rule records has the labels of its expression.
None stands for any labels, of series that nobody declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce

import promql_parser as promql
from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    BinModifier,
    Call,
    Expr,
    LabelModifierType,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatchCardinality,
    VectorSelector,
)

from tests.support.vocabulary import Vocabulary

Labels = frozenset[str] | None
OF_SCRAPES = frozenset({"job", "instance"})
_BARE = frozenset({"up", "scrape_duration_seconds", "scrape_samples_scraped"})
_PICKING = frozenset({"topk", "bottomk"})
_SETS = frozenset({"and", "unless"})
_SCALARS = frozenset({"time", "scalar", "pi"})
_NONE: Labels = frozenset()


def carried(node: Expr, known: Vocabulary) -> Labels:
    """The labels that the result of *node* can have."""
    match node:
        case VectorSelector():
            return _told(node.name or "", known)
        case MatrixSelector():
            return carried(node.vector_selector, known)
        case SubqueryExpr() | ParenExpr() | UnaryExpr():
            return carried(node.expr, known)
        case AggregateExpr():
            return _aggregated(node, carried(node.expr, known))
        case Call():
            return _called(node, known)
        case BinaryExpr():
            return _joined(node, carried(node.lhs, known), carried(node.rhs, known))
        case _:
            return _NONE


def _told(name: str, known: Vocabulary) -> Labels:
    """The labels of a series of that name."""
    if name in known.recorded:
        before = replace(known, recorded={**known.recorded, name: ()})  # What reads itself adds nothing to itself.
        found = (carried(promql.parse(expression), before) for expression in known.recorded[name])
        return reduce(_either, found, _NONE)
    family = known.family(name)
    if family is None:
        return OF_SCRAPES if name in _BARE or name.startswith("process_") else None
    return OF_SCRAPES | {*family.labels} | ({"le"} if name.endswith("_bucket") else set())


def _either(one: Labels, other: Labels) -> Labels:
    return None if one is None or other is None else one | other


def _aggregated(node: AggregateExpr, inner: Labels) -> Labels:
    if str(node.op) in _PICKING:
        return inner
    named = frozenset(node.modifier.labels) if node.modifier else frozenset[str]()
    kept: Labels = named if inner is None else inner & named
    if node.modifier and node.modifier.type == AggModifierType.Without:
        kept = None if inner is None else inner - named
    made = {node.param.val} if isinstance(node.param, StringLiteral) else set[str]()
    return None if kept is None else kept | made


def _called(node: Call, known: Vocabulary) -> Labels:
    found = reduce(_either, (carried(each, known) for each in node.args), _NONE)
    if found is None:
        return None
    if node.func.name in {"label_replace", "label_join"}:
        return found | {_text(node.args[1])}
    if node.func.name == "absent":
        selector = node.args[0]
        return frozenset(each.name for each in selector.matchers.matchers) if isinstance(selector, VectorSelector) else _NONE
    return found - {"le"} if node.func.name == "histogram_quantile" else found


def _text(node: Expr) -> str:
    assert isinstance(node, StringLiteral)
    return node.val


def _joined(node: BinaryExpr, left: Labels, right: Labels) -> Labels:
    if str(node.op) in _SETS or is_scalar(node.rhs):
        return left
    if str(node.op) == "or" or is_scalar(node.lhs):
        return _either(left, right) if str(node.op) == "or" else right
    modifier = node.modifier
    if modifier is None or modifier.card in (VectorMatchCardinality.ManyToMany, VectorMatchCardinality.OneToOne):
        return _matched(modifier, left, right)
    many = left if modifier.card == VectorMatchCardinality.ManyToOne else right
    return None if many is None else many | frozenset(modifier.group_labels or ())


def _matched(modifier: BinModifier | None, left: Labels, right: Labels) -> Labels:
    """What is left of both sides, one series of each having met."""
    if modifier is None or modifier.matching is None:
        return left if right is None else right if left is None else left & right
    named = frozenset(modifier.matching.labels)
    if modifier.matching.type == LabelModifierType.Include:
        return named if left is None else named & left
    return None if left is None else left - named


def is_scalar(node: Expr) -> bool:
    """Whether it is a number, and no series."""
    match node:
        case NumberLiteral():
            return True
        case Call():
            return node.func.name in _SCALARS
        case ParenExpr() | UnaryExpr():
            return is_scalar(node.expr)
        case BinaryExpr():
            return is_scalar(node.lhs) and is_scalar(node.rhs)
        case _:
            return False


def mislabelled(node: Expr, known: Vocabulary) -> Iterator[str]:
    """What *node*, or anything below it, groups, matches or copies by that is not there."""
    for each in nodes(node):
        match each:
            case AggregateExpr() if each.modifier:
                yield from _missing(each.modifier.labels, carried(each.expr, known), f"{each.op} of")
            case BinaryExpr() if each.modifier and each.modifier.matching:
                sides = [carried(each.lhs, known), carried(each.rhs, known)]
                named = each.modifier.matching.labels
                if each.modifier.matching.type == LabelModifierType.Include:
                    yield from (what for side in sides for what in _missing(named, side, f"{each.op} with"))
                one = sides[1] if each.modifier.card == VectorMatchCardinality.ManyToOne else sides[0]
                yield from _missing(each.modifier.group_labels or [], one, "copied from")
            case Call() if each.func.name in {"label_replace", "label_join"}:
                sources = each.args[3:4] if each.func.name == "label_replace" else each.args[3:]
                yield from _missing(
                    [text for source in sources if (text := _text(source))], carried(each.args[0], known), "made of"
                )
            case _:
                pass


def _missing(named: list[str], there: Labels, what: str) -> Iterator[str]:
    if there is not None:
        yield from (f"{what} what has no {label}" for label in named if label not in there)


def nodes(node: Expr) -> Iterator[Expr]:
    """*node* and all that is below it."""
    yield node
    for name in ("lhs", "rhs", "expr", "vector_selector"):
        if hasattr(node, name):
            yield from nodes(getattr(node, name))
    for argument in node.args if isinstance(node, Call) else ():
        yield from nodes(argument)
