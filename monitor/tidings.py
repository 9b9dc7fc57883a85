"""What our own network has come to, in the log.

A change is told at once, and that a part of it fails once two rounds on end have met it: here and there a packet is lost.
"""

from __future__ import annotations

import logging
from typing import assert_never

from monitor.egress import Egress, View

_CURE = "where a firewall keeps us from all canaries, name hosts we may reach, under canaries: ask: in monitor.yaml"

_log = logging.getLogger(__name__)


class Tidings:
    """What was told of one set of canaries."""

    def __init__(self) -> None:
        self._newest: Egress | None = None
        self._told: Egress | None = None

    def bring(self, view: View) -> None:
        """Tell what *view* has come to with a round, where that is news."""
        before, self._newest = self._newest, view.state
        may_pass = self._told is Egress.OK and view.state is Egress.DEGRADED and before is not view.state
        if view.state is not self._told and not may_pass:
            _tell(self._told, view)
            self._told = view.state


def _tell(before: Egress | None, now: View) -> None:
    """Log what our network has come to, *before* being what was told last."""
    told = {"canaries": "; ".join(now.troubles())} if now.state is not Egress.OK else {}
    match now.state:
        case Egress.OK if before:
            _log.info("our own network is back", extra={"was": before.value})
        case Egress.OK:
            _log.info("our own network works")
        case Egress.DEGRADED:
            _log.warning("our own network is degraded", extra=told)
        case Egress.OFFLINE:
            _log.warning("our own network is offline: while it is, no failure is a vendor's", extra=told | {"cure": _CURE})
        case Egress.UNKNOWN:
            _log.warning(
                "no canary could be looked at: nobody can tell whether we are offline, the vendors are judged by each other",
                extra={"cure": _CURE},
            )
        case never:
            assert_never(never)
