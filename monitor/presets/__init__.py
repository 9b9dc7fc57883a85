"""Vendors that the program knows: one ``<slug>.yaml`` each in this folder, read here and nowhere else.

A preset is what anybody may know of a vendor: its name, its status page and how that is read, and the hosts whose
certificates are worth watching. What only its user knows stands in the user's own file: the components in use, the
endpoints and their credentials, who is told. The rules:

- Nothing is guessed. ``verified: seen`` says that the page's machine-readable document was read by somebody and was what it
  should be, ``certain`` that several independent lists agree on it; a vendor of which less is known has no preset.
- A preset is read only when a vendor's file, or a person, asks for it. It fills gaps and never changes what a file says.
- A preset with a mistake is a mistake of ours: the tests load every one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from checks.values import Address
from checks.vendor import StatusPage
from monitor.loading.border import load_file
from monitor.loading.composing import read
from monitor.loading.gaps import Place
from monitor.loading.problem import ConfigError
from monitor.loading.tree import Document
from monitor.loading.wording import near_words

_FOLDER = Path(__file__).parent
_FILLS = ("name", "status", "tls")
_NEAR = 3


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


def all_presets() -> Mapping[str, Preset]:
    """Every preset by its slug, in order."""
    return {slug: preset(slug) for slug in slugs()}


def notes(slug: str) -> tuple[str, ...]:
    """What the file of the preset *slug* tells its reader: the lines of the comment it begins with."""
    lines = (_FOLDER / f"{slug}.yaml").read_text("utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return tuple(line.removeprefix("#").removeprefix(" ") for line in lines[:first])


def unknown(word: str) -> str:
    """What to say of *word*, which is no preset, without repeating it."""
    return f"there is no preset of that name {near_words(word, slugs(), 'presets', most=_NEAR)}"


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
