"""A PostgreSQL server for tests, from Debian's package: in a folder of its own, on a socket there, ended by its own PID.

It neither listens on an address nor asks for a password. What it writes need not outlive the machine, only the server: so it
never waits for the disk. It refuses to be root's, and so is somebody else's where the tests are.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from tests.support.tools import require_tool

START_SECONDS = 30.0
END_SECONDS = 20.0
FAST, CRASH = signal.SIGINT, signal.SIGQUIT
"""How it is stopped: it ends what is under way, or it drops everything, and puts it in order when it starts again."""
OWNER = "vendorwatch"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "restart_after_crash": "on",
}


def program(name: str) -> str:
    """The path of a *name* of PostgreSQL's programs, of the newest release that is installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return require_tool(name, *map(str, folders))


@dataclass
class Server:
    """A server whose data, socket and log are in *folder*, a short path. *settings* are those it is started with."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> None:
        """Start it, once more if it has ended, and wait until it lets somebody in."""
        told = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        command = [program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), *told]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **_unprivileged())
        end = time.monotonic() + START_SECONDS
        while not self._lets_in():
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"PostgreSQL did not start\n{self.said()}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals = FAST) -> None:
        """Stop it, if it runs, and wait for its end."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def url(self, name: str, user: str = OWNER, **options: str) -> str:
        """The URL of the database *name*, to be opened as *user*."""
        return f"postgresql://{user}@/{name}?{urlencode({'host': str(self.folder), **options})}"

    def create(self, template: str = "template1", **options: str) -> str:
        """The name of a new database, a copy of *template*; *options* are words of CREATE DATABASE."""
        name = f"test{next(self._numbers)}"
        words = " ".join(f"{option} '{value}'" for option, value in options.items())
        self.tell(f"CREATE DATABASE {name} TEMPLATE {template} {words}")
        return name

    @contextmanager
    def schema(self, name: str) -> Iterator[str]:
        """The URL of a new schema in the database *name*, which is made sooner than a database; gone with the context."""
        schema = f"schema{next(self._numbers)}"
        self.tell(f"CREATE SCHEMA {schema}", name)
        yield self.url(name, options=f"-csearch_path={schema}")
        self.tell(f"DROP SCHEMA {schema} CASCADE", name)

    def drop(self, name: str) -> None:
        """Remove the database *name*, whoever is in it."""
        self.tell(f"DROP DATABASE {name} WITH (FORCE)")

    def tell(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What a *statement* comes to; its own transaction."""
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname=database, autocommit=True) as connection:
            told = connection.execute(statement.encode())
            return told.fetchall() if told.description else []

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def _lets_in(self) -> bool:
        try:
            self.tell("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def server(**settings: str) -> Iterator[Server]:
    """A new server that runs until the end of the context; *settings* are its own beside those of all here."""
    initdb = program("initdb")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    made = Server(folder, {**_SETTINGS, **settings})
    try:
        if user := _unprivileged():
            os.chown(folder, user["user"], user["group"])
        words = ["--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        command = [initdb, "--pgdata", str(folder / "data"), *words]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **_unprivileged())
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder)


def _unprivileged() -> dict[str, Any]:
    """Whose process it is to be, as `subprocess` takes it: nothing, but where the tests are root's."""
    if os.geteuid():
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
