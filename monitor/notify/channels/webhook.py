"""The webhook for programs: JSON close to that of Alertmanager's webhook, signed if a key is given; or a template's.

https://prometheus.io/docs/alerting/latest/configuration/#webhook_config: ``status``, ``receiver``, ``groupKey``,
``groupLabels``, ``commonLabels``, ``commonAnnotations`` and ``alerts`` mean what they mean there, so that what reads the one
reads the other; ``version`` is our own. ``groupKey`` names the channel: we group by time, not by labels.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from checks.model import Unseen
from checks.network import Network, Request
from checks.plain import Plain
from monitor import templates
from monitor.alert import Alert
from monitor.credentials import reveal
from monitor.notify import wording
from monitor.notify.channel import NotTaken
from monitor.notify.posting import post
from monitor.notify.signing import named, signed
from monitor.outbox import Batch, Message, Route
from monitor.receivers import Webhook

VERSION = "vendorwatch-1"
TEXT_CHARACTERS = 1_700
"""How long ``$text`` is at most: with ``$headline`` it fits into the 2,000 characters that Discord takes as one content
(https://discord.com/developers/docs/resources/webhook#execute-webhook), the least of what chats take."""


class Standard:
    """Posts to one webhook."""

    def __init__(self, settings: Webhook, network: Network) -> None:
        self._settings = settings
        self._network = network

    @property
    def route(self) -> Route:
        """See `Channel.route`."""
        return route_of(self._settings)

    async def deliver(self, batch: Batch, at: datetime) -> None:
        """See `Channel.deliver`."""
        settings = self._settings
        await post(self._network, settings.url, self.render(batch, at), at, hidden=[settings.secret])

    def render(self, batch: Batch, at: datetime) -> Request:
        """The request that tells of *batch*; its address is left open.

        Raises `NotTaken` when the key to sign with or the template cannot be had.
        """
        template = self._settings.template
        try:
            body = templates.fill(templates.read(template), values(batch, at)) if template else _standard(batch)
        except ValueError as error:
            msg = f"the template {template} {error}"
            raise NotTaken(msg) from None
        headers = {"content-type": "application/json", **self._signature(batch, at, body)}
        return Request(url="", method="POST", headers=headers, body=body, auth=self._settings.auth)

    def _signature(self, batch: Batch, at: datetime, body: bytes) -> Mapping[str, str]:
        if self._settings.secret is None:
            return named(batch.id, at)
        try:
            return signed(reveal(self._settings.secret), batch.id, at, body)
        except Unseen as unseen:
            raise NotTaken(unseen.failure.detail) from None


def route_of(settings: Webhook) -> Route:
    """What goes to the webhook of *settings*."""
    return Route(channel=settings.name, severities=settings.severities, teams=settings.teams)


def values(batch: Batch, at: datetime) -> dict[str, Plain]:
    """What the names in a template stand for."""
    messages = wording.newest(batch.messages)
    common = _common([message.alert.labels for message in messages])
    over = sum(not message.alert.is_open for message in messages)
    return {
        "id": batch.id,
        "receiver": batch.channel,
        "status": wording.status(messages),
        "severity": wording.urgency(messages),
        "headline": wording.headline(messages, at),
        "text": wording.body(messages, at, TEXT_CHARACTERS),
        "firing": str(len(messages) - over),
        "resolved": str(over),
        "alertname": common.get("alertname", ""),
        "vendor": common.get("vendor", ""),
        "team": common.get("team", ""),
        "alerts": _alerts(messages),
    }


def _standard(batch: Batch) -> bytes:
    messages = wording.newest(batch.messages)
    alerts: Sequence[Alert] = [message.alert for message in messages]
    document: dict[str, Plain] = {
        "version": VERSION,
        "id": batch.id,
        "receiver": batch.channel,
        "groupKey": f'{{channel="{batch.channel}"}}',
        "status": wording.status(messages),
        "groupLabels": {},
        "commonLabels": {**_common([alert.labels for alert in alerts])},
        "commonAnnotations": {**_common([alert.annotations for alert in alerts])},
        "alerts": _alerts(messages),
        "truncatedAlerts": 0,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _alerts(messages: Sequence[Message]) -> list[Plain]:
    return [message.alert.as_plain() for message in messages]


def _common(mappings: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What is the same in all of *mappings*."""
    first, *others = mappings
    return {name: value for name, value in sorted(first.items()) if all(other.get(name) == value for other in others)}
