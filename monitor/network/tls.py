"""TLS as a client that looks before it judges, and the only module that knows pyOpenSSL.

The handshake itself never fails for a certificate, because what cannot be trusted must still be shown; what the chain is
worth is judged afterwards. No session is ever resumed: it would show the certificate of the first handshake, not of now. A
context is frozen once it is used; what a peer says to one connection is kept in that one's application data, a `_Told`.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from OpenSSL import SSL, crypto

from checks.foreign import one_line, quoted
from checks.hosts import is_address
from checks.model import Reason, Unseen
from checks.network import Session
from checks.tls.greeting import begins_record, not_tls
from monitor.network.stream import READ_BYTES, Stream
from monitor.network.trust import Judge

HANDSHAKE_BYTES = 160_000
"""What a peer may send before the handshake is over; OpenSSL itself takes certificates of up to 100 kB."""
_RECORD_BYTES = 16_384
_SPEAKS_TLS = "SSL routines"
"""The part of OpenSSL that tells a fault in the words of TLS; those below it tell which byte was wrong."""
_ASKED = b"SSLv3/TLS read server certificate request"
"""The state in which OpenSSL is once it has read a CertificateRequest, of TLS 1.2 or 1.3 (``SSL_state_string_long``)."""

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, which pyOpenSSL does not name."""
_BAD_STAPLE = "bad certificate status response"
"""What OpenSSL calls an OCSP response that is none."""


class StapleUnreadable(Unseen):
    """The peer sent an OCSP response that is none, at which OpenSSL hangs up. A client that asks for none never sees it."""


@dataclass(slots=True)
class _Told:
    """What a peer has said so far that OpenSSL does not keep."""

    staple: bytes = b""
    asks: bool = False


class Offer(Enum):
    """The protocols that are offered for inside a session (RFC 7301), in the order of preference."""

    HTTP1 = (b"http/1.1",)
    """What requests are sent by."""
    NEWEST = (b"h2", b"http/1.1")
    """What a browser offers, to see what the peer takes."""


class Tls:
    """One context for each offer, and one judge, for all peers."""

    def __init__(self, judge: Judge) -> None:
        self._contexts = {offer: _context(offer) for offer in Offer}
        self._judge = judge

    async def open(
        self, stream: Stream, host: str, offer: Offer = Offer.HTTP1, *, staple: bool = True
    ) -> tuple[TlsStream, Session]:
        """Shake hands as a client of *host* over *stream*, which stays the caller's to close when this fails.

        Raises `Unseen` with `Reason.TLS` when no handshake completes, whatever the certificate; `StapleUnreadable` when
        one might complete that asks for no *staple*.
        """
        told = _Told()
        connection = _client(self._contexts[offer], host, told, staple=staple)
        try:
            await _shake(connection, stream)
        except Unseen as failed:
            if isinstance(failed, StapleUnreadable) or not told.asks:
                raise
            raise Unseen(Reason.TLS, f"{failed.failure.detail}; it asks for a client certificate") from failed
        return TlsStream(connection, stream), self._session(connection, host, told)

    def _session(self, connection: SSL.Connection, host: str, told: _Told) -> Session:
        chain = _chain(connection)
        return Session(
            version=connection.get_protocol_version_name(),
            cipher=connection.get_cipher_name() or "",
            group=connection.get_group_name() or "",
            alpn=connection.get_alpn_proto_negotiated().decode("ascii", "replace"),
            chain=chain,
            trust=self._judge.trust(chain, host),
            staple=told.staple,
            asks_for_certificate=told.asks,
        )


class TlsStream:
    """The inside of a TLS session. It owns the stream below."""

    __slots__ = ("_below", "_connection")

    def __init__(self, connection: SSL.Connection, below: Stream) -> None:
        self._connection = connection
        self._below = below

    async def read(self, limit: int = READ_BYTES) -> bytes:
        """Some bytes of the session; a peer that hangs up without a farewell ends it too."""
        while True:
            try:
                return self._connection.recv(min(limit, _RECORD_BYTES))
            except SSL.WantReadError:
                pass
            except SSL.ZeroReturnError:
                return b""
            except SSL.Error as error:
                raise _refused(error) from error
            sealed = await self._below.read()
            if not sealed:
                return b""
            self._connection.bio_write(sealed)

    async def write(self, content: bytes) -> None:
        """Seal and send all of *content*."""
        try:
            self._connection.sendall(content)
        except SSL.Error as error:
            raise _refused(error) from error
        await _flush(self._connection, self._below)

    def offer(self, content: bytes) -> None:
        """Seal *content* and offer it below."""
        with suppress(SSL.Error):
            self._connection.sendall(content)
            self._below.offer(self._connection.bio_read(READ_BYTES))

    def is_quiet(self) -> bool:
        """Whether nothing waits, sealed or open: what came with the last answer may not have been opened yet."""
        try:
            self._connection.recv(1, socket.MSG_PEEK)
        except SSL.WantReadError:
            return self._below.is_quiet()
        except SSL.Error:
            return False
        return False

    def close(self) -> None:
        """Say farewell (close_notify; RFC 8446, section 6.1) if there is room for it, and close the stream below."""
        with suppress(SSL.Error):
            self._connection.shutdown()
            self._below.offer(self._connection.bio_read(READ_BYTES))
        self._below.close()


