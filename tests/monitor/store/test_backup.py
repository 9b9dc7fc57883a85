"""Copies of the database file that are taken while somebody writes."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor.store import backup
from monitor.store.backup import back_up, foreign_command
from monitor.store.sql import open_existing, open_store
from monitor.store.store import Fault, StoreUnavailable
from tests.support import stored
from tests.support.postgres import Server, program
from tests.support.records import record

KEYS = [f"acme/endpoint/{number}" for number in range(20)]


def unheard(done: int, whole: int) -> None:
    del done, whole


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with something in it."""
    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
        for second in range(20):
            store.write([record(key, second=second, facts={"body": "x" * 2_000 * second}) for key in KEYS])
    return tmp_path / "store.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_the_copy_holds_what_there_was(url: str, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    size = back_up(url, tmp_path / "copy.db", lambda *pages: heard.append(pages))
    assert size == (tmp_path / "copy.db").stat().st_size
    assert heard[-1][0] == heard[-1][1] > 0
    with closing(open_existing(url)) as store, closing(open_existing(f"sqlite:///{tmp_path / 'copy.db'}")) as copy:
        assert copy.states() == store.states()
        assert copy.observations(KEYS[3]) == store.observations(KEYS[3])
    assert not [*tmp_path.glob("copy.db?*")], "nothing is left beside it"


def test_it_can_be_read_where_nothing_can_be_written(url: str, tmp_path: Path) -> None:
    (tmp_path / "shelf").mkdir()
    back_up(url, tmp_path / "shelf" / "copy.db", unheard)
    assert (tmp_path / "shelf" / "copy.db").read_bytes()[18:20] == b"\1\1", "it needs no log beside it"


def test_only_who_may_read_the_database_may_read_the_copy(path: Path, url: str, tmp_path: Path) -> None:
    path.chmod(0o640)
    back_up(url, tmp_path / "copy.db", unheard)
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o640


WRITES = """
import itertools, sys, time
from monitor.store.sql import open_store
from tests.support.records import record

store = open_store(sys.argv[1])
for second in itertools.count(100):
    store.write([record(f"acme/endpoint/{number}", second=second) for number in range(20)])
    print(second, flush=True)
    time.sleep(0.002)
"""


@pytest.mark.slow
def test_it_is_of_one_moment_and_the_writer_goes_on(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In steps so small that the writer commits between any two of them."""
    monkeypatch.setattr(backup, "_STEP_PAGES", 20)
    with subprocess.Popen([sys.executable, "-c", WRITES, url], stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout
            before = int(writer.stdout.readline())
            seen: list[str] = []

            def wait_for_the_writer(done: int, whole: int) -> None:
                del done, whole
                assert writer.stdout
                seen.append(writer.stdout.readline())

            back_up(url, tmp_path / "copy.db", wait_for_the_writer)
            assert len(seen) >= 10, "the writer committed between the steps"
        finally:
            writer.send_signal(signal.SIGKILL)
        acknowledged = [int(line) for line in (*seen, *writer.stdout) if line.endswith("\n")]
    with closing(open_existing(f"sqlite:///{tmp_path / 'copy.db'}")) as copy:
        counts = {len(copy.observations(key, limit=10**6)) for key in KEYS}
        assert len(counts) == 1, "each batch is there whole or not at all"
        assert counts.pop() >= 20 + before - 99, "what was acknowledged before it began is there"
    with closing(open_existing(url)) as store:
        assert len(store.observations(KEYS[0], limit=10**6)) >= 20 + acknowledged[-1] - 99, "the writer lost nothing"


def test_nothing_is_written_over(url: str, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(FileExistsError, match="is there already"):
        back_up(url, tmp_path / "copy.db", unheard)
    assert (tmp_path / "copy.db").read_text() == "precious"
    (tmp_path / "other.db.partial").write_text("half of one")
    with pytest.raises(FileExistsError, match="another backup is writing this, or was broken off"):
        back_up(url, tmp_path / "other.db", unheard)
    assert (tmp_path / "other.db.partial").read_text() == "half of one"


def test_what_is_interrupted_leaves_nothing(url: str, tmp_path: Path) -> None:
    def interrupt(done: int, whole: int) -> None:
        del done, whole
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(url, tmp_path / "copy.db", interrupt)
    assert not [*tmp_path.glob("copy.db*")]


def test_a_damaged_database_makes_no_backup(path: Path, url: str, tmp_path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    with pytest.raises(
        StoreUnavailable, match=r"store.db: is damaged, and so would its copy be: .*`vendorwatch db check`"
    ) as e:
        back_up(url, tmp_path / "copy.db", unheard)
    assert e.value.fault is Fault.CORRUPT
    assert not [*tmp_path.glob("copy.db*")]


FULL = """
import resource, sys
from pathlib import Path
from monitor.store.backup import back_up

resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
back_up(sys.argv[1], Path(sys.argv[2]), lambda done, whole: None)
"""


@pytest.mark.slow
def test_a_full_disk_is_told_of_the_copy_and_not_of_the_database(url: str, tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    command = [sys.executable, "-c", FULL, url, str(tmp_path / "copy.db")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert (
        f"StoreUnavailable: write: {tmp_path / 'copy.db.partial'}: disk I/O error: the disk does not take it" in run.stderr
    )
    assert not [*tmp_path.glob("copy.db*")]


def test_an_old_schema_is_copied_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.executescript((Path(__file__).parent / "schemas" / "0003.sql").read_text())
    back_up(f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "copy.db", unheard)
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]


def test_a_server_copies_its_own_and_no_password_is_told(url: str, tmp_path: Path) -> None:
    assert foreign_command(url, tmp_path / "x") is None
    told = foreign_command("postgresql://me:secret@db.example.com:5433/watch", Path("/var/my backup"))
    where = "'--dbname=host=db.example.com dbname=watch user=me port=5433'"
    assert told == f"pg_dump --format=custom '--file=/var/my backup' {where}"
    told = foreign_command("postgresql:///watch?host=/run/my%20own&sslpassword=secret&timeout=5", Path("x"))
    assert told == r"""pg_dump --format=custom --file=x '--dbname=dbname=watch host='"'"'/run/my own'"'"''"""

    with pytest.raises(StoreUnavailable, match='invalid connection option "colour": see what stands behind the'):
        foreign_command("postgresql:///watch?colour=blue", Path("x"))


@pytest.mark.slow
def test_the_line_for_a_server_copies_its_database_as_it_stands(postgres: Server, schema: str, tmp_path: Path) -> None:
    with closing(open_store(schema)) as store:
        stored.fill(store)
    tools = Path(program("pg_dump")).parent
    told = foreign_command(schema, tmp_path / "my copy.dump")
    assert told
    done = subprocess.run(["/bin/sh", "-c", told], env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    listed = subprocess.run([tools / "pg_restore", "--list", tmp_path / "my copy.dump"], capture_output=True, check=True)
    assert b"TABLE DATA schema" in listed.stdout
    assert str(postgres.folder) in told
