"""The talk before TLS, in six protocols, with real TLS behind it, and with everything that keeps it from coming so far."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.vendor import StartTls
from monitor.clock import SYSTEM_CLOCK
from monitor.network.connect import connect
from monitor.network.starttls import start_tls
from monitor.network.starttls.opening import MAX_PIECES
from monitor.network.starttls.talk import MAX_BYTES
from monitor.network.stream import READ_BYTES
from monitor.network.tls import Offer, Tls
from monitor.network.trust import Judge
from tests.support.servers import Script, ca_file, cut, says, serving, trusted

Step = tuple[bytes, bytes]
"""What a server waits for, by its last bytes, and what it says then."""

_LDAP_NAME = b"1.3.6.1.4.1.1466.20037"
_LDAP_ASKED = bytes.fromhex("301d02010177188016") + _LDAP_NAME
_LDAP_OK = bytes.fromhex("300c02010178070a010004000400")
_XMPP_HEAD = b"<?xml version='1.0'?><stream:stream from='localhost' id='x' version='1.0' xmlns:stream='s'>"
_XMPP_TLS = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
_XMPP_FEATURES = _XMPP_HEAD + b"<stream:features>" + _XMPP_TLS + b"</stream:features>"
_XMPP_ASKED = b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
_PROCEED = b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
_PG_ASKED = bytes.fromhex("0000000804d2162f")
_EHLO = b"EHLO vendorwatch.invalid\r\n"

SMTP = [(b"", b"220-mx.test ESMTP\r\n220 ready\r\n"), (_EHLO, b"250-mx.test\r\n250-size 1\r\n250 StartTLS\r\n")]
IMAP = [(b"", b"* OK hello\r\n"), (b"v1 CAPABILITY\r\n", b"* CAPABILITY IMAP4rev2 STARTTLS\r\nv1 OK done\r\n")]

SPOKEN_TO_FIRST = {StartTls.POSTGRES, StartTls.LDAP, StartTls.XMPP}

GOOD: list[tuple[StartTls, list[Step]]] = [
    (StartTls.SMTP, [*SMTP, (b"STARTTLS\r\n", b"220 go\r\n")]),
    (
        StartTls.SMTP,
        [(b"", b"220\n"), (_EHLO, b"250-mx.test\n250-STARTTLS\n250\n"), (b"STARTTLS\r\n", b"220-so\r\n220 go\r\n")],
    ),
    (StartTls.IMAP, [*IMAP, (b"v2 STARTTLS\r\n", b"v2 OK begin\r\n")]),
    (StartTls.IMAP, [*IMAP, (b"v2 STARTTLS\r\n", b"* OK still here\r\nV2 ok begin\r\n")]),
    (StartTls.POP3, [(b"", b"+OK POP3 <1@pop.test>\r\n"), (b"STLS\r\n", b"+OK begin\r\n")]),
    (StartTls.POSTGRES, [(_PG_ASKED, b"S")]),
    (StartTls.LDAP, [(_LDAP_ASKED, _LDAP_OK)]),
    (
        StartTls.LDAP,
        [(_LDAP_ASKED, bytes.fromhex("308400000028020101788400000 01f0a01000400 0400 8a16".replace(" ", "")) + _LDAP_NAME)],
    ),
    (StartTls.XMPP, [(b"streams'>", _XMPP_FEATURES), (_XMPP_ASKED, _PROCEED)]),
    (StartTls.XMPP, [(b"streams'>", _XMPP_FEATURES), (_XMPP_ASKED, b"\n <proceed xmlns='u'>\n</proceed>")]),
]


def server(steps: Sequence[Step], *, piece: int = 0, then_tls: bool = False) -> Script:
    """Follow *steps*, saying each thing in pieces of that size, and begin TLS after the last one."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for asked, said in steps:
            if asked:
                await reader.readuntil(asked)
            for at in range(0, len(said), piece or len(said) or 1):
                writer.write(said[at : at + (piece or len(said))])
                await writer.drain()
                await asyncio.sleep(0)
        if then_tls:
            await writer.start_tls(trusted())
        await reader.read()

    return script


