"""Signatures of messages by the Standard Webhooks specification, with one symmetric key.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Signature scheme": HMAC-SHA256
over ``id.timestamp.body``, whose key is written in base64 behind ``whsec_`` and has 24 to 64 bytes. A receiver refuses what
is older than a few minutes, so each try is signed anew; the id stays.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime

from monitor.notify.channel import NotTaken

PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64


def signed(secret: str, identity: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """The headers that say who sent *body* under an *identity* and when. Raises `NotTaken` when *secret* is no key."""
    stamp = str(int(at.timestamp()))
    content = b".".join((identity.encode(), stamp.encode(), body))
    signature = base64.b64encode(hmac.digest(key(secret), content, "sha256")).decode("ascii")
    return {**named(identity, at), "webhook-signature": f"v1,{signature}"}


def named(identity: str, at: datetime) -> Mapping[str, str]:
    """The headers by which a receiver knows a message again, signed or not."""
    return {"webhook-id": identity, "webhook-timestamp": str(int(at.timestamp()))}


def key(secret: str) -> bytes:
    """The bytes that *secret* is written for. Raises `NotTaken` with the cure when it is no such key."""
    try:
        content = base64.b64decode(secret.removeprefix(PREFIX), validate=True) if secret.startswith(PREFIX) else b""
    except ValueError:
        content = b""
    if not _SHORTEST <= len(content) <= _LONGEST:
        wanted = f"{PREFIX} and {_SHORTEST} to {_LONGEST} bytes in base64"
        msg = f"the signing secret is not {wanted}: `echo {PREFIX}$(openssl rand -base64 32)` makes one"
        raise NotTaken(msg)
    return content
