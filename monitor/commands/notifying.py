"""``notify``: whether those who are to be told can be, and what waits to be told."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from checks.model import Severity
from checks.plain import Plain, plain
from checks.wording import moment
from monitor import show
from monitor.clock import SYSTEM_CLOCK
from monitor.commands.configuring import reading_of
from monitor.commands.ends import CONFIG, OK, USAGE, complain, say
from monitor.commands.stored import stored
from monitor.network.trust import RootsUnavailable
from monitor.notify import trial, wording
from monitor.notify.ways import open_ways
from monitor.outbox import GivenUp, Queue
from monitor.receivers import NotifySettings
from monitor.settings import Settings

_NOBODY = "nobody is told of anything yet: name somebody under notify: in monitor.yaml"

_GONE = "not in monitor.yaml: what waits is given up after a day"


def test(flags: Namespace) -> int:
    """Send a test alert through the channels that are named, or through all of them."""
    settings = reading_of(flags, "notify", "network").catalogue.settings
    known = trial.names(settings.notify)
    wanted = trial.meant(settings.notify, flags.channels) or known
    _refuse_unknown(wanted, known)
    try:
        verdicts = asyncio.run(_try(settings, wanted))
    except RootsUnavailable as error:
        complain(error)
        return CONFIG
    for channel, why in verdicts.items():
        print(f"{channel}: {f'not told: {why}' if why else 'told'}")
    return Severity.CRITICAL.exit_code if any(verdicts.values()) else OK


async def _try(settings: Settings, wanted: Sequence[str]) -> trial.Verdicts:
    async with open_ways(settings, SYSTEM_CLOCK) as ways:
        return await trial.try_all(settings.notify, ways, SYSTEM_CLOCK, wanted)


def _refuse_unknown(wanted: Sequence[str], known: Sequence[str]) -> None:
    """Exit when there is nobody to tell, or when one of *wanted* is none of the channels *known*."""
    unknown = [name for name in wanted if name not in known]
    if unknown and known:
        complain(f"there is no channel {', '.join(map(repr, unknown))} (known: {', '.join(known)})")
    elif not known:
        complain(_NOBODY)
    if unknown or not known:
        sys.exit(USAGE)


def status(flags: Namespace) -> int:
    """Show what waits in each channel, and what was given up."""
    files, now = reading_of(flags, "database"), SYSTEM_CLOCK.now()
    settings = files.catalogue.settings
    with stored(settings.database) as store:
        queues = {name: queue.seen(now) for name, queue in store.queues().items()}
    is_lost = "notify" in files.lost
    lines = _unsure_lines(queues) if is_lost else _lines(settings.notify, queues)
    if lines or not is_lost or flags.format == "json":
        _show(lines, flags.format)
    return OK


def _unsure_lines(queues: Mapping[str, Queue]) -> list[_Line]:
    """Those of *queues* where ``notify:`` cannot be read."""
    return [_Line(name, queue, is_configured=None) for name, queue in sorted(queues.items())]


def _lines(notify: NotifySettings, queues: Mapping[str, Queue]) -> list[_Line]:
    direct = trial.peers(notify)
    named = [name for name in trial.names(notify) if name not in direct]
    others = [_Line(name, queues.get(name, Queue()), is_configured=name in named) for name in sorted({*named, *queues})]
    return [*(_Line(name, None, is_configured=True) for name in direct), *others]


@dataclass(frozen=True, slots=True)
class _Line:
    """How a channel does; without a *queue* it is told directly, and the store knows nothing of it.

    *is_configured* is None where ``notify:`` cannot be read.
    """

    channel: str
    queue: Queue | None
    is_configured: bool | None

    def as_row(self) -> tuple[str, ...]:
        if self.queue is None:
            return self.channel, "", "", "", "told directly; see vendorwatch_notification_failures_total"
        queue = self.queue
        since = moment(queue.oldest) if queue.oldest else ""
        remark = "" if self.is_configured is not False else _GONE if queue.waiting else "not in monitor.yaml"
        return self.channel, str(queue.waiting), since, str(queue.dead), "; ".join(filter(None, (queue.error, remark)))

    def as_plain(self) -> dict[str, Plain]:
        told: dict[str, Plain] = {"channel": self.channel, "configured": self.is_configured, "direct": self.queue is None}
        if queue := self.queue:
            told |= {"waiting": queue.waiting, "oldest": plain(queue.oldest)}
            told |= {"given_up": queue.dead, "last_failure": queue.error}
        return told


def _show(lines: Sequence[_Line], shape: str) -> None:
    if shape == "json":
        print(json.dumps({"version": 1, "channels": [line.as_plain() for line in lines]}))
    elif lines:
        header = ("CHANNEL", "WAITING", "SINCE", "GIVEN UP", "LAST FAILURE")
        show.show_table(header, [line.as_row() for line in lines], show.console())
    else:
        say(_NOBODY)


def forget(flags: Namespace) -> int:
    """Show what was given up of a channel, and count it no longer."""
    settings, now = reading_of(flags, "database").catalogue.settings, SYSTEM_CLOCK.now()
    with stored(settings.database) as store:
        known = {*trial.names(settings.notify), *store.queues()} - {*trial.peers(settings.notify)}
        _refuse_unknown([flags.channel], sorted(known))
        dropped = store.forget(flags.channel, now)
    if dropped:
        header = ("BEGAN", "WHAT NOBODY WAS TOLD", "GIVEN UP", "WHY")
        show.show_table(header, [_dropped(one) for one in dropped], show.console())
    print(f"{len(dropped) or 'nothing'} given up of {flags.channel} {'are' if len(dropped) > 1 else 'is'} forgotten")
    return OK


def _dropped(one: GivenUp) -> tuple[str, ...]:
    alert = one.message.alert
    over = "" if alert.is_open else " (its end)"
    return moment(alert.starts_at), f"{wording.summary(alert)}{over}", moment(one.at), one.detail
