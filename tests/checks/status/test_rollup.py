"""The worst of a page's components, and the sentence that says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.model import Claim
from checks.status.report import Component
from checks.status.rollup import roll_up


def components(*claims: Claim) -> list[Component]:
    return [Component(id=str(at), name=f"m{at}", claim=claim, word=f"word{at}") for at, claim in enumerate(claims)]


@pytest.mark.parametrize(
    ("claims", "worst", "words"),
    [
        ((Claim.OPERATIONAL, Claim.OPERATIONAL), Claim.OPERATIONAL, "2 of 2 monitors are up"),
        ((Claim.OPERATIONAL, Claim.MAINTENANCE), Claim.MAINTENANCE, "1 of 2 monitors is under maintenance"),
        ((Claim.MAINTENANCE, Claim.DEGRADED), Claim.DEGRADED, "1 of 2 monitors is degraded"),
        ((Claim.PARTIAL_OUTAGE, Claim.DEGRADED), Claim.PARTIAL_OUTAGE, "1 of 2 monitors is partly down"),
        ((Claim.MAJOR_OUTAGE, Claim.UNKNOWN, Claim.MAJOR_OUTAGE), Claim.PARTIAL_OUTAGE, "2 of 3 monitors are down"),
        ((Claim.MAJOR_OUTAGE, Claim.MAJOR_OUTAGE), Claim.MAJOR_OUTAGE, "2 of 2 monitors are down"),
        ((Claim.DEGRADED, Claim.UNKNOWN, Claim.UNKNOWN), Claim.UNKNOWN, "word1"),
        ((), Claim.UNKNOWN, ""),
    ],
)
def test_the_worst_component_speaks_for_the_page(claims: tuple[Claim, ...], worst: Claim, words: str) -> None:
    assert roll_up(iter(components(*claims)), "monitors") == (worst, words)


def test_what_says_nothing_is_told_and_decides_only_where_nothing_else_says_anything() -> None:
    up, down, quiet, silent = components(Claim.OPERATIONAL, Claim.MAJOR_OUTAGE, Claim.UNKNOWN, Claim.UNKNOWN)
    quiet, silent = replace(quiet, word="no beat"), replace(silent, word="no beat")
    told = {
        (up, quiet, silent): (Claim.OPERATIONAL, "1 of 3 monitors is up, 2 say nothing"),
        (up, down, quiet): (Claim.PARTIAL_OUTAGE, "1 of 3 monitors is down, 1 says nothing"),
        (down, quiet): (Claim.MAJOR_OUTAGE, "1 of 2 monitors is down, 1 says nothing"),
        (quiet, silent): (Claim.UNKNOWN, ""),
    }
    assert {heard: roll_up(heard, "monitors", "no beat") for heard in told} == told
