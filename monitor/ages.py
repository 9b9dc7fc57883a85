"""How long nobody has looked at a target, told in time during which somebody could have.

Time passes here only while the event loop goes round, and at most `LONGEST_ROUND_SECONDS` from one round to the next: a
machine that slept, a process that was stopped and a loop that hung look at nothing, and no target is to blame for that.
"""

from __future__ import annotations

from collections.abc import Collection

from monitor.clock import Clock

LONGEST_ROUND_SECONDS = 10.0
"""What counts of the time between two calls of `Ages.late`: two beats of the schedule."""


class Ages:
    """When each target was last looked at, and by when it must be again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_round = clock.monotonic()
        self._passed = 0.0
        self._looked_at: dict[str, float] = {}
        self._must_be_by: dict[str, float] = {}

    def renew(self, key: str, patience: float) -> None:
        """The target *key* was looked at now, or is new; the next look must come within *patience* seconds."""
        now = self._now(self._clock.monotonic())
        self._looked_at[key] = now
        self._must_be_by[key] = now + patience

    def renew_all(self) -> None:
        """Give all targets the time they were given first, from now on."""
        for key, moment in self._must_be_by.items():
            self.renew(key, moment - self._looked_at[key])

    def forget_all_but(self, keys: Collection[str]) -> None:
        """Expect no look at any other target."""
        self._looked_at = {key: moment for key, moment in self._looked_at.items() if key in keys}
        self._must_be_by = {key: moment for key, moment in self._must_be_by.items() if key in keys}

    def late(self, busy: Collection[str] = ()) -> list[tuple[str, float]]:
        """The targets that should have been looked at by now, once each, with the seconds since they were.

        Not the *busy* ones: they have a turn, or wait for a place. That is a backlog of ours, which is told as such.

        To be called at each round of the loop.
        """
        monotonic = self._clock.monotonic()
        now = self._passed = self._now(monotonic)
        self._last_round = monotonic
        late = [key for key, moment in self._must_be_by.items() if moment < now and key not in busy]
        for key in late:
            del self._must_be_by[key]
        return [(key, now - self._looked_at[key]) for key in late]

    def _now(self, monotonic: float) -> float:
        """How much time has passed here by *monotonic*."""
        return self._passed + min(monotonic - self._last_round, LONGEST_ROUND_SECONDS)
