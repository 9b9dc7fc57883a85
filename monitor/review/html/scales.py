"""A share of time on a scale of its own: a mark where it is, and a band over all that it could be if the unseen were known.

The scale does not begin at nothing, because 99.9 % and 99.5 % would be at the same place there; so no bar is drawn, whose
length would tell a falsehood, but a mark, and where the scale begins stands at its head.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.hypertext.markup import EMPTY, Markup, element

_FLOORS = (0.999, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.5)
_WIDE, _HIGH = 1000, 16


@dataclass(frozen=True, slots=True)
class Share:
    """A *value* from 0 to 1, None where it is not known, which may be from *least* to *most*."""

    value: float | None
    least: float
    most: float


def floor(values: Iterable[float | None]) -> float:
    """Where a scale up to 1 begins, so that all the *values* that are known have a place on it."""
    least = min((value for value in values if value is not None), default=1.0)
    return next((each for each in _FLOORS if each < least), 0.0)


def scale(share: Share, target: float | None, begins: float, told: str) -> Markup:
    """*share* on a scale from *begins* to 1, with a broken line at the *target*. *told* is the same in words."""
    drawn = (_band(share, begins), _line(target, begins, "target", 0), _line(share.value, begins, "value", 2))
    size = f"0 0 {_WIDE} {_HIGH}"
    return element(
        "svg", element("title", told), *drawn, class_="scale", role="img", viewBox=size, preserveAspectRatio="none"
    )


def _band(share: Share, begins: float) -> Markup:
    """All that it could be; nothing where all was seen."""
    left, right = _place(share.least, begins), _place(share.most, begins)
    return element("path", class_="band", d=Markup(f"M{left:g} {_HIGH / 2:g}H{right:g}")) if left < right else EMPTY


def _line(value: float | None, begins: float, kind: str, gap: int) -> Markup:
    """A line across at *value*, which leaves a *gap* above and below."""
    if value is None:
        return EMPTY
    return element("path", class_=kind, d=Markup(f"M{_place(value, begins):g} {gap}V{_HIGH - gap}"))


def _place(value: float, begins: float) -> float:
    """Where *value* is on the scale; what is below its beginning is at that."""
    return round(_WIDE * max(0.0, (value - begins) / (1 - begins)), 1)
