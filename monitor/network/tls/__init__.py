"""TLS as a client that looks before it judges, and the only place that knows pyOpenSSL.

- The handshake itself never fails for a certificate, because what cannot be trusted must still be shown; what the chain is
  worth is judged afterwards, for which OpenSSL is asked for its opinion too.
- No session is ever resumed: it would show the certificate of the first handshake, not of now.
- A context is frozen once it is used; what a peer says to one connection is kept in that one's application data, a `Told`.
"""

from __future__ import annotations

from monitor.network.tls.client import Offer
from monitor.network.tls.faults import StapleUnreadable
from monitor.network.tls.opinion import follows
from monitor.network.tls.session import TlsStream
from monitor.network.tls.shaking import HANDSHAKE_BYTES, Tls

__all__ = ["HANDSHAKE_BYTES", "Offer", "StapleUnreadable", "Tls", "TlsStream", "follows"]
