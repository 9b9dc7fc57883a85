"""Words of a receiver without what is secret: some repeat in an error what they were sent.

A secret is cut out as it is written and as JSON and addresses write it. That of an Authorization header is cut out by
itself, by its parts, and as the header has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote, urlsplit

from checks.model import Unseen
from checks.values import Secret
from checks.vendor import Auth
from monitor.credentials import authorization, reveal

_SHORTEST_KEY = 8
"""From so many characters on a part of an address may be what makes it a secret."""
_ADDRESS = re.compile(r"(https?://[^/?\s\"']+)[^\s\"']*")


def without_address(url: str, text: str) -> str:
    """*text* without what may be secret in *url*: all behind its host, as an address, as a path and in parts."""
    parts = urlsplit(url)
    keys = [part for part in re.split("[/&=]", f"{parts.path}/{parts.query}") if len(part) >= _SHORTEST_KEY]
    return without(_ADDRESS.sub(r"\1/…", text), (parts.path.rstrip("/"), parts.query, *keys))


def without(text: str, secrets: Iterable[str]) -> str:
    """*text* without any of *secrets*."""
    for secret in filter(None, secrets):
        for written in (secret, secret.replace("/", "\\/"), quote(secret, safe="")):
            text = text.replace(written, "…")
    return text


def revealed(auth: Auth | None, *secrets: Secret | None) -> Iterator[str]:
    """What is secret in *auth*, and *secrets* themselves, the longest form of each first; nothing of what cannot be had."""
    if auth:
        with suppress(Unseen):
            header = authorization(auth)
            yield header
            yield header.partition(" ")[2]
    for secret in (auth and auth.basic and auth.basic.password, *secrets):
        if secret:
            with suppress(Unseen):
                yield reveal(secret)
