"""All vendors and settings as loaded and validated: a folder with ``monitor.yaml`` and ``vendors/<slug>.yaml``.

`load` returns a whole `Catalogue` or raises one `ConfigError` with everything that is wrong in any file; there is nothing
in between. How text becomes values is `monitor.loading`'s; what stands here are the rules that need more than one field:
names of files, names of checks, paths that are relative to the folder, manners.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Any

from checks.check import AnyCheck, all_checks
from checks.model import Target
from checks.status.detect import platforms_at
from checks.status.platform import Page, all_platforms, lacking
from checks.vendor import StatusPage, Vendor, VendorFile, Window
from checks.x509 import roots
from monitor import presets, templates
from monitor.loading.border import Loaded, load_file, schema_of
from monitor.loading.gaps import Gaps
from monitor.loading.problem import ConfigError, Problem
from monitor.loading.tree import Document, Node
from monitor.loading.wording import known_words, near_words
from monitor.maintenance import faults
from monitor.receivers import located
from monitor.settings import CheckSettings, Settings
from monitor.targets import late_deadlines, targets_of

POLITE_SECONDS = 30
"""The shortest interval for a page that belongs to somebody else and was not made for us."""

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
_EDITOR_FILE = re.compile(r"\..*|.*~|#.*#|.*\.(swp|swo|swx|tmp|bak|orig|rej)")
_YAML = {".yaml", ".yml"}
"""What ends the names of files that are read, be it only for their mistakes."""
_RELATIVE_SQLITE = re.compile(r"(sqlite(?:\+[a-z]+)?:///)(?!/|:memory:|file:|\?|$)([^?]+)(.*)")

_Ranges = tuple[IPv4Network | IPv6Network, ...]

Fingerprint = tuple[tuple[str, int, int, int], ...]
"""Path, inode, size and modification time in nanoseconds of each file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What is to be watched and how. *vendors* are in the order of slugs, *targets* in that of vendors and checks.

    The paths in *settings* are absolute. *files* are those that were read; *fingerprint* is theirs before they were.
    """

    settings: Settings
    vendors: tuple[Vendor, ...]
    targets: tuple[Target[Any], ...]
    files: tuple[Path, ...]
    fingerprint: Fingerprint


def nothing() -> Catalogue:
    """The catalogue of no files: no vendors, and every setting at its default."""
    return Catalogue(settings=Settings(), vendors=(), targets=(), files=(), fingerprint=())


def load(directory: Path) -> Catalogue:
    """Read the configuration in *directory*. Raises `ConfigError` with all that is wrong."""
    seen = fingerprint(directory)
    checks = all_checks()
    main = _load_settings(directory)
    settings = main.value or Settings()
    files, misnamed = _vendor_files(directory)
    loaded = [load_file(file, VendorFile, presets.complete) for file in files]
    vendors, targets, unruly = _watched(loaded, checks, main)
    problems = [*misnamed, *main.problems, *(problem for one in loaded for problem in one.problems), *unruly]
    problems += _unruly_settings(main, settings, checks, directory)
    problems += late_deadlines(targets, checks, settings, main)
    if problems:
        raise ConfigError(problems)
    return Catalogue(
        settings=_absolute(settings, directory),
        vendors=vendors,
        targets=targets,
        files=tuple(Path(name) for name, *_ in seen),
        fingerprint=seen,
    )


def _watched(
    loaded: Iterable[Loaded[VendorFile]], checks: Mapping[str, AnyCheck], main: Loaded[Settings]
) -> tuple[tuple[Vendor, ...], tuple[Target[Any], ...], list[Problem]]:
    """The vendors and targets of the files that could be read, and what is wrong with them beyond their shape."""
    settings, ours = main.value or Settings(), _our_ranges(main)
    vendors, targets, problems = [], [], []
    for one in loaded:
        if one.value is None:
            continue
        vendor = _named(one.value, one.document.file.stem)
        found, wrong = targets_of(vendor, one, checks, settings)
        vendors.append(vendor)
        targets += found
        problems += [*wrong, *_unruly_status(vendor.status, one, ours), *_unruly_windows(vendor.maintenance, one)]
    return tuple(vendors), tuple(targets), problems


def fingerprint(directory: Path) -> Fingerprint:
    """What changes when a file of the configuration does, comes or goes. Reads no file."""
    found = []
    for file in (directory / "monitor.yaml", *sorted((directory / "vendors").glob("*"))):
        try:
            status = file.stat()
        except OSError:
            continue
        if not _EDITOR_FILE.fullmatch(file.name):
            found.append((str(file), status.st_ino, status.st_size, status.st_mtime_ns))
    return tuple(found)


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas (draft 2020-12) by the name of the file that holds them in ``config/schemas``."""
    return {
        "monitor.schema.json": schema_of(Settings, "vendorwatch: monitor.yaml"),
        "vendor.schema.json": _with_presets(schema_of(VendorFile, "vendorwatch: vendors/<slug>.yaml")),
    }


