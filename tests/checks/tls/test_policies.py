"""Scans against servers with random policies, whose truth is known from the policy itself."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from checks.tls.codes import (
    GROUP_NAMES,
    PQ_GROUPS,
    SSL2,
    SSL3,
    TLS10,
    TLS11,
    TLS12,
    TLS12_GROUPS,
    TLS13,
    TLS13_GROUPS,
    VERSION_NAMES,
)
from checks.tls.deep import deep
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.tls.speaking import MODERN
from checks.tls.ssl2 import SSL2_SUITES
from checks.tls.suites import BROKEN, WEAK, Strength, strength, suite_name, suites
from tests.support.tlsmemory import scanned
from tests.support.tlsscript import Policy, Refusal

CLEAR = (TLS12, TLS11, TLS10, SSL3)
KINDS = (*WEAK, *BROKEN)
EVERY_GROUP = tuple(dict.fromkeys((*TLS13_GROUPS, *TLS12_GROUPS)))


def over_curve(suite: int) -> bool:
    return suite_name(suite).startswith(("TLS_ECDHE_", "TLS_ECDH_anon_", "TLS_CECPQ1_"))


def over_field(suite: int) -> bool:
    return suite_name(suite).startswith(("TLS_DHE_", "TLS_DH_anon_"))


class Truth:
    """What a server with *policy* accepts from a client that offers everything."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.suites = {version: self._suites(version) for version in (TLS13, *CLEAR)}
        self.suites = {version: codes for version, codes in self.suites.items() if codes}

    def _suites(self, version: int) -> set[int]:
        if version not in self.policy.versions:
            return set()
        groups = {*self.policy.groups} & {*(TLS13_GROUPS if version == TLS13 else TLS12_GROUPS)}
        if version == TLS13:
            return {*self.policy.suites_of(version)} if groups else set()
        return {code for code in self.policy.suites_of(version) if groups or not over_curve(code)}

    def version(self, version: int) -> bool:
        return bool(self.policy.ssl2) if version == SSL2 else version in self.suites

    def kind(self, kind: Strength, versions: tuple[int, ...]) -> bool:
        return any(strength(code) is kind for version in versions for code in self.suites.get(version, ()))

    @property
    def groups(self) -> set[int]:
        groups = {*self.policy.groups} & {*TLS13_GROUPS} if TLS13 in self.suites else set()
        newest = max((version for version in CLEAR[:-1] if version in self.suites), default=SSL3)
        curves = {*self.policy.groups} & {*TLS12_GROUPS}
        return groups | (curves if any(map(over_curve, self.suites.get(newest, ()))) else set())


def random_policy(chance: random.Random, refuse: Refusal) -> Policy:
    """A server whose every version has a suite that works, and that of TLS 1.3 one that encrypts."""
    while True:
        versions = tuple(version for version in (TLS13, *CLEAR) if chance.random() < 0.5)
        policy = Policy(
            versions=versions,
            suites={version: random_suites(chance, version) for version in versions},
            groups=tuple(chance.sample(EVERY_GROUP, chance.choice((1, 2, 3, 6, 20)))),
            server_order=chance.random() < 0.5,
            dh_bits=chance.choice((512, 1024, 2048)),
            compression=chance.random() < 0.2,
            scsv=chance.random() < 0.5,
            ssl2=tuple(chance.sample([*SSL2_SUITES], 2)) if chance.random() < 0.1 else (),
            refuse=refuse,
        )
        encrypts = any(strength(code) is not Strength.NULL for code in policy.suites.get(TLS13, MODERN))
        if versions and encrypts and Truth(policy).suites.keys() == {*versions}:
            return policy


def random_suites(chance: random.Random, version: int) -> tuple[int, ...]:
    kinds = chance.sample([*Strength], chance.choice((1, 2, 4, len(Strength))))
    pool = [code for code in suites(kinds, version) if version > SSL3 or not over_curve(code)]
    number = min(len(pool), chance.choice((1, 1, 2, 5, 12, 30)))
    return tuple(chance.sample(pool, number))


