"""What vendors that fail at the same time have in common: a network, an issuer of certificates, the host of their pages.

Pure functions over the newest looks. A cause is named when at least `FEWEST_VENDORS` vendors fail that share it, when these
are most of all that share it, and when most of those that do not share it are well: what fails together with everything
else explains nothing, and is told as our own network's failing elsewhere. One failure is explained once, by the kind that
says most. What is shared is counted by vendor, not by target: ten targets of one vendor that fail are one vendor's affair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import assert_never

from checks.shared import SharedKind, Trait

FEWEST_VENDORS = 3
"""Of how many vendors one can say that they fail together."""
SHARED_PERCENT = 70
"""Of how many of those that share something it is no chance that they fail."""
_NAMED = 5

_RIVALS = ((SharedKind.NETWORK, SharedKind.ISSUER), (SharedKind.STATUS_HOST,))
"""Kinds that may explain the same failure, the one that says most first. That a page cannot be read is another failure."""


@dataclass(frozen=True, slots=True)
class CommonLook:
    """What the newest look at a target of *vendor* has to say here.

    *traits* are what the target may have in common with others; *suspects* are those of them that may be why it fails, none
    while it does not.
    """

    vendor: str
    traits: tuple[Trait, ...]
    suspects: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedCause:
    """Something that *vendors* share, in the order of their names, which fail together."""

    trait: Trait
    vendors: tuple[str, ...]

    def __str__(self) -> str:
        return f"{_subject(self.trait, len(self.vendors))}: {_few(self.vendors)}"


_Vendors = Mapping[Trait, AbstractSet[str]]
"""The vendors of each trait."""


def shared_causes(looks: Collection[CommonLook]) -> tuple[SharedCause, ...]:
    """The causes that *looks* show, that of most vendors first."""
    failing = _by_trait((look.vendor, look.suspects) for look in looks if look.suspects)
    if not any(len(vendors) >= FEWEST_VENDORS for vendors in failing.values()):
        return ()
    sharing = _by_trait((look.vendor, look.traits) for look in looks)
    found = [cause for kind in SharedKind for cause in _standing_out(kind, failing, sharing)]
    told = (cause for rivals in _RIVALS for cause in _told_once(found, rivals))
    return tuple(sorted(told, key=_by_size))


def _by_trait(pairs: Iterable[tuple[str, tuple[Trait, ...]]]) -> _Vendors:
    found: defaultdict[Trait, set[str]] = defaultdict(set)
    for vendor, traits in pairs:
        for trait in traits:
            found[trait].add(vendor)
    return found


def _standing_out(kind: SharedKind, failing: _Vendors, sharing: _Vendors) -> Iterator[SharedCause]:
    """The traits of a kind that most of those who share them fail with, while most of the others are well."""
    everybody, unwell = _all_of(kind, sharing), _all_of(kind, failing)
    for trait, vendors in failing.items():
        if trait.kind is not kind or len(vendors) < FEWEST_VENDORS:
            continue
        sharers = sharing[trait]
        others, unwell_others = len(everybody) - len(sharers), len(unwell) - len(unwell & sharers)
        if 100 * len(vendors) >= SHARED_PERCENT * len(sharers) and 2 * unwell_others < others:
            yield SharedCause(trait, tuple(sorted(vendors)))


def _all_of(kind: SharedKind, vendors: _Vendors) -> AbstractSet[str]:
    """The vendors of all traits of a kind."""
    return frozenset().union(*(each for trait, each in vendors.items() if trait.kind is kind))


def _told_once(found: Iterable[SharedCause], rivals: tuple[SharedKind, ...]) -> Iterator[SharedCause]:
    """Those of *rivals*' kinds without the ones that explain too little beside what was told before them."""
    explained: set[str] = set()
    for kind in rivals:
        for cause in sorted((each for each in found if each.trait.kind is kind), key=_by_size):
            if len({*cause.vendors} - explained) >= FEWEST_VENDORS:
                yield cause
                explained.update(cause.vendors)


def _by_size(cause: SharedCause) -> tuple[int, Trait]:
    return -len(cause.vendors), cause.trait


def _subject(trait: Trait, vendors: int) -> str:
    match trait.kind:
        case SharedKind.NETWORK:
            return f"{vendors} vendors behind {trait.value} fail together"
        case SharedKind.ISSUER:
            return f"{vendors} vendors with certificates of {trait.value} fail together"
        case SharedKind.STATUS_HOST:
            return f"the pages of {vendors} vendors on {trait.value} cannot be read"
        case _:
            assert_never(trait.kind)


def _few(names: tuple[str, ...]) -> str:
    """The first of *names*, and how many more there are."""
    more = len(names) - _NAMED
    return f"{', '.join(names[:_NAMED])} and {more} more" if more > 1 else ", ".join(names)
