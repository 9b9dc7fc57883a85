"""Writes the dashboards to ``grafana/dashboards/``, or to the folder that is named."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.generate import overview

DASHBOARDS = Path(__file__).parents[1] / "dashboards"
_MAKERS = (overview.dashboard,)


def documents() -> Mapping[str, str]:
    """Every dashboard as JSON, by the name of its file."""
    made = [maker().build() for maker in _MAKERS]
    return {f"{each.uid}.json": json.dumps(each, cls=JSONEncoder, indent=2, sort_keys=True) + "\n" for each in made}


def main(folder: Path = DASHBOARDS) -> None:
    """Write them."""
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
