"""The scripted server against OpenSSL as its client, and on a socket: what it says is TLS, not only what we take for it."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

import pytest

from checks.tls.codes import TLS12, TLS13
from checks.tls.flight import Flight, Got, Want
from checks.tls.ssl2 import Ssl2Answer, ssl2_hello
from tests.support.certlab import ROOT, key, server
from tests.support.servers import serving
from tests.support.tlsheard import hello
from tests.support.tlsscript import Policy, Refusal, answer, scripted
from tests.support.tlswire import HANDSHAKE, read_hello


class Client:
    """OpenSSL as a client that believes any certificate, in memory."""

    def __init__(self, highest: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = highest
        context.set_ciphers(ciphers)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._connection = context.wrap_bio(self._incoming, self._outgoing, server_hostname="vendor.example")

    def after(self, content: bytes = b"") -> bytes:
        """What it says next. Raises `ssl.SSLError` for what it does not understand."""
        self._incoming.write(content)
        with suppress(ssl.SSLWantReadError):
            self._connection.do_handshake()
        return self._outgoing.read()


def said(policy: Policy, content: bytes) -> bytes:
    answered = answer(policy, content)
    assert isinstance(answered, bytes)
    return answered


def test_openssl_sends_the_key_that_a_retry_asks_for() -> None:
    client = Client(ssl.TLSVersion.TLSv1_3)
    first = client.after()
    assert 24 not in read_hello(first).shared_groups
    second = client.after(said(Policy(groups=(24,)), first))
    assert read_hello(second[second.index(bytes([HANDSHAKE, 3])) :]).shared_groups == (24,)


def test_openssl_goes_on_after_a_flight_that_needs_no_signature() -> None:
    chain = (server(ROOT, with_key=key("server", "2048")).der, ROOT.der)
    client = Client(ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256")
    policy = Policy(suites={TLS12: (0x009C,)}, chain=chain, asks_for_certificate=True)
    answered = client.after(said(policy, client.after()))
    assert answered[5] == 11, "it was asked for a certificate"
    assert b"\x14\x03\x03\x00\x01\x01" in answered, "and means to change over"


@pytest.mark.parametrize("alert", ["handshake failure", "protocol version"])
def test_openssl_hears_a_refusal(alert: str) -> None:
    client = Client(ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256")
    policy = Policy(versions=(TLS13,)) if alert == "protocol version" else Policy()
    with pytest.raises(ssl.SSLError, match=alert):
        client.after(said(policy, client.after()))


def listened(policy: Policy, content: bytes, reading: Flight | Ssl2Answer, seconds: float = 5) -> str:
    """How an answer on a socket ends; *reading* has it."""

    async def ask() -> str:
        async with serving(scripted(policy)) as listener:
            reader, writer = await asyncio.open_connection(listener.host, listener.port)
            writer.write(content)
            try:
                while not reading.is_over:
                    piece = await asyncio.wait_for(reader.read(4_096), seconds)
                    if not piece:
                        return "closed"
                    reading.feed(piece)
            except (ConnectionResetError, TimeoutError) as error:
                return "reset" if isinstance(error, ConnectionResetError) else "silence"
            finally:
                writer.transport.abort()
        return "answered"

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("policy", "ending", "got"),
    [
        (Policy(chain=(bytes(60_000),)), "answered", Got.FLIGHT),
        (Policy(versions=(TLS13,)), "answered", Got.ALERT),
        (Policy(versions=(TLS13,), refuse=Refusal.CLOSE), "closed", Got.OPEN),
        (Policy(versions=(TLS13,), refuse=Refusal.RESET), "reset", Got.OPEN),
        (Policy(versions=(TLS13,), refuse=Refusal.SILENCE), "silence", Got.OPEN),
    ],
)
def test_a_scripted_server_on_a_socket(policy: Policy, ending: str, got: Got) -> None:
    flight = Flight(Want.FLIGHT, hello())
    assert listened(policy, flight.offered.encode(), flight, 0.2 if ending == "silence" else 5) == ending
    assert flight.got is got


def test_a_scripted_server_of_ssl2_on_a_socket() -> None:
    reading = Ssl2Answer()
    assert listened(Policy(ssl2=(0x0700C0,)), ssl2_hello(bytes(16)), reading) == "answered"
    assert reading.suites == ("SSL_CK_DES_192_EDE3_CBC_WITH_MD5",)
