"""The services of a StatusPal page: a tree, whose leaves are components. Pure.

Source: StatusPal's API documentation (statuspal.io/api-docs, version 2) and pages of 2023 to 2025. A component is a service
that holds no other, and its group is the one right around it. The word of a service, and of the page, is the type of the
worst event on it, null when there is none; an ``info`` is no trouble. What holds services has the word of the worst of them,
or that of an event on the whole of it: they have it too then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from checks.model import Claim
from checks.status.node import Node
from checks.status.report import Component

CLAIMS = {
    "info": Claim.OPERATIONAL,
    "minor": Claim.DEGRADED,
    "performance": Claim.DEGRADED,
    "major": Claim.MAJOR_OUTAGE,
    "emergency-maintenance": Claim.MAJOR_OUTAGE,
    "scheduled": Claim.MAINTENANCE,
}
"""What the type of an event says of what it is about."""

_DEPTH_LIMIT = 6
_SERVICE_LIMIT = 1000
_LEAF_LIMIT = 2000

Service = tuple[Node, tuple[Node, ...]]
"""A service that holds no other, and those it stands in, the outermost first."""

Leaves = Mapping[str, list[str]]
"""The ids of the components that each service holds, however deep, by the service's own id."""


def read_services(root: Node) -> tuple[Service, ...]:
    """The services of a page that hold no other; that there are more than are read is noted."""
    services = tuple(islice(_walk(_parts(root, "services")), _LEAF_LIMIT))
    if len(services) == _LEAF_LIMIT:
        root.notes.cut.append(f"no more than {_LEAF_LIMIT} services are read")
    return services


def _parts(node: Node, name: str, limit: int = _SERVICE_LIMIT) -> list[Node]:
    """The services in the list *name*; an empty one, as the documentation has it in its example, is none."""
    return [row for row in node[name].items(limit) if row.require(dict)]


def _walk(rows: Iterable[Node], around: tuple[Node, ...] = ()) -> Iterator[Service]:
    """Each service that holds no other, with those it stands in, the outermost first.

    What stands deeper than anybody nests is noted as cut, and the service around it speaks for it.
    """
    for row in rows:
        parts = _parts(row, "children", _SERVICE_LIMIT if len(around) < _DEPTH_LIMIT else 0) if row.get("children") else []
        if parts:
            yield from _walk(parts, (*around, row))
        else:
            yield row, around


def components(services: Sequence[Service]) -> Iterator[Component]:
    """The services, each as it says itself, or as what it stands in says where that is worse than all that stands there."""
    said = [_component(row, around) for row, around in services]
    heavy = _heavy(services, said)
    for component, (_, around) in zip(said, services, strict=True):
        words = dict(heavy[place] for place in map(id_of, around) if place in heavy)
        claim = Claim.worst(words)
        yield replace(component, claim=claim, word=words[claim]) if words else component


def _heavy(services: Sequence[Service], said: Iterable[Component]) -> Mapping[str, tuple[Claim, str]]:
    """What holds services and calls itself worse than each of them, by its id: what it says, and in which word."""
    holders, inner = dict[str, Node](), defaultdict[str, set[Claim]](set)
    for component, (_, around) in zip(said, services, strict=True):
        for holder in around:
            holders[id_of(holder)] = holder
            inner[id_of(holder)].add(component.claim)
    found = {}
    for place, holder in holders.items():
        if holder.get("current_incident_type"):
            claim = claim_of(holder, holder["name"].text())
            if claim not in inner[place] and Claim.worst((claim, *inner[place])) is claim:
                found[place] = claim, holder.text_of("current_incident_type")
    return found


def _component(row: Node, around: tuple[Node, ...]) -> Component:
    name = row["name"].text()
    return Component(
        id=id_of(row),
        name=name,
        claim=claim_of(row, name),
        word=row.text_of("current_incident_type"),
        group=around[-1]["name"].text() if around else "",
        group_id=id_of(around[-1]) if around else "",
    )


def id_of(row: Node) -> str:
    """The id of a service or an event, a whole number."""
    return str(row["id"].require(int))


def claim_of(node: Node, about: str = "") -> Claim:
    """What a page or service says of itself: null is well, and without the member nobody knows."""
    if "current_incident_type" not in node.require(dict):
        return Claim.UNKNOWN
    kind = node.get("current_incident_type")
    return Claim.OPERATIONAL if kind is None else kind.word(CLAIMS, Claim.UNKNOWN, about)


def leaves_of(services: Iterable[Service]) -> Leaves:
    """Which components each service means."""
    leaves: dict[str, list[str]] = {}
    for row, around in services:
        for holder in (*around, row):
            leaves.setdefault(id_of(holder), []).append(id_of(row))
    return leaves
