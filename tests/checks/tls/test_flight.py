"""Answers of servers: what is read in them, where reading stops, and that nothing a peer says gets through unchecked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from checks.tls.codes import SCHEMES_ECDSA, SCHEMES_RSA, SCSV, SSL3, TLS10, TLS11, TLS12, TLS13
from checks.tls.flight import MAX_ANSWER, MAX_MESSAGE, Got, Want
from checks.tls.hello import ALPN, KEY_SHARE, MASTER_SECRET, RENEGOTIATION, STATUS_REQUEST, VERSIONS, Hello
from checks.tls.messages import MAX_CERTIFICATES, KeyExchange
from checks.tls.records import MAX_RECORD, MAX_RECORDS
from checks.tls.serverhello import MAX_EXTENSIONS
from tests.support.tlsheard import asked, chosen, chosen13, heard, hello, only
from tests.support.tlsscript import Policy, Refusal, answer
from tests.support.tlswire import (
    ALERT,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    RANDOM,
    SEALED,
    extension,
    message,
    number,
    record,
    vector,
)

SPEAKS13 = extension(VERSIONS, b"\x03\x04")
WANTS_X25519 = extension(KEY_SHARE, b"\x00\x1d")
SHARES_X25519 = extension(KEY_SHARE, b"\x00\x1d" + vector(2, bytes(32)))


# What is read.


@pytest.mark.parametrize(
    ("policy", "offered", "read"),
    [
        (
            Policy(),
            None,
            {"version": TLS12, "suite": 0xC02F, "group": None, "compression": 0, "alpn": "", "is_retry": False},
        ),
        (Policy(), hello(TLS13), {"version": TLS13, "suite": 0x1301, "group": 29, "is_retry": True}),
        (only(TLS13, 0x1303, groups=(0x11EC,)), hello(TLS13), {"suite": 0x1303, "group": 0x11EC}),
        (only(SSL3, 0x0005), hello(SSL3), {"version": SSL3, "suite": 0x0005, "extensions": frozenset()}),
        (Policy(versions=(TLS10,)), hello(TLS11), {"version": TLS10, "suite": 0xC013}),
        (Policy(alpn=("h2",)), hello(alpn=("http/1.1", "h2")), {"alpn": "h2"}),
        (Policy(compression=True), hello(compression=True), {"compression": 1}),
        (Policy(compression=True), hello(), {"compression": 0}),
        (Policy(staple=b"staple"), None, {"extensions": frozenset({STATUS_REQUEST, RENEGOTIATION, MASTER_SECRET})}),
        (Policy(renegotiation=False, master_secret=False), None, {"extensions": frozenset()}),
        (Policy(scts=b"\x00\x03\x00\x01x"), None, {"scts": b"\x00\x03\x00\x01x"}),
    ],
)
def test_what_a_server_chooses(policy: Policy, offered: Hello | None, read: Mapping[str, Any]) -> None:
    flight = asked(policy, offered, Want.HELLO)
    assert (flight.got, flight.detail, flight.alert) == (Got.HELLO, "", None)
    assert {name: getattr(flight.hello, name) for name in read} == read
    assert flight.scts == read.get("scts", b"")


@pytest.mark.parametrize(
    ("policy", "offered", "read"),
    [
        (Policy(), None, {"certificates": (b"leaf", b"intermediate"), "staple": b"", "asks_for_certificate": False}),
        (Policy(staple=b"staple"), None, {"staple": b"staple"}),
        (Policy(staple=b"staple"), hello(staple=False), {"staple": b""}),
        (Policy(asks_for_certificate=True), None, {"asks_for_certificate": True}),
        (Policy(groups=(23, 29)), None, {"key_exchange": KeyExchange(group=23, scheme=0x0804)}),
        (Policy(versions=(TLS10,)), hello(TLS10), {"key_exchange": KeyExchange(group=29)}),
        (only(TLS12, 0x009E, dh_bits=512), None, {"key_exchange": KeyExchange(dh_bits=512, scheme=0x0804)}),
        (only(TLS12, 0x009E, dh_bits=2047), None, {"key_exchange": KeyExchange(dh_bits=2047, scheme=0x0804)}),
        (only(TLS12, 0x00A7, dh_bits=1024), None, {"key_exchange": KeyExchange(dh_bits=1024), "certificates": ()}),
        (only(TLS12, 0xC018), None, {"key_exchange": KeyExchange(group=29), "certificates": ()}),
        (only(TLS10, 0x0003), hello(TLS10), {"key_exchange": KeyExchange(rsa_bits=512)}),
        (only(TLS12, 0x002F), None, {"key_exchange": None}),
        (only(TLS12, 0x0002), None, {"key_exchange": None}),
        (only(SSL3, 0x0016, dh_bits=1024), hello(SSL3), {"key_exchange": KeyExchange(dh_bits=1024)}),
        (Policy(chain=tuple(bytes([n]) * 4_000 for n in range(1, 21))), None, {"staple": b""}),
    ],
)
def test_what_a_flight_shows(policy: Policy, offered: Hello | None, read: Mapping[str, Any]) -> None:
    flight = asked(policy, offered)
    assert (flight.got, flight.detail) == (Got.FLIGHT, "")
    assert {name: getattr(flight, name) for name in read} == read


def test_a_certificate_goes_with_what_signs() -> None:
    policy = Policy(chains={"RSA": (b"rsa",), "ECDSA": (b"ec",)}, suites={TLS12: (0xC02B, 0xC02F)})
    assert asked(policy).certificates == (b"ec",)
    assert asked(policy, hello(schemes=SCHEMES_ECDSA)).certificates == (b"ec",)
    assert asked(policy, hello(schemes=SCHEMES_RSA)).certificates == (b"rsa",)
    assert asked(Policy(chains={"RSA": (b"rsa",)}, suites={TLS12: (0xC02B,)})).alert == 40


def test_a_server_has_its_own_order_or_the_clients() -> None:
    def first(policy: Policy, offered: Hello) -> int | None:
        flight = asked(policy, offered, Want.HELLO)
        return flight.hello.suite if flight.hello else None

    forth, back = hello(suites=(0xC02F, 0xC030)), hello(suites=(0xC030, 0xC02F))
    assert [first(Policy(server_order=True), each) for each in (forth, back)] == [0xC02F, 0xC02F]
    assert [first(Policy(server_order=False), each) for each in (forth, back)] == [0xC02F, 0xC030]


def test_a_key_that_is_sent_at_once_is_used_and_what_follows_is_sealed() -> None:
    offered = hello(TLS13, key_shares=((29, bytes(32)),))
    flight = asked(Policy(), offered)
    assert (flight.got, flight.certificates) == (Got.FLIGHT, ())
    assert flight.hello
    assert (flight.hello.group, flight.hello.is_retry) == (29, False)
    assert asked(Policy(), offered, Want.HELLO).got is Got.HELLO
    assert asked(Policy(groups=(23,)), offered).got is Got.HELLO, "a retry is all there is"


@pytest.mark.parametrize(
    ("policy", "offered", "alert"),
    [
        (Policy(versions=(TLS13,)), None, 70),
        (Policy(versions=(TLS12,)), hello(TLS13), 70),
        (only(TLS12, 0xC02F), hello(suites=(0x009C,)), 40),
        (Policy(groups=(30,)), hello(groups=(23,)), 40),
        (Policy(groups=(23,)), hello(TLS13, groups=(29,)), 40),
        (Policy(server_name="other.example"), None, 112),
        (Policy(versions=(TLS10, TLS12)), hello(TLS10, suites=(0xC013, SCSV)), 86),
    ],
)
def test_a_server_that_refuses(policy: Policy, offered: Hello | None, alert: int) -> None:
    flight = asked(policy, offered)
    assert (flight.got, flight.alert, flight.hello) == (Got.ALERT, alert, None)
    assert flight.detail.startswith("the peer answered with the alert ")


@pytest.mark.parametrize(
    ("policy", "offered", "refusal"),
    [
        (Policy(versions=(TLS13,), refuse=Refusal.SILENCE), hello(), Refusal.SILENCE),
        (Policy(versions=(TLS13,), refuse=Refusal.CLOSE), hello(), Refusal.CLOSE),
        (Policy(intolerant_above=TLS11), hello(TLS12), Refusal.RESET),
        (Policy(most_suites=100), hello(), Refusal.RESET),
    ],
)
def test_a_server_that_says_nothing(policy: Policy, offered: Hello, refusal: Refusal) -> None:
    assert answer(policy, offered.encode()) is refusal
    assert isinstance(answer(policy, hello(TLS10, suites=(0xC013,)).encode()), bytes | Refusal)


def test_a_server_without_scsv_and_one_with_another_certificate_for_strangers() -> None:
    fallen = hello(TLS10, suites=(0xC013, SCSV))
    assert asked(Policy(versions=(TLS10, TLS12), scsv=False), fallen).got is Got.FLIGHT
    choosy = Policy(server_name="vendor.example", stranger=(b"default",))
    assert asked(choosy).certificates == (b"leaf", b"intermediate")
    assert asked(choosy, hello(server_name="")).certificates == (b"default",)


# Alerts.


@pytest.mark.parametrize(
    ("content", "got", "alert"),
    [
        ("0228", Got.ALERT, 40),
        ("0128", Got.ALERT, 40),
        ("0100", Got.ALERT, 0),
        ("02f0", Got.ALERT, 240),
        ("0270", Got.ALERT, 112),
        ("0170", Got.OPEN, None),
        ("0164", Got.OPEN, None),
        ("0328", Got.BAD, None),
        ("02", Got.BAD, None),
        ("02280228", Got.BAD, None),
    ],
)
def test_alerts(content: str, got: Got, alert: int | None) -> None:
    flight = heard(record(ALERT, bytes.fromhex(content)))
    assert (flight.got, flight.alert) == (got, alert)


def test_a_name_that_a_server_does_not_know_is_a_warning_only() -> None:
    said = answer(Policy(), hello().encode())
    assert isinstance(said, bytes)
    assert heard(record(ALERT, b"\x01\x70") + said).got is Got.FLIGHT


def test_an_alert_after_the_choice_keeps_the_choice() -> None:
    flight = heard(record(HANDSHAKE, chosen()) + record(ALERT, b"\x02\x50"))
    assert (flight.got, flight.alert) == (Got.ALERT, 80)
    assert flight.hello


# What is not TLS.


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n", "the port speaks plain HTTP, not TLS"),
        (b"<!DOCTYPE html>", "the port speaks markup, not TLS"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the port speaks SSH, not TLS"),
        (b"220 mail.example ESMTP\r\n", "the port speaks a mail or file transfer greeting, not TLS"),
        (b"* OK IMAP4rev1\r\n", "the port speaks a mail greeting, not TLS"),
        (b"+OK ready\r\n", "the port speaks a mail greeting, not TLS"),
        (b"\x00\x1b[31mred\r\n" + b"x" * 100, f'the port does not speak TLS; it sent "[31mred {"x" * 29}"'),
        (b"\x16\x02\x00\x00\x05", 'the port does not speak TLS; it sent ""'),
    ],
)
def test_what_is_not_tls_is_named(content: bytes, detail: str) -> None:
    flight = heard(content)
    assert (flight.got, flight.detail, flight.is_over) == (Got.NOT_TLS, detail, True)


# What was not offered.


@pytest.mark.parametrize(
    ("content", "offered", "detail"),
    [
        (
            record(HANDSHAKE, chosen(suite=0xC030)),
            hello(suites=(0xC02F,)),
            "it chooses the suite TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        ),
        (record(HANDSHAKE, chosen(suite=0xAAAA)), hello(), "it chooses the suite 0xAAAA, which was not offered"),
        (record(HANDSHAKE, chosen(suite=SCSV)), hello(suites=(0xC02F, SCSV)), "it chooses the suite 0x5600"),
        (record(HANDSHAKE, chosen(TLS12)), hello(TLS11), "it chooses TLSv1.2, which was not offered"),
        (record(HANDSHAKE, chosen(0x7F7F)), hello(), "it chooses version 0x7F7F, which was not offered"),
        (record(HANDSHAKE, chosen(0x0002)), hello(), "it chooses SSLv2, which was not offered"),
        (record(HANDSHAKE, chosen(TLS12, 0x1301)), hello(TLS13), "it chooses TLSv1.2, which was not offered"),
        (chosen13(SPEAKS13, WANTS_X25519), hello(), "it chooses TLSv1.3, which was not offered"),
        (record(HANDSHAKE, chosen(compression=1)), hello(), "it chooses compression 1, which was not offered"),
        (record(HANDSHAKE, chosen(compression=64)), hello(compression=True), "it chooses compression 64"),
        (chosen13(SPEAKS13, WANTS_X25519, compression=1), hello(TLS13, compression=True), "it chooses compression 1"),
        (
            record(HANDSHAKE, chosen(tail=vector(2, extension(ALPN, vector(2, vector(1, b"\x1bh2")))))),
            hello(alpn=("h2",)),
            'it chooses the protocol "h2", which was not offered',
        ),
        (chosen13(SPEAKS13, WANTS_X25519), hello(TLS13, groups=(23,)), "it chooses the group x25519, which was not offered"),
        (chosen13(SPEAKS13, extension(KEY_SHARE, b"\xca\xfe")), hello(TLS13), "it chooses the group 0xCAFE"),
        (chosen13(SPEAKS13), hello(TLS13), "it chooses no group"),
        (chosen13(SPEAKS13, SHARES_X25519, nonce=RANDOM), hello(TLS13), "it chooses the group x25519"),
        (chosen13(SPEAKS13, WANTS_X25519), hello(TLS13, key_shares=((29, bytes(32)),)), "it chooses the group x25519"),
    ],
)
def test_what_was_not_offered_is_no_answer(content: bytes, offered: Hello, detail: str) -> None:
    flight = heard(content, offered)
    assert (flight.got, flight.hello) == (Got.BAD, None)
    assert flight.detail.startswith(f"the peer's ServerHello is not valid: {detail}")


def test_a_group_that_was_not_offered_is_no_answer() -> None:
    said = answer(Policy(groups=(29,)), hello(groups=(29,)).encode())
    assert isinstance(said, bytes)
    flight = heard(said, hello(groups=(23,)))
    assert flight.got is Got.BAD
    assert flight.detail == "the peer's ServerKeyExchange is not valid: it uses the group x25519, which was not offered"
    assert heard(said, hello(groups=())).got is Got.FLIGHT, "who offers none leaves the choice to the server"


# What is not valid, and what is too much.

HEAD = record(HANDSHAKE, chosen())


def with_extensions(*extensions: bytes) -> bytes:
    return record(HANDSHAKE, chosen(tail=vector(2, b"".join(extensions))))


def in_records(content: bytes) -> bytes:
    return b"".join(record(HANDSHAKE, content[at : at + 16_384]) for at in range(0, len(content), 16_384))


def certificates(*each: bytes) -> bytes:
    return record(HANDSHAKE, message(11, vector(3, b"".join(vector(3, one) for one in each))))


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"\x16\x03\x03" + number(MAX_RECORD + 1, 2), "the peer sent a record of 18433 bytes, longer than any may be"),
        (record(HANDSHAKE, b""), "the peer sent an empty record"),
        (record(ALERT, b"\x01\x70") * (MAX_RECORDS + 1), f"the peer's answer was not over after {MAX_RECORDS} records"),
        (record(HANDSHAKE, b"\x02\xff\xff\xff"), "the peer sent a message of 16777219 bytes, longer than any honest one"),
        (HEAD + record(HANDSHAKE, b"\x0b" + number(MAX_MESSAGE, 3)), "the peer sent a message of 98308 bytes"),
        (record(ALERT, b"\x01\x70") * 3 + b"HTTP/1.1", "the peer sent something that is no TLS record amid its answer"),
        (record(SEALED, b"sealed"), "the peer sent what belongs behind a handshake before it was over"),
        (HEAD + record(SEALED, b"sealed"), "the peer sent what belongs behind a handshake before it was over"),
        (HEAD + record(CHANGE_CIPHER_SPEC, b"\x01"), "the peer sent what belongs behind a handshake"),
        (hello().encode(), "the peer sent a message of type 1 out of place"),
        (record(HANDSHAKE, message(14, b"")), "the peer sent a ServerHelloDone out of place"),
        (HEAD * 2, "the peer sent a ServerHello out of place"),
        (HEAD + record(HANDSHAKE, message(13, b"")) + certificates(b"x"), "the peer sent a Certificate out of place"),
        (HEAD + record(HANDSHAKE, message(4, b"")), "the peer sent a message of type 4 out of place"),
        (HEAD + record(HANDSHAKE, message(0, b"")), "the peer sent a message of type 0 out of place"),
        (record(HANDSHAKE, message(2, bytes(10))), "the peer's ServerHello is not valid: a length in it leads past its end"),
        (record(HANDSHAKE, chosen(session=bytes(33))), "the peer's ServerHello is not valid: its session id is too long"),
        (record(HANDSHAKE, chosen(tail=b"\x00")), "the peer's ServerHello is not valid: a length in it leads"),
        (
            record(HANDSHAKE, chosen(tail=b"\x00\x00!")),
            "the peer's ServerHello is not valid: there is more in it than belongs",
        ),
        (
            with_extensions(extension(23, b""), extension(23, b"")),
            "the peer's ServerHello is not valid: extension 23 is in it",
        ),
        (
            with_extensions(*(extension(kind, b"") for kind in range(100, 101 + MAX_EXTENSIONS))),
            f"the peer's ServerHello is not valid: it has more than {MAX_EXTENSIONS} extensions",
        ),
        (HEAD + certificates(*[b"x"] * (MAX_CERTIFICATES + 1)), "the peer's Certificate is not valid: it has more than 20"),
        (HEAD + certificates(b"x", b""), "the peer's Certificate is not valid: a certificate in it is empty"),
        (HEAD + record(HANDSHAKE, message(22, b"\x01\x00\x00\x05")), "the peer's CertificateStatus is not valid: a length"),
        (HEAD + record(HANDSHAKE, message(12, b"\x03\x00")), "the peer's ServerKeyExchange is not valid: a length in it"),
    ],
)
def test_what_is_not_valid_or_too_much_ends_in_a_sentence(content: bytes, detail: str) -> None:
    for piece in (1, 7, 1 << 20):
        flight = heard(content, piece=piece)
        assert flight.got is Got.BAD
        assert flight.detail.startswith(detail)


def test_an_answer_has_an_end_even_where_all_of_it_is_valid() -> None:
    staple = b"\x01" + vector(3, bytes(90_000))
    flight = heard(HEAD + in_records(message(11, vector(3, vector(3, bytes(90_000)))) + message(22, staple)), piece=10_000)
    assert (flight.got, flight.detail) == (Got.BAD, f"the peer's answer was not over after {MAX_ANSWER} bytes")
    assert MAX_ANSWER < flight.received <= MAX_ANSWER + 10_000


def test_the_longest_honest_message_is_read() -> None:
    policy = Policy(chain=(bytes(MAX_MESSAGE - 4 - 3 - 3),))
    assert asked(policy).got is Got.FLIGHT
    assert asked(Policy(chain=(bytes(MAX_MESSAGE - 4 - 3 - 2),))).got is Got.BAD


def test_what_is_odd_and_does_no_harm() -> None:
    assert heard(HEAD + certificates() + record(HANDSHAKE, message(14, b""))).certificates == ()
    other_status = record(HANDSHAKE, message(22, b"\x02\x00\x00\x01x"))
    assert heard(HEAD + other_status + record(HANDSHAKE, message(14, b""))).staple == b""
    spelt_out = record(HANDSHAKE, message(12, b"\x01" + bytes(80)))
    assert heard(HEAD + spelt_out + record(HANDSHAKE, message(14, b""))).key_exchange == KeyExchange()


def test_what_comes_after_the_end_is_ignored() -> None:
    flight = heard(HEAD, want=Want.HELLO)
    flight.feed(b"garbage")
    assert (flight.got, flight.received) == (Got.HELLO, len(HEAD))


def test_nothing_said_is_nothing_got() -> None:
    flight = heard(b"")
    assert (flight.got, flight.is_over, flight.received, flight.detail, flight.scts) == (Got.OPEN, False, 0, "", b"")
