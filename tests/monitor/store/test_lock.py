"""One daemon to a database file, whatever becomes of the one before."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from monitor.store.lock import hold_file
from monitor.store.sql import open_existing, open_store
from monitor.store.store import Fault, Operation, StoreUnavailable
from tests.support.consequences import after
from tests.support.records import record

HOLDS = """
import signal, sys
from monitor.store.sql import open_store

store = open_store(sys.argv[1])
print("held", flush=True)
signal.pause()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the database open as a daemon does, killed at the end."""
    command = [sys.executable, "-c", HOLDS, f"sqlite:///{path}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_the_second_daemon_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with holder(path) as first:
        with pytest.raises(StoreUnavailable) as caught:
            open_store(f"sqlite:///{path}")
        told = f"{path}: another vendorwatch keeps its store here: process {first.pid} on {platform.node()}, since 20"
        assert caught.value.detail.startswith(told)
        assert caught.value.detail.endswith("UTC; stop that one, or name another file as database: in monitor.yaml")
        assert (caught.value.operation, caught.value.fault) == (Operation.OPEN, Fault.LOCKED)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_the_lock_ends_with_its_process_whatever_kills_it(tmp_path: Path, kind: signal.Signals) -> None:
    path = tmp_path / "store.db"
    with holder(path) as first:
        first.send_signal(kind)
        first.wait()
        with closing(open_store(f"sqlite:///{path}")) as store:
            store.write([record()])
        assert json.loads((tmp_path / "store.db.lock").read_text())["pid"] == os.getpid()


def test_commands_work_beside_the_daemon(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with closing(open_store(url)) as daemon, closing(open_existing(url)) as command:
        daemon.write([record()])
        assert command.states().keys() == {"acme/endpoint/api"}
        assert command.mutes(after(0)) == []


def test_a_store_is_held_until_it_is_closed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first = open_store(url)
    with pytest.raises(StoreUnavailable, match=f"process {os.getpid()} on"):
        open_store(url)
    first.close()
    first.close()
    open_store(url).close()


@pytest.mark.parametrize("name", ["linked.db", "linked/store.db"])
def test_it_is_the_same_file_under_each_of_its_names(tmp_path: Path, name: str) -> None:
    path = tmp_path / "store.db"
    link = tmp_path / name.partition("/")[0]
    link.symlink_to(path if link.suffix else tmp_path, target_is_directory=not link.suffix)
    with closing(open_store(f"sqlite:///{path}")):
        for other in (f"sqlite:///{tmp_path / name}", f"sqlite:///file:{tmp_path / name}?uri=true"):
            with pytest.raises(StoreUnavailable, match="another vendorwatch keeps its store here"):
                open_store(other)


def test_what_fails_to_open_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"no database " * 500)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="not a database"):
            open_store(f"sqlite:///{path}")
    path.unlink()
    open_store(f"sqlite:///{path}").close()


@pytest.mark.parametrize(
    "note", [b"", b"{", b"[]", b"null", b'{"pid": "me", "host": "x"}', b'{"pid": 1e999}', b"\xff" * 9999, b"[" * 9999]
)
def test_what_is_written_in_the_lock_is_only_a_note(tmp_path: Path, note: bytes) -> None:
    lock = tmp_path / "store.db.lock"
    lock.write_bytes(note)
    with closing(hold_file(tmp_path / "store.db")):
        lock.write_bytes(note)
        with pytest.raises(StoreUnavailable, match=r"store.db: another vendorwatch keeps its store here; stop that one"):
            hold_file(tmp_path / "store.db")


def test_a_note_that_wants_to_be_more_is_one_harmless_line(tmp_path: Path) -> None:
    with closing(hold_file(tmp_path / "store.db")):
        (tmp_path / "store.db.lock").write_text(json.dumps({"pid": 7, "host": "\x1b[2Jhere\n" + "x" * 300}))
        with pytest.raises(StoreUnavailable) as caught:
            hold_file(tmp_path / "store.db")
    assert "process 7 on [2Jhere xxx" in caught.value.detail
    assert caught.value.detail.isprintable()


def test_a_link_in_the_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("precious")
    (tmp_path / "store.db.lock").symlink_to(other)
    with pytest.raises(StoreUnavailable, match=r"store.db.lock: .*: make the folder writable"):
        hold_file(tmp_path / "store.db")
    assert other.read_text() == "precious"


def test_a_folder_in_its_place_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "store.db.lock").mkdir()
    with pytest.raises(StoreUnavailable, match=r"store.db.lock: Is a directory"):
        hold_file(tmp_path / "store.db")


def kept(path: Path) -> int:
    """How many looks are in the file at *path*."""
    with closing(open_existing(f"sqlite:///{path}")) as other:
        return len(other.observations("acme/endpoint/api"))


@pytest.mark.parametrize("is_replaced", [False, True])
def test_nothing_is_written_to_a_file_that_was_moved_away_until_it_is_back(tmp_path: Path, *, is_replaced: bool) -> None:
    path, away = tmp_path / "store.db", tmp_path / "away.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        store.write([record(second=1)])
        path.rename(away)
        if is_replaced:
            shutil.copy(away, path)
        told = f"{path}: the file was moved away or replaced while vendorwatch runs; put it back or restart"
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match=f"write: {re.escape(told)}$") as caught:
                store.write([record(second=2)])
            assert caught.value.fault is Fault.UNREACHABLE
        assert path.exists() is is_replaced, "nothing is made in its place"
        away.rename(path)
        assert kept(path) == 1
        store.write([record(second=2)])
        assert kept(path) == 2


def test_a_file_that_is_deleted_while_it_is_open_takes_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(open_store(f"sqlite:///{path}")) as store:
        path.unlink()
        with pytest.raises(StoreUnavailable, match="moved away or replaced"):
            store.write([record()])
