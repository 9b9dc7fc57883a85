"""TLS as a client that looks before it judges, and the only place that knows pyOpenSSL.

- The handshake itself never fails for a certificate, because what cannot be trusted must still be shown; what the chain is
  worth is judged afterwards, for which OpenSSL is asked for its opinion too.
- Nor does it fail where OpenSSL by default is stricter than the clients of today. A server without renegotiation_info is
  talked to, by requests too (SSL_OP_LEGACY_SERVER_CONNECT; RFC 5746, section 4.1, leaves that to the client): we never
  renegotiate, and browsers and Go do not insist on it either. A look, which says nothing inside the session, is
  made at OpenSSL's security level 0, requests, which carry secrets, at its default of 2. Measured with OpenSSL 4.0 as
  client: the hellos of both differ only in the signatures with SHA-1 and SHA-224 that level 0 takes as well, never in suites
  or groups; level 2 refuses Diffie-Hellman with less than 2,048 bits and servers that sign with SHA-1 only. Leaves with RSA
  keys of 512 and 1,024 bits and chains signed with SHA-1 or MD5 are shown at either level.
- TLS 1.2 is the oldest version at either level, as in browsers (RFC 8996): what is older is for scans to find.
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
