"""The configuration: reading it for the other commands, ``validate`` and ``schema``."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from monitor.catalogue import Catalogue, load, nothing, schemas
from monitor.commands.ends import CONFIG, NO, OK, say
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
