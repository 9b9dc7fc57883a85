"""The last looks of a target as a text, and what can be counted in it.

One letter for each look that could see, the oldest first, at most `LONGEST`: the state that was believed after it (``u`` up,
``m`` maintenance, ``g`` degraded, ``d`` down), as a capital where the look itself said worse than that. A text because it is
stored with the state, so that a restart forgets nothing.

Flapping is measured as Nagios does: of the 20 changes that 21 checks can show, the share that happened, where the newest
possible one weighs 1.2 and the oldest 0.8, half as much again (Nagios Core documentation, "Detection and Handling of State
Flapping"; its code has 1.25 and 0.75). It starts at 20 % and ends below 5 %: the thresholds of Nagios' sample configuration.
"""

from __future__ import annotations

from itertools import pairwise

from checks.model import State

LONGEST = 21
FEW = 7
"""So many bad looks of the last 20 are a fault, though they never came in a row. Where one look in a hundred is lost by
chance, 7 or more of 20 are lost with a probability of 6.9e-10: 0.003 times in the 4.3 million looks that 100 vendors are
given in 30 days with 60 s between two. 6 of 20 would be 50 times as frequent."""
FEW_LEFT = 2
"""With at most so many bad looks of the last 20 the fault is over."""
STEADY = 11
"""So many looks in one state end flapping: then its newest change alone weighs less than Nagios' low mark. Nagios also waits
until every earlier change has left the window, up to 20 looks; we drop them, for an outage may have begun meanwhile.

So an outage that begins while a target flaps is shown as "degraded: flapping, … now down" at worst for the looks that
confirm it and 10 more: a bit over 11 minutes where looks are 60 s apart, and 5 s while a change is confirmed."""

_WINDOW = 20
_LETTERS = {State.UP: "u", State.MAINTENANCE: "m", State.DEGRADED: "g", State.DOWN: "d"}
_STATES = {letter: state for state, letter in _LETTERS.items()}

_WEIGHTS = range(57, 37, -1)
"""What a change weighs, the newest first, in units of 1/47.5: 57 is 1.2 and 38 is 0.8, so that no share is ever rounded."""
_ALL = sum(_WEIGHTS)
_RESTLESS = _ALL // 5
"""The 20 % at which flapping starts."""


def noted(looks: str, believed: State, *, is_bad: bool) -> str:
    """*looks* and one more, after which a state is *believed*; where that is unknown, what was believed before it stands."""
    letter = _LETTERS.get(believed) or looks[-1:].lower() or _LETTERS[State.UP]
    return (looks + (letter.upper() if is_bad else letter))[-LONGEST:]


def believed_in(looks: str) -> State | None:
    """The state that was believed after the newest of *looks*; None of none."""
    return _STATES.get(looks[-1:].lower())


def bad(looks: str) -> int:
    """How many of the last 20 were bad."""
    return 0 if looks.islower() else sum(map(str.isupper, looks[-_WINDOW:]))


def window(looks: str) -> int:
    """How many looks `bad` counts in."""
    return min(len(looks), _WINDOW)


def changes(looks: str) -> int:
    """How often the believed state changed."""
    states = looks.lower()
    return sum(after != before for before, after in pairwise(states))


def is_restless(looks: str) -> bool:
    """Whether the believed state changed so often, and so lately, that it flaps."""
    states = looks.lower()[::-1]
    if states.count(states[:1]) == len(states):
        return False
    changes_in = zip(_WEIGHTS, pairwise(states), strict=False)
    return sum(weight for weight, (after, before) in changes_in if after != before) >= _RESTLESS


def is_steady(looks: str) -> bool:
    """Whether the believed state has held for so long that flapping is over."""
    newest = looks[-STEADY:].lower()
    return len(newest) == STEADY and newest.count(newest[0]) == STEADY


def steadied(looks: str) -> str:
    """*looks* without what was before the believed state held."""
    return looks[-STEADY:]
