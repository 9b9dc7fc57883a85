"""Which zone's calendar a review follows: the one that is named, else this machine's, by its name in the IANA database.

A machine says its zone in ``TZ`` (POSIX, Base Definitions, section 8.3), else by what ``/etc/localtime`` links to. Where
that is no name of the database, such as ``CET-1CEST``, nobody can tell the months of other years: then they are UTC's.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from checks.foreign import quoted
from monitor.review.details import Zone

LOCALTIME = Path("/etc/localtime")
"""Where a machine says its zone."""
_LONGEST_NAME = 64
_DATABASE = "zoneinfo/"
_UTC = Zone("UTC", UTC)
_NAME = re.compile(r"[A-Za-z][\w+-]*(/[\w+-]+)*", re.ASCII)
_NO_ZONES = frozenset({"Factory", "localtime"})
"""What some systems keep beside the zones."""
_OTHER_CLOCKS = ("right/", "posix/")
"""The same zones once more, the former with leap seconds, which times here have not."""


def named(name: str) -> Zone:
    """The zone *name*. Raises `ValueError`, with what may be meant, where the database has none of that name."""
    if name in {"UTC", "Z"}:
        return _UTC
    if zone := _read(name):
        return Zone(name, zone)
    raise ValueError(_unknown(name))


def of_machine(environment: Mapping[str, str], localtime: Path = LOCALTIME) -> Zone:
    """The zone of this machine; UTC where it has none with a name."""
    said = environment.get("TZ", "").removeprefix(":")
    name = said.rpartition(_DATABASE)[2] if said else _linked(localtime)
    try:
        return named(name)
    except ValueError:
        return _UTC


def offset(zone: Zone, at: datetime) -> str:
    """How far *zone* is from UTC *at* a time: ``+02:00``."""
    text = f"{at.astimezone(zone.info):%z}"
    return f"{text[:3]}:{text[3:5]}"


def changes_offset(zone: Zone, begins: datetime, ends: datetime) -> bool:
    """Whether *zone* is not always as far from UTC from *begins* to *ends*; of clocks set for a day at least."""
    days = (begins + timedelta(days=number) for number in range((ends - begins).days + 1))
    return len({each.astimezone(zone.info).utcoffset() for each in (*days, ends)}) > 1


def _read(name: str) -> ZoneInfo | None:
    """The zone *name*; None where there is none, or only a file beside the zones."""
    if name in _NO_ZONES or name.startswith(_OTHER_CLOCKS) or not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _linked(localtime: Path) -> str:
    """The name behind the link, as it is written there: what it is an alias of is another name."""
    try:
        return str(localtime.readlink()).rpartition(_DATABASE)[2]
    except OSError:
        return ""


def _unknown(name: str) -> str:
    word = name.strip().lower().replace(" ", "_")[:_LONGEST_NAME]
    cities = [zone for zone in _names() if zone.rpartition("/")[2] == word]
    near = cities or get_close_matches(word, _names(), n=1, cutoff=0.7)
    hint = f"did you mean {_names()[near[0]]}?" if near else "they have names like Europe/Berlin"
    return f"there is no time zone {quoted(name, _LONGEST_NAME)} ({hint})"


@cache
def _names() -> dict[str, str]:
    """The names of all zones, by themselves in small letters. They are read from hundreds of files."""
    return {name.lower(): name for name in sorted(zoneinfo.available_timezones() - _NO_ZONES)}