def _with_presets(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema* of a vendor's file, which needs neither a name nor the page's address where it names a preset."""
    del schema["required"], schema["$defs"]["StatusPage"]["required"]
    alone = {"required": ["name"], "properties": {"status": {"required": ["url"]}}}
    return schema | {"if": {"not": {"required": ["preset"]}}, "then": alone}


def absolute_database(url: str, directory: Path) -> str:
    """*url* with a relative SQLite path made absolute: it starts in the folder that holds *directory*."""
    match = _RELATIVE_SQLITE.fullmatch(url)
    if match is None:
        return url
    return f"{match[1]}{directory.resolve().parent / match[2]}{match[3]}"


def _absolute(settings: Settings, directory: Path) -> Settings:
    """*settings* with every path absolute."""
    ca_file = settings.network.ca_file
    network = replace(settings.network, ca_file=directory.resolve() / ca_file) if ca_file else settings.network
    notify = located(settings.notify, directory.resolve())
    return replace(settings, network=network, notify=notify, database=absolute_database(settings.database, directory))


def _vendor_files(directory: Path) -> tuple[list[Path], list[Problem]]:
    """The vendors' files in the order of slugs, and what is wrong with the names in their folder."""
    try:
        present = sorted((directory / "vendors").iterdir())
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Problem(directory / "vendors", 0, "", f"cannot be read: {error.strerror}")]
    files = [file for file in present if not _EDITOR_FILE.fullmatch(file.name)]
    problems = [Problem(file, 0, "", message) for file in files if (message := _misnamed(file))]
    return sorted((file for file in files if file.suffix in _YAML), key=lambda file: file.stem), problems


def _misnamed(file: Path) -> str | None:
    """What is wrong with the name of a vendor's *file*, or None."""
    if file.suffix == ".yml":
        return f"vendors' files end in .yaml: rename it to {file.stem}.yaml"
    if file.suffix != ".yaml":
        return "only vendors' files belong here, like github.yaml: move it elsewhere"
    if not _SLUG.fullmatch(file.stem):
        return "the name becomes the label vendor: rename it to lower-case letters, digits and dashes, like github.yaml"
    return None


def _load_settings(directory: Path) -> Loaded[Settings]:
    """``monitor.yaml``, which may be missing where there are vendors."""
    file = directory / "monitor.yaml"
    if os.path.lexists(file):
        return load_file(file, Settings)
    problems: tuple[Problem, ...] = ()
    if not os.path.lexists(directory / "vendors"):
        missing = "there is no configuration that can be read here: neither monitor.yaml nor a folder vendors"
        problems = (Problem(directory, 0, "", missing),)
    return Loaded(Settings(), Document(file, Node(0, {})), problems)


def _named(file: VendorFile, slug: str) -> Vendor:
    return Vendor(slug=slug, **{field.name: getattr(file, field.name) for field in fields(file)})


