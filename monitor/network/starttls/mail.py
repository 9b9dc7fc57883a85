"""STARTTLS in mail: SMTP (RFC 3207), IMAP (RFC 9051, section 6.2.1), POP3 (RFC 2595, section 4). Pure."""

from __future__ import annotations

import re

from checks.model import Reason, Unseen
from monitor.network.starttls.talk import MAX_LINES, Part, Turn, line_end, other, refused, shown

_OWN_NAME = b"vendorwatch.invalid"
"""How we greet a mail server: this host's own name is nobody's business (RFC 6761, section 6.4)."""
_SMTP_LINE = re.compile(rb"[2-5][0-9]{2}(?:[ -]|\s*$)")


def smtp(_: str) -> Part[None]:
    """Greeting, EHLO, STARTTLS."""
    greeting = yield from _smtp_reply(b"")
    if not greeting[-1].startswith(b"220"):
        raise refused(greeting[-1])
    offered = yield from _smtp_reply(b"EHLO " + _OWN_NAME + b"\r\n")
    if not any(line[4:].split()[:1] == [b"STARTTLS"] for line in map(bytes.upper, offered)):
        raise Unseen(Reason.TLS, f"the peer offers no STARTTLS; it answered EHLO with {shown(offered[-1])}")
    agreed = yield from _smtp_reply(b"STARTTLS\r\n")
    if not agreed[-1].startswith(b"220"):
        raise refused(agreed[-1])


def _smtp_reply(said: bytes) -> Part[list[bytes]]:
    """The lines of one reply (RFC 5321, section 4.2.1): all but the last have a hyphen behind their code."""
    lines: list[bytes] = []
    while len(lines) < MAX_LINES:
        line = yield Turn(b"" if lines else said, line_end)
        if not _SMTP_LINE.match(line):
            raise other(line, "SMTP")
        lines.append(line)
        if line[3:4] != b"-":
            return lines
    raise _endless()


def imap(_: str) -> Part[None]:
    """Greeting, CAPABILITY, STARTTLS."""
    greeting = yield Turn(b"", line_end)
    match greeting.upper().split()[:2]:
        case [b"*", b"OK"]:
            pass
        case [b"*", b"PREAUTH"]:
            raise Unseen(Reason.TLS, "the peer has let us in without TLS (PREAUTH), and after that TLS cannot begin")
        case _:
            raise refused(greeting)
    offered = yield from _imap_reply(b"v1", b"CAPABILITY")
    if not any(b"STARTTLS" in line.split() for line in map(bytes.upper, offered)):
        raise Unseen(Reason.TLS, "the peer offers no STARTTLS among its capabilities")
    yield from _imap_reply(b"v2", b"STARTTLS")


def _imap_reply(tag: bytes, command: bytes) -> Part[list[bytes]]:
    """The lines before the one with our *tag*, which has to be OK (RFC 9051, section 2.2.2)."""
    lines: list[bytes] = []
    while len(lines) < MAX_LINES:
        line = yield Turn(b"" if lines else tag + b" " + command + b"\r\n", line_end)
        if line.upper().split()[:2] == [tag.upper(), b"OK"]:
            return lines
        if not line.startswith(b"* "):
            raise refused(line)
        lines.append(line)
    raise _endless()


def pop3(_: str) -> Part[None]:
    """Greeting, STLS; who does not know the command says so."""
    for said in (b"", b"STLS\r\n"):
        reply = yield Turn(said, line_end)
        if reply.split()[:1] != [b"+OK"]:
            raise refused(reply)


def _endless() -> Unseen:
    return Unseen(Reason.TLS, f"an answer before TLS has more than {MAX_LINES} lines")
