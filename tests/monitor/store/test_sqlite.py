"""The database file: what opens, what is refused and how that is said."""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from checks.model import State
from monitor.state import Held
from monitor.store import migrations
from monitor.store.sql import open_store
from monitor.store.sqlite import LOG_BYTES
from monitor.store.store import Operation, StoreUnavailable
from tests.support.records import NOON, record

IMPATIENT = "?timeout=0.01"


def test_a_relative_path_is_counted_from_the_root(tmp_path: Path) -> None:
    open_store("sqlite:///here.db", tmp_path).close()
    assert (tmp_path / "here.db").is_file()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    before = path.read_bytes()
    open_store(f"sqlite:///{path}").close()
    assert path.read_bytes() == before
    assert {*tmp_path.iterdir()} == {path, tmp_path / "store.db.lock"}


def test_the_file_is_written_ahead(tmp_path: Path) -> None:
    """Bytes 18 and 19 of the header are 2 then (https://www.sqlite.org/fileformat2.html#the_database_header)."""
    open_store("sqlite:///store.db", tmp_path).close()
    assert (tmp_path / "store.db").read_bytes()[18:20] == b"\2\2"


def test_readers_see_the_last_batch_while_another_is_being_written(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    store.write([record()])
    with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM target_state")
        assert store.states().keys() == {"acme/endpoint/api"}
        other.execute("ROLLBACK")
    other.close()
    store.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///missing/store.db", "the folder .*missing does not exist; create it"),
        ("sqlite:///", "a database in memory forgets; name a file"),
        ("sqlite://", "a database in memory forgets; name a file"),
        ("sqlite:///:memory:", "a database in memory forgets; name a file"),
        ("vendorwatch.db", "is not a URL; write it like sqlite:///vendorwatch.db"),
        ("mysql://me:secret@db/x", r"^open: database: mysql is not known here; write it like sqlite:///vendorwatch.db or"),
        ("sqlite:///.", "unable to open database file: make the file and its folder writable"),
        ("sqlite:///garbage.db", "garbage.db: file is not a database: name another file"),
        ("sqlite:///foreign.db", "foreign.db: this is the database of another program; name another file"),
        ("sqlite:///newer.db", r"newer.db: a newer release of vendorwatch wrote this database \(schema 9999\)"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_cure(tmp_path: Path, url: str, told: str) -> None:
    (tmp_path / "garbage.db").write_bytes(b"These are not the pages you are looking for." * 100)
    with sqlite3.connect(tmp_path / "foreign.db") as foreign:
        foreign.execute("CREATE TABLE dashboard (id INTEGER)")
    foreign.close()
    open_store("sqlite:///newer.db", tmp_path).close()
    with sqlite3.connect(tmp_path / "newer.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    with pytest.raises(StoreUnavailable, match=told) as caught:
        open_store(url, tmp_path)
    assert caught.value.operation is Operation.OPEN


def test_a_file_that_may_only_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    with pytest.raises(StoreUnavailable, match=r"readonly database: make the file and its folder writable"):
        open_store(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_damaged_database_is_told_with_its_cure(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    store.write([record(f"acme/endpoint/{n}") for n in range(500)])
    store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(StoreUnavailable, match=r"malformed: put back a backup"):
        open_store(f"sqlite:///{path}").states()


def test_a_locked_database_opens_is_read_and_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store = open_store(f"sqlite:///{path}{IMPATIENT}")
    assert store.states() == {}
    with pytest.raises(StoreUnavailable, match=r"store.db: database is locked: another program holds") as caught:
        store.write([record()])
    assert caught.value.operation is Operation.WRITE
    other.execute("ROLLBACK")
    other.close()
    store.write([record()])
    assert store.states().keys() == {"acme/endpoint/api"}
    store.close()


def test_a_database_that_was_taken_away_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    store = open_store("sqlite:///folder/store.db", tmp_path)
    store.close()
    shutil.rmtree(tmp_path / "folder")
    with pytest.raises(StoreUnavailable) as caught:
        store.transitions()
    assert caught.value.operation is Operation.READ


def newest_revision() -> str:
    versions = Path(migrations.__file__).parent / "versions"
    return max(path.name[1:5] for path in versions.glob("v*.py"))


OPENS = """
import sys
from monitor.store.sql import open_store
from monitor.store.sqlite import LOG_BYTES
from monitor.store.store import StoreUnavailable
print("ready", flush=True)
sys.stdin.readline()
try:
    open_store(sys.argv[1]).close()
except StoreUnavailable as unavailable:
    print(unavailable)
"""


@pytest.mark.slow
def test_of_daemons_that_open_a_new_database_at_once_one_makes_it_and_others_do_no_harm(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    command = [sys.executable, "-c", OPENS, url]
    pipe = subprocess.PIPE
    openers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    assert [opener.stdout and opener.stdout.readline() for opener in openers] == ["ready\n"] * 2
    for opener in openers:
        assert opener.stdin
        opener.stdin.write("now\n")
        opener.stdin.flush()
    told = [opener.communicate(timeout=30) for opener in openers]
    assert [opener.returncode for opener in openers] == [0, 0], told
    refused = [out for out, _ in told if out]
    assert len(refused) < 2
    assert all("another vendorwatch keeps its store here" in out for out in refused)
    with sqlite3.connect(tmp_path / "store.db") as found:
        assert found.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest_revision(),)]
        assert found.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    found.close()


FILLS = """
import resource, sys
from monitor.store.sql import open_store
from monitor.store.sqlite import LOG_BYTES
from monitor.store.store import StoreUnavailable
from tests.support.records import record

store = open_store(sys.argv[1])
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, most))
second = 0
try:
    while True:
        second += 1
        batch = [record(f"acme/endpoint/{n}", second=second, facts={"body": "x" * 50 * second}) for n in range(20)]
        store.write(batch)
except StoreUnavailable as unavailable:
    print(unavailable)
assert len(store.observations("acme/endpoint/19", limit=10_000)) == second - 1
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
store.write(batch)
print(len(store.observations("acme/endpoint/19", limit=10_000)) - second)
store.close()
"""


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_written_and_takes_the_rest_later(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FILLS, f"sqlite:///{tmp_path / 'store.db'}"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert run.returncode == 0, run.stderr
    told, missing = run.stdout.splitlines()
    assert told.startswith("write: ")
    assert told.endswith("disk I/O error: the disk does not take it; see whether it is full, over its quota or failing")
    assert missing == "0"


DIES = """
import itertools, sys
from checks.model import State
from monitor.state import Held
from monitor.store.sql import open_store
from monitor.store.sqlite import LOG_BYTES
from tests.support.records import NOON, record
from datetime import timedelta

store = open_store(sys.argv[1])
for second in itertools.count():
    before, after = (State.UP, State.DOWN) if second % 2 else (State.DOWN, State.UP)
    held = Held(after, NOON + timedelta(seconds=second), str(second), pending=second, pending_since=NOON)
    store.write([record(f"acme/endpoint/{n}", second=second, held=held, moved_from=before) for n in range(200)])
    print(second, flush=True)
"""


@pytest.mark.slow
def test_a_kill_in_the_middle_of_writing_leaves_each_state_with_its_transition_and_observation(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with subprocess.Popen([sys.executable, "-c", DIES, url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        confirmed = [int(writer.stdout.readline()) for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        confirmed += [int(line) for line in writer.stdout]
    store = open_store(url)
    states = store.states()
    assert len(states) == 200
    assert len({held.since for held in states.values()}) == 1
    for key, held in states.items():
        transitions = store.transitions(key, limit=10_000)
        newest = transitions[0]
        assert (newest.after, newest.since, newest.cause) == (held.state, held.since, held.cause)
        assert len(transitions) == held.pending + 1 >= len(confirmed)
    key = "acme/endpoint/7"
    assert store.observations(key, limit=1)[0].at == store.transitions(key, limit=1)[0].at
    store.write([record(key, second=10**6, held=Held(State.UP, NOON))])
    store.close()


def test_the_log_of_changes_is_small_again_once_a_long_reader_has_gone(tmp_path: Path) -> None:
    log = tmp_path / "store.db-wal"
    chance = random.Random(3)  # noqa: S311 - it guards nothing

    def write(second: int) -> None:
        looks = (
            record(f"acme/endpoint/{each}", second=second, facts={"n": chance.randbytes(500).hex()}) for each in range(999)
        )
        opened.write(list(looks))

    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as opened:
        with closing(sqlite3.connect(tmp_path / "store.db")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM target").fetchall()
            for second in range(20):
                write(second)
            assert log.stat().st_size > LOG_BYTES
        write(30)
        write(31)
        assert log.stat().st_size <= LOG_BYTES
