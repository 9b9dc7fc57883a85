"""What a deep scan finds beside what a quick one does, and how it ends with servers that have no end."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

import pytest

from checks.tls.codes import SCSV, SSL3, TLS10, TLS11, TLS12, TLS13
from checks.tls.deep import DEEP_CONNECTIONS, deep
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.suites import Strength
from tests.support.tlsmemory import MemoryNetwork, Says, by, scanned
from tests.support.tlsscript import Policy, Refusal
from tests.support.tlswire import Asked, extension, message, number, read_hello, record, vector

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
X25519, P256, PQ = 29, 23, 0x11EC
OLD = {TLS10: (0x2F, 0x35), TLS12: (0xC02F, 0xC030)}
RETRY = bytes.fromhex("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")


def look(peer: Policy | Says, *, seconds: float = 0.001, budget: int = DEEP_CONNECTIONS) -> Posture:
    network = MemoryNetwork(says=by(peer) if isinstance(peer, Policy) else peer, seconds=seconds)
    posture = scanned(deep("vendor.test"), network, budget=budget)
    assert posture.connections == len(network.asked) <= budget
    return posture


def accepted(posture: Posture) -> set[str]:
    return {name for name, said in posture.versions.items() if said is YES}


def weak(posture: Posture) -> set[str]:
    return {kind for kind, said in posture.weak.items() if said is YES}


def test_everything_of_a_good_server_is_known() -> None:
    posture = look(Policy(groups=(PQ, X25519, P256)))
    assert posture.deep
    assert accepted(posture) == {"TLSv1.2", "TLSv1.3"}
    assert {*posture.versions.values(), *posture.weak.values()} == {YES, NO}
    assert len(posture.versions) == 6
    assert posture.suites == {
        "TLSv1.3": ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"),
        "TLSv1.2": ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    }
    assert posture.complete == ("TLSv1.3", "TLSv1.2")
    assert weak(posture) == set()
    assert posture.weak.keys() >= {Strength.NO_FS, Strength.ANON}
    assert posture.groups == ("X25519MLKEM768", "x25519", "secp256r1")
    assert posture.connections <= 32
    assert posture.notes == ()


SCRIPTED: dict[str, tuple[Policy, Callable[[Posture], bool]]] = {
    "ssl 2": (
        Policy(ssl2=(0x010080, 0x0700C0)),
        lambda r: "SSLv2" in accepted(r) and len(r.suites["SSLv2"]) == 2 and "SSLv2" in r.complete,
    ),
    "ssl 3 only": (Policy(versions=(SSL3,), suites={SSL3: (5,)}), lambda r: accepted(r) == {"SSLv3"} and weak(r) == {"rc4"}),
    "export": (Policy(versions=(TLS10,), suites={TLS10: (0x03, 0x14)}), lambda r: weak(r) == {"export"}),
    "512-bit dh": (Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 0x9E)}, dh_bits=512), lambda r: r.dh_bits == 512),
    "no dh": (Policy(), lambda r: r.dh_bits is None),
    "pq only": (Policy(versions=(TLS13,), groups=(PQ,)), lambda r: r.pq is YES and r.groups == ("X25519MLKEM768",)),
    "pq behind x25519": (Policy(groups=(X25519, PQ)), lambda r: r.pq is YES and r.group == "x25519"),
    "no pq": (Policy(groups=(X25519,)), lambda r: r.pq is NO),
    "every group of both": (
        Policy(groups=(X25519, 256, 26, 14)),
        lambda r: {*r.groups} == {"x25519", "ffdhe2048", "brainpoolP256r1", "sect571r1"},
    ),
    "refuses by reset": (
        Policy(versions=(TLS12,), refuse=Refusal.RESET),
        lambda r: accepted(r) == {"TLSv1.2"} and UNKNOWN not in r.versions.values() and r.complete == ("TLSv1.2",),
    ),
    "refuses by closing": (
        Policy(versions=(TLS12,), refuse=Refusal.CLOSE),
        lambda r: accepted(r) == {"TLSv1.2"} and UNKNOWN not in r.versions.values() and r.complete == ("TLSv1.2",),
    ),
    "client order": (Policy(server_order=False), lambda r: r.preference == {"TLSv1.2": "client", "TLSv1.3": "client"}),
    "server order": (Policy(), lambda r: r.preference == {"TLSv1.2": "server", "TLSv1.3": "server"}),
    "server order, the best first": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC02B, 0xC02C)}),
        lambda r: r.preference == {"TLSv1.2": "server"},
    ),
    "chacha first for those who want it": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 0xCCA8)}),
        lambda r: r.preference == {},
    ),
    "one suite has no order": (Policy(versions=(TLS12,), suites={TLS12: (0xC02F,)}), lambda r: r.preference == {}),
    "suites without anything in common": (
        Policy(versions=(TLS12,), suites={TLS12: (0xC0A1, 0x0018)}, server_order=False),
        lambda r: r.preference == {"TLSv1.2": "client"},
    ),
    "compression": (Policy(versions=(TLS10, TLS12), suites=OLD, compression=True), lambda r: r.compression is YES),
    "no fallback scsv": (Policy(versions=(TLS10, TLS12), suites=OLD, scsv=False), lambda r: r.fallback_scsv is NO),
    "fallback scsv": (Policy(versions=(TLS10, TLS12), suites=OLD), lambda r: r.fallback_scsv is YES),
    "nothing to fall back to": (Policy(scsv=False), lambda r: r.fallback_scsv is UNKNOWN),
    "two certificates": (
        Policy(
            suites={TLS12: (0xC02F, 0xC02B)},
            chains={"RSA": (b"rsa", b"ca"), "ECDSA": (b"ecdsa", b"ca")},
        ),
        lambda r: {*r.chains} == {(b"rsa", b"ca"), (b"ecdsa", b"ca")},
    ),
    "no name needed": (
        Policy(),
        lambda r: (r.without_name, r.wrong_name) == ("same certificate", "same certificate"),
    ),
    "another certificate for strangers": (
        Policy(server_name="vendor.test", stranger=(b"default",)),
        lambda r: (r.without_name, r.wrong_name) == ("other certificate", "other certificate") and len(r.chains) == 1,
    ),
    "the name is needed": (
        Policy(server_name="vendor.test"),
        lambda r: r.without_name == r.wrong_name == "the peer answered with the alert unrecognized_name",
    ),
    "intolerant of 1.1": (
        Policy(versions=(TLS10,), intolerant_above=TLS10),
        lambda r: accepted(r) == {"TLSv1.0"},
    ),
    "null in 1.3": (
        Policy(versions=(TLS13,), suites={TLS13: (0x1301, 0xC0B4)}),
        lambda r: weak(r) == {"null"} and r.complete == ("TLSv1.3",),
    ),
    "a kind of its own in each version": (
        Policy(versions=(TLS10, TLS11, TLS12), suites={TLS10: (0x05,), TLS11: (0x09,), TLS12: (0x02, 0xC02F)}),
        lambda r: weak(r) == {"rc4", "des", "null"},
    ),
}


@pytest.mark.parametrize("name", SCRIPTED)
def test_scripted_server(name: str) -> None:
    policy, holds = SCRIPTED[name]
    posture = look(policy)
    assert holds(posture), posture


def test_the_fallback_is_asked_with_what_is_accepted_otherwise() -> None:
    network = MemoryNetwork(says=by(Policy(versions=(TLS10, TLS12), suites=OLD)))
    scanned(deep("vendor.test"), network)
    tls = [read_hello(hello) for hello in network.asked if not hello[0] & 0x80]
    assert [asked.version for asked in tls if SCSV in asked.suites] == [TLS10]


def test_no_hello_offers_so_much_that_servers_choke() -> None:
    network = MemoryNetwork(says=by(Policy(versions=(SSL3, TLS10, TLS11, TLS12), suites={SSL3: (5,)})))
    scanned(deep("vendor.test"), network)
    assert max(len(read_hello(hello).suites) for hello in network.asked if not hello[0] & 0x80) < 128


def test_a_server_without_tls_is_not_asked_for_all_of_it() -> None:
    posture = look(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n")
    assert (posture.answered, posture.connections) == (Answered.NOT_TLS, 2)


def test_silence_is_unknown_and_no_refusal() -> None:
    posture = look(Policy(versions=(TLS12,), refuse=Refusal.SILENCE))
    assert accepted(posture) == {"TLSv1.2"}
    assert {said for name, said in posture.versions.items() if name != "TLSv1.2"} == {UNKNOWN}
    assert posture.complete == ()
    assert "TLSv1.2: there may be more suites than are listed" in posture.notes


def test_what_is_refused_in_one_version_says_nothing_of_another() -> None:
    """TLS 1.1 and 1.0 refuse each other's suites, so that each suite is refused somewhere; of SSL 3.0 nothing is heard."""
    rc4, aes = (0x05,), (0x2F,)
    policy = Policy(versions=(TLS10, TLS11), suites={TLS10: rc4, TLS11: aes})
    posture = look(lambda hello: Refusal.SILENCE if read_hello_version(hello) == SSL3 else by(policy)(hello))
    assert accepted(posture) == {"TLSv1.1", "TLSv1.0"}
    assert posture.versions["SSLv3"] is UNKNOWN
    assert posture.weak[Strength.NULL] is UNKNOWN


