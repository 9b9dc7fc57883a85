"""How long the command takes to start: what a person at a terminal waits for before anything is looked at."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.measuring import Number

COMMAND = str(Path(sys.executable).with_name("vendorwatch"))
UNKNOWN = 3
"""The exit code of a look that our own configuration keeps from being taken."""


def measure(*, quick: bool) -> Iterator[Number]:
    """Wall and CPU time of programs that start and end, beside Python's own."""
    with tempfile.TemporaryDirectory() as empty:
        (Path(empty) / "vendors").mkdir()
        yield from _started("python -c pass", [sys.executable, "-c", "pass"], quick=quick)
        yield from _started("vendorwatch --help", [COMMAND, "--help"], quick=quick)
        yield from _started("vendorwatch validate, no vendors", [COMMAND, "validate", "--config", empty], quick=quick)
        check = [COMMAND, "check", "127.0.0.1:1", "--config", empty]
        yield from _started("vendorwatch check, of what the guard refuses", check, UNKNOWN, quick=quick)
        yield from _started("the daemon's imports", [sys.executable, "-c", "import monitor.starting"], quick=quick)


def _started(what: str, command: Sequence[str], code: int = 0, *, quick: bool) -> Iterator[Number]:
    walls, cpus = zip(*(_run(command, code) for _ in range(3 if quick else 10)), strict=True)
    how = "median, the program started and ended"
    yield Number(what=what, value=median(walls) * 1e3, unit="ms wall", n=len(walls), how=how)
    yield Number(what=what, value=median(cpus) * 1e3, unit="ms CPU", n=len(cpus), how=how)


def _run(command: Sequence[str], code: int) -> tuple[float, float]:
    """Wall and CPU seconds of a program from its start to its end with that exit code."""
    before, began = os.times(), time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    wall, after = time.perf_counter() - began, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system
