"""Whether what a port says first is TLS at all, and what it looks like when it is not. Pure."""

from __future__ import annotations

import re

from checks.foreign import quoted

_RECORD = re.compile(rb"[\x14-\x17](?:\x03|\Z)")
"""How a record begins: its type and the major version (RFC 8446, section 5.1)."""
_GREETINGS = (
    (b"HTTP/", "plain HTTP"),
    (b"<", "markup"),
    (b"SSH-", "SSH"),
    (b"220", "a mail or file transfer greeting"),
    (b"* OK", "a mail greeting"),
    (b"+OK", "a mail greeting"),
)


def begins_record(head: bytes) -> bool:
    """Whether *head*, one byte or more, can be the beginning of a TLS record."""
    return bool(_RECORD.match(head))


def not_tls(head: bytes) -> str:
    """A sentence about a port whose first bytes, *head*, are not TLS."""
    for mark, protocol in _GREETINGS:
        if head.startswith(mark):
            return f"the port speaks {protocol}, not TLS"
    return f"the port does not speak TLS; it sent {quoted(head[:40].decode('latin-1'))}"
