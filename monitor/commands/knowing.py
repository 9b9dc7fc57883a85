"""``presets`` and ``platforms``: what the program knows by itself."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping

from checks.status.platform import Platform, all_platforms
from monitor import presets, show
from monitor.commands.ends import NO, OK, complain
from monitor.loading.wording import near_words
from monitor.presets import Preset


def list_presets(flags: Namespace) -> int:
    """Show the presets that the search finds, or all."""
    found = {slug: one for slug, one in presets.all_presets().items() if _matches(flags.search.casefold(), slug, one)}
    if not found:
        complain(f"no preset matches {flags.search!r} {near_words(flags.search, presets.slugs(), 'presets', most=3)}")
        return NO
    if flags.format == "json":
        print(json.dumps({"version": 1, "presets": [_preset(slug, one) for slug, one in found.items()]}))
        return OK
    rows = [[text.removeprefix("https://") for text in _preset(slug, one).values()] for slug, one in found.items()]
    show.show_table(("SLUG", "NAME", "CATEGORY", "PLATFORM", "PAGE", "VERIFIED"), rows, show.console())
    return OK


def _matches(word: str, slug: str, preset: Preset) -> bool:
    texts = (slug, preset.name, preset.category, preset.status.platform, preset.status.url.host)
    return any(word in text.casefold() for text in texts)


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
    show.show_table(("NAME", "TITLE", "READS", "PRESETS", ""), rows, show.console())
    return OK


def _platform(platform: Platform, used: Mapping[str, int]) -> dict[str, str | int | bool]:
    return {
        "name": platform.name,
        "title": platform.title,
        "reads": platform.reads,
        "experimental": platform.experimental,
        "presets": used[platform.name],
    }
