"""The parts of the README that the code knows better: ``python -m tests.support.readme`` writes them, a test compares.

A part stands between ``<!-- name -->`` and ``<!-- /name -->``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from checks.status.platform import Platform, all_platforms
from monitor.presets import all_presets

README = Path(__file__).parent.parent.parent / "README.md"
_NAMED = 4


def parts() -> Mapping[str, str]:
    """Each part by its name, as it should be."""
    return {"platforms": platform_table()}


def platform_table() -> str:
    """The platforms: what is read of each, and which of the known vendors use it."""
    users: dict[str, list[str]] = {}
    for preset in all_presets().values():
        users.setdefault(preset.status.platform, []).append(preset.name)
    rows = [_row(platform, users.get(platform.name, [])) for platform in all_platforms().values()]
    return "\n".join(["| platform | what is read | vendors using it |", "|---|---|---|", *rows])


def _row(platform: Platform, users: list[str]) -> str:
    title = f"`{platform.name}` {platform.title}{' (experimental)' if platform.experimental else ''}"
    named = ", ".join(users[:_NAMED]) + (f" and {len(users) - _NAMED} more" if len(users) > _NAMED else "")
    return f"| {title} | {platform.reads} | {named} |"


def renewed(text: str) -> str:
    """*text* of a README with each part as it should be."""
    for name, part in parts().items():
        before, opening, rest = text.partition(f"<!-- {name} -->\n")
        _, closing, after = rest.partition(f"\n<!-- /{name} -->")
        text = before + opening + part + closing + after
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
