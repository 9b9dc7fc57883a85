"""The store, for commands that ask it or tell it something while the daemon runs, or does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from monitor.commands.ends import UNAVAILABLE, complain
from monitor.store.sql import open_existing
from monitor.store.store import Store, StoreUnavailable


@contextmanager
def stored(database: str) -> Iterator[Store]:
    """The store at the URL *database*, as it is; says why and exits where it cannot be had, now or later."""
    try:
        with closing(open_existing(database)) as store:
            yield store
    except StoreUnavailable as unavailable:
        complain(unavailable)
        sys.exit(UNAVAILABLE)
