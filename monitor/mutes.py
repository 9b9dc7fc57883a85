"""Who is muted: asked of the store again and again, because somebody says so with another process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NoReturn

from monitor.clock import Clock
from monitor.store.store import Mute, Store, StoreUnavailable
from monitor.threads import in_thread

ASK_SECONDS = 5.0
"""How soon a mute holds."""

_log = logging.getLogger(__name__)


async def keep_up(store: Store, clock: Clock, take: Callable[[Sequence[Mute]], None]) -> NoReturn:
    """Hand every change of the mutes in *store* to *take*, until cancelled; while they cannot be read nothing changes."""
    known: Sequence[Mute] | None = None
    while True:
        try:
            found = await in_thread(store.mutes, clock.now())
            if found != known:
                take(found)
                known = found
        except StoreUnavailable as unavailable:
            _log.debug("the mutes cannot be read", extra={"detail": unavailable.detail})
        except Exception:  # noqa: BLE001 - a bug of ours here must not end what else goes on
            _log.exception("a bug in taking over the mutes")
        await asyncio.sleep(ASK_SECONDS)
