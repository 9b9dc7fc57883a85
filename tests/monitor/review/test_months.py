"""The time of a review and its months, on the calendar of a zone; and which zone that is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.review import zones
from monitor.review.details import Zone
from monitor.review.months import months_in, span_of, time_of
from monitor.review.zones import named, of_machine, offset

BERLIN = named("Europe/Berlin")
NOW = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "begins", "ends"),
    [
        (None, None, "2026-09-30T22:00", "2026-11-22T11:30"),
        (None, "2026-10", "2026-09-30T22:00", "2026-10-31T23:00"),
        (None, "2026-03-05", "2026-02-28T23:00", "2026-03-05T23:00"),
        ("2026-01", "2026-03", "2025-12-31T23:00", "2026-03-31T22:00"),
        ("2025", "2025", "2024-12-31T23:00", "2025-12-31T23:00"),
        ("2026-12", None, None, None),
        ("2026-11-20", "2099", "2026-11-19T23:00", "2026-11-22T11:30"),
        ("2026-11-20T12:00", "2026-11-20T14:00+00:00", "2026-11-20T11:00", "2026-11-20T14:00"),
    ],
)
def test_a_time_is_named_by_year_month_day_or_moment(
    since: str | None, until: str | None, begins: str | None, ends: str | None
) -> None:
    if begins is None or ends is None:
        with pytest.raises(ValueError, match="is still to come"):
            time_of(since, until, BERLIN, NOW)
        return
    assert time_of(since, until, BERLIN, NOW) == (utc(begins), utc(ends))


@pytest.mark.parametrize(
    ("since", "until", "message"),
    [
        ("yesterday", None, '--from "yesterday": is no time; say 2026, 2026-01, 2026-01-31 or 2026-01-31T12:00+01:00'),
        (None, "2026-13", '--to "2026-13": is no time; say'),
        ("0000", None, '--from "0000": is no time'),
        # ISO 8601, but who writes it does not mean the midnight with which that begins.
        (None, "20261031", '--to "20261031": is no time; say'),
        (None, "2026-W44", '--to "2026-W44": is no time; say'),
        ("2026-W44-1T12:00", None, '--from "2026-W44-1T12:00": is no time; say'),
        (None, "9999", '--to "9999": is no time'),
        ("0001-01-01", None, "--from"),
        ("2026-10", "2026-09", '--to "2026-09": is before the beginning, --from'),
        ("2000", None, "--from: a review is of ten years at most"),
    ],
)
def test_what_is_no_time_is_refused_with_the_cure(since: str | None, until: str | None, message: str) -> None:
    with pytest.raises(ValueError, match="--") as refused:
        time_of(since, until, BERLIN, NOW)
    assert str(refused.value).startswith(message)


def test_months_say_whether_they_are_whole_and_over() -> None:
    found = months_in(utc("2026-09-14T22:00"), NOW, BERLIN, NOW)
    assert [(each.name, each.is_whole, each.is_running) for each in found] == [
        ("2026-09", False, False),
        ("2026-10", True, False),
        ("2026-11", False, True),
    ]
    assert [(each.first, each.last) for each in found] == [
        (date(2026, 9, 15), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 22)),
    ]
    # The month in which the clocks are set back has an hour more.
    assert found[1].ends - found[1].begins == timedelta(days=31, hours=1)


@given(
    st.integers(1_577_836_800, 1_767_225_600).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=400)),
    st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia", "UTC"]),
)
def test_months_follow_each_other_without_a_gap(begins: datetime, length: timedelta, name: str) -> None:
    zone, ends = named(name), begins + length
    parts = [(each.begins, each.ends) for each in months_in(begins, ends, zone, NOW)]
    assert parts[0][0] == begins
    assert parts[-1][1] == ends
    assert all(one[1] == other[0] for one, other in pairwise(parts))
    assert all(since <= until for since, until in parts)


def test_a_span_is_all_of_what_is_named() -> None:
    assert span_of("--at", "2026-03-01T12:00Z", BERLIN) == (utc("2026-03-01T12:00"),) * 2
    assert span_of("--at", "2026-02-10", BERLIN) == (utc("2026-02-09T23:00"), utc("2026-02-10T23:00"))
    assert span_of("--at", "2027-01", named("UTC")) == (utc("2027-01-01"), utc("2027-02-01"))


@pytest.mark.parametrize(
    ("environment", "link", "name"),
    [
        ({"TZ": "Europe/Berlin"}, None, "Europe/Berlin"),
        ({"TZ": ":America/New_York"}, None, "America/New_York"),
        ({"TZ": "/usr/share/zoneinfo/Asia/Tokyo"}, None, "Asia/Tokyo"),
        ({"TZ": "CET-1CEST"}, "/usr/share/zoneinfo/Asia/Tokyo", "UTC"),
        ({}, "/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ({}, "../usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ({}, "/somewhere/else", "UTC"),
        ({}, None, "UTC"),
    ],
)
def test_the_zone_of_a_machine_has_its_name(
    environment: dict[str, str], link: str | None, name: str, tmp_path: Path
) -> None:
    localtime = tmp_path / "localtime"
    if link:
        localtime.symlink_to(link)
    assert of_machine(environment, localtime).name == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("berlin", "did you mean Europe/Berlin?"),
        ("Europe/Berlim", "did you mean Europe/Berlin?"),
        ("../../etc/passwd", "they have names like Europe/Berlin"),
        ("localtime", ""),
        ("right/Europe/Berlin", "did you mean Europe/Berlin?"),
        ("\x1b[2J" * 99, "they have names"),
    ],
)
def test_a_zone_that_is_none_is_refused_with_what_may_be_meant(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match=r"^there is no time zone") as refused:
        zones.named(name)
    assert hint in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_zone_whose_clocks_are_set_in_a_time_is_told_from_others() -> None:
    assert zones.changes_offset(BERLIN, utc("2026-09-30T22:00"), utc("2026-10-31T23:00"))
    # A year begins and ends alike, and yet has two.
    assert zones.changes_offset(BERLIN, utc("2025-12-31T23:00"), utc("2026-12-31T23:00"))
    assert not zones.changes_offset(BERLIN, utc("2026-01-01"), utc("2026-03-01"))
    assert not zones.changes_offset(named("Asia/Kolkata"), utc("2020-01-01"), utc("2026-03-01"))


def test_how_far_a_zone_is_from_utc_depends_on_the_time() -> None:
    assert (offset(BERLIN, utc("2026-01-01")), offset(BERLIN, utc("2026-07-01"))) == ("+01:00", "+02:00")
    assert offset(Zone("Asia/Kolkata", named("Asia/Kolkata").info), NOW) == "+05:30"
