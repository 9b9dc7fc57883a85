"""The configuration: reading it for the other commands, ``validate`` and ``schema``."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from monitor.catalogue import Catalogue, Reading, load, nothing, read, schemas
from monitor.commands.ends import CONFIG, NO, OK, complain, say
from monitor.loading.problem import ConfigError

DEFAULT = Path("config")
"""The folder that is read where none is named."""


def catalogue_of(flags: Namespace) -> Catalogue:
    """The catalogue; exits when it has mistakes. Without --config a folder that is not there is an empty catalogue."""
    directory = flags.config or DEFAULT
    try:
        return nothing() if flags.config is None and not directory.exists() else load(directory)
    except ConfigError as error:
        say(error)
        sys.exit(CONFIG)


def reading_of(flags: Namespace, *needed: str) -> Reading:
    """What can be read of the configuration; exits when one of the settings *needed* cannot.

    For what has to work while somebody edits a file: the daemon goes on with what it read before, and so do its commands.
    """
    directory = flags.config or DEFAULT
    found = read(directory) if flags.config or directory.exists() else Reading(catalogue=nothing())
    if not found.lost.isdisjoint(needed):
        say(ConfigError(found.problems))
        sys.exit(CONFIG)
    if number := len(set(found.problems)):
        folder = f" --config {flags.config}" if flags.config else ""
        counted = f"{number} mistake{'s' * (number != 1)}"
        complain(f"the configuration has {counted}: `vendorwatch validate{folder}` tells {'them' if number > 1 else 'it'}")
    return found


def validate(flags: Namespace) -> int:
    """Read everything and tell every mistake."""
    try:
        catalogue = load(flags.config or DEFAULT)
    except ConfigError as error:
        say(error)
        return NO
    vendors, targets = len(catalogue.vendors), len(catalogue.targets)
    print(f"{vendors} vendor{'s' * (vendors != 1)}, {targets} target{'s' * (targets != 1)}: no mistakes")
    if not vendors:
        say(f"nothing is watched: `vendorwatch add github` writes {flags.config or DEFAULT}/vendors/github.yaml")
    return OK


def schema(flags: Namespace) -> int:
    """Print a JSON Schema."""
    print(json.dumps(schemas()[f"{flags.file}.schema.json"], indent=2, ensure_ascii=False))
    return OK
