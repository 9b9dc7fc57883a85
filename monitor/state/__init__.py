"""How the state of a target moves: pure functions over immutable values.

- `judging` says what one look means: a `Verdict`.
- `believing` says when a verdict is believed: it counts looks in a row.
- `looks` remembers the last 21 looks as a text, and counts in it what never comes in a row.
- `moving` puts them together: `step` moves what is held by one verdict, `stale` by the lack of any.
- `held` is what is held, and the transition that tells of a change.

The rules of this package:

- A look that may end otherwise a second later moves nothing until it is confirmed; a verdict that would be the same again
  (an expired certificate, a vendor's own word) moves the state at once. Falling and rising have counts of their own.
- A state that falls is dated back to the first look that said so.
- What is *believed* and what is *shown* may differ: a target that fails now and then, or whose state keeps changing, is
  shown as ``degraded`` for as long as that lasts, and with one transition each for its beginning and its end.
- A look that could see nothing is no good one, no bad one and no change. It can only ever make a target ``unknown``, and not
  even that where "down" is believed: only seeing ends an outage.
- Nothing here knows the time of day, the store or who is told.
"""

from monitor.state.held import Held, Transition
from monitor.state.judging import Verdict, severity_of, verdict
from monitor.state.moving import patience, stale, step

__all__ = ["Held", "Transition", "Verdict", "patience", "severity_of", "stale", "step", "verdict"]
