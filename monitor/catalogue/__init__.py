"""All vendors and settings as loaded and validated: a folder with ``monitor.yaml`` and ``vendors/<slug>.yaml``.

- `load` is here, the `Catalogue` that it makes, and what that holds beside the files' own values: slugs, absolute paths.
- `read` is for who can do with less than all of it, such as a command that needs to know where the store is.
- `files` knows which files there are, how they are named, and their fingerprint.
- `rules` has what is wrong beyond the shape of one field: names of checks, manners, files that others name.

`load` returns a whole `Catalogue` or raises one `ConfigError` with everything that is wrong in any file; there is nothing
in between: the daemon goes by all of what is written or by none of it. How text becomes values is `monitor.loading`'s.
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

__all__ = ["Catalogue", "Fingerprint", "Reading", "absolute_database", "fingerprint", "load", "nothing", "read", "schemas"]

_RELATIVE_SQLITE = re.compile(r"(sqlite(?:\+[a-z]+)?:///)(?!/|:memory:|file:|\?|$)([^?]+)(.*)")
_ESCAPES = str.maketrans({"%": "%25", "?": "%3F", "&": "%26"})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What can be read of a folder. Where there are *problems* the *catalogue* has gaps, and settings at their defaults.

    *lost* are the keys of ``monitor.yaml`` of which nobody can say how they are meant; *slugs* are those of all vendors that
    have a file, *sound* those whose file has no problem.
    """

    catalogue: Catalogue
    problems: tuple[Problem, ...] = ()
    lost: frozenset[str] = frozenset()
    slugs: frozenset[str] = frozenset()
    sound: frozenset[str] = frozenset()


def load(directory: Path) -> Catalogue:
    """Read the configuration in *directory*. Raises `ConfigError` with all that is wrong."""
    found = read(directory)
    if found.problems:
        raise ConfigError(found.problems)
    return found.catalogue


def read(directory: Path) -> Reading:
    """Read what can be read of the configuration in *directory*. Never raises for what is in it."""
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
    catalogue = Catalogue(
        settings=_absolute(settings, directory),
        vendors=vendors,
        targets=targets,
        files=tuple(Path(name) for name, *_ in seen),
        fingerprint=seen,
    )
    broken = {problem.file for problem in problems}
    return Reading(
        catalogue=catalogue,
        problems=tuple(problems),
        lost=_lost(main, [problem for problem in problems if not problem.file.is_relative_to(directory / "vendors")]),
        slugs=frozenset(file.stem for file in files),
        sound=frozenset(file.stem for file in files if file not in broken),
    )


def _lost(main: Loaded[Settings], problems: Iterable[Problem]) -> frozenset[str]:
    """The settings of *main* that cannot be told, with its *problems*: by a key that nobody knows any may be meant."""
    known = frozenset(field.name for field in fields(Settings))
    named = {re.split(r"[.\[]", problem.path)[0] for problem in problems}
    return known if main.value is None or not named <= known else frozenset(named)


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
    """*url* with a relative SQLite path made absolute: it starts in the folder that holds *directory*.

    A folder may be called as it likes: what of its name would be a URL's query or an escape is written as one.
    """
    match = _RELATIVE_SQLITE.fullmatch(url)
    if match is None:
        return url
    folder = Path(str(directory.resolve().parent).translate(_ESCAPES))
    return f"{match[1]}{folder / match[2]}{match[3]}"


def _absolute(settings: Settings, directory: Path) -> Settings:
    """*settings* with every path absolute."""
    ca_file = settings.network.ca_file
    network = replace(settings.network, ca_file=directory.resolve() / ca_file) if ca_file else settings.network
    notify = located(settings.notify, directory.resolve())
    return replace(settings, network=network, notify=notify, database=absolute_database(settings.database, directory))
