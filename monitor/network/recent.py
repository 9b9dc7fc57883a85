"""Handshakes of a moment ago.

A request that opened a connection has shown the certificate too: no handshake is needed just to see it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from checks.network import Connection
from monitor.network.dial import Origin

RECENT_SECONDS = 30.0
MAX_RECENT = 1024


class Recent:
    """The newest connection to each of the origins met last."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._met: OrderedDict[Origin, tuple[float, Connection]] = OrderedDict()

    def put(self, origin: Origin, connection: Connection) -> None:
        """Remember a connection that was just made."""
        if not connection.session:
            return
        self._met[origin] = (self._monotonic() + RECENT_SECONDS, connection)
        self._met.move_to_end(origin)
        if len(self._met) > MAX_RECENT:
            self._met.popitem(last=False)

    def get(self, origin: Origin) -> Connection | None:
        """The connection made to *origin* within the last `RECENT_SECONDS`."""
        until, connection = self._met.get(origin, (0.0, None))
        return connection if self._monotonic() < until else None
