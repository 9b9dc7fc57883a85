"""Writers and senders that are killed at any moment: what was acknowledged is there, and each message is sent."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing

import pytest

from checks.model import State
from monitor.outbox import Message
from monitor.store.sql import open_store
from tests.support.consequences import after

WRITES = """
import itertools, sys
from dataclasses import replace
from checks.model import State
from monitor.state import Held
from monitor.store.sql import open_store
from monitor.store.store import Consequences
from tests.support.consequences import after, alert, message, outage
from tests.support.records import NOON, record

store = open_store(sys.argv[1])
for second in itertools.count():
    vendor = f"vendor{second}"
    follows = Consequences(
        outages=(outage(vendor, opened=second),), alerts=(alert(vendor, starts=second),), messages=(message(second),)
    )
    held = Held(State.DOWN, after(second), "refused")
    probe = record(f"{vendor}/endpoint/api", second=second, held=held, moved_from=State.UP)
    store.write([replace(probe, consequences=follows)])
    print(second, flush=True)
"""

SENDS = """
import itertools, sys
from monitor.store.sql import open_store
from tests.support.consequences import after

store, second = open_store(sys.argv[1]), int(sys.argv[2])
for second in itertools.count(second):
    batch = store.claim("ops", after(second), gathered=after(second), until=after(second + 5), most=3)
    if batch:
        print(batch.id, *(message.key for message in batch.messages), flush=True)
        store.sent(batch, after(second))
    elif not store.queues()["ops"].waiting:
        break
"""


def killed(program: str, *arguments: str, lines: int) -> list[str]:
    """What *program* said until it was killed, some time after so many lines."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        said = [running.stdout.readline() for _ in range(lines)]
        running.send_signal(signal.SIGKILL)
        return [line for line in (*said, *running.stdout) if line.endswith("\n")]


@pytest.mark.slow
def test_each_state_that_was_written_has_what_followed_from_it(url: str) -> None:
    confirmed = killed(WRITES, url, lines=30)
    with closing(open_store(url)) as store:
        down = sorted(key.partition("/")[0] for key, held in store.states().items() if held.state is State.DOWN)
        assert len(down) >= len(confirmed)
        assert sorted(one.vendor for one in store.outages(limit=10_000)) == down
        assert sorted(one.labels["vendor"] for one in store.alerts(after(0))) == down
        assert store.queues()["ops"].waiting == len(down)


@pytest.mark.slow
def test_a_sender_that_is_killed_loses_nothing_and_repeats_only_the_batch_it_had_in_hand(url: str) -> None:
    written = len(killed(WRITES, url, lines=150))
    batches: list[list[str]] = []
    for turn in range(3):
        said = killed(SENDS, url, str(100_000 * (turn + 1)), lines=2)
        batches += [line.split() for line in said]
    with closing(open_store(url)) as store:
        end = after(10**6)
        while batch := store.claim("ops", end, gathered=end, until=end, most=100):
            batches.append([batch.id, *map(_key, batch.messages)])
            store.sent(batch, end)
    repeated = len(batches) - len({batch[0] for batch in batches})
    assert repeated <= 3, "one for each kill at most"
    unique = {batch[0]: batch for batch in batches}
    assert len(unique) == len({tuple(batch) for batch in batches}), "the same id is the same messages"
    keys = [key for batch in unique.values() for key in batch[1:]]
    assert len(keys) == len(set(keys)) >= written


def _key(message: Message) -> str:
    return message.key
