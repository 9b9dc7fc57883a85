"""The script is an hour in order, about whom and what there is, and leaves the world as it found it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from checks.model import Claim, Severity, State
from checks.tls.grading import Grade
from monitor.clock import SYSTEM_CLOCK
from monitor.correlate import Disagreement
from monitor.demo.authority import OwnAuthority
from monitor.demo.script import MINUTES, SCRIPT, Act
from monitor.demo.sights import NONE, OURSELVES
from monitor.demo.world import World, cast
from monitor.egress import Egress

SLUGS = {vendor.slug for vendor in cast(datetime(2026, 5, 4, 9, tzinfo=UTC))}
WORDS = {
    "state": {*State},
    "claim": {*Claim},
    "disagreement": {NONE, *Disagreement},
    "certificate": {*Severity},
    "grade": {*Grade},
}


def test_the_hour_is_in_order() -> None:
    minutes = [act.minute for act in SCRIPT]
    assert minutes[0] == 0
    assert minutes == sorted({*minutes})
    assert minutes[-1] < MINUTES
    assert [SCRIPT[0].time, SCRIPT[-1].time] == ["09:00", "09:57"]


@pytest.mark.parametrize("act", SCRIPT, ids=lambda act: act.time)
def test_what_is_expected_can_be_seen(act: Act) -> None:
    for fact, words in act.expects.items():
        assert fact.subject in SLUGS | {OURSELVES}
        assert words <= ({*Egress} if fact.subject == OURSELVES else WORDS[fact.kind])


def test_everybody_has_a_part() -> None:
    assert {fact.subject for act in SCRIPT for fact in act.expects} == SLUGS | {OURSELVES}


def looks(world: World) -> list[object]:
    """How each vendor is."""
    return [
        (each.api_status, each.slow_seconds, each.page_is_html, each.says.claim, each.says.incident, each.says.work,
         each.context.maximum_version, len(each.context.get_ciphers()), each.where)
        for each in world.vendors.values()
    ]  # fmt: skip


def test_each_act_changes_something_and_the_hour_can_begin_anew(tmp_path: Path) -> None:
    async def story() -> None:
        world = World(SYSTEM_CLOCK, OwnAuthority(tmp_path, SYSTEM_CLOCK), timedelta(seconds=1))
        await world.appear()
        try:
            seen = [looks(world)]
            for act in SCRIPT:
                await act.does(world)
                seen.append(looks(world))
        finally:
            await world.vanish()
        idle = [act.told.split()[0] for act, (before, after) in zip(SCRIPT, pairwise(seen), strict=True) if before == after]
        assert idle == ["six", "mail", "mail", "our", "our"], "of certificates and of who is there nothing is in the looks"
        assert seen[-1] == seen[0]

    asyncio.run(story())
