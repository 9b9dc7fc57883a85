"""``demo``: an hour of simulated vendors, watched by the daemon."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from monitor.commands.ends import NO, OK, UNAVAILABLE, USAGE, complain
from monitor.demo.playing import perform
from monitor.demo.watcher import WatcherEnded

_LEAST, _MOST = 0.1, 600.0


def demo(flags: Namespace) -> int:
    """Play it until its end, or a signal; both are a good end."""
    if not _LEAST <= flags.minutes <= _MOST:
        complain(f"--minutes: must be from {_LEAST:g} to {_MOST:g}")
        return USAGE
    try:
        return OK if asyncio.run(perform(flags.minutes, once=flags.once)) else NO
    except WatcherEnded as error:
        complain(error)
        return UNAVAILABLE
