"""One test alert through each way of telling people, now and past the outbox: whether it arrives, and if not, why not."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Iterable, Mapping
from datetime import datetime
from itertools import chain

from checks.values import Url
from monitor.alert import Alert, Urgency
from monitor.clock import Clock
from monitor.notify.alertmanager import endpoint, render
from monitor.notify.channel import NotTaken
from monitor.notify.channels import every_channel
from monitor.notify.posting import post
from monitor.notify.sender import DELIVERY_SECONDS
from monitor.notify.ways import Ways
from monitor.outbox import Batch, Message
from monitor.receivers import ALERTMANAGER, NotifySettings

NAME = "VendorwatchTest"

Verdicts = Mapping[str, str | None]
"""By channel, why the test did not arrive; None where it did."""


def names(settings: NotifySettings) -> tuple[str, ...]:
    """What the channels of *settings* are called."""
    return (*peers(settings), *(one.name for one in settings.webhooks), *(one.name for one in settings.emails))


def peers(settings: NotifySettings) -> Mapping[str, Url]:
    """Alertmanager's peers by their channels. They are told directly: nothing waits for them in the outbox."""
    return settings.alertmanager.peers if settings.alertmanager else {}


def meant(settings: NotifySettings, wanted: Iterable[str]) -> tuple[str, ...]:
    """The channels that *wanted* names: all of Alertmanager's peers go by its name, too."""
    found = ([*peers(settings)] if name == ALERTMANAGER and settings.alertmanager else [name] for name in wanted)
    return tuple(dict.fromkeys(chain.from_iterable(found)))


async def try_all(settings: NotifySettings, ways: Ways, clock: Clock, wanted: Iterable[str]) -> Verdicts:
    """Send the test alert through each of the channels *wanted*, all at once."""
    chosen = frozenset(wanted)
    at = clock.now()
    errands: dict[str, Awaitable[str | None]] = {}
    for name, url in peers(settings).items():
        if name in chosen and settings.alertmanager:
            request = render([made_up(at)], settings.alertmanager, at)
            errands[name] = _outcome(post(ways.direct, endpoint(url), request, at))
    for channel in every_channel(settings, ways):
        name = channel.route.channel
        if name in chosen:
            errands[name] = _outcome(channel.deliver(_batch(name, at), at))
    return dict(zip(errands, await asyncio.gather(*errands.values()), strict=True))


def made_up(at: datetime) -> Alert:
    """An alert that says that it is none."""
    return Alert(
        labels={"alertname": NAME, "severity": Urgency.INFO.value},
        annotations={
            "summary": "vendorwatch can reach you: this is a test",
            "description": "Somebody ran `vendorwatch notify test`. Nothing is the matter, and nothing more will follow.",
        },
        starts_at=at,
    )


def _batch(channel: str, at: datetime) -> Batch:
    message = Message(channel=channel, alert=made_up(at), at=at)
    return Batch(id=f"test-{secrets.token_hex(8)}", channel=channel, messages=(message,))


async def _outcome(sending: Awaitable[None]) -> str | None:
    """Why what is *sending* did not arrive; None when it did."""
    try:
        async with asyncio.timeout(DELIVERY_SECONDS):
            await sending
    except NotTaken as failure:
        return failure.detail
    except TimeoutError:
        return f"no answer within {DELIVERY_SECONDS:g} s"
    return None