def _unruly_settings(
    source: Loaded[Settings], settings: Settings, checks: Mapping[str, AnyCheck], directory: Path
) -> Iterator[Problem]:
    """What is wrong with *settings*, loaded from *source*, beyond the shape of their file."""
    document = source.document
    for name in document.keys_at("checks"):
        if name not in checks:
            yield document.problem(("checks", name), f"there is no such check {known_words(name, checks)}")
    status = settings.checks.get("status", CheckSettings())
    if status.every and status.every < POLITE_SECONDS:
        yield document.problem(("checks", "status", "every"), _IMPOLITE)
    for name, ca_file in (("network", settings.network.ca_file), ("notify", settings.notify.ca_file)):
        problem = ca_file and _unusable_roots(directory / ca_file)
        if problem:
            yield document.problem((name, "ca_file"), problem)
    for index, webhook in enumerate(settings.notify.webhooks):
        problem = webhook.template and templates.problem(directory / webhook.template)
        if problem:
            yield document.problem(("notify", "webhooks", index, "template"), problem)


def _unusable_roots(file: Path) -> str | None:
    """What is wrong with *file* as a bundle of roots to trust, or None."""
    if not os.path.isfile(file):  # noqa: PTH113 - Path.is_file raises where it may not look
        return f"there is no file {file}"
    try:
        roots(file.read_bytes())
    except OSError as error:
        return f"{file} cannot be read: {error.strerror}"
    except ValueError as error:
        return f"{file} holds no roots to trust: {error}; give a PEM bundle, or leave it out for the shipped roots"
    return None


_IMPOLITE = f"is too often: the page belongs to somebody else, so make it {POLITE_SECONDS}s or longer"


def _unruly_status(page: StatusPage | None, source: Loaded[VendorFile], ours: _Ranges | None) -> Iterator[Problem]:
    """What is wrong with a vendor's status *page*, loaded from *source*, beyond the shape of its file."""
    if page is None:
        return
    if page.platform and page.platform not in all_platforms() and not source.gaps.touch("status", "platform"):
        known = near_words(page.platform, all_platforms(), "platforms")
        yield source.document.problem(("status", "platform"), f"there is no reader of that name {known}")
    if not source.gaps.touch("status"):
        yield from _unaskable(page, source)
    if page.every and page.every < POLITE_SECONDS and not _may_be_ours(page, source.gaps, ours):
        yield source.document.problem(("status", "every"), _IMPOLITE)


def _unruly_windows(windows: Iterable[Window], source: Loaded[VendorFile]) -> Iterator[Problem]:
    """What is wrong with a vendor's *windows*, loaded from *source*, beyond the shape of its file."""
    for index, window in enumerate(windows):
        if not source.gaps.touch("maintenance", index):
            for key, sentence in faults(window):
                yield source.document.problem(("maintenance", index, key), sentence)


def _unaskable(page: StatusPage, source: Loaded[VendorFile]) -> Iterator[Problem]:
    """That nothing says what is used of a *page* that covers far more, or that its reader lacks something to ask for it."""
    known = all_platforms()
    readers = [known[page.platform]] if page.platform in known else platforms_at(page.url.host)
    for reader in readers[:1]:
        example = "" if page.components else reader.example_for(page.url)
        asked = Page(url=page.url, platform=reader.name, page_id=page.page_id, scope=page.scope)
        if example:
            message = f"this page covers every region and product: name those you use as components, for example [{example}]"
            yield source.document.problem(("status",), message)
        elif missing := lacking(reader, asked):
            yield source.document.problem(("status", "url"), missing)


def _our_ranges(main: Loaded[Settings]) -> _Ranges | None:
    """What ``network.allow`` names, or None where it cannot be read."""
    return None if main.value is None or main.gaps.touch("network", "allow") else main.value.network.allow


def _may_be_ours(page: StatusPage, gaps: Gaps, ours: _Ranges | None) -> bool:
    """Whether *page* is on an address that ``network.allow`` names: then how often it is read is nobody else's matter."""
    if gaps.touch("status", "url"):
        return ours != ()
    try:
        address = ip_address(page.url.host)
    except ValueError:
        return False
    return ours is None or any(address in network_range for network_range in ours)
