"""Which components of a report a configuration means. Pure.

A reference is matched by id, by the id of a group, or by all it says of name, group and region, since names repeat on large
pages. A group stands for its members, a component that runs in several regions for all of them, and what runs everywhere is
in every region. A name or group that nothing has may be a group's id (*EC2*). What stands for every service of a region
(`ANYTHING`) is meant by each name and group that may be there, and by each id but those that end in another region. ``*``
and ``?`` stand for any text where nothing is spelt exactly so. Nothing is guessed: a reference that matches nothing, or a
name that several things have (a group and a component beside it too), says so and names what it may have meant. Names are
compared as the page's were read: on one line, without what does not print, cut where they were cut; in regions spaces do not
count, since Azure writes both *West Europe* and *westeurope*.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from checks.foreign import one_line
from checks.status.report import ANYTHING, EVERYWHERE, Component, Report
from checks.vendor import ComponentRef

_CANDIDATES = 3
_ALIKE = 0.5
_SOUGHT = 5
_COMPARED_NAMES = 600
_COMPARED_LENGTH = 60
_KEPT_TROUBLED = 50
_WILD = re.compile(r"[*?]")
_PLACED_ID = re.compile(r"/|-[a-z]+-\d{1,2}$")


@dataclass(frozen=True, slots=True)
class Match:
    """A reference and the components it means; *is_ambiguous* when they are not one thing."""

    ref: ComponentRef
    components: tuple[Component, ...]

    @property
    def is_ambiguous(self) -> bool:
        """Whether several things have that name. Regions of one component are one thing, and so are a group's members.

        What is asked for by a region, by a group alone or with ``*`` or ``?`` may be many.
        """
        name, group = self.ref.name, self.ref.group
        if name is None or (group and any(fold(group) != fold(one.group) for one in self._named)):
            return False
        if any(fold(name) not in _names(one, within_group=group is not None) for one in self._named):
            return False
        return len(self.candidates) > 1

    @property
    def _named(self) -> Iterable[Component]:
        """The components without those that are meant whatever the name is."""
        return [component for component in self.components if component.group_id != ANYTHING]

    @property
    def candidates(self) -> Mapping[str, str]:
        """What has that name, by id: groups where it is a group's, else components."""
        found: dict[str, str] = {}
        for component in self._named:
            is_group = fold(component.name) != fold(self.ref.name or "") and not self.ref.group
            place = component.group_id if is_group or component.region else component.id
            found.setdefault(place, f"the group {component.group}" if is_group else component.label)
        return found


def labels(scope: Iterable[ComponentRef]) -> Mapping[ComponentRef, str]:
    """A text for each reference of *scope* that no other has: how it reads, or how it is written where two read alike."""
    alike = Counter(map(str, scope := tuple(scope)))
    return {ref: str(ref) if alike[str(ref)] == 1 else _written(ref) for ref in scope}


def _written(ref: ComponentRef) -> str:
    parts = {"id": ref.id, "group": ref.group, "name": ref.name, "region": ref.region}
    return "{" + ", ".join(f"{key}: {text}" for key, text in parts.items() if text is not None) + "}"


def find(components: Sequence[Component], scope: Iterable[ComponentRef]) -> tuple[Match, ...]:
    """What each reference of *scope* means among *components*."""
    return tuple(Match(ref, _find_one(components, ref)) for ref in scope)


def find_missing(components: Sequence[Component], scope: Iterable[ComponentRef]) -> tuple[ComponentRef, ...]:
    """The references of *scope* that mean nothing among *components*."""
    return tuple(match.ref for match in find(components, scope) if not match.components)


def _find_one(components: Sequence[Component], ref: ComponentRef) -> tuple[Component, ...]:
    if ref.id is not None:
        ids = {ref.id, one_line(ref.id)}
        return tuple(one for one in components if not ids.isdisjoint((one.id, one.group_id)) or _covers(one, ref.id))
    found: Iterable[Component] = components
    if ref.region is not None:
        is_meant = meaning(fold_place(ref.region), (fold_place(one.region) for one in components))
        found = [one for one in found if is_meant(place := fold_place(one.region)) or place == EVERYWHERE]
    if ref.group is not None:
        found = _called(found, fold(ref.group), components, lambda one: (fold(one.group),))
    if ref.name is not None:
        within = ref.group is not None
        found = _called(found, fold(ref.name), components, lambda one: _names(one, within_group=within))
    return tuple(found)


