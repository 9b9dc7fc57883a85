"""What a quick scan finds, at what price, and how it ends with servers that do not behave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest

from checks.network import Ending
from checks.tls.codes import SSL3, TLS10, TLS11, TLS12, TLS13
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.quick import QUICK_CONNECTIONS, quick
from checks.tls.suites import Strength, strength_named
from tests.support.tlsmemory import MemoryNetwork, Says, by, scanned
from tests.support.tlsscript import Policy, Refusal
from tests.support.tlswire import read_hello

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
X25519, PQ = 29, 0x11EC
ALERT = bytes([21, 3, 3, 0, 2, 2, 40])


def look(peer: Policy | Says, *, seconds: float = 0.01, budget: int = QUICK_CONNECTIONS) -> Posture:
    network = MemoryNetwork(says=by(peer) if isinstance(peer, Policy) else peer, seconds=seconds)
    posture = scanned(quick("vendor.test"), network, budget=budget)
    assert posture.connections == len(network.asked) <= budget
    return posture


def accepted(posture: Posture) -> set[str]:
    return {name for name, said in posture.versions.items() if said is YES}


def weak(posture: Posture) -> set[str]:
    return {kind for kind, said in posture.weak.items() if said is YES}


@pytest.mark.parametrize(
    ("policy", "connections"),
    [
        (Policy(groups=(PQ, X25519)), 5),
        (Policy(groups=(X25519, PQ)), 6),
        (Policy(groups=(X25519,)), 6),
        (Policy(versions=(TLS12,)), 5),
        (Policy(versions=(TLS13,), groups=(PQ, X25519)), 4),
        (Policy(versions=(TLS13,), groups=(X25519,)), 5),
        (Policy(groups=(PQ, X25519), refuse=Refusal.RESET), 9),
        (Policy(groups=(X25519,), refuse=Refusal.RESET), 9),
        (Policy(versions=(TLS12,), refuse=Refusal.RESET), 9),
        (Policy(versions=(TLS10, TLS11, TLS12), suites={TLS12: (0xC02F, 0x2F)}), 7),
    ],
)
def test_what_it_costs(policy: Policy, connections: int) -> None:
    assert look(policy).connections == connections


def test_a_good_server_is_known_to_be_good() -> None:
    posture = look(Policy(groups=(PQ, X25519), alpn=("h2",), staple=b"staple", scts=b"\x00\x01x"))
    assert posture.answered is Answered.TLS
    assert not posture.deep
    assert posture.versions == {"TLSv1.3": YES, "TLSv1.2": YES, "TLSv1.1": NO, "TLSv1.0": NO, "SSLv3": NO}
    assert {*posture.weak.values()} == {NO}
    assert {*Strength} - {*posture.weak} >= {Strength.NO_FS, Strength.STRONG}
    assert (posture.group, posture.groups, posture.pq) == ("X25519MLKEM768", ("X25519MLKEM768", "x25519"), YES)
    assert (posture.compression, posture.renegotiation_info, posture.extended_master_secret) == (NO, YES, YES)
    assert (posture.alpn, posture.staple, posture.scts) == ("h2", b"staple", b"\x00\x01x")
    assert posture.chains == ((b"leaf", b"intermediate"),)
    assert posture.asks_for_certificate is NO
    assert posture.complete == ()
    assert posture.notes == ()


SCRIPTED: dict[str, tuple[Policy, Callable[[Posture], bool]]] = {
    "1.3 only": (Policy(versions=(TLS13,)), lambda r: accepted(r) == {"TLSv1.3"} and r.compression is NO),
    "1.2 only": (Policy(versions=(TLS12,)), lambda r: accepted(r) == {"TLSv1.2"} and r.pq is NO),
    "1.1 only": (Policy(versions=(TLS11,)), lambda r: accepted(r) == {"TLSv1.1"}),
    "1.0 only": (Policy(versions=(TLS10,)), lambda r: accepted(r) == {"TLSv1.0"}),
    "1.0 behind 1.1": (Policy(versions=(TLS10, TLS11, TLS12)), lambda r: accepted(r) == {"TLSv1.0", "TLSv1.1", "TLSv1.2"}),
    "ssl 3 only": (Policy(versions=(SSL3,), suites={SSL3: (5,)}), lambda r: accepted(r) == {"SSLv3"} and weak(r) == {"rc4"}),
    "ssl 3 beside 1.2": (
        Policy(versions=(SSL3, TLS12), suites={SSL3: (0x2F,)}),
        lambda r: accepted(r) == {"SSLv3", "TLSv1.2"},
    ),
    "rc4 behind what is good": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 5)}),
        lambda r: weak(r) == {"rc4"} and Strength.NULL not in r.weak,
    ),
    "broken behind poor": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 0x2F, 0x0A, 0x02)}),
        lambda r: weak(r) == {"no_fs", "block64", "null"},
    ),
    "no forward secrecy": (
        Policy(versions=(TLS12,), suites={TLS12: (0x2F,)}),
        lambda r: weak(r) == {"no_fs"} and NO in r.weak.values() and bool(r.chains),
    ),
    "export": (Policy(versions=(TLS10,), suites={TLS10: (0x03, 0x14)}), lambda r: weak(r) == {"export"}),
    "anonymous": (Policy(versions=(TLS12,), suites={TLS12: (0x34,)}), lambda r: weak(r) == {"anon"} and not r.chains),
    "a rare suite only": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC0A1,)}),
        lambda r: accepted(r) == {"TLSv1.2"} and r.suites["TLSv1.2"] == ("TLS_RSA_WITH_AES_256_CCM_8",),
    ),
    "512-bit dh": (Policy(versions=(TLS12,), suites={TLS12: (0x9E,)}, dh_bits=512), lambda r: r.dh_bits == 512),
    "dh of a broken suite": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 0x15)}, dh_bits=1024),
        lambda r: r.dh_bits == 1024,
    ),
    "pq only": (
        Policy(versions=(TLS13,), groups=(PQ,)),
        lambda r: r.pq is YES and r.groups == ("X25519MLKEM768",),
    ),
    "pq behind x25519": (
        Policy(groups=(X25519, PQ)),
        lambda r: r.pq is YES and r.group == "x25519" and r.groups == ("x25519", "X25519MLKEM768"),
    ),
    "no pq": (Policy(groups=(X25519,)), lambda r: r.pq is NO),
    "compression": (
        Policy(versions=(TLS10, TLS12), suites={TLS10: (0x2F,), TLS12: (0x2F,)}, compression=True),
        lambda r: r.compression is YES,
    ),
    "a client certificate": (Policy(asks_for_certificate=True), lambda r: r.asks_for_certificate is YES),
    "no renegotiation_info": (Policy(renegotiation=False), lambda r: r.renegotiation_info is NO),
    "no extended master secret": (Policy(master_secret=False), lambda r: r.extended_master_secret is NO),
    "intolerant of 1.2": (Policy(versions=(TLS10,), intolerant_above=TLS11), lambda r: "TLSv1.0" in accepted(r)),
    "few suites in a hello": (Policy(most_suites=127), lambda r: accepted(r) == {"TLSv1.2", "TLSv1.3"}),
    "the server's order": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC030, 0xC02F, 0x9C)}),
        lambda r: r.preference in ({}, {"TLSv1.2": "server"}),
    ),
}


@pytest.mark.parametrize("name", SCRIPTED)
def test_scripted_server(name: str) -> None:
    policy, holds = SCRIPTED[name]
    posture = look(policy)
    assert holds(posture), posture
    assert UNKNOWN not in posture.versions.values() or policy.intolerant_above


@pytest.mark.parametrize("refuse", [Refusal.RESET, Refusal.CLOSE])
def test_hanging_up_is_a_no_of_a_server_that_answers_otherwise(refuse: Refusal) -> None:
    posture = look(Policy(versions=(TLS12,), refuse=refuse))
    assert posture.versions == {"TLSv1.3": NO, "TLSv1.2": YES, "TLSv1.1": NO, "TLSv1.0": NO, "SSLv3": NO}
    assert posture.weak[Strength.RC4] is NO
    assert posture.notes == ()


@pytest.mark.parametrize("server_order", [True, False])
def test_what_better_suites_hide_is_seen(*, server_order: bool) -> None:
    """ECDHE with GCM before CBC before a DHE group that is too small."""
    policy = Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 0xC013, 0x9E)}, dh_bits=1024, server_order=server_order)
    posture = look(policy)
    assert posture.dh_bits == 1024
    assert posture.forward_secrecy is YES
    kinds = {strength_named(suite) for suite in posture.suites["TLSv1.2"]}
    assert Strength.DHE_AEAD in kinds
    assert posture.connections <= 7


def test_a_server_without_any_forward_secrecy_is_known_as_that() -> None:
    bare = look(Policy(versions=(TLS12,), suites={TLS12: (0x9C, 0x2F)}))
    assert bare.forward_secrecy is NO
    assert bare.connections <= QUICK_CONNECTIONS
    hidden = look(Policy(versions=(TLS12,), suites={TLS12: (0x2F, 0xC02F)}))
    assert hidden.forward_secrecy is YES, "its order hides what it has"


def test_silence_is_unknown_and_no_refusal() -> None:
    posture = look(Policy(versions=(TLS12,), refuse=Refusal.SILENCE))
    assert posture.versions == {"TLSv1.3": UNKNOWN, "TLSv1.2": YES, "TLSv1.1": UNKNOWN, "TLSv1.0": UNKNOWN}
    assert {*posture.weak.values()} == {UNKNOWN}
    assert posture.pq is UNKNOWN
    assert posture.notes == ("4 questions without an answer: no complete answer within 4 s",)


def test_an_alert_that_is_no_refusal_is_unknown() -> None:
    posture = look(lambda hello: ALERT[:-1] + b"\x30" if read_hello(hello).version <= TLS11 else by(Policy())(hello))
    assert posture.versions["TLSv1.1"] is UNKNOWN
    assert posture.versions["TLSv1.2"] is YES


def test_only_old_and_hanging_up_is_found() -> None:
    posture = look(Policy(versions=(TLS10,), suites={TLS10: (5,)}, refuse=Refusal.RESET))
    assert accepted(posture) == {"TLSv1.0"}
    assert weak(posture) == {"rc4"}


@pytest.mark.parametrize(
    ("says", "answered", "detail"),
    [
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", Answered.NOT_TLS, "the port speaks plain HTTP, not TLS"),
        (
            lambda _: b"220 mx.vendor.test ESMTP\r\n",
            Answered.NOT_TLS,
            "the port speaks a mail or file transfer greeting, not TLS",
        ),
        (lambda _: Refusal.SILENCE, Answered.NOTHING, "no complete answer within 4 s"),
        (lambda _: Ending.UNREACHED, Answered.UNREACHED, "made up"),
        (
            lambda _: b"\x16\x03\x03\xff\xff" * 5,
            Answered.NOTHING,
            "the peer sent a record of 65535 bytes, longer than any may be",
        ),
        (lambda _: Refusal.RESET, Answered.NOTHING, "the peer hung up"),
    ],
)
def test_what_is_no_tls_at_all(says: Says, answered: Answered, detail: str) -> None:
    posture = look(says)
    assert (posture.answered, posture.detail) == (answered, detail)
    assert posture.connections <= 8
    assert {*posture.versions.values(), *posture.weak.values()} == set()


@pytest.mark.parametrize("says", [lambda _: b"SSH-2.0-x\r\n", lambda _: Refusal.SILENCE, lambda _: Ending.UNREACHED])
def test_a_port_without_tls_is_asked_twice_and_no_more(says: Says) -> None:
    assert look(says).connections == 2


def test_a_port_that_says_so_once_and_hangs_up_otherwise_is_not_tls() -> None:
    replies: Iterator[bytes | Refusal] = cycle([b"SSH-2.0-x\r\n", Refusal.CLOSE])
    posture = look(lambda _: next(replies))
    assert posture.answered is Answered.NOT_TLS
    assert posture.connections == 3


def test_an_alert_for_everything_is_an_answer_in_tls_and_no_refusal() -> None:
    posture = look(lambda _: ALERT)
    assert posture.answered is Answered.TLS
    assert {*posture.versions.values()} == {UNKNOWN}
    assert posture.notes == ("the server accepted nothing, so that its refusals could not be tried",)


@pytest.mark.parametrize("first", [True, False])
def test_a_server_that_resets_every_second_connection_is_seen_right(first: bool) -> None:  # noqa: FBT001 - a case
    turns = cycle([first, not first])
    policy = Policy(groups=(PQ, X25519))
    posture = look(lambda hello: by(policy)(hello) if next(turns) else Refusal.RESET)
    assert posture.versions == {"TLSv1.3": YES, "TLSv1.2": YES, "TLSv1.1": NO, "TLSv1.0": NO, "SSLv3": NO}
    assert "hangs up" in posture.notes[-1]


def test_a_server_that_stops_talking_to_us_has_refused_nothing() -> None:
    """After the third connection it hangs up on everybody, also on what it answered before."""
    turns = iter([True, True, True])
    posture = look(lambda hello: by(Policy())(hello) if next(turns, False) else Refusal.CLOSE)
    assert posture.versions["TLSv1.3"] is YES
    assert posture.weak[Strength.RC4] is UNKNOWN
    assert posture.pq is UNKNOWN
    assert "stopped accepting" in posture.notes[-1]


@pytest.mark.parametrize("budget", range(QUICK_CONNECTIONS + 1))
@pytest.mark.parametrize("refuse", [Refusal.ALERT, Refusal.RESET])
def test_a_cut_scan_gives_no_verdict_that_it_has_not_earned(budget: int, refuse: Refusal) -> None:
    policy = Policy(versions=(TLS10, TLS11, TLS12), suites={TLS12: (0xC02F, 0x2F, 5)}, groups=(X25519,), refuse=refuse)
    posture = look(policy, budget=budget)
    truth = {"TLSv1.3": NO, "TLSv1.2": YES, "TLSv1.1": YES, "TLSv1.0": YES, "SSLv3": NO}
    assert all(said in (UNKNOWN, truth[name]) for name, said in posture.versions.items())
    assert weak(posture) <= {"no_fs", "rc4"}
    if refuse is Refusal.ALERT and budget < 6:
        assert any(f"at most {budget} connections" in note for note in posture.notes)


def test_a_slow_server_is_left_when_the_time_is_over() -> None:
    posture = look(Policy(), seconds=15.0)
    assert posture.connections == 4
    assert posture.versions["TLSv1.3"] is YES
    assert posture.versions["TLSv1.1"] is UNKNOWN
    assert "3 questions not asked: a look takes at most 40 s" in posture.notes


def test_an_address_is_asked_without_a_name() -> None:
    network = MemoryNetwork(says=by(Policy()))
    scanned(quick("192.0.2.1"), network)
    assert {read_hello(hello).server_name for hello in network.asked} == {""}
    network = MemoryNetwork(says=by(Policy()))
    scanned(quick("Vendor.test."), network)
    assert {read_hello(hello).server_name for hello in network.asked} == {"vendor.test"}


def test_no_hello_offers_so_much_that_servers_choke() -> None:
    network = MemoryNetwork(says=by(Policy(versions=(TLS10, TLS11, TLS12), suites={TLS12: (0x2F,)})))
    scanned(quick("vendor.test"), network)
    assert max(len(read_hello(hello).suites) for hello in network.asked) < 128
