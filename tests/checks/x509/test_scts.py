"""Timestamps of logs: out of lists as peers send them, and counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.x509.scts import MAX_SCTS, Sct, log_ids, read_scts, shortfall
from tests.support.certextensions import log_id, sct, sct_list
from tests.support.certlab import NOW

NAMES = st.sampled_from("abcdef")
TIMES = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


def stamped(*logs: str) -> tuple[Sct, ...]:
    return tuple(Sct(log_id(log).hex(), NOW) for log in logs)


def test_a_list_is_read_in_its_order() -> None:
    assert read_scts(sct_list(sct("b"), sct("a"))) == stamped("b", "a")
    assert read_scts(b"\0\0") == ()


@given(st.lists(st.tuples(NAMES, TIMES), max_size=MAX_SCTS))
def test_what_is_written_is_read(stamps: list[tuple[str, datetime]]) -> None:
    written = sct_list(*(sct(log, at) for log, at in stamps))
    millisecond = timedelta(milliseconds=1)
    assert [(one.log, one.at) for one in read_scts(written)] == [
        (log_id(log).hex(), at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % millisecond) for log, at in stamps
    ]


@pytest.mark.parametrize("other", [b"", sct("x")[:-30], sct("x", version=1), sct("x", 2**64 - 1)])
def test_a_timestamp_that_cannot_be_read_is_skipped(other: bytes) -> None:
    assert read_scts(sct_list(sct("a"), other, sct("b"))) == stamped("a", "b")


def test_only_so_many_are_looked_at() -> None:
    assert read_scts(sct_list(*[sct("a")] * 100)) == stamped(*"a" * MAX_SCTS)


@pytest.mark.parametrize("junk", [b"", b"\0", b"\0\1", b"\0\0\0", sct_list(sct("a")) + b"\0", sct_list(sct("a"))[:-1]])
def test_a_list_that_lies_about_its_length_is_no_list(junk: bytes) -> None:
    with pytest.raises(ValueError, match="does not have the length it says"):
        read_scts(junk)


@pytest.mark.parametrize("body", [b"\0", b"\0\5abcd", b"\0\1a\0"])
def test_a_timestamp_longer_than_its_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="longer than the list"):
        read_scts(len(body).to_bytes(2, "big") + body)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_value_error(junk: bytes) -> None:
    try:
        found = read_scts(junk)
    except ValueError:
        return
    assert len(found) <= MAX_SCTS


def test_logs_count_once() -> None:
    assert log_ids(stamped("a", "b", "a")) == (log_id("a").hex(), log_id("b").hex())


OPERATORS = {log_id("a").hex(): "Acme", log_id("b").hex(): "Acme", log_id("c").hex(): "Other"}


@pytest.mark.parametrize(
    ("logs", "asked", "said"),
    [
        ("ac", 2, ""),
        ("abc", 3, ""),
        ("ax", 2, ""),
        ("xy", 2, ""),
        ("", 2, "0 of the 2 logs that clients ask for have promised to publish the certificate"),
        ("aa", 2, "1 of the 2 logs that clients ask for have promised to publish the certificate"),
        ("ac", 3, "2 of the 3 logs that clients ask for have promised to publish the certificate"),
        ("ab", 2, "all 2 logs that have promised to publish the certificate are run by Acme"),
    ],
)
def test_there_must_be_enough_logs_of_enough_operators(logs: str, asked: int, said: str) -> None:
    assert shortfall(stamped(*logs), asked, 2, OPERATORS) == said
