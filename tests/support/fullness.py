"""Disks that are full for a daemon that runs, and have room again: for real, in two ways.

- `Filled`: its store is on a disk of its own of a few megabytes, a tmpfs that only the daemon's process sees, and that is
  filled to the last byte: ENOSPC. Needs leave to mount one, which a user namespace gives, where it is not forbidden.
- `Limited`: no file of its may grow beyond a size that the write-ahead log has or soon has, by RLIMIT_FSIZE: EFBIG. It
  needs no leave.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.support.daemon import Daemon

_MEGABYTES = 8
_MOUNT = f'mount -t tmpfs -o size={_MEGABYTES}m none "$1" && shift && exec "$@"'
_NAMESPACES = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])
_LOG_BYTES = 65_536
"""What the log may grow by while no file may grow."""


class Disk(Protocol):
    """Where a daemon has its store, in its own folder."""

    reason: str
    """What its store says when the disk takes no more, as a metric has it."""
    database: str
    """The setting."""

    def around(self, folder: Path) -> list[str]:
        """What its command begins with, run in *folder*."""
        ...

    def seen(self, daemon: Daemon) -> Path:
        """The database as it is now, to be read, while *daemon* runs."""
        ...

    def fill(self, daemon: Daemon) -> None:
        """Let nothing more be written."""
        ...

    def make_room(self, daemon: Daemon) -> None:
        """Let it be written again."""
        ...


@dataclass
class Filled:
    """See the module."""

    reason: str = "full"
    database: str = "sqlite:///disk/store.db"

    def around(self, folder: Path) -> list[str]:
        """See `Disk`. Skips the test where no disk can be mounted."""
        disk = folder / "disk"
        disk.mkdir()
        for namespace in _NAMESPACES:
            command = [*namespace, "sh", "-c", _MOUNT, "sh", str(disk)]
            with suppress(OSError):
                if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                    return command
        pytest.skip("a disk of its own cannot be mounted here: neither root's nor a user's namespace may")

    def seen(self, daemon: Daemon) -> Path:
        """See `Disk`. A copy, for SQLite would follow the path to the disk out of the daemon's sight into ours."""
        copied = daemon.log.with_name("seen")
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            shutil.rmtree(copied, ignore_errors=True)
            copied.mkdir()
            for name in ("store.db", "store.db-wal"):
                shutil.copy(self._disk(daemon) / name, copied)
        finally:
            daemon.process.send_signal(signal.SIGCONT)
        return copied / "store.db"

    def fill(self, daemon: Daemon) -> None:
        """See `Disk`."""
        ballast = os.open(self._disk(daemon) / "ballast", os.O_WRONLY | os.O_CREAT)
        try:
            for size in (65_536, 1):
                with suppress(OSError):
                    while os.write(ballast, bytes(size)):
                        pass
        finally:
            os.close(ballast)

    def make_room(self, daemon: Daemon) -> None:
        """See `Disk`."""
        (self._disk(daemon) / "ballast").unlink()

    def _disk(self, daemon: Daemon) -> Path:
        return Path(f"/proc/{daemon.process.pid}/root{daemon.log.parent}/disk")


@dataclass
class Limited:
    """See the module."""

    reason: str = "io"
    database: str = "sqlite:///vendorwatch.db"

    def around(self, folder: Path) -> list[str]:
        """See `Disk`."""
        del folder
        return []

    def seen(self, daemon: Daemon) -> Path:
        """See `Disk`."""
        return daemon.log.with_name("vendorwatch.db")

    def fill(self, daemon: Daemon) -> None:
        """See `Disk`. The daemon's own log has the same limit, and is to be read afterwards."""
        size = daemon.log.stat().st_size + _LOG_BYTES
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def make_room(self, daemon: Daemon) -> None:
        """See `Disk`."""
        endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, endless)


def no_room() -> None:
    """For a program that is about to begin: none of its files may grow beyond a page."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
