from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.store.facts import keep, recall
from tests.support.records import NOON

PAGE = {"components": ["api", "web", "mail"], "url": "https://status.example", "seconds": 0.1}


def test_first_facts_are_stored_whole() -> None:
    kept = keep(PAGE, NOON, None)
    assert (kept.base.at, kept.changed) == (NOON, None)
    assert kept.whole == '{"components":["api","web","mail"],"url":"https://status.example","seconds":0.1}'


def test_the_same_facts_again_store_nothing() -> None:
    kept = keep(dict(PAGE), NOON, keep(PAGE, NOON, None).base)
    assert (kept.whole, kept.changed) == (None, None)


def test_only_the_fields_that_changed_are_stored() -> None:
    kept = keep({**PAGE, "seconds": 0.3, "note": "new"}, NOON, keep(PAGE, NOON, None).base)
    assert (kept.whole, kept.changed) == (None, '{"seconds":0.3,"note":"new"}')


@pytest.mark.parametrize("facts", [{"url": "https://status.example"}, {**PAGE, "components": ["x"] * 30}])
def test_facts_that_lost_a_field_or_changed_for_the_most_part_are_stored_whole(facts: dict[str, Any]) -> None:
    kept = keep(facts, NOON, keep(PAGE, NOON, None).base)
    assert kept.changed is None
    assert kept.whole is not None
    assert recall(kept.whole, None) == facts


def test_facts_without_fields_are_refused() -> None:
    with pytest.raises(TypeError, match="int has no fields"):
        keep(7, NOON, None)


VALUES = st.none() | st.integers() | st.text(alphabet='aé"\\\ud800') | st.lists(st.booleans())
FACTS = st.dictionaries(st.sampled_from("abcd"), VALUES)


@given(st.lists(FACTS, min_size=1, max_size=8))
def test_every_facts_are_recalled_exactly(history: list[dict[str, Any]]) -> None:
    base, whole = None, ""
    for facts in history:
        kept = keep(facts, NOON, base)
        base, whole = kept.base, kept.whole or whole
        assert recall(whole, kept.changed) == facts
