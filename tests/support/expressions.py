"""What can be wrong with an expression of PromQL, given what there is to be asked. It is parsed as Prometheus does."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import promql_parser as promql
from promql_parser import AggregateExpr, Call, MatrixSelector, SubqueryExpr, VectorSelector

from monitor.metrics import Family

STANDARD = frozenset({"up", "ALERTS", "ALERTS_FOR_STATE", "scrape_duration_seconds", "scrape_samples_scraped"})
"""What Prometheus itself makes."""
OF_PROCESSES = ("process_", "python_")
"""What every program on prometheus-client says of itself."""
WHERE = frozenset({"job", "instance", "__name__", "le"})
"""Labels beside those that a family declares."""
RATES = frozenset({"rate", "irate", "increase", "resets", "changes", "absent", "present_over_time"})
"""What makes sense of a counter."""


@dataclass(frozen=True)
class Vocabulary:
    """The *families* that are declared, by name, and the names that are *recorded*."""

    families: Mapping[str, Family]
    recorded: Collection[str]

    def family(self, name: str) -> Family | None:
        """The family that a series is of."""
        for suffix in ("", "_bucket", "_sum", "_count"):
            found = self.families.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
            if found and (not suffix or found.kind == "histogram"):
                return found
        return None

    def knows(self, name: str) -> bool:
        """Whether there is such a metric."""
        return name in STANDARD or name in self.recorded or name.startswith(OF_PROCESSES) or self.family(name) is not None

    def is_counter(self, name: str) -> bool:
        """Whether it only grows."""
        family = self.family(name)
        return name.endswith("_total") or (family is not None and family.kind in {"counter", "histogram"})


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
            yield from _below(node.expr, (*inside, str(node.op)), is_aggregated=True)
        case Call():
            for argument in node.args:
                yield from _below(argument, (*inside, node.func.name), is_aggregated=is_aggregated)
        case SubqueryExpr():
            yield from _below(node.expr, inside, is_aggregated=is_aggregated)
        case _:
            for name in ("lhs", "rhs", "expr"):
                if hasattr(node, name):
                    yield from _below(getattr(node, name), inside, is_aggregated=is_aggregated)


def blunders(expression: str, known: Vocabulary) -> Iterator[tuple[str, str]]:
    """Kinds of mistakes in *expression*, and what is wrong."""
    try:
        asked = selectors(expression)
    except ValueError as error:
        yield "syntax", str(error)
        return
    for each in asked:
        if not known.knows(each.name):
            yield "metrics", f"nobody tells {each.name}"
            continue
        family = known.family(each.name)
        if family:
            yield from (("labels", f"{each.name} has no {label}") for label in each.labels if label not in _of(family))
        if known.is_counter(each.name) and not RATES & {*each.inside} and "_over_time" not in "".join(each.inside):
            yield "counters", f"{each.name} only grows"
        if family and family.name.startswith("vendor_") and not each.is_aggregated:
            yield "unaggregated", f"{each.name} is there once for each daemon"


def _of(family: Family) -> frozenset[str]:
    return WHERE | {*family.labels}
