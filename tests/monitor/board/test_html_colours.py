"""Whether what is written can be read: contrast, worked out from the colours of the style (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from monitor.hypertext.document import stylesheet

STYLE = stylesheet("monitor.board.html")
THEMES = ("light", "dark")
TEXTS = ("ink", "faint", "link", "missed", "undecided", "met")
GROUNDS = ("paper", "shade", "down-shade", "degraded-shade")


def colours(theme: str) -> Mapping[str, str]:
    """The colours of a theme by name; the dark one says only what differs."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    for found in re.finditer(r"(@media screen and \(prefers-color-scheme: dark\) \{\s*)?:root \{([^}]*)\}", STYLE):
        (dark if found[1] else light).update(re.findall(r"--([\w-]+): (#\w+)", found[2]))
    return light if theme == "light" else light | dark


def luminance(colour: str) -> float:
    """The relative luminance of ``#rgb`` or ``#rrggbb`` (WCAG 2.2, "relative luminance")."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_contrast_is_what_others_say() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_each_theme_names_every_colour(theme: str) -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLE))
    assert used <= set(colours(theme))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(theme: str, ground: str, text: str) -> None:
    known = colours(theme)
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_a_colour_can_be_read(theme: str) -> None:
    known = colours(theme)
    pairs = re.findall(r"\{[^}]*background: var\(--([\w-]+)\); color: var\(--([\w-]+)\)", STYLE)
    assert {ground for ground, _ in pairs} >= {"paper", "down", "degraded", "maintenance"}
    assert not [pair for pair in pairs if contrast(known[pair[0]], known[pair[1]]) < 4.5]


@pytest.mark.parametrize("theme", THEMES)
def test_no_other_colour_is_written_on(theme: str) -> None:
    grounds = set(re.findall(r"background: var\(--([\w-]+)\)", STYLE))
    lights = {"up"}
    assert grounds <= {*GROUNDS, "down", "degraded", "maintenance", *lights}
    known = colours(theme)
    assert contrast(known["down"], known["paper"]) >= 3
    assert contrast(known["met"], known["paper"]) >= 3
