"""``detect`` and ``add``: from an address or a known name to a vendor's file.

``add`` never touches a file that is there. What it writes appears whole or not at all, because a daemon may be reading.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from checks.model import Failure, Reason, Unseen
from checks.network import Network
from checks.plain import Plain
from checks.status.detect import Found, detect
from checks.status.platform import hold
from checks.status.reading import ASK_DETECT
from checks.values import Url
from checks.vendor import ComponentRef
from monitor import drafts, presets, show
from monitor.catalogue import Catalogue
from monitor.commands.configuring import DEFAULT, catalogue_of
from monitor.commands.ends import CONFIG, NO, OK, UNAVAILABLE, UNKNOWN, USAGE, complain, say
from monitor.network.network import LiveNetwork
from monitor.network.trust import RootsUnavailable

DETECTION_SECONDS = 60.0
"""How long it may take to find out what kind of page is at one address."""
_EVERYTHING = (ComponentRef(name="*"),)
_SCHEMA = "schemas/vendor.schema.json"
_LISTED_COMPONENTS = 1000
_READABLE = 0o644
_BARE_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?(/[\w./~-]*)?")
_CURE = "rename that file and add again to have both, or merge into it what is new"


def detect_page(flags: Namespace) -> int:
    """Find out what kind of status page is at an address, and print the vendor's file that follows from it."""
    url = _read_url(flags.url)
    (found,) = _find([url], catalogue_of(flags))
    if flags.format == "json":
        print(json.dumps(_document(url, found)))
    elif isinstance(found, Found):
        print(drafts.of_page(found, drafts.Use()).text, end="")
    else:
        _complain_of(url, found)
    return OK if isinstance(found, Found) else UNKNOWN


def add(flags: Namespace) -> int:
    """Write a vendor's file for each name and address; the code is that of the worst end."""
    words = list(dict.fromkeys(word if "://" in word else presets.named(word) or word for word in flags.names))
    urls = {word: _read_url(word) for word in words if "://" in word}
    _refuse_unknown([word for word in words if word not in urls])
    directory = flags.config or DEFAULT
    folder = _folder_in(directory)
    found = dict(zip(urls, _find(list(urls.values()), catalogue_of(flags)), strict=True)) if urls else {}
    use = drafts.Use(owner=flags.owner, tier=flags.tier)
    schema = f"../{_SCHEMA}" if (directory / _SCHEMA).exists() else ""
    codes = []
    for word in words:
        page = found.get(word)
        if isinstance(page, Failure):
            _complain_of(word, page)
            codes.append(UNKNOWN)
        else:
            draft = drafts.of_page(page, use, schema) if page else drafts.of_preset(word, presets.preset(word), use, schema)
            codes.append(_put(folder / f"{draft.slug}.yaml", draft))
    return max(codes)


def _folder_in(directory: Path) -> Path:
    """The folder of vendors' files in *directory*, made where there is none; exits when something else is in its place."""
    folder = directory / "vendors"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        complain(
            f"{folder} cannot be made, a file is in its place: --config names the folder with monitor.yaml and vendors/"
        )
        sys.exit(UNAVAILABLE)
    return folder


def _put(file: Path, draft: drafts.Draft) -> int:
    """Write *draft* and say so, unless there is such a file or it cannot be written."""
    try:
        is_new = write_new(file, draft.text)
    except OSError as error:
        complain(f"{file} cannot be written: {error.strerror}")
        return UNAVAILABLE
    if not is_new:
        complain(f"{file} is there already and stays as it is: {_CURE}")
        return NO
    print(f"wrote {file}")
    if draft.lacking:
        say(f"{file} does not watch the status page yet, and says why: {draft.lacking}")
    return OK


def write_new(file: Path, text: str) -> bool:
    """Write *file* whole, or leave the one that is there and return false."""
    handle, name = tempfile.mkstemp(prefix=f".{file.stem}.", suffix=".tmp", dir=file.parent)
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        made.chmod(_READABLE)
        file.hardlink_to(made)  # Unlike a renaming it fails when there is such a file.
    except FileExistsError:
        return False
    finally:
        made.unlink()
    return True


def _read_url(word: str) -> Url:
    try:
        return Url.parse(word)
    except ValueError as error:
        complain(f"{error}{_spelt(word)}")
        sys.exit(USAGE)


def _spelt(word: str) -> str:
    """How *word* is written as an address, where it lacks nothing else; it is repeated only where it is as plain as that."""
    return f": https://{word}" if _BARE_ADDRESS.fullmatch(word) else ""


def _refuse_unknown(slugs: Sequence[str]) -> None:
    """Exit before anything is written when one of *slugs* is no preset."""
    unknown = [slug for slug in slugs if slug not in presets.slugs()]
    for slug in unknown:
        hint = f"; an address is written{_spelt(slug) or ' https://host/path'}" if "." in slug else ""
        said = f"{slug!r}: " if "@" not in slug else ""  # Before an @ there may be a password.
        complain(f"{said}{presets.unknown(slug)}{hint}")
    if unknown:
        sys.exit(USAGE)


def _complain_of(url: str, failure: Failure) -> None:
    complain(f"{url} is not recognised as a status page: {failure}")


def _find(urls: Sequence[Url], catalogue: Catalogue) -> list[Found | Failure]:
    """What kind of page is at each of *urls*, or why that cannot be told."""
    try:
        return asyncio.run(_find_all(urls, catalogue))
    except RootsUnavailable as error:
        complain(error)
        sys.exit(CONFIG)


async def _find_all(urls: Sequence[Url], catalogue: Catalogue) -> list[Found | Failure]:
    async with LiveNetwork(catalogue.settings.network) as network:
        with show.progress(len(urls)) as done:
            return list(await asyncio.gather(*(_find_one(url, network, done) for url in urls)))


async def _find_one(url: Url, network: Network, done: Callable[[str], None]) -> Found | Failure:
    try:
        async with asyncio.timeout(DETECTION_SECONDS):
            return await _with_components(await hold(detect(url), network), network)
    except Unseen as unseen:
        return replace(unseen.failure, detail=unseen.failure.detail.removesuffix(ASK_DETECT))
    except TimeoutError:
        return Failure(Reason.TIMEOUT, f"nothing could be told of it within {DETECTION_SECONDS:g} s")
    finally:
        done(url)


async def _with_components(found: Found, network: Network) -> Found:
    """*found* with the components that its reader asks for only where some are in use, if they can be had."""
    if found.report.components:
        return found
    try:
        report = await hold(found.platform.converse(replace(found.page, scope=_EVERYTHING)), network)
    except Unseen:
        return found
    return replace(found, report=report)


def _document(url: Url, found: Found | Failure) -> dict[str, Plain]:
    """The JSON document of ``detect``."""
    if isinstance(found, Failure):
        failure: Plain = {"reason": found.reason.value, "detail": found.detail}
        return {"version": 1, "url": url, "recognised": False, "failure": failure}
    report, platform = found.report, found.platform
    draft = drafts.of_page(found, drafts.Use())
    components: list[Plain] = [
        {"id": one.id, "name": one.name, "group": one.group, "region": one.region}
        for one in report.components[:_LISTED_COMPONENTS]
    ]
    return {
        "version": 1,
        "url": url,
        "recognised": True,
        "platform": platform.name,
        "title": platform.title,
        "experimental": platform.experimental,
        "page": found.page.url,
        "endpoint": report.url,
        "page_id": report.page_id,
        "page_name": report.page_name,
        "components": components,
        "component_count": max(report.component_count, len(report.components)),
        "file": {"name": f"{draft.slug}.yaml", "text": draft.text},
    }
