"""Whether an objective was met, and how sure that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.history import Tally
from monitor.review.objective import Verdict, judged

DAYS_30 = 30 * 86_400


@pytest.mark.parametrize(
    ("tally", "allowed", "left", "verdict"),
    [
        (Tally(up=DAYS_30), 2_592, 2_592, Verdict.MET),
        (Tally(up=DAYS_30 - 2_592, down=2_592), 2_592, 0, Verdict.MET),
        (Tally(up=DAYS_30 - 2_593, down=2_593), 2_592, -1, Verdict.MISSED),
        (Tally(up=DAYS_30 - 1_000, degraded=1_000), 2_592, 2_592, Verdict.MET),
        # Maintenance and what was not seen make what is counted less, and only the latter makes it unsure.
        (Tally(up=1_000_000, maintenance=DAYS_30 - 1_000_000), 1_000, 1_000, Verdict.MET),
        (Tally(up=1_000_000, unknown=DAYS_30 - 1_000_000), 1_000, 1_000, Verdict.UNDECIDED),
        (Tally(up=999_000, down=1_000, unknown=1), 1_000, 0, Verdict.UNDECIDED),
        (Tally(up=900_000, down=1_001, unknown=99_000), 901, -100, Verdict.MISSED),
        (Tally(up=900_000, down=950, unknown=99_000), 900, -50, Verdict.UNDECIDED),
    ],
)
def test_the_verdict_is_what_no_unseen_second_can_change(tally: Tally, allowed: int, left: int, verdict: Verdict) -> None:
    found = judged(99.9, tally)
    assert found is not None
    assert (found.allowed, found.left, found.verdict) == (allowed, left, verdict)
    assert found.is_met_as_seen is (left >= 0)


def test_of_what_was_all_excused_nothing_is_said() -> None:
    assert judged(99.9, Tally(maintenance=5)) is None


def test_what_was_not_seen_at_all_may_have_been_anything() -> None:
    found = judged(99.9, Tally(unknown=86_400, maintenance=5))
    assert found
    assert (found.verdict, found.counted, found.least, found.most) == (Verdict.UNDECIDED, 0, 0.0, 1.0)


def test_what_was_not_watched_in_between_leaves_it_open() -> None:
    found = judged(99.9, Tally(up=1_000_000), unwatched=86_400)
    assert found
    assert (found.verdict, found.unseen, found.is_met_as_seen) == (Verdict.UNDECIDED, 86_400, True)


@given(
    st.sampled_from([50, 99, 99.5, 99.9, 99.99, 99.999]),
    *[st.integers(0, 3_000_000)] * 4,
)
def test_both_bounds_are_what_the_verdict_says(objective: float, up: int, down: int, unknown: int, degraded: int) -> None:
    found = judged(objective, Tally(up=up, down=down, unknown=unknown, degraded=degraded))
    if found is None:
        assert not up + down + degraded + unknown
        return
    all_down = judged(objective, Tally(up=up, down=down + unknown, degraded=degraded))
    all_up = judged(objective, Tally(up=up + unknown, down=down, degraded=degraded))
    assert all_down
    assert all_up
    assert all_down.verdict is not Verdict.UNDECIDED
    expected = all_down.verdict if all_down.verdict is all_up.verdict else Verdict.UNDECIDED
    assert found.verdict is expected
    assert found.least == pytest.approx(1 - (down + unknown) / (up + down + degraded + unknown))
    assert found.most == pytest.approx(1 - down / (up + down + degraded + unknown))
