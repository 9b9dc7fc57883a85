"""The webhook for people: a text, as Slack's incoming webhooks take it, and Mattermost, Rocket.Chat and others like it.

https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped, so that nothing that a vendor wrote
is read as Slack's own marks in angle brackets: links under another name, and ``<!channel>``, which calls everybody.
Mattermost and others take a plain ``@channel`` or ``@ann`` for a call as well; there an invisible blank goes behind the
``@``. What cannot be kept from a vendor's words: an address by itself becomes a link in every chat, and Markdown stays
Markdown where that is understood.

Slack takes 40,000 characters of text, Discord's address for Slack's format 2,000: ours fits there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime

from checks.network import Network, Request
from monitor.notify import wording
from monitor.notify.channels.webhook import route_of
from monitor.notify.posting import post
from monitor.notify.signing import named
from monitor.outbox import Batch, Message, Route
from monitor.receivers import Webhook

TEXT_CHARACTERS = 1_900
_CALL = re.compile(r"(?<![\w.+-])@(?=\w)")
"""What begins a name to be called, and is not in the middle of a mail address."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Slack:
    """Posts to one incoming webhook."""

    def __init__(self, settings: Webhook, network: Network) -> None:
        self._settings = settings
        self._network = network

    @property
    def route(self) -> Route:
        """See `Channel.route`."""
        return route_of(self._settings)

    async def deliver(self, batch: Batch, at: datetime) -> None:
        """See `Channel.deliver`."""
        await post(self._network, self._settings.url, self.render(batch, at), at)

    def render(self, batch: Batch, at: datetime) -> Request:
        """The request that tells of *batch*; its address is left open."""
        messages = wording.newest(batch.messages)
        body = json.dumps({"text": text(messages, at), "unfurl_links": False}, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", **named(batch.id, at)}
        return Request(url="", method="POST", headers=headers, body=body, auth=self._settings.auth)


def text(messages: Sequence[Message], at: datetime) -> str:
    """*messages* in Slack's own marks: a line that says it all, and a few lines for each of the first."""
    headline = f"*{_escaped(wording.headline(messages, at))}*"
    if len(messages) == 1:
        return wording.fitted([[headline, *_details(messages[0])]], 1, "\n", "", TEXT_CHARACTERS)
    full = wording.in_full(messages)
    items = [
        [f"• {_escaped(wording.line(message, at))}", *(_details(message) if number < full else ())]
        for number, message in enumerate(messages[: wording.MOST_TOLD])
    ]
    room = TEXT_CHARACTERS - len(headline) - 1
    return "\n".join([headline, wording.fitted(items, len(messages), "\n", "_and {} more_", room)])


def _details(message: Message) -> Sequence[str]:
    links = " ".join(f"<{_escaped(url)}|{word}>" for word, url in wording.links(message.alert))
    return [*map(_escaped, wording.details(message)), *([links] if links else [])]


def _escaped(words: str) -> str:
    return _CALL.sub("@\u200b", words.translate(_ESCAPES))
