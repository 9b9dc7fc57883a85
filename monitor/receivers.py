"""Who is told, and how they are reached: the shape of ``notify:`` in ``monitor.yaml``, field for field.

Frozen values, as in `monitor.settings`, whose rules hold here too. An address may be a secret by itself, as that of a chat's
incoming webhook is; then it is a reference like any other secret.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from checks.values import Address, Seconds, Secret, Url
from checks.vendor import Auth
from checks.vendor.holding import require
from monitor.alert import Urgency

ALERTMANAGER = "alertmanager"
"""What Alertmanager is called among the channels, its peers with a number where there are several; no other may be."""
WOKEN = (Urgency.PAGE, Urgency.TICKET)
"""What is told where nothing else is said: what somebody has to act on."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_LONGEST_RESEND = 600.0


class Format(StrEnum):
    """What the body of a webhook looks like."""

    STANDARD = "standard"
    """JSON with all that is known of each alert."""
    SLACK = "slack"
    """A text for people, as Slack and what is compatible with it take it."""


class Encryption(StrEnum):
    """How mail is kept from being read on its way."""

    STARTTLS = "starttls"
    """TLS after a greeting in the clear, as on port 587 (RFC 3207)."""
    TLS = "tls"
    """TLS from the first byte, as on port 465 (RFC 8314)."""
    NONE = "none"
    """Not at all: for a relay on the same host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alertmanager:
    """Alertmanager, told directly: for those who run it without Prometheus' rules."""

    urls: tuple[Url, ...]
    """Every peer of the cluster: each is told of everything, and no load balancer may stand before them."""
    resend: Seconds = Seconds(60)
    """How often open alerts are sent again; without that Alertmanager takes them for over after four times as long."""
    auth: Auth | None = None
    """Credentials, where a proxy in front asks for them."""

    def __post_init__(self) -> None:
        require(
            (self.urls, "urls names nobody: give the address of each peer, like http://alertmanager:9093"),
            (len(set(self.urls)) == len(self.urls), "urls names a peer twice"),
            (not any("?" in url for url in self.urls), "urls has a ? in it: give the address that /api/v2/alerts follows"),
            (1 <= self.resend <= _LONGEST_RESEND, "resend must be between 1s and 10m"),
        )

    @property
    def peers(self) -> Mapping[str, Url]:
        """Each peer by its channel: where there are several, each counts for itself, lest one that is away goes unseen."""
        if len(self.urls) == 1:
            return {ALERTMANAGER: self.urls[0]}
        return {f"{ALERTMANAGER}-{number}": url for number, url in enumerate(self.urls, start=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that a message is posted to."""

    name: str
    """What the channel is called, in metrics too: small letters, digits and dashes."""
    url: Secret | Url
    """Where to post; env:NAME or file:/path where the address is a secret, like Slack's."""
    format: Format = Format.STANDARD
    """What is posted: everything for a program, or a text for people as Slack takes it."""
    template: Path | None = None
    """A file with the body to post instead, JSON with $names in it, relative to this file's folder."""
    secret: Secret | None = None
    """The key that messages are signed with (Standard Webhooks): whsec_ and 24 to 64 bytes in base64."""
    auth: Auth | None = None
    """Credentials to send along."""
    severities: tuple[Urgency, ...] = WOKEN
    """Which alerts are told there: page, ticket, info, none."""
    teams: tuple[str, ...] = ()
    """Whose vendors' alerts are told there, by owner; all when left out. Alerts of vendorwatch itself go to everybody."""
    direct: bool = False
    """Reach it without the proxy of network:."""

    def __post_init__(self) -> None:
        require(
            *_channel_rules(self.name, self.severities),
            (not self.template or self.format is Format.STANDARD, "give either template: or format: slack"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """Mail, by SMTP through a server of your own."""

    name: str
    """What the channel is called, in metrics too: small letters, digits and dashes."""
    to: tuple[str, ...]
    """Who gets it."""
    sender: str
    """Who it is from."""
    server: Address
    """The mail server as host:port, like smtp.example.com:587."""
    encryption: Encryption = Encryption.STARTTLS
    """How it is kept secret on the way: starttls (port 587), tls (port 465), none (a relay on this host)."""
    user: str = ""
    """Who to log in as; nobody when left out."""
    password: Secret | None = None
    """Where the password of user is: env:NAME or file:/path."""
    severities: tuple[Urgency, ...] = WOKEN
    """Which alerts are told there: page, ticket, info, none."""
    teams: tuple[str, ...] = ()
    """Whose vendors' alerts are told there, by owner; all when left out. Alerts of vendorwatch itself go to everybody."""

    def __post_init__(self) -> None:
        mailboxes = {f"to[{index}]": mailbox for index, mailbox in enumerate(self.to)} | {"sender": self.sender}
        require(
            *_channel_rules(self.name, self.severities),
            (self.to, "to names nobody: give the address of who is told, like oncall@example.com"),
            *(
                (_MAILBOX.fullmatch(each), f"{where} is no mail address like oncall@example.com")
                for where, each in mailboxes.items()
            ),
            (bool(self.user) == bool(self.password), "give both user: and password:, or neither"),
            (
                not self.password or self.encryption is not Encryption.NONE,
                "encryption is none, and the password would be read on its way: make it starttls or tls",
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """An address that hears from the daemon while it is well, and raises the alarm once it does not."""

    url: Secret | Url
    """What is asked for (GET) each time; env:NAME or file:/path where the address is a secret."""
    every: Seconds = Seconds(60)
    """How often."""

    def __post_init__(self) -> None:
        require((self.every >= 1, "every must be at least 1s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Who is told of what goes wrong."""

    alertmanager: Alertmanager | None = None
    """Alertmanager, for those who run it without Prometheus' rules."""
    webhooks: tuple[Webhook, ...] = ()
    """Addresses that messages are posted to."""
    emails: tuple[Email, ...] = ()
    """Who gets mail."""
    heartbeat: Heartbeat | None = None
    """Who is to raise the alarm when the daemon falls silent."""
    ca_file: Path | None = None
    """A PEM bundle of the roots to trust for all of these instead of the shipped ones, relative to this file's folder."""

    def __post_init__(self) -> None:
        taken = [f"{where} {name!r} is the name of another channel: each needs its own" for where, name in self._taken()]
        if taken:
            raise ValueError(*taken)

    def _taken(self) -> Iterator[tuple[str, str]]:
        """The channels whose name is not theirs alone, but for the first of each."""
        channels = [(f"webhooks[{index}]", one.name) for index, one in enumerate(self.webhooks)]
        channels += [(f"emails[{index}]", one.name) for index, one in enumerate(self.emails)]
        seen = Counter({ALERTMANAGER, *(self.alertmanager.peers if self.alertmanager else ())})
        for where, name in channels:
            if seen[name]:
                yield where, name
            seen[name] += 1


def located(settings: NotifySettings, folder: Path) -> NotifySettings:
    """*settings* whose relative paths start in *folder*."""
    webhooks = tuple(replace(one, template=folder / one.template) if one.template else one for one in settings.webhooks)
    return replace(settings, webhooks=webhooks, ca_file=folder / settings.ca_file if settings.ca_file else None)


def idle_teams(settings: NotifySettings, owners: Collection[str]) -> Mapping[str, Sequence[str]]:
    """By channel, the teams of *settings* that are none of the *owners* of vendors, and so are told of nothing."""
    channels: tuple[Webhook | Email, ...] = (*settings.webhooks, *settings.emails)
    named = {one.name: [team for team in one.teams if team not in owners] for one in channels}
    return {channel: teams for channel, teams in named.items() if teams}


def _channel_rules(name: str, severities: tuple[Urgency, ...]) -> tuple[tuple[object, str], ...]:
    """What holds for the *name* and the *severities* of every channel."""
    return (
        (
            _NAME.fullmatch(name),
            "name becomes the label channel: write it in small letters, digits and dashes, like ops-chat",
        ),
        (severities, "severities names nothing, and nobody would be told: leave it out for page and ticket"),
    )
