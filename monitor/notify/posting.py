"""What all that goes to a receiver by HTTP has in common: where its address is found, and what its answer means.

Receivers answer as they like. 2xx is taken. What may be put right within a day is tried again: no connection, 5xx, 408, 425
and 429, a credential that was changed (401, 403, 407), an address that is being moved (404, a redirect: none is followed,
because a POST would become a GET on the way). What is wrong with the message itself (any other 4xx) would come to the same
again and hold up all that waits behind it, so it is given up at once; so is 410, which means: never come back (Standard
Webhooks, "Responding to webhooks").
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from checks.foreign import one_line, quoted
from checks.model import Unseen
from checks.network import Answer, Network, Request
from checks.values import Secret, Url
from monitor.network.credentials import reveal
from monitor.notify.channel import NotTaken

LONGEST_REST = 3600.0
"""How many seconds a receiver may ask to be left alone; a page is worth nothing the day after."""
ANSWER_CHARACTERS = 120
"""How much of a receiver's answer is told."""
_WORTH_ANOTHER_TRY = frozenset({401, 402, 403, 404, 407, 408, 409, 421, 423, 425, 429})
_SHORTEST_KEY = 8
"""From so many characters on a part of an address may be what makes it a secret."""
_ADDRESS = re.compile(r"(https?://[^/?\s\"']+)[^\s\"']*")


async def post(network: Network, to: Secret | Url, request: Request, at: datetime) -> None:
    """Send *request*, whose address is left open, *to* a receiver. Raises `NotTaken` unless the answer is a 2xx."""
    url = address(to)
    try:
        answer = await network.send(replace(request, url=url, fresh=True, max_redirects=0))
    except Unseen as unseen:
        raise NotTaken(_without(url, str(unseen.failure.detail))) from None
    if refusal := verdict(answer, at):
        raise refusal


def address(to: Secret | Url) -> str:
    """The address itself. Raises `NotTaken` where its reference leads to none."""
    if isinstance(to, Url):
        return to
    try:
        return Url.parse(reveal(to))
    except Unseen as unseen:
        raise NotTaken(unseen.failure.detail) from None
    except ValueError as error:
        msg = f"the secret {to} is no address: {error}"
        raise NotTaken(msg) from None


def verdict(answer: Answer, at: datetime) -> NotTaken | None:
    """What *answer*, which came *at* a time, means: None when the receiver took what was sent."""
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - 2xx
        return None
    said = f"it answered {status}{_said(answer)}"
    if 300 <= status < 400:  # noqa: PLR2004 - 3xx
        return NotTaken(f"{said}, a redirect, which is not followed: give the address that it leads to")
    is_final = 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY  # noqa: PLR2004 - 4xx
    return NotTaken(said, after=retry_after(answer.headers.get("retry-after", ""), at), is_final=is_final)


def retry_after(text: str, at: datetime) -> float | None:
    """The header (RFC 9110, section 10.2.3) as seconds from *at*, at most `LONGEST_REST`; None when it says nothing."""
    if re.fullmatch(r"\s*[0-9]{1,9}\s*", text):
        return min(float(text), LONGEST_REST)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    until = date if date.tzinfo else date.replace(tzinfo=UTC)
    return min(max((until - at).total_seconds(), 0.0), LONGEST_REST)


def _said(answer: Answer) -> str:
    """The beginning of what *answer* says, if that is text."""
    text = _without(answer.url, answer.body[: 8 * ANSWER_CHARACTERS].decode(errors="replace"))
    return f": {quoted(text, ANSWER_CHARACTERS)}" if one_line(text) else ""


def _without(url: str, text: str) -> str:
    """*text* without what may be secret in *url*: all behind its host, as an address, as a path and in parts."""
    parts = urlsplit(url)
    keys = [part for part in re.split("[/&=]", f"{parts.path}/{parts.query}") if len(part) >= _SHORTEST_KEY]
    text = _ADDRESS.sub(r"\1/…", text)
    for secret in filter(None, (parts.path.rstrip("/"), parts.query, *keys)):
        text = text.replace(secret, "…")
    return text
