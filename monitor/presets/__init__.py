"""Vendors that the program knows: one ``<slug>.yaml`` each in this folder, read here and nowhere else.

A preset is what anybody may know of a vendor: its name, its status page and how that is read, and the hosts whose
certificates are worth watching. What only its user knows stands in the user's own file: the components in use, the
endpoints and their credentials, who is told. The rules:

- Nothing is guessed. ``verified: seen`` says that the page's machine-readable document was read by somebody and was what it
  should be, ``certain`` that several independent lists agree on it; a vendor of which less is known has no preset.
- A preset is read only when a vendor's file, or a person, asks for it. It fills gaps and never changes what a file says.
- A preset with a mistake is a mistake of ours: the tests load every one.
- A word that is no slug is searched for before the slug nearest to it is thought of: people know names and hosts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checks.values import Address
from checks.vendor import StatusPage
from monitor.loading.border import load_file
from monitor.loading.composing import read
from monitor.loading.gaps import Place
from monitor.loading.problem import ConfigError
from monitor.loading.tree import Document
from monitor.loading.wording import pointed_words

_FOLDER = Path(__file__).parent
_FILLS = ("name", "status", "tls")
_NEAR = 3
_FEW = 6
_SHORTEST = 3
"""The fewest characters of which it is worth to name the presets that have them somewhere."""


class Verified(StrEnum):
    """How it is known that a preset is right."""

    SEEN = "seen"
    """The page was read."""
    CERTAIN = "certain"
    """Independent lists agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A vendor as its preset describes it: the shape of a preset's file."""

    name: str
    """The vendor's name."""
    category: str
    """What kind of service it is, in one word."""
    verified: Verified
    """How the page is known."""
    status: StatusPage
    """The status page."""
    tls: tuple[Address, ...] = ()
    """The hosts of its API."""


@cache
def slugs() -> tuple[str, ...]:
    """The slugs of all presets, in order."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


def preset(slug: str) -> Preset:
    """The preset *slug*, one of `slugs`."""
    loaded = load_file(_FOLDER / f"{slug}.yaml", Preset)
    if loaded.value is None or loaded.problems:
        raise ConfigError(loaded.problems)
    return loaded.value


@cache
def all_presets() -> Mapping[str, Preset]:
    """Every preset by its slug, in order."""
    return {slug: preset(slug) for slug in slugs()}


def notes(slug: str) -> tuple[str, ...]:
    """What the file of the preset *slug* tells its reader: the lines of the comment it begins with."""
    lines = (_FOLDER / f"{slug}.yaml").read_text("utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return tuple(line.removeprefix("#").removeprefix(" ") for line in lines[:first])


def named(word: str) -> str | None:
    """The slug that *word* is, or that of the one preset whose whole name it is, in whatever letters."""
    wanted = word.casefold()
    if wanted in slugs():
        return wanted
    found = [slug for slug, one in all_presets().items() if one.name.casefold() == wanted]
    return found[0] if len(found) == 1 else None


def search(words: Iterable[str]) -> Mapping[str, Preset]:
    """The presets by slug in which each of *words* is a part of the slug, name, category, platform or host.

    An address is searched for by its host.
    """
    parts = [_searched(word) for word in words]

    def matches(texts: tuple[str, ...]) -> bool:
        return all(any(part in text for text in texts) for part in parts)

    return {slug: one for slug, one in all_presets().items() if matches(_texts(slug, one))}


def near(word: str) -> str:
    """What to add to a sentence about *word*, which is no preset: those it may mean, and where all are listed."""
    part = _searched(word)
    return pointed_words(_found(part) or _nearest(part), "presets")


def unknown(word: str) -> str:
    """What to say of *word*, which is no preset, without repeating it."""
    return f"there is no preset of that name {near(word)}"


def complete(values: dict[str, Any]) -> Mapping[Place, str]:
    """Add to *values*, those of a vendor's file, what its preset says and it does not.

    ``status`` is filled key by key, unless it is about another page: then all of it is the file's. Returns what cannot be
    known because there is no such preset, as `monitor.loading.border.Completion` wants it.
    """
    if "preset" not in values:
        return {}
    slug = values["preset"]
    if slug not in slugs():
        return _unfilled(values, slug)
    known = _document(slug).values()
    status, page = values.get("status"), known["status"]
    if isinstance(status, dict) and str(status.get("url", page["url"])).rstrip("/") == page["url"].rstrip("/"):
        status |= page | status
    for key in _FILLS:
        if key in known:
            values.setdefault(key, known[key])
    return {}


def _searched(word: str) -> str:
    return (_host(word) if "://" in word else word).casefold()


def _host(address: str) -> str:
    """The host of *address*, or all of it where that has none."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def _texts(slug: str, preset: Preset) -> tuple[str, ...]:
    """What a preset is found by, what tells it from others first."""
    own = (slug, preset.name, preset.status.url.host)
    return (*(text.casefold() for text in own), preset.category, preset.status.platform)


def _found(part: str) -> list[str]:
    """The slugs of the few presets that have *part* in their slug, name or host, in that order."""
    places = range(3) if len(part) >= _SHORTEST else ()
    known = all_presets().items()
    found = list(dict.fromkeys(slug for place in places for slug, one in known if part in _texts(slug, one)[place]))
    return found if len(found) <= _FEW else []


def _nearest(part: str) -> list[str]:
    """The slugs of the presets whose slug or name is written like *part*."""
    written = {one.name.casefold(): slug for slug, one in all_presets().items()} | {slug: slug for slug in slugs()}
    close = get_close_matches(part, list(written), n=_NEAR, cutoff=0.7)
    return list(dict.fromkeys(written[text] for text in close))


def _unfilled(values: Mapping[str, Any], slug: object) -> Mapping[Place, str]:
    """The places that a preset would have filled. What is no text is told of by the validator."""
    places: dict[Place, str] = {("preset",): unknown(slug)} if isinstance(slug, str) else {}
    if "name" not in values:
        places["name",] = ""
    status = values.get("status")
    if isinstance(status, dict) and "url" not in status:
        places["status", "url"] = ""
    return places


@cache
def _document(slug: str) -> Document:
    """The file of the preset *slug* as it was read, once."""
    document, problems = read(_FOLDER / f"{slug}.yaml")
    if document is None or problems:
        raise ConfigError(problems)
    return document
