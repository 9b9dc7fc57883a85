"""``run``: the daemon, and how it ends when it cannot begin."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from checks.values import Address
from monitor import logs, starting
from monitor.commands.configuring import DEFAULT
from monitor.commands.ends import CONFIG, OK, UNAVAILABLE, USAGE, complain, say
from monitor.loading.problem import ConfigError
from monitor.network.trust import RootsUnavailable
from monitor.store.store import StoreUnavailable
from monitor.web import ListenError


def run(flags: Namespace) -> int:
    """Watch until a signal ends it."""
    try:
        listen = Address.parse(flags.listen) if flags.listen else None
    except ValueError as error:
        complain(f"--listen: {error}")
        return USAGE
    logs.configure(flags.log_format, flags.log_level)
    try:
        asyncio.run(starting.run(flags.config or DEFAULT, listen))
    except (ConfigError, RootsUnavailable) as error:
        say(error)
        return CONFIG
    except (StoreUnavailable, ListenError) as error:
        complain(error)
        return UNAVAILABLE
    return OK
