"""What is weak is shown to a look, whichever stack serves it, and kept from requests where OpenSSL keeps it from them."""

from __future__ import annotations

import asyncio
import importlib
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from checks.model import Reason, Unseen
from checks.network import Peer, Request, Session
from checks.tls.hello import RENEGOTIATION
from checks.values import Address
from checks.x509 import read
from monitor.clock import SYSTEM_CLOCK
from monitor.network.network import LiveNetwork
from monitor.network.stream import SocketStream
from monitor.network.tls import Offer, Tls
from monitor.network.trust import Judge
from tests.support.certlab import INTERMEDIATE, key, server
from tests.support.servers import ca_file, settings
from tests.support.tlsprograms import ONLY_WEAK_DH, openssl_server
from tests.support.tlsservers import OLDEST_OPENSSL, python_server, rsa_chain, tlslite_server
from tests.support.tools import require_tool

ONLY_SHA1 = ("-tls1_2", "-cipher", OLDEST_OPENSSL, "-sigalgs", "RSA+SHA1")
"""Flags of ``s_server`` for signatures with SHA-1 and no others."""


async def opened(folder: Path, port: int, offer: Offer) -> Session:
    """What a handshake with *offer* shows."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setblocking(False)  # noqa: FBT003 - that is its only argument
        tls = Tls(Judge(ca_file(folder), SYSTEM_CLOCK))
        inside, session = await tls.open(SocketStream(connection), "localhost", offer)
        with closing(inside):
            return session


@pytest.mark.parametrize("offer", Offer)
def test_a_server_from_before_secure_renegotiation_is_talked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offer: Offer
) -> None:
    hello = importlib.import_module("tlslite.messages").ClientHello
    known = hello.getExtension
    monkeypatch.setattr(hello, "getExtension", lambda self, kind: None if kind == RENEGOTIATION else known(self, kind))
    with tlslite_server(rsa_chain(), ciphers=["aes128gcm"], exchanges=["ecdhe_rsa"]) as port:
        assert asyncio.run(opened(tmp_path, port, offer)).version == "TLSv1.2"


@pytest.mark.parametrize("offer", Offer)
def test_a_short_key_is_shown_to_everybody(tmp_path: Path, offer: Offer) -> None:
    short = server(INTERMEDIATE, "localhost", with_key=key("short", "1024"))
    with python_server(tmp_path, (short, INTERMEDIATE)) as port:
        assert read(asyncio.run(opened(tmp_path, port, offer)).chain[0]).key_bits == 1024


@pytest.mark.parametrize(
    ("flags", "told"),
    [(ONLY_WEAK_DH, "dh key too small"), (ONLY_SHA1, "the alert handshake_failure")],
    ids=["short Diffie-Hellman", "SHA-1"],
)
def test_what_is_too_weak_for_a_request_is_shown_to_a_look(tmp_path: Path, flags: Sequence[str], told: str) -> None:
    async def look(port: int) -> None:
        peer = Peer(Address("localhost", port))
        async with LiveNetwork(settings(tmp_path)) as network:
            for fresh in (False, True):
                shown = (await network.handshake(peer, fresh=fresh)).session
                assert shown
                assert shown.chain
            with pytest.raises(Unseen) as caught:
                await network.send(Request(url=f"https://localhost:{port}/", headers={"X-Key": "secret"}))
        assert caught.value.failure.reason is Reason.TLS
        assert told in caught.value.failure.detail

    with openssl_server(require_tool("openssl"), tmp_path, flags) as port:
        asyncio.run(look(port))


@pytest.mark.parametrize("offer", Offer)
def test_no_look_is_so_curious_as_to_speak_an_old_version(tmp_path: Path, offer: Offer) -> None:
    with tlslite_server(rsa_chain(), ciphers=["aes128"], highest=(3, 2)) as port, pytest.raises(Unseen) as caught:
        asyncio.run(opened(tmp_path, port, offer))
    assert "protocol_version" in caught.value.failure.detail
