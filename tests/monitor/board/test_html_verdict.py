"""The sentence on top: whether anything is wrong, and what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checks.model import Claim, State
from monitor.board.html.kinds import Kind, kind_of
from monitor.board.html.verdict import verdict
from monitor.board.values import Card
from monitor.correlate import Disagreement
from tests.support.boards import board, card, down

UP, DEGRADED, WORK, DIM = card(), card(state=State.DEGRADED), card(state=State.MAINTENANCE), card(state=State.UNKNOWN)
APART = card(apart=Disagreement.PROBE_OK_CLAIM_DOWN)
DOWN = down(apart=None)
LOST = replace(DOWN, state=State.UNKNOWN)
"""Down before, and not to be seen now."""

NEW = card(since=None, state=State.UNKNOWN)
PAGE_ONLY = card(is_measured=False, state=State.UNKNOWN)
ADMITS = replace(PAGE_ONLY, claim=Claim.PARTIAL_OUTAGE)
SMALL, EARLY = card(claim=Claim.DEGRADED), card(claim=Claim.MAJOR_OUTAGE)
"""Up, and its page speaks of what is too little, or too new, to be told as disagreement."""

UNREAD, URGENT = card(claim=Claim.UNKNOWN, unread="timeout: no answer"), card(is_critical=True)


@pytest.mark.parametrize(
    ("cards", "sentence", "short", "state"),
    [
        ([], "No vendor is watched yet", "no vendors", State.UNKNOWN),
        ([UP], "Acme is up", "all up", State.UP),
        ([UP] * 12, "All 12 vendors are up", "all up", State.UP),
        ([DOWN], "Acme is down", "1 down", State.DOWN),
        ([down()], "Acme is down and disagrees with us", "1 down, 1 apart", State.DOWN),
        ([DOWN, *[UP] * 11], "1 of 12 vendors is down", "1 down", State.DOWN),
        ([DOWN] * 2 + [UP] * 10, "2 of 12 vendors are down", "2 down", State.DOWN),
        ([DOWN] * 2 + [APART] + [UP] * 9, "2 of 12 vendors are down; 1 disagrees with us", "2 down, 1 apart", State.DOWN),
        (
            [DOWN, DIM, DEGRADED, ADMITS, APART, APART],
            "1 of 6 vendors is down; 1 cannot be seen, 1 is degraded, 1 says that it has trouble, 2 disagree with us",
            "1 down, 1 unknown, 1 degraded, 1 in trouble, 2 apart",
            State.DOWN,
        ),
        ([DIM, UP], "1 of 2 vendors cannot be seen", "1 unknown", State.UNKNOWN),
        ([APART, UP], "1 of 2 vendors disagrees with us", "1 apart", State.DEGRADED),
        (
            [WORK, UP, UP],
            "Nothing is known to be wrong: 2 of 3 vendors are up; 1 is under maintenance",
            "2 up, 1 maintenance",
            State.UP,
        ),
        ([SMALL, UP], "1 of 2 vendors says that it has trouble", "1 in trouble", State.DEGRADED),
        ([EARLY, ADMITS, UP], "2 of 3 vendors say that they have trouble", "2 in trouble", State.DEGRADED),
        (
            [DOWN, replace(DEGRADED, claim=Claim.DEGRADED)],
            "1 of 2 vendors is down; 1 is degraded",
            "1 down, 1 degraded",
            State.DOWN,
        ),
        ([UP, UNREAD], "All 2 vendors are up; 1 has a status page that cannot be read", "all up, 1 unread", State.UP),
        ([UNREAD], "Acme is up and has a status page that cannot be read", "all up, 1 unread", State.UP),
        ([DOWN, UNREAD], "1 of 2 vendors is down; 1 has a status page that cannot be read", "1 down, 1 unread", State.DOWN),
        ([URGENT, UP], "1 of 2 vendors has a critical finding", "1 critical", State.DEGRADED),
        ([replace(DOWN, is_critical=True), UP], "1 of 2 vendors is down", "1 down", State.DOWN),
        ([card(claim=Claim.UNKNOWN), card(claim=Claim.MAINTENANCE)], "All 2 vendors are up", "all up", State.UP),
        ([NEW], "Nothing is known to be wrong: Acme was not looked at yet", "1 no look yet", State.UNKNOWN),
        (
            [NEW] * 2 + [PAGE_ONLY],
            "Nothing is known to be wrong: 2 of 3 vendors were not looked at yet; 1 is not measured",
            "2 no look yet, 1 not measured",
            State.UNKNOWN,
        ),
        ([DOWN, *[UP] * 1_299], "1 of 1,300 vendors is down", "1 down", State.DOWN),
    ],
)
def test_it_says_what_is_wrong_and_of_how_many(cards: list[Card], sentence: str, short: str, state: State) -> None:
    told = verdict(board(*cards))
    assert (told.sentence, told.short, told.state) == (sentence, short, state)


def test_our_own_network_outranks_all() -> None:
    told = verdict(board(UP, DIM, is_blind=True))
    assert told.sentence == "Our own network is the suspect: how the vendors are cannot be told"
    assert (told.short, told.state) == ("our own network", State.UNKNOWN)
    assert verdict(board(is_blind=True)).sentence == "No vendor is watched yet"


@pytest.mark.parametrize(
    ("cards", "sentence", "short"),
    [
        ([DOWN, UP], "how the vendors are cannot be told; 1 was down before", "our own network, 1 down before"),
        ([LOST, DOWN, UP], "how the vendors are cannot be told; 2 were down before", "our own network, 2 down before"),
        ([LOST], "how Acme is cannot be told; it was down before", "our own network, 1 down before"),
        ([DIM], "how Acme is cannot be told", "our own network"),
    ],
)
def test_what_was_down_before_is_said_while_nothing_can_be_told(cards: list[Card], sentence: str, short: str) -> None:
    told = verdict(board(*cards, is_blind=True))
    assert (told.sentence, told.short) == (f"Our own network is the suspect: {sentence}", short)


def test_that_our_own_network_works_in_part_is_said_beside_what_is_wrong() -> None:
    told = verdict(board(DIM, DIM, troubles=("names: dns: no such name",))).sentence
    assert told == "2 of 2 vendors cannot be seen; our own network works in part"
    assert verdict(board(UP, troubles=("names: dns: no such name",))).sentence == "Acme is up"


def test_who_starts_knows_nothing_yet() -> None:
    told = verdict(board(is_starting=True))
    assert (told.sentence, told.short, told.state) == ("vendorwatch is starting", "starting", State.UNKNOWN)


@pytest.mark.parametrize("state", State)
def test_what_a_vendor_is_shown_as_is_its_state_once_it_was_looked_at(state: State) -> None:
    assert kind_of(card(state=state)).state is state
    assert kind_of(card(state=state)).value == state.value
    assert kind_of(card(state=state, since=None)) is Kind.UNLOOKED
    assert kind_of(card(state=state, is_measured=False, since=None)) is Kind.UNMEASURED
