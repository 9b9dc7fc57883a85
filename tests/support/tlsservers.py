"""TLS servers on loopback with real stacks under them, for scans: Python's ssl, pyOpenSSL and tlslite-ng.

Each is a context manager that yields the port it listens on, and leaves neither thread nor socket behind. They shake hands
and hang up; what is said inside a session is nobody's business here. Programs that serve are in `tests.support.tlsprograms`.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from OpenSSL import SSL

from tests.support.certlab import INTERMEDIATE, ROOT, Issued, key, server
from tests.support.servers import elsewhere, serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # It imports asyncore, where that still exists.
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

NAME = "localhost"
"""The name that all of them answer to."""
PATIENCE_SECONDS = 5
"""How long a threaded server waits for the next bytes of a peer."""
OLDEST_OPENSSL = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
"""Every suite that OpenSSL still has, those without encryption or authentication included (openssl-ciphers(1))."""

_DAYS = 1400
"""Real clients judge by the machine's clock, so these live for as long as their intermediate."""

Talk = Callable[[socket.socket], object]
"""What a threaded server does on one connection, which is closed when it returns."""


@cache
def rsa_chain() -> tuple[Issued, ...]:
    """An RSA certificate for `NAME`, and its intermediate."""
    return server(INTERMEDIATE, NAME, days=_DAYS, with_key=key("rsa server", "2048")), INTERMEDIATE


@cache
def ecdsa_chain() -> tuple[Issued, ...]:
    """An ECDSA certificate for `NAME`, and its intermediate."""
    return server(INTERMEDIATE, NAME, days=_DAYS), INTERMEDIATE


def pem(*chain: Issued) -> bytes:
    return b"".join(each.certificate.public_bytes(Encoding.PEM) for each in chain)


def key_pem(issued: Issued) -> bytes:
    return issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@contextmanager
def python_server(
    folder: Path,
    chain: Sequence[Issued],
    *,
    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1,
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    ciphers: str = OLDEST_OPENSSL,
    only_named: str = "",
    asks_for_certificate: bool = False,
) -> Iterator[int]:
    """Python's ssl with the system's OpenSSL. *only_named* refuses a client that names another host, or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # The old versions are what is wanted.
        context.minimum_version, context.maximum_version = lowest, highest
    context.set_ciphers(ciphers)
    context.set_alpn_protocols(["h2", "http/1.1"])
    presented = folder / "python.pem"
    presented.write_bytes(key_pem(chain[0]) + pem(*chain))
    context.load_cert_chain(presented)
    if asks_for_certificate:
        context.load_verify_locations(cadata=pem(ROOT).decode())
        context.verify_mode = ssl.CERT_REQUIRED
    if only_named:
        context.sni_callback = lambda _, name, __: None if name == only_named else ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    with elsewhere(lambda: serving(_hears_out, tls=context)) as running:
        yield running.port


async def _hears_out(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Hang up once the peer has said something, or hung up itself."""
    await reader.read(1)


@contextmanager
def pyopenssl_server(
    *chains: Sequence[Issued], staple: bytes = b"", lowest: int = SSL.TLS1_2_VERSION, highest: int = SSL.TLS1_3_VERSION
) -> Iterator[int]:
    """A newer OpenSSL, that of pyOpenSSL, with a leaf for each kind of key, one intermediate and an OCSP *staple*."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    for chain in chains:
        context.use_certificate(chain[0].certificate)
        context.use_privatekey(chain[0].key)
    for issued in chains[0][1:]:
        context.add_extra_chain_cert(issued.certificate)
    context.set_min_proto_version(lowest)
    context.set_max_proto_version(highest)
    if staple:
        context.set_ocsp_server_callback(lambda _, __: staple)

    def talk(peer: socket.socket) -> None:
        # A Python timeout would make the socket non-blocking, which OpenSSL takes for "try again".
        peer.setblocking(True)  # noqa: FBT003 - the standard library's own signature
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", PATIENCE_SECONDS, 0))
        connection = SSL.Connection(context, peer)
        connection.set_accept_state()
        with suppress(SSL.Error):
            connection.do_handshake()
            connection.recv(1)

    with _threaded(talk) as port:
        yield port


@contextmanager
def tlslite_server(
    chain: Sequence[Issued],
    *,
    ciphers: Sequence[str],
    exchanges: Sequence[str] = ("rsa",),
    lowest: tuple[int, int] = (3, 0),
    highest: tuple[int, int] = (3, 3),
) -> Iterator[int]:
    """What no OpenSSL speaks any longer: SSL 3.0, RC4, 3DES. RSA keys only; with the exchange ``dh_anon`` not even those."""
    settings = HandshakeSettings()
    settings.minVersion, settings.maxVersion = lowest, highest
    settings.versions = [(3, minor) for minor in range(4, -1, -1) if lowest <= (3, minor) <= highest]
    settings.cipherNames, settings.keyExchangeNames = [*ciphers], [*exchanges]
    settings.macNames = ["sha", "sha256", "sha384", "aead", "md5"]
    certificates = X509CertChain()
    certificates.parsePemList(pem(*chain).decode())
    private = parsePEMKey(key_pem(chain[0]).decode(), private=True)
    offers = {"anon": True} if "dh_anon" in exchanges else {"certChain": certificates, "privateKey": private}

    def talk(peer: socket.socket) -> None:
        peer.settimeout(PATIENCE_SECONDS)
        # Whatever is wrong with a handshake, tlslite-ng has an exception for it, and none in common.
        with suppress(Exception):
            TLSConnection(peer).handshakeServer(settings=settings, **offers)

    with _threaded(talk) as port:
        yield port


@contextmanager
def _threaded(talk: Talk) -> Iterator[int]:
    """Do *talk* on each connection to a free port, in a thread of its own."""

    class Conversation(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                talk(self.request)

    class Server(ThreadingTCPServer):
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Conversation) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield listening.server_address[1]
        finally:
            listening.shutdown()
            thread.join()
