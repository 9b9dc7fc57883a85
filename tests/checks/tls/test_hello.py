"""Hellos byte by byte, and as a real server reads them."""

from __future__ import annotations

import ssl

import pytest

from checks.tls.codes import (
    ALERT_NAMES,
    GROUP_NAMES,
    PQ_GROUPS,
    REFUSALS,
    SCHEME_NAMES,
    SCHEMES,
    SCHEMES_ECDSA,
    SCHEMES_RSA,
    SSL3,
    TLS10,
    TLS11,
    TLS12,
    TLS12_GROUPS,
    TLS13,
    TLS13_GROUPS,
)
from checks.tls.flight import Flight, Got, Want
from checks.tls.hello import Hello
from checks.tls.suites import STRONG, TLS13_SUITES, Strength, suites
from tests.support.servers import trusted
from tests.support.tlsheard import hello
from tests.support.tlswire import read_hello

RANDOM = bytes(range(32))


def encoded(*rows: str) -> bytes:
    """Rows of hexadecimal digits, with what they are behind a colon."""
    return bytes.fromhex(" ".join(row.partition(":")[0] for row in rows))


def test_a_hello_of_ssl3() -> None:
    written = Hello(
        version=SSL3, suites=(0x000A, 0x0005), random=RANDOM, server_name="a.example", groups=(23,), compression=True
    )
    assert written.encode() == encoded(
        "16 0300 0030: a handshake record of SSL 3.0, 48 bytes",
        "01 00002c: a ClientHello of 44 bytes",
        "0300",
        RANDOM.hex(),
        "00: no session",
        "0004 000a 0005: two suites",
        "02 01 00: DEFLATE or nothing; and no extensions at all",
    )


def test_a_hello_of_tls12_with_nothing_to_it() -> None:
    written = Hello(version=TLS12, suites=(0xC02F,), random=RANDOM, schemes=())
    assert written.encode() == encoded(
        "16 0301 003c",
        "01 000038",
        "0303",
        RANDOM.hex(),
        "00",
        "0002 c02f",
        "01 00",
        "000d: 13 bytes of extensions",
        "0017 0000: extended_master_secret",
        "0023 0000: session_ticket",
        "ff01 0001 00: renegotiation_info",
    )


def test_a_hello_of_tls12_with_all_of_it() -> None:
    written = Hello(
        version=TLS12,
        suites=(0xC02B, 0x5600),
        random=RANDOM,
        session_id=b"\xaa\xbb",
        groups=(29, 23),
        schemes=(0x0804, 0x0403),
        server_name="a.example",
        alpn=("h2", "http/1.1"),
        staple=True,
        scts=True,
        compression=True,
    )
    assert written.encode() == encoded(
        "16 0301 008c",
        "01 000088",
        "0303",
        RANDOM.hex(),
        "02 aabb: the session",
        "0004 c02b 5600",
        "02 01 00",
        "0058: 88 bytes of extensions",
        "0000 000e 000c 00 0009 612e6578616d706c65: server_name, one of the kind host_name",
        "000a 0006 0004 001d 0017: supported_groups",
        "000d 0006 0004 0804 0403: signature_algorithms",
        "0005 0005 01 0000 0000: status_request for OCSP",
        "0010 000e 000c 02 6832 08 687474702f312e31: ALPN",
        "0012 0000: signed_certificate_timestamp",
        "000b 0002 01 00: ec_point_formats, uncompressed",
        "0017 0000",
        "0023 0000",
        "ff01 0001 00",
    )


def test_a_hello_of_tls13_offers_that_alone_and_no_key() -> None:
    written = Hello(version=TLS13, suites=(0x1301,), random=RANDOM, groups=(0x11EC, 29), schemes=(0x0403,), compression=True)
    assert written.encode() == encoded(
        "16 0301 0054",
        "01 000050",
        "0303: what middleboxes know",
        RANDOM.hex(),
        "00",
        "0002 1301",
        "01 00: no compression in TLS 1.3",
        "0025",
        "000a 0006 0004 11ec 001d",
        "000d 0004 0002 0403",
        "002b 0003 02 0304: supported_versions",
        "002d 0002 01 01: psk_key_exchange_modes",
        "0033 0002 0000: key_share, empty",
    )