def _context(offer: Offer) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)  # An idle connection need not hold some 34 kB of buffers.
    context.set_alpn_protos(list(offer.value))
    context.set_ocsp_client_callback(_keep_staple)
    context.set_info_callback(_notice_request)
    return context


def _keep_staple(connection: SSL.Connection, staple: bytes, _: object) -> bool:
    """Keep the OCSP response that came with the certificate, if one did; what it is worth is judged elsewhere."""
    connection.get_app_data().staple = staple
    return True


def _notice_request(connection: SSL.Connection, where: int, _: int) -> None:
    if where == SSL.SSL_CB_CONNECT_LOOP and connection.get_state_string() == _ASKED:
        connection.get_app_data().asks = True


def _client(context: SSL.Context, host: str, told: _Told, *, staple: bool) -> SSL.Connection:
    """The client's side of a connection to *host*, before its first word."""
    connection = SSL.Connection(context, None)
    connection.set_app_data(told)
    if staple:
        connection.request_ocsp()
    if not is_address(host):  # An address is never sent as a server name (RFC 6066, section 3).
        connection.set_tlsext_host_name(host.rstrip(".").encode("ascii"))
    connection.set_connect_state()
    return connection


def _chain(connection: SSL.Connection) -> tuple[bytes, ...]:
    sent = connection.get_peer_cert_chain() or ()
    return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in sent)


async def _shake(connection: SSL.Connection, stream: Stream) -> None:
    """Complete the handshake. Our last word of it waits for the first bytes that are sent, and goes with them."""
    received = 0
    while not _advance(connection):
        await _flush(connection, stream)
        sealed = await stream.read()
        if not sealed:
            raise Unseen(Reason.TLS, "the peer closed the connection during the TLS handshake")
        if not received and not begins_record(sealed):
            raise Unseen(Reason.TLS, not_tls(sealed))
        received += len(sealed)
        if received > HANDSHAKE_BYTES:
            raise Unseen(Reason.TLS, f"the TLS handshake was not over after {HANDSHAKE_BYTES} bytes")
        connection.bio_write(sealed)


def _advance(connection: SSL.Connection) -> bool:
    """Take the handshake as far as what was received allows, and say whether it is over."""
    try:
        connection.do_handshake()
    except SSL.WantReadError:
        return False
    except SSL.Error as error:
        raise _refused(error) from error
    return True


async def _flush(connection: SSL.Connection, stream: Stream) -> None:
    """Send what the session has to say."""
    while True:
        try:
            sealed = connection.bio_read(READ_BYTES)
        except SSL.WantReadError:
            return
        await stream.write(sealed)
        if len(sealed) < READ_BYTES:
            return


def _refused(error: SSL.Error) -> Unseen:
    """What OpenSSL says, as a sentence: an alert by its name (RFC 8446, section 6), else the fault it found."""
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    faults = [entry for entry in queue if entry[0] == _SPEAKS_TLS] or queue
    said = one_line(str(faults[0][-1])) if faults else "no reason given"
    alert = re.search(r"\balert (.+)", said)
    if alert:
        return Unseen(Reason.TLS, f"the peer refused the TLS handshake with the alert {quoted(alert[1])}")
    failed = StapleUnreadable if said.endswith(_BAD_STAPLE) else Unseen
    return failed(Reason.TLS, f"what the peer sent is not a valid TLS session: {said}")


def follows(path: Sequence[bytes]) -> bool:
    """Whether OpenSSL, and so most clients, takes *path*, as DER from a server's certificate to a root, dates left aside.

    It knows kinds of keys, signatures and constraints that the verifier of ``cryptography`` does not; it is not asked what
    the certificates are for.
    """
    try:
        leaf, *issuers, root = (crypto.load_certificate(crypto.FILETYPE_ASN1, der) for der in path)
        store = crypto.X509Store()
        store.set_flags(_NO_CHECK_TIME)
        store.add_cert(root)
        crypto.X509StoreContext(store, leaf, issuers).verify_certificate()
    except (crypto.Error, crypto.X509StoreContextError, ValueError):
        return False
    return True
