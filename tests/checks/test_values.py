"""Values written as text: what is read, what is refused, and that a refusal repeats no secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from checks.values import Address, Day, Seconds, Size, Url

DAY = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("250ms", 0.25), ("1h30m", 5400), ("366d", 366 * DAY), ("31622400000ms", 366 * DAY), ("52w", 364 * DAY)],
)
def test_a_duration_is_a_sum_of_numbers_with_units(text: str, seconds: float) -> None:
    assert Seconds.parse(text) == seconds


@pytest.mark.parametrize("text", ["367d", "53w", "99999999999999w", "9" * 400 + "s", "9" * 4400 + "d", "0" * 4400 + "s"])
def test_a_duration_is_at_most_a_leap_year(text: str) -> None:
    with pytest.raises(ValueError, match="a duration is at most 366d") as refused:
        Seconds.parse(text)
    assert len(str(refused.value)) < 60


@pytest.mark.parametrize("text", ["", "30", "s", "1.5m", "1:30", "-3s", "\u0663s", "5 m", "sk_hunter2"])
def test_what_is_no_duration_is_told_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write a number with its unit"):
        Seconds.parse(text)


def test_no_time_at_all_is_no_duration() -> None:
    with pytest.raises(ValueError, match="'0s' is no time at all"):
        Seconds.parse("0s")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("api.vendor.test", "must begin with"),
        ("https:///health", "names no host"),
        ("https://vendor.test:99999/", "the port"),
        ("https://vendor.test:0/", "the port"),
        ("https://u:hunter2port/", "the port"),
        ("https://vendor.test/#part", "#fragment"),
        ("https://[::1/?k=hunter2", "cannot be read"),
        ("https://[hunter2]/", "cannot be read"),
        ("https://u:hunter2@a\u2100b/", "cannot be read"),
        ("https://u:hunter2@vendor.test/", "has a user or password in it"),
        ("https://u:hun@ter2@vendor.test:x/", "has a user or password in it"),
        ("https://u:hunter2@a b/", "percent-encode"),
        ("https://127.1/", "ends in a number"),
        ("https://169.254.169.254./", "ends in a number"),
        ("https://api..vendor.test/", "nothing before, after or between"),
        ("https://" + "a" * 300 + "/", "longer than"),
    ],
)
def test_an_address_is_refused_with_its_fault_and_never_repeated(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="address") as refused:
        Url.parse(text)
    assert problem in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["https://vendor.test", "http://192.0.2.1:8080/a?b", "https://[2001:db8::1]/", "https://vendor.test:/"]
)
def test_an_address_is_kept_as_it_is_written(text: str) -> None:
    assert Url.parse(text) == text


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("API.vendor.test:443", Address("api.vendor.test", 443)),
        ("192.0.2.53:53", Address("192.0.2.53", 53)),
        ("[2001:DB8:0::1]:443", Address("2001:db8::1", 443)),
    ],
)
def test_a_host_and_a_port_are_read(text: str, address: Address) -> None:
    assert Address.parse(text) == address


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("api.vendor.test", "'api.vendor.test' is not host:port"),
        ("https://me:hunter2@api.vendor.test", "is not host:port"),
        ("me:hunter2@api.vendor.test:443", "is not host:port"),
        ("api.vendor.test:443/?key=hunter2", "is not host:port"),
        ("x" * 5000, "is not host:port"),
        ("api.vendor.test:65536", "a port is between 1 and 65535"),
        (".:443", "nothing before, after or between"),
        ("a..b:443", "nothing before, after or between"),
        ("a\0b:443", "a character that stands in no name"),
        ("127.1:443", "ends in a number"),
        ("[12345::]:443", "no IPv6 address"),
        ("[192.0.2.1]:443", "no IPv6 address"),
    ],
)
def test_what_is_no_host_and_port_is_told_why(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Address.parse(text)
    assert problem in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("text", ["2027-03-31", "2028-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_is_kept_as_it_is_written(text: str) -> None:
    assert str(Day.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "20270331", "2027-W13-3", "2027-090", "31.3.2027", "2027-3-31", "2027-03-31 ", "\u0662027-03-31"]
)
def test_what_is_no_day_is_told_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date: write year, month and day, like 2027-03-31"):
        Day.parse(text)


@pytest.mark.parametrize("text", ["2027-02-29", "2027-13-01", "2027-00-10", "0000-01-01"])
def test_a_day_is_one_of_the_calendar(text: str) -> None:
    with pytest.raises(ValueError, match=f"^'{text}' is not a date: the calendar has no such day$"):
        Day.parse(text)


def test_what_may_be_a_secret_is_not_repeated_as_a_day() -> None:
    with pytest.raises(ValueError, match=r"^is not a date"):
        Day.parse("sk_hunter2")


def test_a_day_lasts_until_its_end_in_utc() -> None:
    day = Day.parse("2027-03-31")
    end = datetime(2027, 4, 1, tzinfo=UTC)
    assert not day.is_over(end - timedelta(microseconds=1))
    assert day.is_over(end)
    assert not day.is_over(datetime(2027, 4, 1, 1, tzinfo=timezone(timedelta(hours=2))))
    assert day.is_over(datetime(2027, 3, 31, 23, tzinfo=timezone(timedelta(hours=-2))))
    assert not Day.parse("9999-12-31").is_over(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(("text", "size"), [("1MB", 1 << 20), ("512MB", 512 << 20), ("1GB", 1 << 30), ("2TB", 2 << 40)])
def test_sizes(text: str, size: int) -> None:
    assert Size.parse(text) == size


@pytest.mark.parametrize("text", ["10XB", "1GiB", "1gb", "1 GB", "1,5GB", "0GB", "512", "-1GB", "9999999MB"])
def test_what_is_no_size_is_repeated_with_the_cure(text: str) -> None:
    with pytest.raises(ValueError, match=f"^'{text}' is not a size: write a number above zero with its unit, like 512MB or"):
        Size.parse(text)


def test_what_looks_like_no_number_is_not_repeated() -> None:
    with pytest.raises(ValueError, match=r"^is not a size: "):
        Size.parse("hunter2")
