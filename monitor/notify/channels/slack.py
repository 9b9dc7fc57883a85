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
    line = f"*{_escaped(wording.headline(messages))}*\n"
    items = [_item(message, at) for message in messages[: wording.MOST_TOLD]]
    return line + wording.fitted(items, len(messages), "\n", "_and {} more_", TEXT_CHARACTERS - len(line))


def _item(message: Message, at: datetime) -> Sequence[str]:
    alert = message.alert
    tag = alert.labels["severity"] if alert.is_open else "resolved"
    links = " ".join(f"<{_escaped(url)}|{word}>" for word, url in wording.links(alert))
    said = (
        f"• *[{_escaped(tag)}]* {_escaped(wording.summary(alert))}, {wording.circumstances(message, at)}",
        _escaped(wording.description(alert)),
        links,
    )
    return [part for part in said if part]


def _escaped(words: str) -> str:
    return _CALL.sub("@\u200b", words.translate(_ESCAPES))
