"""``presets`` and ``platforms``: what the program knows by itself."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping

from checks.status.platform import Platform, all_platforms
from monitor import presets, show
from monitor.commands.ends import NO, OK, complain
from monitor.presets import Preset

_COLUMNS = ("SLUG", "NAME", "CATEGORY", "PLATFORM", "PAGE", "VERIFIED")
_SPARE = ("VERIFIED", "CATEGORY", "PLATFORM")
_EXPERIMENTAL = "experimental: written from documents and never held against a recorded page."


def list_presets(flags: Namespace) -> int:
    """Show the presets that have every word of the search in them; without any, all."""
    found = presets.search(flags.search)
    if flags.format == "json":
        print(json.dumps({"version": 1, "presets": [_preset(slug, one) for slug, one in found.items()]}))
    elif found:
        rows = [[text.removeprefix("https://") for text in _preset(slug, one).values()] for slug, one in found.items()]
        show.show_table(_COLUMNS, rows, show.console(), _SPARE)
    if not found:
        words = " ".join(flags.search)
        complain(f"no preset matches {words!r} {presets.near(words)}")
    return OK if found else NO


def _preset(slug: str, preset: Preset) -> dict[str, str]:
    return {
        "slug": slug,
        "name": preset.name,
        "category": preset.category,
        "platform": preset.status.platform,
        "page": preset.status.url,
        "verified": preset.verified.value,
    }


def list_platforms(flags: Namespace) -> int:
    """Show the readers of status pages."""
    used = Counter(preset.status.platform for preset in presets.all_presets().values())
    if flags.format == "json":
        print(json.dumps({"version": 1, "platforms": [_platform(one, used) for one in all_platforms().values()]}))
        return OK
    rows = [
        (one.name, one.title, one.reads, str(used[one.name] or ""), "experimental" if one.experimental else "")
        for one in all_platforms().values()
    ]
    show.show_table(("NAME", "TITLE", "READS", "PRESETS", "READER"), rows, show.console())
    print(f"\n{_EXPERIMENTAL}")
    return OK


def _platform(platform: Platform, used: Mapping[str, int]) -> dict[str, str | int | bool]:
    return {
        "name": platform.name,
        "title": platform.title,
        "reads": platform.reads,
        "experimental": platform.experimental,
        "presets": used[platform.name],
    }
