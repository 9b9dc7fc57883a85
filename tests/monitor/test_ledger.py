"""What is put down of the past: when we could see, and from when on which state counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from checks.model import State
from monitor.clock import Clock
from monitor.history import Presence, Stretch
from monitor.ledger import AWAY_SECONDS, WRITTEN_EVERY_SECONDS, Ledger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
API, ACME = "acme/endpoint/api", "acme"


def _at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@dataclass
class Hands:
    """The two clocks, moved by hand: *shift* is by how much the wall clock is set wrong."""

    monotonic: float = 0.0
    shift: float = 0.0
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(now=lambda: _at(self.monotonic + self.shift), monotonic=lambda: self.monotonic)


def _seen(ledger: Ledger, hands: Hands, seconds: float) -> list[Presence]:
    """What is put down while we see for so long."""
    end, put = hands.monotonic + seconds, list[Presence]()
    while hands.monotonic < end:
        hands.monotonic += 5
        put += ledger.beat(is_lost=False, lost_since=None)
    return put


def _begun(hands: Hands, living: dict[str, State] | None = None, *known: Presence) -> Ledger:
    ledger = Ledger(hands.clock)
    ledger.restore(living or {}, known)
    assert list(ledger.begin()) == [Presence(hands.clock.now(), hands.clock.now())]
    return ledger


def _is_behind(ledger: Ledger) -> bool:
    return ledger.is_behind


def _merged(presences: Iterable[Presence]) -> list[tuple[float, float]]:
    """The last that was put down of each, in seconds after noon."""
    last = {each.since: each for each in presences}
    return [((each.since - NOON).total_seconds(), (each.until - NOON).total_seconds()) for each in last.values()]


def test_that_we_see_is_put_down_now_and_then_and_at_the_end() -> None:
    hands = Hands()
    ledger = _begun(hands)
    put = _seen(ledger, hands, 60)
    assert len(put) == 60 / WRITTEN_EVERY_SECONDS
    hands.monotonic += 3
    assert _merged([*put, *ledger.witness(matters=True)]) == [(0, 63)]


def test_who_stood_still_has_not_seen() -> None:
    hands = Hands()
    ledger = _begun(hands)
    put = _seen(ledger, hands, 10)
    hands.monotonic += 2 * AWAY_SECONDS
    put += ledger.beat(is_lost=False, lost_since=None)
    assert _merged([*put, *_seen(ledger, hands, 20)]) == [(0, 10), (70, 85)]


def test_nobody_saw_while_the_machine_slept() -> None:
    hands = Hands()
    ledger = _begun(hands)
    put = _seen(ledger, hands, 20)
    hands.shift += 3_600
    put += _seen(ledger, hands, 5)
    assert _merged([*put, *ledger.witness(matters=True)]) == [(0, 20), (3_625, 3_625)]


def test_what_a_clock_that_was_set_back_had_not_lived_yet_begins_anew() -> None:
    hands = Hands()
    ledger = _begun(hands, {API: State.UP})
    put = _seen(ledger, hands, 100)
    assert list(ledger.moved(API, State.DOWN, _at(90))) == [Stretch(API, _at(90), State.DOWN)]
    hands.shift -= 50
    put += _seen(ledger, hands, 5)
    assert _merged(put)[-1] == (55, 55)
    hands.monotonic += 10
    assert list(ledger.moved(API, State.UP, _at(20))) == [Stretch(API, _at(55), State.UP)]


def test_a_lost_network_is_told_from_when_it_was_lost_and_a_doubt_that_passes_is_none() -> None:
    hands = Hands()
    ledger = _begun(hands)
    put = _seen(ledger, hands, 60)
    hands.monotonic += 5
    put += ledger.beat(is_lost=None, lost_since=_at(62))
    put += _seen(ledger, hands, 30)
    for _ in range(3):
        hands.monotonic += 5
        put += ledger.beat(is_lost=True, lost_since=_at(90))
    put += ledger.beat(is_lost=None, lost_since=None)
    assert _merged(put) == [(0, 90)]
    put += _seen(ledger, hands, 20)
    assert _merged(put)[1] == (115, 130)


def test_a_series_begins_and_ends_with_the_catalogue_that_has_it() -> None:
    hands = Hands(monotonic=100)
    ledger = _begun(hands, {"old/tls/x": State.UP, API: State.DOWN, ACME: State.DOWN}, Presence(_at(0), _at(60)))
    assert list(ledger.adopt({API: State.DOWN, "new/tls/x": State.UNKNOWN, ACME: None})) == [
        Stretch("old/tls/x", _at(60), None),
        Stretch("new/tls/x", _at(100), State.UNKNOWN),
    ]
    hands.monotonic = 200
    assert set(ledger.adopt({ACME: None})) == {Stretch(API, _at(200), None), Stretch("new/tls/x", _at(200), None)}
    assert list(ledger.adopt({API: State.DOWN, ACME: None})) == [Stretch(API, _at(200), State.DOWN)]
    assert list(ledger.adopt({API: State.DOWN, ACME: State.UP})) == [Stretch(ACME, _at(200), State.UP)]


def test_a_state_is_news_once_and_begins_no_sooner_than_we_could_see() -> None:
    hands = Hands()
    ledger = _begun(hands, {API: State.UP})
    hands.monotonic = 30
    assert list(ledger.moved(API, State.UP, _at(10))) == []
    assert list(ledger.moved(API, State.DOWN, _at(-60))) == [Stretch(API, NOON, State.DOWN)]
    assert list(ledger.moved(API, State.UP, _at(20))) == [Stretch(API, _at(20), State.UP)]
    assert list(ledger.moved("late/tls/x", State.DOWN, _at(0))) == [Stretch("late/tls/x", _at(30), State.DOWN)]


def test_a_vendor_is_as_bad_as_the_worst_that_turns_out_late() -> None:
    hands = Hands()
    ledger = _begun(hands, {ACME: State.UP})
    hands.monotonic = 300
    assert list(ledger.moved(ACME, State.DEGRADED, _at(100))) == [Stretch(ACME, _at(100), State.DEGRADED)]
    assert list(ledger.moved(ACME, State.DOWN, _at(50))) == [Stretch(ACME, _at(50), State.DOWN)]


def test_a_milder_state_takes_nothing_from_a_worse_one() -> None:
    hands = Hands()
    ledger = _begun(hands, {ACME: State.UP})
    hands.monotonic = 300
    assert list(ledger.moved(ACME, State.DOWN, _at(100))) == [Stretch(ACME, _at(100), State.DOWN)]
    assert list(ledger.moved(ACME, State.UP, _at(150))) == [Stretch(ACME, _at(150), State.UP)]
    assert list(ledger.moved(ACME, State.DEGRADED, _at(20))) == [Stretch(ACME, _at(150), State.DEGRADED)]


def test_what_work_excused_stays_excused() -> None:
    hands = Hands()
    ledger = _begun(hands, {ACME: State.UP})
    hands.monotonic = 100
    assert list(ledger.moved(ACME, State.MAINTENANCE, _at(20))) == [Stretch(ACME, _at(100), State.MAINTENANCE)]
    hands.monotonic = 200
    assert list(ledger.moved(ACME, State.DOWN, _at(150))) == [Stretch(ACME, _at(200), State.DOWN)]
    assert list(ledger.moved(ACME, State.MAINTENANCE, _at(20))) == [Stretch(ACME, _at(200), State.MAINTENANCE)]
    hands.monotonic = 300
    assert list(ledger.moved(ACME, State.UP, _at(250))) == [Stretch(ACME, _at(250), State.UP)]


def test_a_look_is_a_witness_once_a_second_and_a_change_at_once() -> None:
    hands = Hands()
    ledger = _begun(hands)
    hands.monotonic = 0.9
    assert list(ledger.witness(matters=False)) == []
    assert list(ledger.witness(matters=True)) == [Presence(NOON, _at(0.9))]
    hands.monotonic = 1.8
    assert list(ledger.witness(matters=False)) == []
    hands.monotonic = 2
    assert list(ledger.witness(matters=False)) == [Presence(NOON, _at(2))]
    hands.shift += 3_600
    assert list(ledger.witness(matters=False)) == [Presence(NOON, _at(2)), Presence(_at(3_602), _at(3_602))]


def test_a_clock_that_is_far_behind_takes_nothing_back_until_it_is_right() -> None:
    day = 86_400
    hands = Hands(shift=-30 * day)
    ledger = Ledger(hands.clock)
    ledger.restore({API: State.UP, ACME: State.UP}, [Presence(_at(-3 * day), _at(-60))])
    assert list(ledger.begin()) == []
    assert _is_behind(ledger)
    assert list(ledger.adopt({API: State.UP, ACME: State.UP, "new/tls/x": State.UP})) == []
    assert list(ledger.moved(API, State.DOWN, hands.clock.now())) == []
    assert _seen(ledger, hands, 60) == []
    hands.shift = 0
    assert _seen(ledger, hands, 5) == [Presence(_at(65), _at(65))]
    assert not _is_behind(ledger)
    now = {API: State.DOWN, ACME: State.UP}
    assert list(ledger.adopt(now)) == [Stretch(API, _at(65), State.DOWN)]


def test_a_clock_that_was_ahead_for_a_while_is_set_right() -> None:
    hands = Hands()
    ledger = _begun(hands)
    put = _seen(ledger, hands, 30)
    hands.shift = 3_000_000
    put += _seen(ledger, hands, 600)
    hands.shift = 0
    put += _seen(ledger, hands, 30)
    assert not _is_behind(ledger)
    assert _merged(put)[0] == (0, 30)
    assert _merged(put)[-1][0] == 635
