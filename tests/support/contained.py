"""What the compose file would start, started here as it stands there: commands, files and health, without containers.

Paths of a container become paths below a folder, laid out as its mounts say; addresses become free ones of loopback; what is
waited for comes sooner. Nothing else of a command or a file is changed.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.compose import GRAFANA, PORTS, Service, mounts, shipped
from tests.support.programs import free_address

_PLACES = r"/(?:etc|var/lib)/[a-z]+|/prometheus\b|/alertmanager\b"
"""Where in a container its files are: never the end of a path of another place."""


def entry() -> list[str]:
    """What the image starts: ENTRYPOINT and CMD of the Dockerfile."""
    text = (GRAFANA / "Dockerfile").read_text()
    return [word for name in ("ENTRYPOINT", "CMD") for word in _list(text, name)]


def _list(text: str, name: str) -> list[str]:
    found = re.findall(rf"^{name} (\[.*\])$", text, re.MULTILINE)
    return [str(word) for word in json.loads(found[-1])]


@dataclass(frozen=True, slots=True)
class Contained:
    """The services of the compose file, each with a folder below *folder* that is the root of its files."""

    folder: Path
    services: Mapping[str, Service] = field(default_factory=lambda: shipped()["services"])
    where: Mapping[str, str] = field(default_factory=lambda: {name: free_address() for name in PORTS})
    """The address of each that stands for the one it has there."""

    def root(self, name: str) -> Path:
        """The root of a service's files, made of copies of what is mounted there."""
        root = self.folder / name
        for mount in mounts(self.services[name]):
            target = root / mount.target.lstrip("/")
            if mount.is_volume:
                target.mkdir(parents=True, exist_ok=True)
            elif mount.path.is_dir():
                shutil.copytree(mount.path, target, dirs_exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(mount.path, target)
        return root

    def words(self, name: str, command: Sequence[str]) -> list[str]:
        """A *command* of a service, with paths and addresses of here."""
        return [self._here(re.sub(rf"(?<![\w.])(?={_PLACES})", str(self.folder / name), word)) for word in command]

    def rewrite(self, name: str, path: str, change: Mapping[str, Any]) -> None:
        """Give a file of a service the addresses of here, and at its top level what *change* says."""
        file = self.folder / name / path.lstrip("/")
        document = yaml.safe_load(self._here(file.read_text()))
        file.write_text(yaml.safe_dump(document | change))

    def health(self, name: str) -> list[str]:
        """The command that asks a service how it is, with addresses of here."""
        _, *command = self.services[name]["healthcheck"]["test"]
        return self.words(name, command)

    def _here(self, text: str) -> str:
        """*text* with the addresses of here: by name, as neighbours call each other, or by port, as each calls itself."""
        for name, port in PORTS.items():
            text = re.sub(rf"(?:\b{name}|127\.0\.0\.1|0\.0\.0\.0|localhost):{port}\b", self.where[name], text)
        return text