def test_a_key_share_is_sent_where_there_is_one() -> None:
    written = Hello(version=TLS13, suites=(0x1301,), random=RANDOM, groups=(29,), key_shares=((29, b"\x09" * 32),))
    assert encoded("0033 0026 0024 001d 0020", "09" * 32) in written.encode()


@pytest.mark.parametrize("version", [TLS10, TLS11])
def test_below_tls12_no_scheme_is_offered(version: int) -> None:
    read = read_hello(Hello(version=version, suites=(0x2F,), random=RANDOM, groups=(23,)).encode())
    assert (read.version, 13 in read.extensions, 10 in read.extensions) == (version, False, True)


def test_no_hello_has_a_length_that_some_servers_hang_on() -> None:
    lengths = set()
    for count in range(1, 450):
        content = Hello(version=TLS12, suites=(0x2F,), random=RANDOM, schemes=(), server_name="a" * count).encode()
        length = len(content) - 5
        lengths.add(length)
        assert not 256 <= length < 512
        assert int.from_bytes(content[3:5]) == length == int.from_bytes(content[6:9]) + 4
        assert read_hello(content).server_name == "a" * count
    assert {255, 512, 513, 514, 515, 516} <= lengths


@pytest.mark.parametrize(
    "written",
    [
        Hello(version=TLS12, suites=(0x2F,), random=RANDOM, server_name="bücher.example"),
        Hello(version=TLS12, suites=(0x2F,), random=RANDOM, alpn=("h" * 256,)),
        Hello(version=TLS12, suites=(0x1_0000,), random=RANDOM),
        Hello(version=TLS12, suites=tuple(range(40_000)), random=RANDOM),
    ],
)
def test_what_does_not_fit_is_refused(written: Hello) -> None:
    with pytest.raises(ValueError, match=r"longer than|ascii"):
        written.encode()


def test_what_is_offered_has_a_name() -> None:
    for offered, names in (((*TLS13_GROUPS, *TLS12_GROUPS), GROUP_NAMES), (SCHEMES, SCHEME_NAMES), (REFUSALS, ALERT_NAMES)):
        assert set(offered) <= set(names)
    for each in (TLS13_GROUPS, TLS12_GROUPS, SCHEMES, [*GROUP_NAMES.values()], [*SCHEME_NAMES.values()]):
        assert len(each) == len(set(each))
    assert TLS13_GROUPS[: len(PQ_GROUPS)] == PQ_GROUPS
    assert not set(SCHEMES_RSA) & set(SCHEMES_ECDSA)


def of_openssl(offered: Hello, context: ssl.SSLContext) -> Flight:
    """What OpenSSL answers, in memory."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(offered.encode())
    with pytest.raises(ssl.SSLError):  # It wants more, or refuses.
        server.do_handshake()
    flight = Flight(Want.FLIGHT, offered)
    flight.feed(outgoing.read())
    return flight


def test_openssl_answers_tls13_with_the_group_it_wants() -> None:
    flight = of_openssl(hello(TLS13), trusted())
    assert (flight.got, flight.detail) == (Got.HELLO, "")
    assert flight.hello
    assert flight.hello.is_retry
    assert flight.hello.version == TLS13
    assert flight.hello.group in TLS13_GROUPS
    assert flight.hello.suite in TLS13_SUITES[:3]


def test_openssl_answers_tls12_with_its_whole_flight() -> None:
    flight = of_openssl(hello(TLS12, alpn=("h2",)), trusted())
    assert (flight.got, flight.detail, flight.received > 500) == (Got.FLIGHT, "", True)
    assert flight.hello
    assert (flight.hello.version, flight.hello.suite in suites(STRONG, TLS12)) == (TLS12, True)
    assert {23, 0xFF01} <= flight.hello.extensions
    assert flight.key_exchange
    assert flight.key_exchange.group == 29
    assert flight.key_exchange.scheme in SCHEMES
    assert all(certificate[0] == 0x30 for certificate in flight.certificates)
    assert flight.certificates


def test_openssl_refuses_in_words() -> None:
    nothing_else = suites((Strength.EXPORT, Strength.NULL), TLS12)
    assert of_openssl(hello(TLS12, suites=nothing_else), trusted()).alert in REFUSALS
    assert of_openssl(hello(TLS11, suites=nothing_else), trusted()).alert in REFUSALS
