"""What all that goes to a receiver by HTTP has in common: where its address is found, and what its answer means.

Receivers answer as they like. 2xx is taken, whatever becomes of the words that come with it. What may be put right within a
day is tried again: no connection, 5xx, 408, 425 and 429, a credential that was changed (401, 403, 407), an address that is
being moved (404, a redirect: none is followed, because a POST would become a GET on the way). What is wrong with the message
itself (any other 4xx) would come to the same again and hold up all that waits behind it, so it is final; so is 410, which
means: never come back (Standard Webhooks, "Responding to webhooks"). Where no answer came in time to what was sent whole,
the message may have arrived.
"""

from __future__ import annotations

import asyncio
import re
from asyncio import Event
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from checks.foreign import one_line, quoted
from checks.model import Unseen
from checks.network import Answer, Network, Request
from checks.values import Secret, Url
from monitor.credentials import reveal
from monitor.notify.channel import NotTaken
from monitor.notify.hiding import revealed, without, without_address

LONGEST_REST = 3600.0
"""How many seconds a receiver may ask to be left alone; a page is worth nothing the day after."""
ANSWER_SECONDS = 20.0
"""How long a receiver may take."""
EXCERPT_BYTES = 16_384
"""How much of a receiver's answer is read. Its status says whether it took the message; its words are for people."""
ANSWER_CHARACTERS = 120
"""How much of a receiver's answer is told."""
_WORTH_ANOTHER_TRY = frozenset({401, 402, 403, 404, 407, 408, 409, 421, 423, 425, 429})
_GONE = 410


async def post(
    network: Network, to: Secret | Url, request: Request, at: datetime, *, hidden: Iterable[Secret | None] = ()
) -> None:
    """Send *request*, whose address is left open, *to* a receiver. Raises `NotTaken` unless the answer is a 2xx.

    What the receiver says is told without the address, the credentials and the secrets *hidden*.
    """
    url = address(to)
    was_sent = Event()
    sending = replace(request, url=url, fresh=True, max_redirects=0, excerpt=EXCERPT_BYTES, sent=was_sent.set)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await network.send(sending)
    except Unseen as unseen:
        said = without_address(url, str(unseen.failure.detail))
        raise NotTaken(without(said, revealed(request.auth, *hidden))) from None
    except TimeoutError:
        msg = f"no answer within {ANSWER_SECONDS:g} s"
        raise NotTaken(msg, is_doubtful=was_sent.is_set()) from None
    if refusal := verdict(answer, at, revealed(request.auth, *hidden)):
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


def verdict(answer: Answer, at: datetime, secrets: Iterable[str] = ()) -> NotTaken | None:
    """What *answer*, which came *at* a time, means: None when the receiver took what was sent.

    None of *secrets* is told of it.
    """
    status = answer.status
    if 200 <= status < 300:  # noqa: PLR2004 - 2xx
        return None
    said = f"it answered {status}{_said(answer, secrets)}"
    if 300 <= status < 400:  # noqa: PLR2004 - 3xx
        return NotTaken(f"{said}, a redirect, which is not followed: give the address that it leads to")
    is_final = 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY  # noqa: PLR2004 - 4xx
    after = retry_after(answer.headers.get("retry-after", ""), at)
    return NotTaken(said, after=after, is_final=is_final, is_over=status == _GONE)


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


def _said(answer: Answer, secrets: Iterable[str]) -> str:
    """The beginning of what *answer* says, if that is text."""
    text = without(without_address(answer.url, answer.body.decode(errors="replace")), secrets)
    return f": {quoted(text, ANSWER_CHARACTERS)}" if one_line(text) else ""
