"""Our command with a wall clock that can be set: ``python -m tests.support.shifted FILE run --config …``.

FILE has by how many seconds that clock is ahead, and is read whenever somebody asks what time it is: our own clock, and
APScheduler's. The other clock, which measures how long things take, is the system's, as it is when a clock is set.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.executors.base
import apscheduler.schedulers.base

import monitor.clock
from monitor.cli import main

_AHEAD = Path()


class Shifted(datetime):
    """Times as ever, but for what time it is."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # plain times, as everywhere else
        """What time it is by the clock that was set."""
        return datetime.now(tz) + timedelta(seconds=float(_AHEAD.read_text()))


def set_ahead(file: Path, seconds: float) -> None:
    """Set the clock of who runs with *file*, at once."""
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(file)


if __name__ == "__main__":
    _AHEAD = Path(sys.argv.pop(1))
    for module in (monitor.clock, apscheduler.schedulers.base, apscheduler.executors.base):
        vars(module)["datetime"] = Shifted
    sys.exit(main())
