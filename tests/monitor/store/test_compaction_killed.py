"""A compaction that is killed at any moment, again and again: each look is counted once, and none is lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from checks.model import Failure, Reason, State
from monitor.store.rollups import hour_of
from monitor.store.sql import open_store
from monitor.store.store import Record
from tests.support.compacting import compacted, present, stretch
from tests.support.records import NOON, record

KILLS = 15
TARGETS, HOURS, EVERY_SECONDS = 40, 8, 60
EVER = (NOON - timedelta(days=1), NOON + timedelta(days=2))
OVER = NOON + timedelta(hours=HOURS + 1)

COMPACTS = """
import sys
from datetime import timedelta
from monitor.store import folding
from monitor.store.sql import open_store
from tests.support.compacting import FOR_EVER
from tests.support.records import NOON

folding.PORTION = 100
store = open_store(sys.argv[1])
print("begins", flush=True)
while not store.compact(NOON + timedelta(hours=float(sys.argv[2])), FOR_EVER).is_done:
    pass
print("ends", flush=True)
"""
"""Steps that are smaller than those of the daemon, so that there are many of them."""


def _looks() -> list[Record]:
    timeout = Failure(Reason.TIMEOUT, "after 10 s")
    return [
        record(
            f"acme/endpoint/{target:02d}",
            second=EVERY_SECONDS * number + target / 100,
            facts=None if (target + number) % 9 == 0 else {"number": number, "name": "nginx", "port": 443, "target": target},
            failure=timeout if (target + number) % 9 == 0 else None,
        )
        for number in range(HOURS * 3_600 // EVERY_SECONDS)
        for target in range(TARGETS)
    ]


def _killed(url: str, seconds: float) -> bool:
    """Compact for so long at the most; whether it was killed before it came to its end."""
    command = [sys.executable, "-c", COMPACTS, url, str(HOURS + 1)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert running.stdout.readline() == "begins\n"
        time.sleep(seconds)
        running.send_signal(signal.SIGKILL)
        return running.stdout.readline() != "ends\n"


@pytest.mark.slow
def test_a_compaction_that_is_killed_counts_each_look_once_and_loses_none(tmp_path: Path) -> None:
    url, chance = f"sqlite:///{tmp_path / 'store.db'}", random.Random(3)  # noqa: S311 - it guards nothing
    looks = _looks()
    with closing(open_store(url)) as store:
        store.write([present(NOON, OVER), *(stretch(f"acme/endpoint/{n:02d}", NOON, State.UP) for n in range(TARGETS))])
        for first in range(0, len(looks), 1_000):
            store.write(looks[first : first + 1_000])
        before = {key: store.observations(key, 10_000) for key in {look.key for look in looks}}
    kills = sum(_killed(url, chance.uniform(0, 0.15)) for _ in range(KILLS))
    assert kills > KILLS // 3
    with closing(open_store(url)) as store:
        compacted(store, OVER)
        assert {key: store.observations(key, 10_000) for key in before} == before
        hours, days = store.hours(*EVER), store.days(*EVER)
        counted = Counter({(key, each.begins): each.probes for key, found in hours.items() for each in found if each.probes})
        assert counted == Counter((look.key, hour_of(look.observation.at)) for look in looks)
        failed = sum(each.failures.get(Reason.TIMEOUT, 0) for found in days.values() for each in found)
        assert failed == sum(look.observation.failure is not None for look in looks)
        timed = sum(each.latency.count for found in days.values() for each in found)
        assert timed + failed == len(looks)
        assert {each.tally.up for found in hours.values() for each in found} == {3_600}
