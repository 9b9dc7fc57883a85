"""Lists by elimination: offer all, take out what was chosen, offer the rest, until the server refuses.

Each choice costs a connection, and each list one more. Kinds of suites are listed apart and at the same time, so that a long
list takes no longer than its longest kind; what earlier answers settled is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from checks.tls.asking import Ask, Heard, Scan, Topic, one, together
from checks.tls.codes import TLS12_GROUPS, TLS13, TLS13_GROUPS
from checks.tls.flight import Want
from checks.tls.ledger import Ledger
from checks.tls.preference import duel
from checks.tls.speaking import Speaker, in_hellos
from checks.tls.suites import BROKEN, STRONG, Strength, suite_name, suites

_POOLS = (
    STRONG,
    (Strength.ECDHE_CBC,),
    (Strength.DHE_AEAD, Strength.DHE_CBC),
    (Strength.NO_FS,),
    (Strength.BLOCK64, *BROKEN),
    (Strength.RARE, Strength.OTHER),
)
_POOLS_OF_TLS13 = (tuple(kind for kind in Strength if kind is not Strength.NULL), (Strength.NULL,))

_MOST_DUELS = 2
_OVER_CURVE = re.compile("^TLS_(ECDHE|ECDH_anon|CECPQ1)_")
"""The registered ones whose key exchange names a curve; they fit into one hello."""


def list_suites(speaker: Speaker, ledger: Ledger, version: int) -> Scan[None]:
    """List the suites of a version that is spoken, and find out who decides among them."""
    done = ledger.refused(version) | ledger.chosen(version).keys()
    pools = [tuple(code for code in suites(kinds, version) if code not in done) for kinds in _pools(version)]
    yield from together(*(_suites(speaker, version, part) for pool in pools for part in in_hellos(pool)))
    for _ in range(_MOST_DUELS):
        if pair := duel(ledger, version):
            yield (speaker.ask(version, pair),)


def _pools(version: int) -> Sequence[Iterable[Strength]]:
    return _POOLS_OF_TLS13 if version == TLS13 else _POOLS


def _suites(speaker: Speaker, version: int, pool: tuple[int, ...]) -> Scan[None]:
    """Which of *pool* are accepted. Where there is a finite field among them, its size is read as well."""
    want = Want.FLIGHT if any("_DHE_" in suite_name(code) for code in pool) else Want.HELLO
    yield from _eliminated(
        pool,
        lambda left: speaker.ask(version, left, want=want),
        lambda heard: heard.choice.suite if heard.choice else None,
    )


def list_groups(speaker: Speaker, ledger: Ledger) -> Scan[None]:
    """List the groups of TLS 1.3 that no answer has shown yet."""
    left = tuple(group for group in TLS13_GROUPS if group not in ledger.groups())
    yield from _eliminated(
        left,
        lambda groups: speaker.modern(groups=groups, topic=Topic.GROUPS),
        lambda heard: heard.choice.group if heard.choice else None,
    )


def list_curves(speaker: Speaker, ledger: Ledger, version: int) -> Scan[None]:
    """List the curves of suites that use one, in a version below TLS 1.3, but for those that an answer has shown."""
    offered = [code for code in suites(Strength, version) if _OVER_CURVE.search(suite_name(code))]
    left = tuple(group for group in TLS12_GROUPS if group not in ledger.curves())
    yield from _eliminated(
        left,
        lambda groups: speaker.ask(version, offered, groups=groups, want=Want.FLIGHT, topic=Topic.GROUPS),
        _curve,
    )


def _curve(heard: Heard) -> int | None:
    flight = heard.flight
    return flight.key_exchange.group if heard.choice and flight and flight.key_exchange else None


def _eliminated(
    pool: tuple[int, ...], ask: Callable[[tuple[int, ...]], Ask], chosen: Callable[[Heard], int | None]
) -> Scan[None]:
    """Ask for less and less of *pool*, until nothing of it is chosen."""
    left = pool
    while left:
        heard = yield from one(ask(left))
        choice = chosen(heard)
        if choice not in left:
            return
        left = tuple(code for code in left if code != choice)
