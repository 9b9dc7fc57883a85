"""One talk over one stream, until TLS may begin.

What a peer says is bounded, and after its go-ahead it has to be silent: what it sends on in the clear may be somebody
else's, to be taken for its own once TLS is up (CVE-2011-0411 is a server that fell for it, CVE-2021-38371 a client).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checks.model import Reason, Unseen
from checks.vendor import StartTls
from monitor.network.starttls.mail import imap, pop3, smtp
from monitor.network.starttls.services import ldap, postgres, xmpp
from monitor.network.starttls.talk import MAX_BYTES, Part, other, shown
from monitor.network.stream import Stream

MAX_PIECES = 4096
"""In how many pieces that may come: each is looked at together with those before it."""


@dataclass(frozen=True, slots=True)
class _Protocol:
    """*name* is for people, *opening* has the bytes that a peer's first word may begin with."""

    name: str
    opening: bytes
    talk: Callable[[str], Part[None]]


_PROTOCOLS: Mapping[StartTls, _Protocol] = {
    StartTls.SMTP: _Protocol("SMTP", b"2345", smtp),
    StartTls.IMAP: _Protocol("IMAP", b"*", imap),
    StartTls.POP3: _Protocol("POP3", b"+-", pop3),
    StartTls.POSTGRES: _Protocol("PostgreSQL", b"SNE", postgres),
    StartTls.LDAP: _Protocol("LDAP", b"\x30", ldap),
    StartTls.XMPP: _Protocol("XMPP", b"< \t\r\n", xmpp),
}


async def start_tls(stream: Stream, kind: StartTls, host: str) -> None:
    """Agree with the peer at the other end of *stream*, which was looked up as *host*, that TLS begins now.

    Raises `Unseen` with `Reason.TLS` when it does not offer that, refuses, or speaks something else; `OSError` as the
    stream does. How long it may take is the caller's to say.
    """
    protocol = _PROTOCOLS[kind]
    talk = protocol.talk(host)
    inbox = _Inbox(stream, protocol)
    turn = next(talk)
    while True:
        if turn.said:
            await stream.write(turn.said)
        reply = await inbox.take(turn.end)
        try:
            turn = talk.send(reply)
        except StopIteration:
            break
    if inbox.waiting:
        raise Unseen(Reason.TLS, f"the peer agreed to TLS and then said more in the clear: {shown(inbox.waiting)}")


class _Inbox:
    """What the peer has said and nobody has taken yet."""

    def __init__(self, stream: Stream, protocol: _Protocol) -> None:
        self.waiting = b""
        self._stream = stream
        self._protocol = protocol
        self._received = 0
        self._pieces = 0

    async def take(self, end: Callable[[bytes], int]) -> bytes:
        """The next reply, whose end *end* finds."""
        while not (length := end(self.waiting)):
            await self._receive()
        reply, self.waiting = self.waiting[:length], self.waiting[length:]
        return reply

    async def _receive(self) -> None:
        if self._received >= MAX_BYTES or self._pieces >= MAX_PIECES:
            raise Unseen(
                Reason.TLS, f"the talk before TLS was not over after {self._received} bytes in {self._pieces} pieces"
            )
        content = await self._stream.read(MAX_BYTES - self._received)
        if not content:
            raise Unseen(
                Reason.TLS, f"the peer closed the connection before TLS could begin, while speaking {self._protocol.name}"
            )
        if not self._received and content[0] not in self._protocol.opening:
            raise other(content, self._protocol.name)
        self._received += len(content)
        self._pieces += 1
        self.waiting += content
