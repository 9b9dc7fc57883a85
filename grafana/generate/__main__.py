"""Writes the dashboards to ``grafana/dashboards/``, or to the folder that is named.

A module of this package that has a function `dashboard` is a dashboard: there is nothing to register.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

DASHBOARDS = Path(__file__).parents[1] / "dashboards"


def documents() -> Mapping[str, str]:
    """Every dashboard as JSON, by the name of its file."""
    made = [each.build() for each in _dashboards()]
    return {f"{each.uid}.json": json.dumps(each, cls=JSONEncoder, indent=2, sort_keys=True) + "\n" for each in made}


def _dashboards() -> Iterator[Dashboard]:
    names = (found.name for found in iter_modules([str(Path(__file__).parent)]) if found.name != "__main__")
    for name in names:
        maker = getattr(import_module(f"grafana.generate.{name}"), "dashboard", None)
        if callable(maker):  # and not the module of builders, which some call by this name too
            yield maker()


def main(folder: Path = DASHBOARDS) -> None:
    """Write them."""
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
