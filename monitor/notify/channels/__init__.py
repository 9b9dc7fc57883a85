"""The ways to tell somebody, one module each: what a message looks like there, and what the receiver's answer means.

A channel sends once and says how that went; waiting, trying again and giving up are the sender's. `every_channel` makes
those of the settings; each module has a class that `monitor.notify.channel.Channel` describes.
"""

from __future__ import annotations

from monitor.notify.channel import Channel
from monitor.notify.channels.mail import Mail
from monitor.notify.channels.slack import Slack
from monitor.notify.channels.webhook import Standard
from monitor.notify.ways import Ways
from monitor.receivers import Format, NotifySettings, Webhook


def every_channel(settings: NotifySettings, ways: Ways) -> tuple[Channel, ...]:
    """The channels of *settings*, in their order."""
    webhooks = (_webhook(one, ways) for one in settings.webhooks)
    return (*webhooks, *(Mail(one, settings.ca_file) for one in settings.emails))


def _webhook(settings: Webhook, ways: Ways) -> Channel:
    network = ways.direct if settings.direct else ways.outward
    match settings.format:
        case Format.STANDARD:
            return Standard(settings, network)
        case Format.SLACK:
            return Slack(settings, network)