async def talk(script: Script, kind: StartTls) -> None:
    """Speak *kind* with a server that runs *script*."""
    async with serving(script) as listener:
        _, stream = await connect((ip_address(listener.host),), listener.port)
        try:
            await start_tls(stream, kind, "localhost")
        finally:
            stream.close()


def failure(script: Script, kind: StartTls) -> Failure:
    with pytest.raises(Unseen) as caught:
        asyncio.run(talk(script, kind))
    return caught.value.failure


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize(("kind", "steps"), GOOD)
def test_a_handshake_follows_what_was_agreed_on(tmp_path: Path, kind: StartTls, steps: list[Step], piece: int) -> None:
    tls = Tls(Judge(ca_file(tmp_path), SYSTEM_CLOCK))

    async def shake() -> bool:
        async with serving(server(steps, piece=piece, then_tls=True)) as listener:
            _, stream = await connect((ip_address(listener.host),), listener.port)
            await start_tls(stream, kind, "localhost")
            inside, session = await tls.open(stream, "localhost", Offer.HTTP1)
            inside.close()
            return session.trust.fault is None

    assert asyncio.run(shake())


REFUSALS: list[tuple[StartTls, list[Step], str]] = [
    (StartTls.SMTP, [(b"", b"554 not today\r\n")], 'it said "554 not today"'),
    (StartTls.SMTP, [SMTP[0], (_EHLO, b"250-mx\r\n250 XSTARTTLS\r\n")], "offers no STARTTLS"),
    (StartTls.SMTP, [SMTP[0], (_EHLO, b"502 what?\r\n")], 'answered EHLO with "502 what?"'),
    (StartTls.SMTP, [*SMTP, (b"STARTTLS\r\n", b"454 no key\r\n")], '"454 no key"'),
    (StartTls.IMAP, [(b"", b"* PREAUTH come in\r\n")], "PREAUTH"),
    (StartTls.IMAP, [(b"", b"* BYE busy\r\n")], '"* BYE busy"'),
    (StartTls.IMAP, [IMAP[0], (b"CAPABILITY\r\n", b"* CAPABILITY IMAP4rev2\r\nv1 OK\r\n")], "offers no STARTTLS"),
    (StartTls.IMAP, [*IMAP, (b"v2 STARTTLS\r\n", b"v2 NO not now\r\n")], '"v2 NO not now"'),
    (StartTls.IMAP, [*IMAP, (b"v2 STARTTLS\r\n", b"v1 OK begin\r\n")], '"v1 OK begin"'),
    (StartTls.POP3, [(b"", b"-ERR full\r\n")], '"-ERR full"'),
    (StartTls.POP3, [(b"", b"+OK\r\n"), (b"STLS\r\n", b"-ERR what?\r\n")], '"-ERR what?"'),
    (StartTls.POSTGRES, [(_PG_ASKED, b"N")], "answered the request for it with N"),
    (StartTls.POSTGRES, [(_PG_ASKED, b"E\0\0\0\x08oops")], "answered with an error"),
    (StartTls.LDAP, [(_LDAP_ASKED, bytes.fromhex("300f020101780a0a01350400") + b"\x04\x03bad")], 'result code 53, "bad"'),
    (StartTls.LDAP, [(_LDAP_ASKED, bytes.fromhex("300c02010161070a010004000400"))], "does not speak LDAP"),
    (StartTls.LDAP, [(_LDAP_ASKED, bytes.fromhex("30050201017800"))], "does not speak LDAP"),
    (StartTls.LDAP, [(_LDAP_ASKED, bytes.fromhex("3080020101"))], "does not speak LDAP"),
    (StartTls.LDAP, [(_LDAP_ASKED, bytes.fromhex("30847fffffff"))], "does not speak LDAP"),
    (StartTls.XMPP, [(b"'>", _XMPP_HEAD + b"<stream:features><bind/></stream:features>")], "offers no STARTTLS"),
    (StartTls.XMPP, [(b"'>", _XMPP_HEAD + b"<stream:features/>")], "offers no STARTTLS"),
    (StartTls.XMPP, [(b"'>", _XMPP_HEAD + b"<stream:error><host-unknown/></stream:error>")], "offers no STARTTLS"),
    (StartTls.XMPP, [(b"'>", b"<a></stream:b>")], "not XMPP"),
    (StartTls.XMPP, [(b"streams'>", _XMPP_FEATURES), (_XMPP_ASKED, b"<failure xmlns='u'/></stream:stream>")], "<failure"),
    (StartTls.XMPP, [(b"streams'>", _XMPP_FEATURES), (_XMPP_ASKED, b"<proceeding/>")], "<proceeding/>"),
    (StartTls.XMPP, [(b"streams'>", _XMPP_FEATURES), (_XMPP_ASKED, b"nonsense")], "does not start TLS"),
]


