"""What is known of a target's state between two looks, and the change that is told: values, which `moving` moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from checks.model import State
from monitor.state.looks import believed_in


@dataclass(frozen=True, slots=True)
class Held:
    """The state a target is shown in, why, what is believed beneath it, and the change that is not believed yet.

    *transient* is that of the verdict behind the believed state. *pending* looks in a row said something else, all in one
    direction, *pending_down* of them "down", the first of them at *pending_since*. *memo* is the word that the last good
    look left for the next one (`checks.check.Check.remember`).

    *looks* are the last ones, as `monitor.state.looks` writes them; *bad_since* is the first bad one since none of them was.
    *flapping* and *intermittent* say that the state is, or was when we could last see, shown as ``degraded`` for that;
    *believed_since* is when the state beneath began, and None where it is the one that is shown.
    """

    state: State
    since: datetime
    cause: str = ""
    transient: bool = False
    pending: int = 0
    pending_down: int = 0
    pending_since: datetime | None = None
    pending_falls: bool = False
    memo: str = ""
    looks: str = ""
    flapping: bool = False
    intermittent: bool = False
    believed_since: datetime | None = None
    bad_since: datetime | None = None

    @classmethod
    def initial(cls, at: datetime) -> Held:
        """The state of a target nobody has looked at yet."""
        return cls(State.UNKNOWN, at, "not probed yet")

    @property
    def believed(self) -> State:
        """The state that the looks confirmed: another than the one shown while that is ``degraded`` for its restlessness."""
        return self.state if self.believed_since is None else believed_in(self.looks) or self.state

    @property
    def is_pending(self) -> bool:
        """Whether the next look should come soon."""
        return self.pending > 0

    def beneath(self) -> Held:
        """What is believed, as if it were shown."""
        if self.believed_since is None:
            return self
        return replace(self, state=self.believed, since=self.believed_since, believed_since=None)

    def awake(self, at: datetime, seconds: float) -> Held:
        """This state as it is taken up again *at* a later time: a look longer ago than *seconds* confirms nothing now."""
        if self.pending_since and (at - self.pending_since).total_seconds() > seconds:
            return self.settled()
        return self

    def settled(self) -> Held:
        """This state without the change that is not believed yet."""
        return replace(self, pending=0, pending_down=0, pending_since=None)

    def anew(self) -> Held:
        """This state for a target that is looked at in another way from now on: what earlier looks saw counts no more."""
        shown = replace(self.settled(), memo="", looks="", flapping=False, intermittent=False)
        return replace(shown, believed_since=None, bad_since=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of the state that is shown: it began at *since* and was believed at *at*."""

    key: str
    before: State
    after: State
    since: datetime
    at: datetime
    cause: str