def _called(
    found: Iterable[Component], wanted: str, listed: Sequence[Component], names_of: Callable[[Component], Iterable[str]]
) -> Sequence[Component]:
    """What of *found* is called *wanted*; where nothing *listed* is called so, what has that as its group's id."""
    is_meant = meaning(wanted, (next(iter(names_of(one))) for one in listed))
    if any(one.group_id != ANYTHING and any(map(is_meant, names_of(one))) for one in listed):
        return [one for one in found if one.group_id == ANYTHING or any(map(is_meant, names_of(one)))]
    return [one for one in found if one.group_id == ANYTHING or fold(one.group_id) == wanted]


def _covers(component: Component, wanted: str) -> bool:
    """Whether *component* is every service of a region in which what has the id *wanted* may be."""
    if component.group_id != ANYTHING:
        return False
    place = fold_place(component.region)
    is_there = place == EVERYWHERE or fold_place(wanted).endswith((f"/{place}", f"-{place}"))
    return is_there or _PLACED_ID.search(wanted) is None


def _names(component: Component, *, within_group: bool = False) -> tuple[str, str]:
    """What *component* is called by itself, and beside it: its region where the group is given, else its group."""
    return fold(component.name), fold(component.region if within_group else component.group)


def meaning(wanted: str, names: Iterable[str]) -> Callable[[str], bool]:
    """Whether a name is what is *wanted*: equal to it, or like it where it has wildcards and none of *names* is spelt so."""
    if not _WILD.search(wanted) or wanted in names:
        return wanted.__eq__
    pattern = _pattern(wanted)
    return lambda name: bool(name) and pattern.fullmatch(name) is not None


@lru_cache(maxsize=1024)
def _pattern(wanted: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in wanted))


@lru_cache(maxsize=8192)
def fold(name: str) -> str:
    """A *name* as it is compared."""
    return one_line(name).casefold()


def fold_place(region: str) -> str:
    """A *region* as it is compared."""
    return fold(region).replace(" ", "")


def nearest(components: Sequence[Component], refs: Iterable[ComponentRef]) -> Mapping[str, tuple[str, ...]]:
    """For the first few of *refs*, the names on the page that look most like it; bounded work, however alike they are."""
    names: dict[str, str] = {}
    for component in components[:_COMPARED_NAMES]:
        names |= dict.fromkeys((component.label, component.name), component.label)
    pairs = _all_pairs(names)
    return {wanted: _closest(pairs, wanted) for wanted in list(dict.fromkeys(map(str, refs)))[:_SOUGHT]}


def near(names: Mapping[str, str], wanted: str) -> tuple[str, ...]:
    """Of the first few hundred *names*, what those stand for that look most like *wanted*."""
    return _closest(_all_pairs(dict(islice(names.items(), _COMPARED_NAMES))), wanted)


def _all_pairs(names: Mapping[str, str]) -> Mapping[str, tuple[str, frozenset[str]]]:
    return {folded: (label, _pairs(folded)) for name, label in names.items() if (folded := fold(name))}


def _closest(known: Mapping[str, tuple[str, frozenset[str]]], wanted: str) -> tuple[str, ...]:
    """The names that share most pairs of neighbouring letters with *wanted* (Dice, 1945), the closest first."""
    own = _pairs(fold(wanted))
    likeness = {name: 2 * len(own & pairs) / (len(own) + len(pairs)) for name, (_, pairs) in known.items()}
    close = sorted((name for name in known if likeness[name] >= _ALIKE), key=lambda name: -likeness[name])
    return tuple(dict.fromkeys(known[name][0] for name in close[:_CANDIDATES]))


def _pairs(name: str) -> frozenset[str]:
    text = f" {name[:_COMPARED_LENGTH]} "
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def focus(report: Report, scope: Iterable[ComponentRef]) -> Report:
    """*report* with the components that matter: those in *scope*, and some of those that are not well."""
    wanted = {component.id for match in find(report.components, scope) for component in match.components}
    troubled = [component.id for component in report.components if component.claim.value != "operational"]
    wanted.update(troubled[:_KEPT_TROUBLED])
    return replace(report, components=tuple(component for component in report.components if component.id in wanted))
