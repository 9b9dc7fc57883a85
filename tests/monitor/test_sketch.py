"""Quantiles from a sketch are close to those of the values, however often sketches were merged and stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sketch import EMPTY, ERROR, SMALLEST, Sketch

SECONDS = st.floats(0, 100, allow_nan=False)


@given(st.lists(st.lists(SECONDS), min_size=1), st.sampled_from([0, 0.5, 0.9, 0.99, 1]))
def test_a_quantile_of_merged_sketches_is_near_that_of_all_values(parts: list[list[float]], share: float) -> None:
    merged = EMPTY
    for part in parts:
        merged += Sketch.of(part)
    values = sorted(max(value, SMALLEST) for part in parts for value in part)
    found = Sketch.from_bytes(merged.to_bytes()).quantile(share)
    if not values:
        assert found is None
        return
    true = values[int(share * (len(values) - 1))]
    assert found == pytest.approx(true, rel=ERROR * 1.000_001)
    assert merged.count == len(values)


@given(st.lists(SECONDS))
def test_a_sketch_comes_back_from_its_bytes(values: list[float]) -> None:
    sketch = Sketch.of(values)
    assert Sketch.from_bytes(sketch.to_bytes()) == sketch


def test_a_day_of_a_steady_endpoint_takes_little_room() -> None:
    assert len(Sketch.of(0.1 + (n % 60) / 1_000 for n in range(1_440)).to_bytes()) < 60


@pytest.mark.parametrize("cut", [b"\x80", b"\x02"])
def test_bytes_that_were_cut_are_refused(cut: bytes) -> None:
    with pytest.raises(ValueError, match="end in the middle of a"):
        Sketch.from_bytes(cut)
