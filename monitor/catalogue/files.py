"""Which files are the configuration: ``monitor.yaml`` and ``vendors/<slug>.yaml``, how they are named, when they changed.

What an editor leaves beside them is none of ours. What is in them is `monitor.loading`'s to read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from monitor.loading.border import Loaded, load_file
from monitor.loading.problem import Problem
from monitor.loading.tree import Document, Node
from monitor.settings import Settings

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_EDITOR_FILE = re.compile(r"\..*|.*~|#.*#|.*\.(swp|swo|swx|tmp|bak|orig|rej)")
_YAML = {".yaml", ".yml"}
"""What ends the names of files that are read, be it only for their mistakes."""

Fingerprint = tuple[tuple[str, int, int, int], ...]
"""Path, inode, size and modification time in nanoseconds of each file."""


def fingerprint(directory: Path) -> Fingerprint:
    """What changes when a file of the configuration does, comes or goes. Reads no file."""
    found = []
    for file in (directory / "monitor.yaml", *sorted((directory / "vendors").glob("*"))):
        try:
            status = file.stat()
        except OSError:
            continue
        if not _EDITOR_FILE.fullmatch(file.name):
            found.append((str(file), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)


def vendor_files(directory: Path) -> tuple[list[Path], list[Problem]]:
    """The vendors' files in the order of slugs, and what is wrong with the names in their folder."""
    try:
        present = sorted((directory / "vendors").iterdir())
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Problem(directory / "vendors", 0, "", f"cannot be read: {error.strerror}")]
    files = [file for file in present if not _EDITOR_FILE.fullmatch(file.name)]
    problems = [Problem(file, 0, "", message) for file in files if (message := _misnamed(file))]
    return sorted((file for file in files if file.suffix in _YAML), key=lambda file: file.stem), problems


def _misnamed(file: Path) -> str | None:
    """What is wrong with the name of a vendor's *file*, or None."""
    if file.suffix == ".yml":
        return f"vendors' files end in .yaml: rename it to {file.stem}.yaml"
    if file.suffix != ".yaml":
        return "only vendors' files belong here, like github.yaml: move it elsewhere"
    if not _SLUG.fullmatch(file.stem):
        return "the name becomes the label vendor: rename it to lower-case letters, digits and dashes, like github.yaml"
    return None


def load_settings(directory: Path) -> Loaded[Settings]:
    """``monitor.yaml``, which may be missing where there are vendors."""
    file = directory / "monitor.yaml"
    if os.path.lexists(file):
        return load_file(file, Settings)
    problems: tuple[Problem, ...] = ()
    if not os.path.lexists(directory / "vendors"):
        missing = "there is no configuration that can be read here: neither monitor.yaml nor a folder vendors"
        problems = (Problem(directory, 0, "", missing),)
    return Loaded(Settings(), Document(file, Node(0, {})), problems)
