"""What there is to probe: every check's ``derive`` over every vendor, with an interval and a deadline each.

The interval is that of the vendor's file, else that of ``checks.<name>`` in ``monitor.yaml``, else the check's own. The
deadline is always shorter: the check's own is cut where the interval is shorter, one that somebody wrote is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from checks.check import AnyCheck, Derived
from checks.model import Target
from checks.vendor import Vendor, VendorFile
from monitor.loading.border import Loaded
from monitor.loading.gaps import Gaps
from monitor.loading.problem import Part, Problem, dotted
from monitor.settings import CheckSettings, Settings

_SHARE_OF_INTERVAL = 0.8
"""How much of its interval a probe may take where the default deadline is too long for it."""


def targets_of(
    vendor: Vendor, source: Loaded[VendorFile], checks: Mapping[str, AnyCheck], settings: Settings
) -> tuple[list[Target[Any]], list[Problem]]:
    """The targets of *vendor*, loaded from *source*, in the order of checks, and what is wrong with them."""
    targets: dict[str, Target[Any]] = {}
    derived = derived_targets(_without_gaps(vendor, source.gaps), checks, settings)
    twice = [target for target in derived if targets.setdefault(target.key, target) is not target]
    problems = [_duplicate(target.key, checks[target.check], vendor, source) for target in twice]
    return list(targets.values()), problems


def derived_targets(vendor: Vendor, checks: Mapping[str, AnyCheck], settings: Settings) -> Iterator[Target[Any]]:
    """Every target that *vendor* implies, in the order of checks; two of them may share a key."""
    for check in checks.values():
        defaults = settings.checks.get(check.name, CheckSettings())
        yield from (_target(vendor, check, derived, defaults) for derived in check.derive(vendor))


def _target(vendor: Vendor, check: AnyCheck, derived: Derived[Any], defaults: CheckSettings) -> Target[Any]:
    every = float(derived.every or defaults.every or check.every)
    return Target(
        vendor=vendor.slug,
        check=check.name,
        name=derived.name,
        settings=derived.settings,
        every=every,
        deadline=float(defaults.deadline or _within(every, check.deadline)),
        host=derived.host,
        together=derived.together,
    )


def _within(every: float, deadline: float) -> float:
    """*deadline*, or a share of the interval that is shorter."""
    return deadline if deadline < every else every * _SHARE_OF_INTERVAL


def _without_gaps(vendor: Vendor, gaps: Gaps) -> Vendor:
    """*vendor* with those of its entries only that could be read whole."""
    kept: dict[str, Any] = {
        name: tuple(entry for index, entry in enumerate(entries) if not gaps.touch(name, index))
        for name, entries in _lists(vendor).items()
    }
    return replace(vendor, status=None if gaps.touch("status") else vendor.status, **kept)


def _lists(vendor: Vendor) -> dict[str, tuple[Any, ...]]:
    return {field.name: value for field in fields(vendor) if isinstance(value := getattr(vendor, field.name), tuple)}


def _duplicate(key: str, check: AnyCheck, vendor: Vendor, source: Loaded[VendorFile]) -> Problem:
    """The problem that two entries of *vendor* are the target *key*."""
    name = key.split("/", 2)[2]
    whole = [(place, alone) for place, alone in _alone(vendor) if not source.gaps.touch(*place)]
    places = [place for place, alone in whole if any(derived.name == name for derived in check.derive(alone))]
    others = " and ".join(dotted(place) for place in places)
    message = f"{others} are both the target {key}: give one of them a name:, or remove it"
    return source.document.problem(places[-1] if places else (), message)


def _alone(vendor: Vendor) -> Iterator[tuple[tuple[Part, ...], Vendor]]:
    """*vendor* with one entry of one of its lists only, for each entry, and where that stands in its file."""
    lists = _lists(vendor)
    nothing: dict[str, Any] = {"status": None, **dict.fromkeys(lists, ())}
    for name, entries in lists.items():
        for index, entry in enumerate(entries):
            yield (name, index), replace(vendor, **(nothing | {name: (entry,)}))


def late_deadlines(
    targets: Iterable[Target[Any]], checks: Mapping[str, AnyCheck], settings: Settings, source: Loaded[Settings]
) -> Iterator[Problem]:
    """The deadlines of *settings* that are not shorter than the intervals they are for, one problem per check.

    *source* is what was loaded of ``monitor.yaml``.
    """
    shortest: dict[str, tuple[float, str]] = {}
    for target in targets:
        shortest[target.check] = min(shortest.get(target.check, (target.every, target.key)), (target.every, target.key))
    for name, defaults in settings.checks.items():
        if defaults.deadline is None or name not in checks or source.gaps.touch("checks", name):
            continue
        every, whose = shortest.get(name, (defaults.every or checks[name].every, f"checks.{name}"))
        if defaults.deadline >= every:
            yield source.document.problem(
                ("checks", name, "deadline"), f"must be shorter than the interval, and that of {whose} is {every:g}s"
            )
