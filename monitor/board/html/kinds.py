"""Of which kind each vendor is shown: its state, or why there is none to speak of."""

from __future__ import annotations

from enum import StrEnum

from checks.model import State
from monitor.board.values import Card


class Kind(StrEnum):
    """What a vendor is shown as, worst first: its state, unless there is none to speak of."""

    DOWN = "down"
    UNKNOWN = "unknown"
    DEGRADED = "degraded"
    MAINTENANCE = "maintenance"
    UNLOOKED = "no look yet"
    UNMEASURED = "not measured"
    UP = "up"

    @property
    def state(self) -> State:
        """The state that it looks like."""
        return State.UNKNOWN if self in {Kind.UNLOOKED, Kind.UNMEASURED} else State(self.value)


def kind_of(card: Card) -> Kind:
    """What a vendor is shown as."""
    if not card.is_measured:
        return Kind.UNMEASURED
    return Kind.UNLOOKED if card.since is None else Kind(card.state.value)
