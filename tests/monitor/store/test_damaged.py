"""A database file in which bytes are no more what they were: what is done with it ends, in an answer or in the cure.

Whatever is done on a damaged file either works, or raises `StoreUnavailable`: nothing else, and nothing goes on for ever.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from monitor.store.backup import back_up
from monitor.store.figures import measure
from monitor.store.health import examine
from monitor.store.sql import SqlStore, open_existing, open_store
from monitor.store.store import Kept, StoreUnavailable
from tests.support import stored
from tests.support.consequences import after, aside, message, outage
from tests.support.records import record

LONGEST_SECONDS = 20.0
"""How long all that is done on one file may take."""
SEEDS = 17
"""How many files are damaged in each way."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with some of everything, of some 100 pages."""
    folder = tmp_path_factory.mktemp("sound")
    with closing(open_store("sqlite:///store.db", folder)) as store:
        stored.fill(store)
        for second in range(30_000, 30_040):
            page = {"body": "x" * 900 * (second % 7), "n": second}
            store.write([record(f"acme/endpoint/{number}", second=second, facts=page) for number in range(12)])
            store.write([aside(message(second), outages=(outage(f"v{second}", opened=second, closed=second + 9),))])
    return folder / "store.db"


def flip_bits(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 4, 30))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def break_a_header(content: bytearray, chance: random.Random) -> None:
    """Of the file, or of a page: where a tree, its cells and its pointers are described."""
    page = chance.randrange(len(content) // 4096) * 4096
    for _ in range(chance.choice((1, 3, 8))):
        content[page + chance.randrange(112)] = chance.randrange(256)


def lose_pages(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3))):
        page = chance.randrange(1, len(content) // 4096) * 4096
        content[page : page + 4096] = chance.choice((bytes(4096), chance.randbytes(4096), b"\xff" * 4096))


def mix_pages_up(content: bytearray, chance: random.Random) -> None:
    first, second = (chance.randrange(1, len(content) // 4096) * 4096 for _ in range(2))
    content[first : first + 4096], content[second : second + 4096] = (
        content[second : second + 4096],
        content[first : first + 4096],
    )


def cut_short(content: bytearray, chance: random.Random) -> None:
    del content[chance.choice((chance.randrange(200), chance.randrange(len(content)))) :]


def spoil_words(content: bytearray, chance: random.Random) -> None:
    """The structure stays whole, and what is stored in it is no more what it was."""
    words = [b"up", b"down", b"degraded", b"refused", b"waiting", b"warning", b'{"', b'"labels"', b"0006", b"[]"]
    word = chance.choice(words)
    places = [at for at in range(len(content)) if content.startswith(word, at)]
    for at in chance.sample(places, min(len(places), 5)):
        content[at : at + len(word)] = chance.randbytes(len(word))


DAMAGES = (flip_bits, break_a_header, lose_pages, mix_pages_up, cut_short, spoil_words)


def as_daemon(url: str) -> Iterator[Callable[[], object]]:
    """What the daemon does with it: each may fail for itself."""
    with closing(open_store(url)) as store:
        yield from _read(store)
        for second in (40_000, 50_000):
            yield partial(store.write, [record(stored.API, second=second), record(f"new/dns/{second}", second=second)])
            yield partial(store.write, [aside(message(second), outages=(outage(opened=second),))])
        yield partial(store.claim, "ops", after(60_000), gathered=after(60_000), until=after(60_060), most=5)
        yield partial(store.prune, after(10**8))
        yield partial(compacted, store)
        yield from _read(store)


def compacted(store: SqlStore) -> None:
    at = after(10 * 86_400)
    kept = Kept(observations_since=at - timedelta(days=7), hours_since=at - timedelta(days=90), bytes=10**5)
    for _ in range(200):
        if store.compact(at, kept).is_done:
            return


def _read(store: SqlStore) -> Iterator[Callable[[], object]]:
    yield from (store.states, store.transitions, store.outages, store.queues, store.living)
    yield partial(store.alerts, after(0))
    yield partial(store.mutes, after(0))
    for key in (stored.API, stored.PAGE, "acme/endpoint/3"):
        yield partial(store.observations, key, 10_000)
    for read in (store.stretches, store.hours, store.days, store.presences):
        yield partial(read, after(-(10**6)), after(10**8))


def as_command(url: str) -> Iterator[Callable[[], object]]:
    """What people do with it."""
    copy = Path(url.removeprefix("sqlite:///")).with_name("copy.db")
    yield partial(examine, url, lambda _: None, sample=None)
    yield partial(measure, url)
    yield partial(back_up, url, copy, lambda *_: None)
    with closing(open_existing(url)) as store:
        yield from _read(store)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_whatever_is_damaged_each_act_works_or_tells_the_cure(
    sound: Path, tmp_path: Path, damage: Callable[[bytearray, random.Random], None]
) -> None:
    refused = 0
    for seed in range(SEEDS):
        chance = random.Random(f"{damage.__name__} {seed}")  # noqa: S311 - it guards nothing
        content = bytearray(sound.read_bytes())
        damage(content, chance)
        for acts in (as_command, as_daemon):
            folder = tmp_path / f"{seed}{acts.__name__}"
            folder.mkdir()
            (folder / "store.db").write_bytes(content)
            refused += _refusals(acts(f"sqlite:///{folder / 'store.db'}"))
            shutil.rmtree(folder)
    assert refused, "some of the damage is noticed"


def _refusals(acts: Iterator[Callable[[], object]]) -> int:
    """Do all of *acts*; how many were refused."""
    refused, since = 0, time.monotonic()
    with suppress(StopIteration):
        while True:
            try:
                next(acts)()
            except StoreUnavailable:
                refused += 1
    assert time.monotonic() - since < LONGEST_SECONDS
    return refused
