"""References that cannot be of a vendor whose page names only what is affected. Pure.

On such a page a misspelt region looks like a region that is well, and would look so for ever. What the vendor is known to
have tells the two apart, and where that is known, what is not known is not taken as well: a region of next year that no
list has yet is told as missing until an event names it or the list is renewed. That is loud and soon over; the other
mistake is silent until the day it matters. Where nobody knows what there is, nothing is strange but a name that something
open has by another spelling: with or without the vendor before it (*Amazon EC2*, *Azure Virtual Machines*).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from checks.status.report import EVERYWHERE, Component, Report
from checks.status.scope import fold, fold_place, meaning, near
from checks.vendor import ComponentRef

_VENDOR = re.compile(r"(?:amazon|aws|google(?: cloud)?|ibm(?: cloud)?|(?:microsoft )?azure|microsoft|adobe)\s+")
_ZONE = re.compile(r"-[a-z0-9]{1,2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What a vendor is known to have: *regions* and *names*, each with what else people call it, and *ids*.

    What else a name is called is its group's id, which serves as a name too; what else a region is called is none.
    What is empty is not known. An id that has a slash is a name and a region, as the readers make them.
    """

    regions: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    ids: Collection[str] = ()


def mark_strange(report: Report, scope: Iterable[ComponentRef], known: Catalogue) -> Report:
    """*report* with the references of *scope* that cannot be of the vendor, by what is *known* of it and what is open."""
    found = report.components
    known = Catalogue(
        regions=known.regions and {**{one.region: "" for one in found}, EVERYWHERE: "", **known.regions},
        names=known.names and {**{name: "" for one in found for name in (one.name, one.group)}, **known.names},
        ids=known.ids and {*known.ids, *(name for one in found for name in (one.id, one.group_id))},
    )
    doubts = {ref: next(_doubts(ref, known, found), None) for ref in scope}
    return replace(report, strange={ref: close for ref, close in doubts.items() if close is not None})


def _doubts(ref: ComponentRef, known: Catalogue, found: Sequence[Component]) -> Iterator[tuple[str, ...]]:
    """For each part of *ref* that is not *known*, what it may have meant."""
    if ref.region is not None and known.regions and not _is_among(fold_place(ref.region), map(fold_place, known.regions)):
        yield _near(ref.region, known.regions)
    for name in filter(None, (ref.name, ref.group)):
        if known.names and not _is_among(fold(name), map(fold, (*known.names, *filter(None, known.names.values())))):
            yield _near(name, known.names)
        elif not known.names and (alike := _spelt_otherwise(fold(name), found)):
            yield alike
    if ref.id is not None and known.ids and ref.id not in known.ids:
        yield _near(ref.id, known.names)
    place = fold_place(ref.id.rpartition("/")[2]) if ref.id and "/" in ref.id else ""
    if place and known.regions and {place, _ZONE.sub("", place)}.isdisjoint(map(fold_place, known.regions)):
        yield _near(place, known.regions)


def _spelt_otherwise(wanted: str, found: Iterable[Component]) -> tuple[str, ...]:
    """The names of what is *found* that are *wanted* in another spelling; none where one is spelt so."""
    names = {fold(one.name): one for one in found}
    if wanted in names or any(fold(one.group_id) == wanted for one in found):
        return ()
    bare = _VENDOR.sub("", wanted, count=1)
    alike = (one.name for name, one in names.items() if bare in {_VENDOR.sub("", name, count=1), fold(one.group_id)})
    return tuple(alike)[:3]


def _is_among(wanted: str, names: Iterable[str]) -> bool:
    names = tuple(names)
    return any(map(meaning(wanted, names), names))


def _near(wanted: str, names: Mapping[str, str]) -> tuple[str, ...]:
    labels = {name: f"{name} ({also})" if also else name for name, also in names.items()}
    spelt = {name: labels[name] for name in names} | {also: labels[name] for name, also in names.items() if also}
    return near(spelt, wanted)
