"""Which components of a report a configuration means. Pure.

A reference is matched by id, by the id of a group, by name, or by group and name, since names repeat on large pages. A
group stands for its members, and a component that runs in several regions for all of them. Nothing is guessed: a
reference that matches nothing, or several components that are not one, says so and names what it may have meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from checks.status.report import Component, Report
from checks.vendor import ComponentRef

_CANDIDATES = 3
_COMPARED_NAMES = 600
_COMPARED_LENGTH = 60
_KEPT_TROUBLED = 50


@dataclass(frozen=True, slots=True)
class Match:
    """A reference and the components it means; *is_ambiguous* when they are not one thing."""

    ref: ComponentRef
    components: tuple[Component, ...]

    @property
    def is_ambiguous(self) -> bool:
        """Whether several things have that name. Regions of one component are one thing, and so are a group's members."""
        if self.ref.id is not None:
            return False
        return len({_identity(component, self.ref) for component in self.components}) > 1


def _identity(component: Component, ref: ComponentRef) -> str:
    """What *ref* named: the group where it is the group's name, else the component."""
    is_group = _fold(component.name) != _fold(ref.name or "") and not ref.group
    return component.group_id if is_group or component.region else component.id


def find(components: Sequence[Component], scope: Iterable[ComponentRef]) -> tuple[Match, ...]:
    """What each reference of *scope* means among *components*."""
    return tuple(Match(ref, _find_one(components, ref)) for ref in scope)


def find_missing(components: Sequence[Component], scope: Iterable[ComponentRef]) -> tuple[ComponentRef, ...]:
    """The references of *scope* that mean nothing among *components*."""
    return tuple(match.ref for match in find(components, scope) if not match.components)


def _find_one(components: Sequence[Component], ref: ComponentRef) -> tuple[Component, ...]:
    if ref.id is not None:
        return tuple(component for component in components if ref.id in {component.id, component.group_id})
    name, group = _fold(ref.name or ""), _fold(ref.group or "")
    if group:
        members = (component for component in components if _fold(component.group) == group)
        return tuple(component for component in members if name in {_fold(component.name), _fold(component.region)})
    named = tuple(component for component in components if _fold(component.name) == name)
    return named or tuple(component for component in components if _fold(component.group) == name)


@lru_cache(maxsize=8192)
def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


def nearest(components: Sequence[Component], refs: Iterable[ComponentRef]) -> Mapping[str, tuple[str, ...]]:
    """For each of *refs*, the names on the page that look most like it."""
    names = {_fold(component.label)[:_COMPARED_LENGTH]: component.label for component in components[:_COMPARED_NAMES]}
    names |= {_fold(component.name)[:_COMPARED_LENGTH]: component.label for component in components[:_COMPARED_NAMES]}
    return {str(ref): _nearest(names, str(ref)) for ref in refs}


def _nearest(names: Mapping[str, str], wanted: str) -> tuple[str, ...]:
    close = difflib.get_close_matches(_fold(wanted)[:_COMPARED_LENGTH], names, n=_CANDIDATES, cutoff=0.5)
    return tuple(dict.fromkeys(names[name] for name in close))


def focus(report: Report, scope: Iterable[ComponentRef]) -> Report:
    """*report* with the components that matter: those in *scope*, and some of those that are not well."""
    wanted = {component.id for match in find(report.components, scope) for component in match.components}
    troubled = [component.id for component in report.components if component.claim.value != "operational"]
    wanted.update(troubled[:_KEPT_TROUBLED])
    return replace(report, components=tuple(component for component in report.components if component.id in wanted))
