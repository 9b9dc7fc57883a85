"""What is said in the clear before TLS may begin, in six protocols; no TLS is spoken here.

- `talk` has the words: a protocol is a generator that knows no stream. It yields what to say and what finds the end of the
  reply, and is sent that reply.
- `mail` (SMTP, IMAP, POP3) and `services` (PostgreSQL, LDAP, XMPP) are these generators, pure.
- `opening` leads one of them over a stream, and bounds what a peer may say.
"""

from monitor.network.starttls.opening import start_tls

__all__ = ["start_tls"]
