"""Reading the configuration again, while it is watched: all of it or, when anything is wrong, none of it.

On SIGHUP, or when the files are not what they were. What was in force stays in force until a whole new catalogue is there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from monitor.catalogue import Catalogue, fingerprint, load
from monitor.loading.problem import ConfigError
from monitor.state import Held
from monitor.store.store import Store, StoreUnavailable
from monitor.threads import in_thread
from monitor.wishes import Wishes

_log = logging.getLogger(__name__)

RELOAD_SECONDS = 5.0
"""How often the configuration files are looked at for a change."""


class Taker(Protocol):
    """Who takes a new catalogue over."""

    def adopt(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        """Put *catalogue* in force; *restored* are the states of what was ever stored."""

    def refused(self) -> None:
        """A configuration was read and had mistakes."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the configuration is: the *directory* of its files, and whether ``--listen`` goes before what they say."""

    directory: Path
    is_told_where: bool = False


class Reloads:
    """Keeps *taker* up to date with the files of *source*, from *catalogue* on."""

    def __init__(self, catalogue: Catalogue, source: Source, store: Store, wishes: Wishes, taker: Taker) -> None:
        self._catalogue = catalogue
        self._source = source
        self._store = store
        self._wishes = wishes
        self._taker = taker

    async def keep_up(self) -> None:
        """Reload on a signal, or when the files are not what they were; until the wish to stop."""
        known = self._catalogue.fingerprint
        while not self._wishes.stop.is_set():
            with suppress(TimeoutError):
                # Not wait_for: that of Python 3.11 swallows a cancellation when the event is set at the same time.
                async with asyncio.timeout(RELOAD_SECONDS):
                    await self._wishes.reload.wait()
            found = await in_thread(fingerprint, self._source.directory)
            if self._wishes.reload.is_set() or found != known:
                self._wishes.reload.clear()
                known = found
                await self._load_again()

    async def _load_again(self) -> None:
        try:
            catalogue = await in_thread(load, self._source.directory)
        except ConfigError as error:
            self._taker.refused()
            for problem in error.problems:
                _log.error("configuration not taken over: %s", problem)
            return
        except Exception:  # noqa: BLE001 - a bug in reading files must not end what watches well by the files read before
            self._taker.refused()
            _log.exception("configuration not taken over, through a bug in reading it")
            return
        remembered = await self._remembered()
        if not self._wishes.stop.is_set():
            self._warn_of_what_needs_a_restart(catalogue)
            self._catalogue = catalogue
            self._taker.adopt(catalogue, remembered)

    async def _remembered(self) -> Mapping[str, Held]:
        """The stored states: what comes back into the catalogue is in the state it left it in."""
        try:
            async with asyncio.timeout(RELOAD_SECONDS):
                return await in_thread(self._store.states)
        except (StoreUnavailable, TimeoutError) as unavailable:
            _log.warning("states of returning targets are not known", extra={"cause": str(unavailable)})
            return {}

    def _warn_of_what_needs_a_restart(self, catalogue: Catalogue) -> None:
        for name in ("listen", "database", "network"):
            if getattr(self._catalogue.settings, name) != getattr(catalogue.settings, name):
                is_outdone = name == "listen" and self._source.is_told_where
                when = "has no effect: --listen goes before it" if is_outdone else "takes effect after a restart"
                _log.warning("%s: changed in monitor.yaml, %s", name, when)
        if self._catalogue.settings.notify.ca_file != catalogue.settings.notify.ca_file:
            _log.warning("notify.ca_file: changed in monitor.yaml, takes effect after a restart, but for mail")
