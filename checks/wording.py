"""Times, shares and counts as they are said to people. Nothing here is parsed again: machines get `checks.plain` instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def moment(at: datetime) -> str:
    """An aware time in UTC, to the minute: ``2026-11-21 22:50 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def span(time: timedelta) -> str:
    """A time left of zero or more in whole units of the largest that fits: ``74 days``, ``1 hour``, ``less than a minute``.

    Rounded down, by up to half: good for days that are left, while `lasting` says how long something took.
    """
    seconds = int(time.total_seconds())
    for size, unit in _UNITS:
        count = seconds // size
        if count:
            return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"
    return "less than a minute"


def lasting(time: timedelta) -> str:
    """A duration in its two largest units: ``15 s``, ``2 min 10 s``, ``1 h 47 min``, ``3 d 4 h``.

    It is rounded to the second. One below zero has a sign: ``-8 s``.
    """
    whole = round(time.total_seconds())
    if whole < 0:
        return f"-{lasting(-time)}"
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    first = next((number for number, (count, _) in enumerate(parts) if count), len(parts) - 1)
    told = [f"{count:,} {unit}" for count, unit in parts[first : first + 2] if count]
    return " ".join(told) or "0 s"


def counted(number: int, one: str) -> str:
    """So many of something."""
    return f"{number:,} {one}{'s' * (number != 1)}"


def percent(share: float | None, digits: int = 3) -> str:
    """A share of one as percent, never rounded up to what it is not: 0.99999 is ``99.999 %``; a dash for None."""
    if share is None:
        return "-"
    scale = 10**digits
    return f"{int(share * 100 * scale + 1e-6) / scale:.{digits}f} %"
