"""Numbers that say in a word of its own what is missing.

Grafana gives a number without data the colour of its first threshold, mostly green, whatever stands in it: "nobody watches"
on green is read as "all is well". So a number that is missing is mapped to a word and a colour, like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.dashboard import ValueMapping

from grafana.generate.facts import KNOWN
from grafana.generate.states import absent, numbered

NOBODY = "nobody watches"
_NOTHING = -1_000_000
"""A number that stands for none; no metric comes near it."""
_PLAIN = "#8e8e8e"


def or_nothing(expression: str) -> str:
    """*expression*, and for vendors that have no such thing a number that says so."""
    return f"({expression})\nor {_NOTHING} * {KNOWN}"


def told(panel: stat.Panel, mappings: Sequence[ValueMapping] = (), nothing: str = "none") -> stat.Panel:
    """*panel* in the words of *mappings*, *nothing* for what `or_nothing` says, and `NOBODY` where there are no data."""
    missing = [*numbered({_NOTHING: (nothing, _PLAIN)}), *absent(NOBODY, "purple")]
    return panel.mappings([*mappings, *missing]).no_value(NOBODY)
