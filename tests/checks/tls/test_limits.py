"""Scans of servers behind something that spoils the answers: limits, lost connections, filters, two servers at one address.

Whatever happens, no verdict that is given may be wrong; the truth is known from the server's policy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from checks.network import Ending
from checks.tls.codes import TLS10, TLS11, TLS12, TLS13
from checks.tls.deep import DEEP_CONNECTIONS, deep
from checks.tls.hello import ALPN, GROUPS, TIMESTAMPS, VERSIONS
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.tls.suites import Strength, strength
from tests.checks.tls.test_policies import Truth, disagreements, random_policy
from tests.support.tlsmemory import MemoryNetwork, Says, by, limited, scanned
from tests.support.tlsscript import Policy, Refusal, answer
from tests.support.tlswire import Asked, read_hello, record

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
X25519, P256, PQ = 29, 23, 0x11EC
Answer = bytes | Refusal | Ending

SUITES = {
    TLS13: (0x1301, 0x1302),
    TLS12: (0xC02F, 0xC013, 0x2F, 0x0A, 0x05),
    TLS11: (0xC013, 0x2F, 0x0A),
    TLS10: (0xC013, 0x2F, 0x0A),
}
GOOD = Policy(groups=(X25519, P256, PQ))
OLD = Policy(versions=(TLS10, TLS11, TLS12, TLS13), groups=(PQ, X25519, P256), suites=SUITES)


def alert(code: int) -> bytes:
    return record(21, bytes([2, code]))


def look(says: Says, chance: random.Random | None = None, *, is_deep: bool = False, budget: int | None = None) -> Posture:
    most = DEEP_CONNECTIONS if is_deep else QUICK_CONNECTIONS
    network = MemoryNetwork(says=says, seconds=0.001, chance=chance)
    scan = deep("vendor.test") if is_deep else quick("vendor.test")
    posture = scanned(scan, network, budget=most if budget is None else budget)
    assert posture.connections == len(network.asked) <= most
    return posture


def wrong(posture: Posture, policy: Policy) -> list[str]:
    return [*disagreements(posture, Truth(policy))]


LIMITERS: dict[str, Sequence[Answer]] = {
    "cuts": [Refusal.RESET],
    "closes": [Refusal.CLOSE],
    "says goodbye": [alert(0)],
    "cuts, then drops": [Refusal.RESET] * 3 + [Refusal.SILENCE],
    "cuts, then rejects": [Refusal.RESET] * 3 + [Ending.UNREACHED],
    "cuts often, then rejects": [Refusal.RESET] * 6 + [Ending.UNREACHED],
    "drops": [Refusal.SILENCE],
    "internal_error": [alert(80)],
    "handshake_failure": [alert(40)],
    "protocol_version": [alert(70)],
    "decode_error": [alert(50)],
}


@pytest.mark.parametrize("limiter", LIMITERS)
@pytest.mark.parametrize("policy", [GOOD, OLD], ids=["good", "old"])
def test_a_limit_on_connections_is_no_refusal(policy: Policy, limiter: str) -> None:
    chance = random.Random(limiter)  # noqa: S311 - examples need no secret
    for most in (*range(13), *range(13)):
        assert wrong(look(limited(policy, most, LIMITERS[limiter]), chance), policy) == [], most
    for most in (0, 1, 3, 8, 13, 21, 34, 47, 60):
        assert wrong(look(limited(policy, most, LIMITERS[limiter]), chance, is_deep=True), policy) == [], most


@pytest.mark.parametrize("limiter", LIMITERS)
@pytest.mark.parametrize("refuse", [Refusal.ALERT, Refusal.RESET])
def test_a_limit_within_a_budget_is_none_either(refuse: Refusal, limiter: str) -> None:
    chance = random.Random(f"{refuse} {limiter}")  # noqa: S311
    for _ in range(40):
        policy = random_policy(chance, refuse)
        says = limited(policy, chance.randrange(13), LIMITERS[limiter])
        posture = look(says, chance, budget=chance.randrange(QUICK_CONNECTIONS + 1))
        assert wrong(posture, policy) == [], policy


def losing(policy: Policy, chance: random.Random, share: float) -> Says:
    return lambda hello: Refusal.RESET if chance.random() < share else by(policy)(hello)


def test_of_lost_connections_hardly_any_makes_a_verdict() -> None:
    """With one connection in ten lost, that a question is lost each time it is asked stays possible, and rare."""
    chance = random.Random(10)  # noqa: S311
    looks = [(policy, look(losing(policy, chance, 0.1), chance)) for policy in (GOOD, OLD) for _ in range(150)]
    assert sum(bool(wrong(posture, policy)) for policy, posture in looks) <= 1
    assert sum(posture.versions["TLSv1.3"] is YES for _, posture in looks) > 290


def every(number: int, policy: Policy) -> Says:
    """Of so many connections, one gets through."""
    asked: list[bytes] = []

    def says(hello: bytes) -> Answer:
        asked.append(hello)
        return by(policy)(hello) if len(asked) % number == 0 else Refusal.RESET

    return says


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("policy", [GOOD, OLD], ids=["good", "old"])
def test_a_server_that_mostly_hangs_up_refuses_nothing_by_it(policy: Policy, number: int) -> None:
    for is_deep in (False, True):
        assert wrong(look(every(number, policy), is_deep=is_deep), policy) == []


def filtered(policy: Policy, offends: Callable[[Asked], bool], then: Answer) -> Says:
    def says(hello: bytes) -> Answer:
        is_tls = not hello[0] & 0x80
        return then if not is_tls or offends(read_hello(hello)) else by(policy)(hello)

    return says


FILTERS: dict[str, Callable[[Asked], bool]] = {
    "compression": lambda asked: 1 in asked.compression,
    "no protocol by name": lambda asked: ALPN not in asked.extensions,
    "many suites": lambda asked: len(asked.suites) > 64,
    "suites without encryption": lambda asked: any(strength(code) is Strength.NULL for code in asked.suites),
    "timestamps": lambda asked: TIMESTAMPS in asked.extensions,
}


@pytest.mark.parametrize("then", [Refusal.RESET, alert(40), alert(47), alert(80)], ids=["cut", "40", "47", "80"])
@pytest.mark.parametrize("offence", FILTERS)
def test_a_filter_before_a_good_server_takes_no_version_from_it(offence: str, then: Answer) -> None:
    for is_deep in (False, True):
        posture = look(filtered(GOOD, FILTERS[offence], then), is_deep=is_deep)
        assert (posture.versions["TLSv1.3"], posture.pq) == (YES, YES)
        assert posture.versions["TLSv1.2"] is not NO
        assert wrong(posture, GOOD) == []


def test_what_finds_fault_with_the_message_refuses_only_what_is_not_longer() -> None:
    """Its other hellos of TLS 1.2 are accepted; of TLS 1.1 none is."""
    offends = FILTERS["many suites"]
    posture = look(filtered(OLD, offends, alert(47)))
    assert (posture.versions["TLSv1.1"], posture.weak[Strength.RC4]) == (UNKNOWN, UNKNOWN)
    fussy = look(lambda hello: alert(47) if GOOD_GROUPS.isdisjoint(read_hello(hello).groups) else by(NO_PQ)(hello))
    assert fussy.pq is NO


GOOD_GROUPS = {X25519, P256}
NO_PQ = Policy(groups=(X25519, P256))


def test_an_internal_error_refuses_nothing() -> None:
    """It has nothing to do with what was asked (RFC 8446, section 6.2)."""
    posture = look(lambda hello: alert(80) if TLS13 in read_hello(hello).versions else by(GOOD)(hello))
    assert (posture.versions["TLSv1.3"], posture.pq, posture.versions["TLSv1.2"]) == (UNKNOWN, UNKNOWN, YES)


def test_an_answer_in_tls_to_the_question_for_ssl_2_makes_no_refusals() -> None:
    posture = look(lambda hello: alert(40) if hello[0] & 0x80 else alert(0), is_deep=True)
    assert NO not in {*posture.versions.values(), *posture.weak.values(), posture.pq}


def test_a_server_that_wants_no_protocol_of_ours_is_asked_without() -> None:
    posture = look(lambda hello: alert(120) if ALPN in read_hello(hello).extensions else by(GOOD)(hello))
    assert posture.versions == {"TLSv1.3": YES, "TLSv1.2": YES, "TLSv1.1": NO, "TLSv1.0": NO, "SSLv3": NO}
    assert posture.connections == 7


NEW = Policy(groups=(PQ, X25519), suites={TLS13: (0x1301, 0x1302), TLS12: (0xC02F, 0xC030)}, server_order=False)
AGED = Policy(versions=(TLS10, TLS12), suites={TLS12: (0xC013, 0xC02F, 0x2F, 0x05), TLS10: (0x2F, 0x05)}, server_order=False)


def test_two_servers_at_one_address_have_no_list_in_common() -> None:
    chance = random.Random(0)  # noqa: S311
    found = [look(lambda hello: answer(chance.choice((NEW, AGED)), hello), is_deep=True) for _ in range(20)]
    assert sum(bool(posture.complete) for posture in found) <= 2
    assert sum(NO in (posture.pq, posture.versions["TLSv1.3"]) for posture in found) <= 2
    told = [posture.notes for posture in found if not posture.complete]
    assert all("answers differ from connection to connection" in notes for notes in told)


def test_a_version_that_is_chosen_and_refused_has_no_refusals() -> None:
    """It takes a suite in the first hello of TLS 1.2 and refuses it in a longer one."""
    policy = Policy(versions=(TLS12,), suites={TLS12: (0x2F,)})
    offers = FILTERS["many suites"]
    posture = look(filtered(policy, lambda asked: asked.version == TLS12 and offers(asked), alert(40)))
    assert posture.versions["TLSv1.2"] is YES
    assert posture.weak[Strength.RC4] is UNKNOWN
    assert posture.versions["TLSv1.1"] is NO
    assert posture.preference == {}
    assert posture.notes == ("answers differ from connection to connection",)


def test_no_stranger_s_suite_is_counted() -> None:
    """Who names no host gets another one's choice."""
    other = Policy(versions=(TLS12,), suites={TLS12: (0x9C,)})
    posture = look(
        lambda hello: by(other if not hello[0] & 0x80 and not read_hello(hello).server_name else GOOD)(hello), is_deep=True
    )
    assert posture.suites["TLSv1.2"] == ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
    assert "TLSv1.2" in posture.complete


@pytest.mark.parametrize("policy", [GOOD, OLD, Policy(versions=(TLS12,))], ids=["good", "old", "1.2"])
def test_what_offends_filters_is_offered_apart(policy: Policy) -> None:
    network = MemoryNetwork(says=by(policy))
    scanned(quick("vendor.test"), network)
    hellos = [read_hello(hello) for hello in network.asked]
    assert sum(1 in hello.compression for hello in hellos) == 1
    assert {ALPN in hello.extensions for hello in hellos} == {True}
    assert not any(FILTERS["suites without encryption"](hello) for hello in hellos if VERSIONS in hello.extensions)
    assert len(hellos[0].suites) <= 64
    assert all(GROUPS in hello.extensions for hello in hellos)


def test_suites_without_encryption_are_found_by_themselves() -> None:
    policy = Policy(versions=(TLS12, TLS13), suites={TLS13: (0xC0B4,)})
    assert look(by(policy), is_deep=True).weak[Strength.NULL] is YES
    assert look(by(policy)).answered is Answered.TLS
