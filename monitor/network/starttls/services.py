"""STARTTLS elsewhere: PostgreSQL, LDAP (RFC 4511, section 4.14), XMPP (RFC 6120, section 5). Pure.

PostgreSQL's request is in its manual, chapter "Frontend/Backend Protocol", "SSL Session Encryption". XMPP is read by its
marks alone: what a hostile peer says before TLS is not worth an XML parser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from checks.model import Reason, Unseen
from monitor.network.starttls.talk import MAX_BYTES, Part, Turn, other, refused, shown

_SSL_REQUEST = bytes.fromhex("00000008 04d2162f")
"""Eight bytes in all, and the code 80877103."""
_LDAP_REQUEST = bytes.fromhex("301d 020101 7718 8016") + b"1.3.6.1.4.1.1466.20037"
"""Message 1: an ExtendedRequest of that name."""
_INTEGER, _ENUMERATED, _EXTENDED_RESPONSE = 0x02, 0x0A, 0x78

_XMPP_TLS = b"urn:ietf:params:xml:ns:xmpp-tls"
_FEATURES_OVER = re.compile(rb"</stream:\w+\s*>|<stream:features[^<>]*/>|<stream:error\b")
"""The end of the features, or of the stream; its prefix is always "stream" (RFC 6120, section 4.8.5)."""
_PROCEED = re.compile(rb"\s*<proceed(?=[\s/>])[^<>]*(?:/>|>\s*</proceed\s*>)")
_NO_PROCEED = re.compile(rb"\s*(?:[^<\s]|<(?!proceed[\s/>])[^<>]*>)")


def postgres(_: str) -> Part[None]:
    """The request for TLS, which is answered by one byte."""
    match (yield Turn(_SSL_REQUEST, lambda content: min(len(content), 1))):
        case b"S":
            return
        case b"N":
            raise Unseen(Reason.TLS, "the peer has no TLS: it answered the request for it with N")
        case _:
            raise Unseen(Reason.TLS, "the peer does not know the request for TLS: it answered with an error")


def ldap(_: str) -> Part[None]:
    """The extended request StartTLS, and a response with the result 0."""
    answer = yield Turn(_LDAP_REQUEST, _message_end)
    try:
        number, _number, response = _element(_element(answer)[1])
        kind, response, _rest = _element(response)
        code, result, rest = _element(response)
        _tag, said, _rest = _element(_element(rest)[2])
    except EOFError:
        raise other(answer, "LDAP") from None
    if (number, kind, code) != (_INTEGER, _EXTENDED_RESPONSE, _ENUMERATED):
        raise other(answer, "LDAP")
    if result != b"\0":
        raise Unseen(
            Reason.TLS, f"the peer does not start TLS: result code {int.from_bytes(result[:4], 'big')}, {shown(said)}"
        )


def _message_end(content: bytes) -> int:
    """The end of the first LDAPMessage, 0 while it is not whole."""
    try:
        return len(content) - len(_element(content)[2])
    except EOFError:
        return 0


def _element(content: bytes) -> tuple[int, bytes, bytes]:
    """The tag and the content of a BER element, whose length is definite (RFC 4511, section 5.1), and what follows it.

    Raises `EOFError` when it is cut short.
    """
    first = int.from_bytes(content[1:2], "big")
    start = 2 + (first & 0x7F if first & 0x80 else 0)
    length = int.from_bytes(content[2:start], "big") if first & 0x80 else first
    if first == 0x80 or length > MAX_BYTES:  # noqa: PLR2004 - 0x80 is the indefinite form
        raise other(content, "LDAP")
    if len(content) < start + length:
        raise EOFError
    return content[0], content[start : start + length], content[start + length :]


def xmpp(host: str) -> Part[None]:
    """The head of a client's stream, the features of the server's, and its word to go ahead."""
    head = f"<?xml version='1.0'?><stream:stream to='{escape(host)}' version='1.0' xmlns='jabber:client' "
    said = head.encode() + b"xmlns:stream='http://etherx.jabber.org/streams'>"
    features = yield Turn(said, _end_of(_FEATURES_OVER.search))
    if b"<stream:stream" not in features:
        raise other(features, "XMPP")
    if b"<starttls" not in features or _XMPP_TLS not in features:
        raise Unseen(Reason.TLS, f"the peer offers no STARTTLS; its stream's features end in {shown(features[-80:])}")
    verdict = yield Turn(b"<starttls xmlns='" + _XMPP_TLS + b"'/>", _verdict_end)
    if not _PROCEED.fullmatch(verdict):
        raise refused(verdict)


def _verdict_end(content: bytes) -> int:
    return _end_of(_PROCEED.match)(content) or _end_of(_NO_PROCEED.match)(content)


def _end_of(find: Callable[[bytes], re.Match[bytes] | None]) -> Callable[[bytes], int]:
    """What says where that which is found ends, 0 while it is not."""

    def end(content: bytes) -> int:
        found = find(content)
        return found.end() if found else 0

    return end
