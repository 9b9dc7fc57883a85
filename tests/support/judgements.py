"""What a dashboard would show where nothing is known: pure checks over its JSON.

Grafana gives a value that is missing the colour of the lowest limit, whatever word stands in it, and green where no limits
are given (getDisplayProcessor of @grafana/data, ThresholdsMode). Green is a judgement, and only a mapping for null
takes it away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.panels import Document, panels

_GREEN = "green"
_COLOURED = frozenset({"color-text", "color-background"})


def green_unknowns(document: Document, _: object = None) -> Iterator[str]:
    """Numbers and coloured columns that are green without data."""
    for panel in panels(document):
        defaults = panel.get("fieldConfig", {}).get("defaults", {})
        if panel["type"] == "stat" and _is_green_without_data(defaults):
            yield f"{panel.get('title')} is green without data"
        if panel["type"] == "table":
            found = ((name, {**defaults, **properties}) for name, properties in _columns(panel))
            yield from (
                f"{panel.get('title')}: {name} is green without data"
                for name, config in found
                if _is_coloured(config) and _is_green_without_data(config)
            )


def _columns(panel: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for override in panel.get("fieldConfig", {}).get("overrides", ()):
        yield override["matcher"]["options"], {each["id"]: each.get("value") for each in override["properties"]}


def _is_coloured(config: Mapping[str, Any]) -> bool:
    return (config.get("custom.cellOptions") or {}).get("type") in _COLOURED


def _is_green_without_data(config: Mapping[str, Any]) -> bool:
    missing = [
        each["options"]["result"].get("color", _GREEN)
        for each in config.get("mappings") or ()
        if each["type"] == "special" and each["options"]["match"] in {"null", "null+nan"}
    ]
    steps = (config.get("thresholds") or {}).get("steps") or [{"color": _GREEN}]
    return _GREEN in (missing[0] if missing else steps[0]["color"])
