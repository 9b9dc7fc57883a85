"""Numbers that say in a word of its own what is missing.

Grafana gives a number without data the colour of its first threshold, mostly green, whatever stands in it: "nobody watches"
on green is read as "all is well". So a number that is missing is mapped to a word and a colour, like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.models.dashboard import ValueMapping

from grafana.generate.facts import KNOWN, LISTED
from grafana.generate.states import PLAIN, absent, numbered

NOBODY = "nobody watches"
_NOTHING, _NOBODY = -1_000_000, -2_000_000
"""Numbers that stand for none; no metric comes near them."""


def or_nothing(expression: str) -> str:
    """*expression*, and for vendors that have no such thing a number that says so."""
    return f"({expression})\nor on (vendor) {_NOTHING} * {KNOWN}"


def or_nobody(expression: str) -> str:
    """*expression*, and for vendors that no daemon watches any more a number that says so; so no column is missing."""
    return f"({expression})\nor on (vendor) {_NOBODY} * {LISTED}"


def or_none(expression: str, watched: str = KNOWN) -> str:
    """*expression*, one number in all; where there is none though something is *watched*, a number that says so."""
    return f"({expression})\nor {_NOTHING} * group({watched})"


def told(panel: stat.Panel, mappings: Sequence[ValueMapping] = (), nothing: str = "none") -> stat.Panel:
    """*panel* in the words of *mappings*, *nothing* for what `or_nothing` says, and `NOBODY` where there are no data."""
    return panel.mappings(spoken(mappings, nothing)).no_value(NOBODY)


def spoken(mappings: Sequence[ValueMapping], nothing: str) -> list[ValueMapping]:
    """*mappings*, with *nothing* for what `or_nothing` says, and `NOBODY` where nobody tells a number."""
    missing = numbered({_NOTHING: (nothing, PLAIN), _NOBODY: (NOBODY, "purple")})
    return [*mappings, *missing, *absent(NOBODY, "purple")]
