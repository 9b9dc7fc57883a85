"""``notify``: whether those who are to be told can be, and what waits to be told."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence

from checks.model import Severity
from checks.plain import plain
from checks.wording import moment
from monitor import show
from monitor.clock import SYSTEM_CLOCK
from monitor.commands.configuring import catalogue_of
from monitor.commands.ends import CONFIG, OK, USAGE, complain, say
from monitor.commands.stored import stored
from monitor.network.trust import RootsUnavailable
from monitor.notify import trial
from monitor.notify.ways import open_ways
from monitor.outbox import Queue
from monitor.settings import Settings

_NOBODY = "nobody is told of anything yet: name somebody under notify: in monitor.yaml"


def test(flags: Namespace) -> int:
    """Send a test alert through the channels that are named, or through all of them."""
    settings = catalogue_of(flags).settings
    known = trial.names(settings.notify)
    wanted = flags.channels or known
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
    settings = catalogue_of(flags).settings
    with stored(settings.database) as store:
        queues = store.queues()
    named = [*(one.name for one in settings.notify.webhooks), *(one.name for one in settings.notify.emails)]
    _show({**{name: Queue() for name in named}, **queues}, named, flags.format)
    return OK


def _show(queues: Mapping[str, Queue], named: Sequence[str], shape: str) -> None:
    """Print *queues*, of channels that are *named* in the configuration and of others."""
    if shape == "json":
        rows = [{"channel": name, "configured": name in named, **_plain(queue)} for name, queue in sorted(queues.items())]
        print(json.dumps({"version": 1, "channels": rows}))
    elif queues:
        header = ("CHANNEL", "WAITING", "SINCE", "GIVEN UP", "LAST FAILURE")
        show.show_table(header, [_row(name, queue, name in named) for name, queue in sorted(queues.items())], show.console())
    else:
        say(_NOBODY)


def _row(name: str, queue: Queue, is_configured: bool) -> tuple[str, ...]:  # noqa: FBT001 - of a table
    since = moment(queue.oldest) if queue.oldest else ""
    failure = queue.error if is_configured else f"{queue.error} (not in monitor.yaml)".strip()
    return name, str(queue.waiting), since, str(queue.dead), failure


def _plain(queue: Queue) -> Mapping[str, object]:
    return {
        "waiting": queue.waiting,
        "oldest": plain(queue.oldest),
        "given_up": queue.dead,
        "last_failure": queue.error,
    }
