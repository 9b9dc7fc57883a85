"""What was pressed together comes back as it was, of the same types, whatever it was; and in a fraction of its size."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.plain import Plain
from monitor.store.columns import folded, unfolded
from monitor.store.packing import Look, pack, unpack

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, 0.0, -0.0, 1, 1.0, True, False, "", "=", "{"]),
    st.text(max_size=8),
)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=12,
)
TIMES = st.integers(-(2**52), 2**52)
SECONDS = st.floats(0, 1e6, allow_nan=False)
LOOKS = st.builds(
    Look,
    TIMES,
    SECONDS,
    st.sampled_from(["ok", "critical"]),
    st.sampled_from([None, "timeout"]),
    st.none() | st.text(max_size=9),
    PLAIN,
    PLAIN,
)


def _told(value: Any) -> str:
    """*value* so that 1, 1.0 and True are three things, and so are 0.0 and -0.0; the order of names says nothing in JSON."""
    match value:
        case dict():
            return repr({name: _told(value[name]) for name in sorted(value)})
        case list() | tuple():
            return repr([_told(each) for each in value])
    return repr(value)


@given(st.lists(LOOKS, min_size=1, max_size=8))
def test_looks_come_back_as_they_were(looks: list[Look]) -> None:
    assert _told(unpack(pack(looks))) == _told(looks)


@given(st.lists(PLAIN, min_size=1, max_size=6))
def test_a_column_comes_back_as_it_was_through_json(values: list[Plain]) -> None:
    column = json.loads(json.dumps(folded(values)))
    assert _told(unfolded(column, len(values))) == _told(values)


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, 2**-81, 0.1])
def test_numbers_of_every_size_come_back(number: float) -> None:
    looks = [Look(0, number, "ok", None, None, [], {"a": number}), Look(60, 0.25, "ok", None, None, [], {"a": 1})]
    assert unpack(pack(looks)) == looks


def test_what_is_the_same_in_all_of_them_is_written_once() -> None:
    facts: Plain = {"url": "https://api.example.com/health", "headers": [{"name": "server", "value": "x" * 500}]}
    one = Look(0, 0.25, "ok", None, None, [], facts)
    hour = [one._replace(at=60_000_000 * minute) for minute in range(60)]
    assert len(pack(hour)) <= len(pack([one])) + 20


def test_what_a_clock_measured_takes_half_of_its_digits() -> None:
    seconds = [137_000 + number / 7 - (137_000 + number / 7.01) for number in range(1, 60)]
    column = folded(seconds)
    assert column[0] == "/"
    assert len(json.dumps(column)) < 0.75 * len(json.dumps(seconds))


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"not zlib",
        zlib.compress(b"not JSON"),
        zlib.compress(b"[1]"),
        zlib.compress(b'[1, ["?", 1]]'),
        zlib.compress(b'[2, ["[", [["=", 1], ["*", 1]]]]'),
        zlib.compress(b'[1, ["=", 7]]'),
        zlib.compress(b'[1, ["/", 1e9, 1]]'),
        zlib.compress(b'{"a": 1}'),
    ],
)
def test_bytes_that_are_no_pack_are_refused(written: bytes) -> None:
    with pytest.raises(ValueError, match="pressed together"):
        unpack(written)