@pytest.mark.parametrize(("kind", "steps", "told"), REFUSALS)
def test_a_peer_that_will_not_have_it_is_told_in_its_words(kind: StartTls, steps: list[Step], told: str) -> None:
    failed = failure(server(steps), kind)
    assert failed.reason is Reason.TLS
    assert told in failed.detail


STRANGERS: list[tuple[StartTls, bytes, str]] = [
    (StartTls.SMTP, b"* OK IMAP4rev2 ready\r\n", "the port speaks IMAP, not SMTP"),
    (StartTls.SMTP, b"+OK ready\r\n", "the port speaks POP3, not SMTP"),
    (StartTls.SMTP, b"SSH-2.0-OpenSSH_9.2\r\n", "the port speaks SSH, not SMTP"),
    (StartTls.SMTP, b"2 hello\r\n", 'the port does not speak SMTP; it sent "2 hello"'),
    (StartTls.SMTP, b"220-a\r\nwhat\r\n", 'the port does not speak SMTP; it sent "what"'),
    (StartTls.IMAP, b"220 mx ESMTP\r\n", "the port speaks SMTP or FTP, not IMAP"),
    (StartTls.POP3, b"HTTP/1.1 400 Bad Request\r\n\r\n", "the port speaks plain HTTP, not POP3"),
    (StartTls.POSTGRES, b"HTTP/1.1 400 Bad Request\r\n\r\n", "the port speaks plain HTTP, not PostgreSQL"),
    (StartTls.POSTGRES, b"\x15\x03\x03\x00\x02\x02\x46", "the port speaks TLS from its first byte"),
    (StartTls.LDAP, b"\x15\x03\x03\x00\x02\x02\x46", "not LDAP"),
    (StartTls.XMPP, b"\x00\x01", "the port does not speak XMPP"),
]


@pytest.mark.parametrize(("kind", "said", "told"), STRANGERS)
def test_what_speaks_something_else_is_called_by_its_name(kind: StartTls, said: bytes, told: str) -> None:
    failed = failure(says(said, first_reads=kind in SPOKEN_TO_FIRST), kind)
    assert failed.reason is Reason.TLS
    assert told in failed.detail


@pytest.mark.parametrize(("kind", "steps"), GOOD)
def test_what_is_sent_in_the_clear_after_the_agreement_is_refused(kind: StartTls, steps: list[Step]) -> None:
    asked, said = steps[-1]
    failed = failure(server([*steps[:-1], (asked, said + b"v3 OK injected\r\n")]), kind)
    assert failed == Failure(Reason.TLS, 'the peer agreed to TLS and then said more in the clear: "v3 OK injected"')


@pytest.mark.parametrize("kind", StartTls)
def test_a_peer_that_hangs_up_is_no_mystery(kind: StartTls) -> None:
    assert (
        "closed the connection before TLS could begin"
        in failure(says(b"", first_reads=kind in SPOKEN_TO_FIRST), kind).detail
    )


