"""The daemon killed a hundred times, and every message that it owed counted: lost, doubled, sent again.

Only the wall clock of this topic depends on the machine; what it counts should be the same on every one.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.measuring import Number
from tests.support.killing import Kill, Outcome, kill_often

KILLS, QUICK_KILLS = 100, 10


def measure(*, quick: bool) -> Iterator[Number]:
    """What was wrong, what was not though it may look so, and what it was found in."""
    kills = QUICK_KILLS if quick else KILLS
    with tempfile.TemporaryDirectory() as name:
        outcome = asyncio.run(kill_often(Path(name), kills))
    how = f"{kills} kills"
    for what, value in _counts(outcome).items():
        yield Number(what=what, value=value, unit="", n=kills, how=how)


def _counts(outcome: Outcome) -> dict[str, int]:
    reckoning, seen = outcome.reckoning, outcome.noticed
    return {
        "news owed": reckoning.owed,
        **{f"news {name.replace('_', ' ')}": len(found) for name, found in reckoning.wrongs.items()},
        "messages taken more than once": len(reckoning.redelivered),
        "of these without a kill between": len(outcome.unexplained),
        "messages on their way at a kill": len(outcome.in_hand),
        "news folded into newer news": len(reckoning.folded),
        "requests": outcome.requests,
        **{f"alerts {name}": times for name, times in outcome.alerts.items()},
        "faults of vendors": seen.faults,
        "faults seen for long enough": seen.sure,
        "of these not known": len(seen.missed),
        "outages without an alert": len(seen.untold),
        **{f"kills {kill.value}": outcome.kills[kill] for kill in Kill},
    }