def test_groups_are_refused_only_where_all_of_them_were_offered_with_every_suite() -> None:
    """It answers no hello that has post-quantum groups alone, and refuses what is left of its suites."""
    posture = look(lambda hello: Refusal.SILENCE if is_about_groups(hello) else by(Policy(groups=(X25519,)))(hello))
    assert posture.complete == ("TLSv1.3", "TLSv1.2")
    assert posture.pq is UNKNOWN


def read_hello_version(hello: bytes) -> int:
    return 2 if hello[0] & 0x80 else read_hello(hello).version


def is_about_groups(hello: bytes) -> bool:
    return not hello[0] & 0x80 and TLS13 in read_hello(hello).versions and X25519 not in read_hello(hello).groups


def yes(hello: bytes) -> bytes:
    """Takes the first of everything, whatever it is."""
    if hello[0] & 0x80:
        return record(21, b"\x02\x46")
    asked = read_hello(hello)
    return choice(asked, asked.suites[0])


def choice(asked: Asked, suite: int) -> bytes:
    head = number(min(asked.version, TLS12), 2)
    if TLS13 in asked.versions:
        extensions = extension(43, number(TLS13, 2)) + extension(51, number(asked.groups[0], 2))
        body = head + RETRY + vector(1, asked.session_id) + number(suite, 2) + b"\x00" + vector(2, extensions)
        return record(22, message(2, body))
    body = head + bytes(32) + vector(1, b"") + number(suite, 2) + b"\x00"
    return record(22, message(2, body) + message(14, b""))