def test_a_cut_connection_is_the_stream_s_to_tell() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mx\r\n")
        await reader.readuntil(b"\r\n")
        cut(writer)

    with pytest.raises(ConnectionResetError):
        asyncio.run(talk(script, StartTls.SMTP))


ENDLESS = {
    StartTls.SMTP: (b"220 ", b"x"),
    StartTls.IMAP: (b"* OK ", b"x"),
    StartTls.POP3: (b"+OK ", b"x"),
    StartTls.LDAP: (bytes.fromhex("30823fff"), b"\x04"),
    StartTls.XMPP: (_XMPP_HEAD, b"<stream:features "),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_reply_without_an_end_is_read_to_the_limit(kind: StartTls) -> None:
    head, more = ENDLESS[kind]
    failed = failure(says(head + more * MAX_BYTES, first_reads=kind in SPOKEN_TO_FIRST), kind)
    assert failed.reason is Reason.TLS
    assert f"not over after {MAX_BYTES} bytes" in failed.detail


@pytest.mark.parametrize(("kind", "line"), [(StartTls.SMTP, b"220-\r\n"), (StartTls.IMAP, b"* OK\r\n")])
def test_lines_without_end_are_counted(kind: StartTls, line: bytes) -> None:
    assert "more than 128 lines" in failure(says(line * 1000, first_reads=False), kind).detail


@dataclass
class Scripted:
    """A stream that gives pieces one after another, and counts them."""

    pieces: Sequence[bytes]
    taken: int = 0
    written: list[bytes] = field(default_factory=list)

    async def read(self, limit: int = READ_BYTES) -> bytes:
        self.taken += 1
        return self.pieces[self.taken - 1][:limit] if self.taken <= len(self.pieces) else b""

    async def write(self, content: bytes) -> None:
        self.written.append(content)

    def offer(self, content: bytes) -> None:
        self.written.append(content)

    def is_quiet(self) -> bool:
        return True

    def close(self) -> None:
        pass


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_reply_that_drips_has_an_end_too(kind: StartTls) -> None:
    head, more = ENDLESS[kind]
    drip = Scripted([bytes([byte]) for byte in head + more * MAX_BYTES])
    with pytest.raises(Unseen, match=f"in {MAX_PIECES} pieces"):
        asyncio.run(start_tls(drip, kind, "localhost"))
    assert drip.taken == MAX_PIECES


_WORDS = (
    b"220 ",
    b"250-",
    b"STARTTLS",
    b"\r\n",
    b"* ",
    b"v1 OK",
    b"+OK",
    b"S",
    b"<",
    b"<stream:features",
    b"/>",
    b"<proceed",
    b"\x30",
    b"\0",
)


def _noise(seed: int) -> Callable[[], list[bytes]]:
    made = random.Random(seed)  # noqa: S311 - a fuzz that can be repeated

    def pieces() -> list[bytes]:
        return [
            b"".join(made.choices((*_WORDS, made.randbytes(4)), k=made.randint(1, 8))) for _ in range(made.randint(1, 6))
        ]

    return pieces


@pytest.mark.parametrize("kind", StartTls)
def test_garbage_ends_in_a_failed_look_or_in_an_agreement(kind: StartTls) -> None:
    pieces = _noise(7)

    async def feed() -> list[Failure]:
        failures = []
        for _ in range(500):
            try:
                await start_tls(Scripted(pieces()), kind, "localhost")
            except Unseen as failed:
                failures.append(failed.failure)
        return failures

    failures = asyncio.run(feed())
    assert len(failures) > 400
    assert {failed.reason for failed in failures} == {Reason.TLS}
    assert all(failed.detail.isprintable() for failed in failures)


def test_a_host_with_marks_of_markup_stays_a_name() -> None:
    stream = Scripted([])
    with pytest.raises(Unseen):
        asyncio.run(start_tls(stream, StartTls.XMPP, "a'><b"))
    assert b"to='a&#x27;&gt;&lt;b'" in stream.written[0]
