"""How the daemon starts: configuration, store (its states are the first memory), network, web server, then the daemon.

What was opened is closed in the opposite order, whatever happens.
"""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from pathlib import Path

from checks.values import Address
from monitor.catalogue import load
from monitor.chronicle import remembered
from monitor.clock import SYSTEM_CLOCK
from monitor.daemon import Daemon, Means
from monitor.network.network import LiveNetwork
from monitor.notify.ways import open_ways
from monitor.store.sql import open_store
from monitor.threads import in_thread
from monitor.wishes import Wishes

_log = logging.getLogger(__name__)


async def run(directory: Path, listen: Address | None = None) -> None:
    """Watch what the configuration in *directory* says until a signal to stop; *listen* goes before what it says there.

    Raises `ConfigError`, `RootsUnavailable`, `StoreUnavailable` or `ListenError` when it cannot start.
    """
    wishes = Wishes()
    with wishes.heard():
        catalogue = load(directory)
        async with AsyncExitStack() as stack:
            store = await wishes.unless_stopped(in_thread(open_store, catalogue.settings.database))
            if store is None:
                return
            stack.callback(store.close)
            restored, past = await in_thread(store.states), await in_thread(remembered, store, SYSTEM_CLOCK.now())
            network = await stack.enter_async_context(LiveNetwork(catalogue.settings.network))
            ways = await stack.enter_async_context(open_ways(catalogue.settings, SYSTEM_CLOCK))
            daemon = Daemon(directory, Means(network, ways, store), wishes)
            web = stack.enter_context(daemon.web_server(catalogue, listen))
            board = f"http://{web.address}/"
            _log.info("listening", extra={"address": web.address, "board": board, "metrics": f"{board}metrics"})
            await daemon.watch(catalogue, restored, past)
    _log.info("stopped")