def disagreements(posture: Posture, truth: Truth) -> Iterator[str]:
    """Where a verdict that was given is wrong."""
    for version, name in VERSION_NAMES.items():
        said = posture.versions.get(name, Verdict.UNKNOWN)
        if said is not Verdict.UNKNOWN and (said is Verdict.YES) is not truth.version(version):
            yield f"{name}: {said}"
        if version != SSL2:
            accepted = {*map(suite_name, truth.suites.get(version, ()))}
            listed = {*posture.suites.get(name, ())}
            if not listed <= accepted or (name in posture.complete and listed != accepted):
                yield f"{name}: {listed ^ accepted}"
    yield from _kinds(posture, truth)
    yield from _rest(posture, truth)


def _kinds(posture: Posture, truth: Truth) -> Iterator[str]:
    versions = (TLS13, *CLEAR) if posture.deep else CLEAR
    for kind in KINDS:
        said = posture.weak.get(kind, Verdict.UNKNOWN)
        if said is not Verdict.UNKNOWN and (said is Verdict.YES) is not truth.kind(kind, versions):
            yield f"{kind}: {said}"


def _rest(posture: Posture, truth: Truth) -> Iterator[str]:
    policy = truth.policy
    has_pq = TLS13 in truth.suites and bool({*policy.groups} & {*PQ_GROUPS})
    if posture.pq is not Verdict.UNKNOWN and (posture.pq is Verdict.YES) is not has_pq:
        yield f"pq: {posture.pq}"
    compresses = policy.compression and any(version in truth.suites for version in CLEAR)
    if posture.compression is not Verdict.UNKNOWN and (posture.compression is Verdict.YES) is not compresses:
        yield f"compression: {posture.compression}"
    if not {*posture.groups} <= {GROUP_NAMES[group] for group in policy.groups}:
        yield f"groups: {posture.groups}"
    if posture.dh_bits not in (None, policy.dh_bits):
        yield f"dh_bits: {posture.dh_bits}"
    for name, whose in posture.preference.items():
        if whose != ("server" if policy.server_order else "client"):
            yield f"{name}: {whose}"


def gaps(posture: Posture, truth: Truth) -> Iterator[str]:
    """What is not known although the server said it in words."""
    yield from (name for name, said in posture.versions.items() if said is Verdict.UNKNOWN)
    yield from (f"{kind}" for kind, said in posture.weak.items() if said is Verdict.UNKNOWN)
    if Verdict.UNKNOWN in (posture.pq, posture.compression):
        yield f"pq: {posture.pq}, compression: {posture.compression}"
    if posture.deep:
        yield from _gaps_of_deep(posture, truth)


def _gaps_of_deep(posture: Posture, truth: Truth) -> Iterator[str]:
    if {*posture.complete} - {"SSLv2"} != {VERSION_NAMES[version] for version in truth.suites}:
        yield f"complete: {posture.complete}"
    if not {GROUP_NAMES[group] for group in truth.groups} <= {*posture.groups}:
        yield f"groups: {posture.groups}"
    if posture.dh_bits is None and any(over_field(code) for version in CLEAR for code in truth.suites.get(version, ())):
        yield "dh_bits"
    for version, codes in truth.suites.items():
        comparable = [code for code in codes if "CHACHA" not in suite_name(code)]
        if len(comparable) > 1 and VERSION_NAMES[version] not in posture.preference:
            yield f"{VERSION_NAMES[version]}: whose order"


def verdicts(posture: Posture) -> int:
    """How many answers a posture gives."""
    said = (*posture.versions.values(), *posture.weak.values(), posture.pq, posture.compression)
    return sum(verdict is not Verdict.UNKNOWN for verdict in said) + sum(map(len, posture.suites.values()))


@pytest.mark.parametrize("refuse", list(Refusal))
@pytest.mark.parametrize("seed", range(10))
def test_no_verdict_is_wrong_and_none_is_missing_where_the_server_says_no(seed: int, refuse: Refusal) -> None:
    chance = random.Random(f"{seed} {refuse}")  # noqa: S311 - examples need no secret
    for _ in range(10):
        policy = random_policy(chance, refuse)
        truth = Truth(policy)
        for posture in (
            scanned(quick("vendor.test"), policy, budget=QUICK_CONNECTIONS),
            scanned(deep("vendor.test"), policy),
        ):
            assert [*disagreements(posture, truth)] == [], policy
            if refuse is Refusal.ALERT:
                assert posture.answered is Answered.TLS
                assert [*gaps(posture, truth)] == [], policy
