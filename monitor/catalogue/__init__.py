"""All vendors and settings as loaded and validated: a folder with ``monitor.yaml`` and ``vendors/<slug>.yaml``.

- `load` is here, the `Catalogue` that it makes, and what that holds beside the files' own values: slugs, absolute paths.
- `files` knows which files there are, how they are named, and their fingerprint.
- `rules` has what is wrong beyond the shape of one field: names of checks, manners, files that others name.

`load` returns a whole `Catalogue` or raises one `ConfigError` with everything that is wrong in any file; there is nothing
in between. How text becomes values is `monitor.loading`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from checks.check import AnyCheck, all_checks
from checks.model import Target
from checks.vendor import Vendor, VendorFile
from monitor import presets
from monitor.catalogue.files import Fingerprint, fingerprint, load_settings, vendor_files
from monitor.catalogue.rules import our_ranges, unruly_settings, unruly_status, unruly_windows
from monitor.loading.border import Loaded, load_file, schema_of
from monitor.loading.problem import ConfigError, Problem
from monitor.receivers import located
from monitor.settings import Settings
from monitor.targets import late_deadlines, targets_of

__all__ = ["Catalogue", "Fingerprint", "absolute_database", "fingerprint", "load", "nothing", "schemas"]

_RELATIVE_SQLITE = re.compile(r"(sqlite(?:\+[a-z]+)?:///)(?!/|:memory:|file:|\?|$)([^?]+)(.*)")


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
    main = load_settings(directory)
    settings = main.value or Settings()
    files, misnamed = vendor_files(directory)
    loaded = [load_file(file, VendorFile, presets.complete) for file in files]
    vendors, targets, unruly = _watched(loaded, checks, main)
    problems = [*misnamed, *main.problems, *(problem for one in loaded for problem in one.problems), *unruly]
    problems += unruly_settings(main, settings, checks, directory)
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
    settings, ours = main.value or Settings(), our_ranges(main)
    vendors, targets, problems = [], [], []
    for one in loaded:
        if one.value is None:
            continue
        vendor = _named(one.value, one.document.file.stem)
        found, wrong = targets_of(vendor, one, checks, settings)
        vendors.append(vendor)
        targets += found
        problems += [*wrong, *unruly_status(vendor.status, one, ours), *unruly_windows(vendor.maintenance, one)]
    return tuple(vendors), tuple(targets), problems


def _named(file: VendorFile, slug: str) -> Vendor:
    return Vendor(slug=slug, **{field.name: getattr(file, field.name) for field in fields(file)})


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
