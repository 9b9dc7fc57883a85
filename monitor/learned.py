"""What a look leaves behind: what is told of it, and the word for the next one."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any, Protocol

from checks.model import Observation
from monitor.correlate import Sight
from monitor.snapshot import Entry
from monitor.state import Held, Transition

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What came of one turn. *waited* is the seconds between being due and being started."""

    entry: Entry
    observation: Observation[Any]
    transition: Transition | None
    sight: Sight
    waited: float


class Listener(Protocol):
    """Who hears what became of targets. No call may block or raise."""

    def learned(self, learned: Learned) -> None:
        """A probe ended."""

    def overrun(self, key: str) -> None:
        """A target was due while its last probe was still under way."""

    def lapsed(self, entry: Entry, transition: Transition) -> None:
        """Nobody has looked at a target for so long that it is unknown."""


def remembering(entry: Entry, observation: Observation[Any]) -> Held:
    """The state of *entry* with the word that a good look leaves for the next one."""
    if observation.failure or entry.check.remember is None:
        return entry.held
    memo = entry.check.remember(observation.facts)
    if memo != entry.held.memo and entry.held.memo:
        words = {"target": observation.key, "before": entry.held.memo, "after": memo}
        _log.info("what is known of a target has changed", extra={"target": observation.key})
        _log.debug("from what was known to what is", extra=words)
    return replace(entry.held, memo=memo)
