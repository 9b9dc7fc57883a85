"""How a state is shown, wherever it is: its word, and the pattern that tells it apart where colours cannot be seen."""

from __future__ import annotations

from checks.model import State
from monitor.hypertext.markup import Markup, element

STATE_ORDER = (State.UP, State.DEGRADED, State.DOWN, State.UNKNOWN, State.MAINTENANCE)
"""How a legend lists them."""


def patterns() -> Markup:
    """What the strips of a document are filled with; once in each, before the first strip."""
    hatch = element("path", d="M-1 1l2-2M0 6l6-6M5 7l2-2", class_="hatch")
    lines = element("path", d="M0 1.5h4", class_="lines")
    dots = element("path", d="M0 5l5-5M0 0l5 5", class_="dots")
    made = (
        _pattern(State.DEGRADED, 6, hatch),
        _pattern(State.MAINTENANCE, 4, lines),
        _pattern(State.UNKNOWN, 5, dots),
    )
    return element("svg", element("defs", *made), class_="patterns", width=0, height=0, aria_hidden="true")


def _pattern(state: State, size: int, drawn: Markup) -> Markup:
    ground = element("rect", class_=f"ground-{state}", width=size, height=size)
    return element("pattern", ground, drawn, id=f"fill-{state}", width=size, height=size, patternUnits="userSpaceOnUse")


def legend() -> Markup:
    """What each pattern means."""
    return element("ul", *(element("li", _swatch(state), state.value) for state in STATE_ORDER), class_="legend")


def _swatch(state: State) -> Markup:
    drawn = element("path", d=Markup("M0 6h24"), class_=f"fill {state} swatch")
    return element("svg", drawn, width=24, height=12, aria_hidden="true")
