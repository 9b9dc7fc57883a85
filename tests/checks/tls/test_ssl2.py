"""SSL 2.0 byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.tls.ssl2 import SSL2_SUITES, Ssl2Answer, ssl2_hello
from tests.support.tlsscript import Policy, Refusal, answer

HELLO = ssl2_hello(b"sixteen of these")
SERVER_HELLO = bytes.fromhex("04 00 01 0002 0003 0006 0002 30aabb 010080 0700c0 cafe".replace(" ", ""))


def heard(content: bytes, piece: int = 1 << 20) -> Ssl2Answer:
    reading = Ssl2Answer()
    for at in range(0, len(content), piece):
        reading.feed(content[at : at + piece])
    return reading


def short(body: bytes) -> bytes:
    return (0x8000 | len(body)).to_bytes(2, "big") + body


def test_the_hello() -> None:
    specs = "010080 020080 030080 040080 050080 060040 0700c0"
    assert bytes.fromhex(f"802e 01 0002 0015 0000 0010 {specs}") + b"sixteen of these" == HELLO


@pytest.mark.parametrize("piece", [1, 3, 100])
@pytest.mark.parametrize("content", [short(SERVER_HELLO), b"\x00\x16\x00" + SERVER_HELLO])
def test_a_server_that_takes_it(content: bytes, piece: int) -> None:
    reading = heard(content, piece)
    assert reading.is_over
    assert (reading.accepted, reading.refused) == (True, False)
    assert reading.suites == ("SSL_CK_RC4_128_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5")
    assert reading.received == len(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bytes.fromhex("15 0301 0002 02 46"), id="an alert"),
        pytest.param(bytes.fromhex("15 0300 0002 02 28"), id="an alert of SSL 3.0"),
        pytest.param(bytes.fromhex("16 0303 0040 02 00"), id="a hello of TLS"),
        pytest.param(bytes.fromhex("8003 00 0001"), id="no cipher"),
    ],
)
def test_a_server_that_does_not(content: bytes) -> None:
    reading = heard(content)
    assert (reading.is_over, reading.accepted, reading.refused, reading.suites) == (True, False, True, ())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n", id="HTTP"),
        pytest.param(b"220 mail.example ESMTP\r\n", id="a mail server"),
        pytest.param(short(b"\x04\x00\x01\x03\x01" + SERVER_HELLO[5:]), id="another version"),
        pytest.param(short(SERVER_HELLO[:9]), id="cut short"),
        pytest.param(short(b"\x04\x00\x01\x00\x02\xff\xff" + SERVER_HELLO[7:]), id="a length that lies"),
        pytest.param(HELLO, id="an echo"),
    ],
)
def test_what_says_nothing(content: bytes) -> None:
    reading = heard(content)
    assert (reading.is_over, reading.accepted, reading.refused, reading.suites) == (True, False, False, ())


def test_an_answer_that_is_not_there_yet() -> None:
    content = short(SERVER_HELLO)
    assert not any(heard(content[:length]).is_over for length in range(len(content)))


def test_what_comes_after_the_end_is_ignored() -> None:
    reading = heard(short(SERVER_HELLO))
    reading.feed(bytes.fromhex("15 0301 0002 02 46"))
    assert (reading.accepted, reading.refused, reading.received) == (True, False, 2 + len(SERVER_HELLO))


def test_suites_that_were_not_offered_and_repetitions_are_left_out() -> None:
    specs = "060040 999999 060040 01"
    body = bytes.fromhex(f"04 00 01 0002 0000 000a 0000 {specs}")
    assert heard(short(body)).suites == ("SSL_CK_DES_64_CBC_WITH_MD5",)


@pytest.mark.parametrize(
    ("policy", "accepted", "refused"),
    [
        (Policy(ssl2=(0x010080, 0x0700C0)), True, False),
        (Policy(ssl2=(0x999999,)), True, False),
        (Policy(), False, True),
    ],
)
def test_scripted_servers(policy: Policy, accepted: bool, refused: bool) -> None:  # noqa: FBT001
    said = answer(policy, HELLO)
    assert isinstance(said, bytes)
    reading = heard(said)
    assert (reading.accepted, reading.refused) == (accepted, refused)
    assert reading.suites == tuple(SSL2_SUITES[code] for code in policy.ssl2 if code in SSL2_SUITES)


def test_a_scripted_server_may_refuse_without_a_word() -> None:
    assert answer(Policy(refuse=Refusal.RESET), HELLO) is Refusal.RESET


@given(st.binary(max_size=200), st.integers(1, 50))
def test_whatever_is_fed_ends_or_waits(content: bytes, piece: int) -> None:
    for begun in (content, short(content), b"\x80" + content, short(b"\x04\x00\x01\x00\x02" + content)):
        reading = heard(begun, piece)
        reading.feed(bytes(40_000))
        assert reading.is_over
        assert not (reading.accepted and reading.refused)
        assert set(reading.suites) <= set(SSL2_SUITES.values())


@pytest.mark.parametrize("alert", [0, 80, 112])
def test_an_alert_that_refuses_nothing(alert: int) -> None:
    reading = heard(bytes([21, 3, 1, 0, 2, 2, alert]), 1)
    assert (reading.is_over, reading.accepted, reading.refused, reading.alert) == (True, False, False, alert)
