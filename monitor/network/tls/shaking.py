"""The handshake, over any stream, and what it shows."""

from __future__ import annotations

from OpenSSL import SSL, crypto

from checks.model import Reason, Unseen
from checks.network import Session
from checks.tls.greeting import begins_record, not_tls
from monitor.network.failures import is_cut
from monitor.network.stream import Stream
from monitor.network.tls.client import Offer, Told, client, context
from monitor.network.tls.faults import StapleUnreadable, fault
from monitor.network.tls.session import TlsStream, flush
from monitor.network.trust import Judge

HANDSHAKE_BYTES = 160_000
"""What a peer may send before the handshake is over; OpenSSL itself takes certificates of up to 100 kB."""


class Tls:
    """One context for each offer, and one judge, for all peers."""

    def __init__(self, judge: Judge) -> None:
        self._contexts = {offer: context(offer) for offer in Offer}
        self._judge = judge

    async def open(
        self, stream: Stream, host: str, offer: Offer = Offer.HTTP1, *, staple: bool = True
    ) -> tuple[TlsStream, Session]:
        """Shake hands as a client of *host* over *stream*, which stays the caller's to close when this fails.

        A look is over once the peer has shown itself: one that then wants a certificate of ours, which breaks the handshake
        of TLS 1.2 and not that of TLS 1.3, is as well for those who have one. A request goes no further than that.
        Raises `Unseen` with `Reason.TLS` when no handshake completes, whatever the certificate, a connection that is cut in
        the middle included; `StapleUnreadable` when one might complete that asks for no *staple*; `OSError` as the stream
        does. How long it may take is the caller's to say.
        """
        connection, told = client(self._contexts[offer], host, staple=staple)
        try:
            await _shake(connection, stream)
        except Unseen as failed:
            if isinstance(failed, StapleUnreadable) or not told.asks:
                raise
            if offer is Offer.HTTP1 or not _chain(connection):
                raise Unseen(Reason.TLS, f"{failed.failure.detail}; it asks for a client certificate") from failed
        return TlsStream(connection, stream), self._session(connection, host, told)

    def _session(self, connection: SSL.Connection, host: str, told: Told) -> Session:
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


def _chain(connection: SSL.Connection) -> tuple[bytes, ...]:
    sent = connection.get_peer_cert_chain() or ()
    return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in sent)


async def _shake(connection: SSL.Connection, stream: Stream) -> None:
    """Complete the handshake. Our last word of it waits for the first bytes that are sent, and goes with them."""
    received = 0
    while not _advance(connection):
        sealed = await _turn(connection, stream)
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
        raise fault(connection, error) from error
    return True


async def _turn(connection: SSL.Connection, stream: Stream) -> bytes:
    """Say what is to be said, and hear what comes back: nothing from a peer that hangs up.

    One that cuts the connection here does not want to shake hands like this: refusing by a reset is common.
    """
    try:
        await flush(connection, stream)
        return await stream.read()
    except OSError as error:
        if is_cut(error):
            raise Unseen(Reason.TLS, "the peer cut the connection during the TLS handshake") from error
        raise