def test_a_server_that_says_yes_to_everything_ends_with_the_budget() -> None:
    posture = look(yes)
    assert posture.connections == DEEP_CONNECTIONS
    assert len(accepted(posture)) == 5
    assert posture.versions["SSLv2"] is NO
    assert weak(posture)
    assert posture.complete == ()
    assert any(f"a look makes at most {DEEP_CONNECTIONS} connections" in note for note in posture.notes)


def test_a_server_that_says_yes_to_everything_can_be_known_with_patience() -> None:
    posture = look(yes, budget=2_000)
    assert posture.complete == ("TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3")
    assert posture.notes == ()
    assert len(posture.suites["TLSv1.2"]) > 250
    assert posture.connections < 1_000


def test_a_server_that_always_wants_another_group_is_taken_at_its_word() -> None:
    """It answers each hello of TLS 1.3 with a request for the last group it offers, and refuses what is below."""
    posture = look(lambda hello: retry(hello) or record(21, b"\x02\x46"))
    assert accepted(posture) == {"TLSv1.3"}
    assert posture.complete == ("TLSv1.3",)
    assert posture.connections < 60


def retry(hello: bytes) -> bytes:
    if hello[0] & 0x80 or TLS13 not in read_hello(hello).versions:
        return b""
    return choice(read_hello(hello), read_hello(hello).suites[0])


