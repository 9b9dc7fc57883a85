"""Secrets, looked up when they are needed: from the environment or a file, never kept, never told.

What cannot be found is our configuration's fault, and its message names the reference.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path

from checks.model import Reason, Unseen
from checks.values import Secret
from checks.vendor import Auth

_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What may not stand in a header's value (RFC 9110, section 5.5)."""
_LONE_BYTE = re.compile(r"[\udc80-\udcff]")
"""What a byte of the environment becomes that is not UTF-8 (PEP 383)."""


def reveal(secret: Secret) -> str:
    """The secret itself, without white space around it.

    Raises `Unseen` with `Reason.CONFIG` when it is missing, empty or unfit for a header.
    """
    value = _environment(secret) if secret.source == "env" else _file(secret)
    value = value.strip()
    if not value:
        raise Unseen(Reason.CONFIG, f"the secret {secret} is empty")
    if _UNSENDABLE.search(value):
        raise Unseen(Reason.CONFIG, f"the secret {secret} has a line break or a control character in it")
    return value


def authorization(auth: Auth) -> str:
    """The value of the Authorization header (RFC 6750, section 2.1; RFC 7617). Raises `Unseen` as `reveal` does."""
    if auth.bearer:
        return f"Bearer {reveal(auth.bearer)}"
    if auth.basic:
        pair = f"{auth.basic.user}:{reveal(auth.basic.password)}"
        return f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    raise Unseen(Reason.CONFIG, "auth: names neither a bearer token nor a user")


def _environment(secret: Secret) -> str:
    value = os.environ.get(secret.name)
    if value is None:
        raise Unseen(Reason.CONFIG, f"the secret {secret} is missing: the environment has no variable of this name")
    if _LONE_BYTE.search(value):
        raise Unseen(Reason.CONFIG, f"the secret {secret} is not text in UTF-8")
    return value


def _file(secret: Secret) -> str:
    try:
        return Path(secret.name).read_text(encoding="utf-8")
    except OSError as error:
        raise Unseen(Reason.CONFIG, f"the secret {secret} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Unseen(Reason.CONFIG, f"the secret {secret} is not text in UTF-8") from None
