"""Whether colours mean what they mean.

Words and numbers of states are as `grafana.generate.states` has them, limits have the worse colour on the worse side, and
no description speaks of a colour that its panel never has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMapping

from grafana.generate import states
from tests.support.panels import Document, panels

BADNESS = {
    "transparent": 0, "text": 0, "green": 0, "blue": 1, "yellow": 2, "purple": 3, "orange": 3, "red": 4, "dark-red": 5
}  # fmt: skip
"""How bad a colour is."""
MEANT = {
    "up": "green", "operational": "green", "fine": "green",
    "degraded": "yellow", "partial outage": "orange", "down": "red", "major outage": "red", "expired": "dark-red",
    "unknown": "purple", "cannot be read": "purple", "maintenance": "blue", "they deny it": "red",
}  # fmt: skip
"""What nobody may change by mistake: the colour of each word, on every dashboard."""
_LARGE_IS_GOOD = re.compile(r"\b(left|known|available|watched|daemons up|post-quantum)\b", re.IGNORECASE)
_SPOKEN = re.compile(r"\b(Red|Orange|Yellow|Purple|Blue)\b[^.:]{0,40}:")
"""As descriptions say it: "Red: do this", "Red or orange: do that"."""
_ENOUGH = 3
"""So many words in common, and a mapping is meant to be the same as another."""

Config = Mapping[str, Any]
Shown = Mapping[str, tuple[str, str]]
"""Words and colours by number."""


def _shown(mapping: Config) -> Shown:
    return {number: (each.get("text", ""), each.get("color", "")) for number, each in mapping["options"].items()}


def _known(mappings: Sequence[ValueMapping]) -> Shown:
    found = (each.options.items() for each in mappings if isinstance(each, ValueMap))
    return {number: (one.text or "", one.color or "") for options in found for number, one in options}


TABLES: Sequence[Shown] = tuple(
    _known(make())
    for make in (
        states.state_mappings, states.claim_mappings, states.apart_mappings, states.grade_mappings, states.band_mappings
    )
)  # fmt: skip
"""The mappings that all dashboards share."""


def configurations(panel: Mapping[str, Any]) -> Iterator[tuple[str, Config]]:
    """What a panel says of its fields by default, and of each that is set apart: the name, and the properties."""
    config = panel.get("fieldConfig", {})
    yield panel.get("title", ""), config.get("defaults", {})
    for override in config.get("overrides", ()):
        yield override["matcher"]["options"], {each["id"]: each.get("value") for each in override["properties"]}


def mismapped(document: Document, _: object = None) -> Iterator[str]:
    """Mappings that have the words of states, and other numbers or colours for them."""
    for panel in panels(document):
        for name, config in configurations(panel):
            for mapping in config.get("mappings") or ():
                if mapping["type"] == "value" and not _is_as_known(_shown(mapping)):
                    yield f"{panel['title']}: {name} shows states otherwise"


def _is_as_known(shown: Shown) -> bool:
    """Whether words have the colours that they have everywhere, and those of states their numbers too."""
    if any(_plain(MEANT.get(text, colour)) != _plain(colour) for text, colour in shown.values()):
        return False
    words = {text for text, _ in shown.values()}
    nearest = max(TABLES, key=lambda table: len(words & {text for text, _ in table.values()}))
    common = words & {text for text, _ in nearest.values()}
    said = {(number, text, _plain(colour)) for number, (text, colour) in shown.items() if text in common}
    return len(common) < _ENOUGH or said <= {(number, text, _plain(colour)) for number, (text, colour) in nearest.items()}


def _plain(colour: str) -> str:
    """A colour without its tone."""
    return colour.rpartition("-")[2]


def misordered(document: Document, _: object = None) -> Iterator[str]:
    """Limits whose colours become worse in the wrong direction, or in none."""
    for panel in panels(document):
        for name, config in configurations(panel):
            steps = [BADNESS.get(step["color"], 0) for step in (config.get("thresholds") or {}).get("steps", ())]
            is_good = _LARGE_IS_GOOD.search(name) is not None
            if not all(one >= other if is_good else one <= other for one, other in pairwise(steps)):
                yield f"{panel['title']}: {name} becomes worse in the wrong direction"


def uncoloured(document: Document, _: object = None) -> Iterator[str]:
    """Descriptions that say what to do about a colour which the panel never has."""
    for panel in panels(document):
        spoken = {colour for said in _SPOKEN.findall(panel.get("description", "")) for colour in said.lower().split()}
        there = str(panel.get("fieldConfig", {})).lower()
        yield from (f"{panel['title']} is never {colour}" for colour in sorted(spoken) if f"{colour}'" not in there)