@pytest.mark.parametrize("first", [True, False])
def test_a_server_that_resets_every_second_connection_is_seen_right(first: bool) -> None:  # noqa: FBT001 - a case
    turns = cycle([first, not first])
    policy = Policy(versions=(TLS10, TLS12, TLS13), suites={TLS10: (0x2F, 5), TLS12: (0xC02F, 0xC030)})
    posture = look(lambda hello: by(policy)(hello) if next(turns) else Refusal.RESET)
    truth = look(policy)
    assert posture.versions == truth.versions
    assert {name: {*suites} for name, suites in posture.suites.items()} == {n: {*s} for n, s in truth.suites.items()}
    assert posture.complete == truth.complete
    assert posture.groups == truth.groups


def test_a_server_that_stops_talking_to_us_has_refused_nothing() -> None:
    policy = Policy(versions=(TLS12,), suites={TLS12: (0xC02F, 0xC030, 0x9E, 0x2F)})
    turns = iter([True] * 12)
    posture = look(lambda hello: by(policy)(hello) if next(turns, False) else Refusal.RESET)
    assert accepted(posture) == {"TLSv1.2"}
    assert posture.complete == ()
    assert posture.versions["SSLv3"] is not YES
    assert "stopped accepting" in " ".join(posture.notes)


@pytest.mark.parametrize("budget", [0, 1, 2, 5, 9, 14, 20, 30, 40, 60])
@pytest.mark.parametrize("refuse", [Refusal.ALERT, Refusal.CLOSE])
def test_a_cut_scan_gives_no_verdict_that_it_has_not_earned(budget: int, refuse: Refusal) -> None:
    suites = {TLS10: (0x2F, 5), TLS11: (0x2F, 0x35), TLS12: (0xC02F, 0xC030, 0x9E, 0x2F, 0x0A)}
    policy = Policy(versions=(TLS10, TLS11, TLS12), suites=suites, groups=(X25519, P256), refuse=refuse)
    posture, whole = look(policy, budget=budget), look(policy)
    assert whole.complete == ("TLSv1.2", "TLSv1.1", "TLSv1.0")
    assert all(said in (UNKNOWN, whole.versions[name]) for name, said in posture.versions.items())
    assert all(said in (UNKNOWN, whole.weak[kind]) for kind, said in posture.weak.items())
    assert {*posture.complete} <= {*whole.complete}
    assert all({*posture.suites[name]} <= {*whole.suites[name]} for name in posture.suites)
    if posture.answered is Answered.TLS and posture.connections < whole.connections:
        assert any("not asked" in note for note in posture.notes)


def test_a_slow_server_is_left_when_the_time_is_over() -> None:
    posture = look(Policy(groups=(PQ, X25519)), seconds=3.5)
    assert posture.connections < 20
    assert accepted(posture) == {"TLSv1.2", "TLSv1.3"}
    assert any("a look takes at most 40 s" in note for note in posture.notes)
    assert posture.complete != ("TLSv1.3", "TLSv1.2")


def test_an_address_has_no_strangers() -> None:
    network = MemoryNetwork(says=by(Policy()))
    posture = scanned(deep("192.0.2.1"), network)
    assert (posture.without_name, posture.wrong_name) == ("", "")
    assert {read_hello(hello).server_name for hello in network.asked if not hello[0] & 0x80} == {""}


def test_every_version_below_1_2_is_asked_for_by_itself() -> None:
    network = MemoryNetwork(says=by(Policy(versions=(TLS12,))))
    scanned(deep("vendor.test"), network)
    versions = {read_hello(hello).version for hello in network.asked if not hello[0] & 0x80}
    assert versions >= {SSL3, TLS10, TLS11, TLS12}
    assert sum(bool(hello[0] & 0x80) for hello in network.asked) == 1
