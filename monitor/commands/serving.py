"""``run``: the daemon, and how it ends when it cannot begin."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from monitor import logs, starting
from monitor.commands.configuring import DEFAULT
from monitor.commands.ends import CONFIG, OK, UNAVAILABLE, complain, say
from monitor.loading.problem import ConfigError
from monitor.network.trust import RootsUnavailable
from monitor.store.store import StoreUnavailable
from monitor.web import ListenError


def run(flags: Namespace) -> int:
    """Watch until a signal ends it."""
    logs.configure(flags.log_format, flags.log_level)
    try:
        asyncio.run(starting.run(flags.config or DEFAULT))
    except (ConfigError, RootsUnavailable) as error:
        say(error)
        return CONFIG
    except (StoreUnavailable, ListenError) as error:
        complain(error)
        return UNAVAILABLE
    return OK
