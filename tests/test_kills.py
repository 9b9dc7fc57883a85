"""No message is lost or doubled, whenever the daemon is killed; and that whoever counts them sees each way to be wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.killing import kill_often
from tests.support.receiver import Message
from tests.support.reckoning import Happened, News, Put, Reckoning, reckon

KILLS = 12
CHANNEL = "ops"


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whenever_the_daemon_is_killed(tmp_path: Path) -> None:
    outcome = asyncio.run(kill_often(tmp_path, KILLS))
    assert outcome.kills.total() == KILLS
    assert outcome.alerts.total() > 0
    wrong = {name: found for name, found in outcome.reckoning.wrongs.items() if found}
    assert wrong == {}, (tmp_path / "log").read_text()[-5000:]
    assert outcome.unexplained == set()
    assert (outcome.noticed.missed, outcome.noticed.untold) == ([], [])


OVER = Happened("a1", "10:00", goes_on=False)
AGAIN = Happened("a1", "11:00", goes_on=False)


def _news(alert: Happened, status: str) -> News:
    return News(CHANNEL, alert.fingerprint, alert.starts_at, status)


BEGAN, ENDED = _news(OVER, "firing"), _news(OVER, "resolved")
BEGAN_AGAIN, ENDED_AGAIN = _news(AGAIN, "firing"), _news(AGAIN, "resolved")


def _message(number: str, *told: News, taken: bool = True) -> Message:
    alerts = [{"fingerprint": each.fingerprint, "startsAt": each.starts_at, "status": each.status} for each in told]
    return Message("/", {"webhook-id": number}, json.dumps({"receiver": CHANNEL, "alerts": alerts}).encode(), taken)


def _reckoned(alerts: Iterable[Happened], came: Iterable[Message], batches: str = "1 2 3 4") -> Reckoning:
    """The news of *alerts* was sent in *batches*, one each."""
    known = [*alerts]
    news = [each for alert in known for each in (_news(alert, "firing"), _news(alert, "resolved"))]
    return reckon(known, [CHANNEL], [Put(*each) for each in zip(news, batches.split(), strict=False)], [*came])


def _wrong(found: Reckoning) -> dict[str, object]:
    return {name: [*each] for name, each in found.wrongs.items() if each}


def test_what_came_once_and_in_order_is_right() -> None:
    found = _reckoned([OVER], [_message("1", BEGAN), _message("2", ENDED)])
    assert _wrong(found) == {}
    assert [*found.redelivered, *found.folded] == []


def test_what_never_came_and_what_was_not_taken_is_lost() -> None:
    assert _wrong(_reckoned([OVER], [_message("1", BEGAN)])) == {"lost": [ENDED], "misled": [(CHANNEL, "a1")]}
    came = [_message("1", BEGAN), _message("2", ENDED, taken=False)]
    assert _wrong(_reckoned([OVER], came)) == {"lost": [ENDED], "misled": [(CHANNEL, "a1")]}


def test_what_the_newest_news_of_the_same_message_says_too_is_not_lost() -> None:
    found = _reckoned([OVER], [_message("1", ENDED)], batches="1 1")
    assert _wrong(found) == {}
    assert [*found.folded] == [BEGAN]


def test_what_was_to_be_sent_in_another_message_is_lost() -> None:
    assert _wrong(_reckoned([OVER], [_message("2", ENDED)])) == {"lost": [BEGAN], "disordered": [ENDED]}


def test_what_came_under_two_ids_is_doubled_and_under_one_id_it_is_not() -> None:
    came = [_message("1", BEGAN), _message("x", BEGAN), _message("2", ENDED)]
    assert _wrong(_reckoned([OVER], came)) == {"doubled": [BEGAN]}
    found = _reckoned([OVER], [_message("1", BEGAN), _message("1", BEGAN), _message("2", ENDED)])
    assert _wrong(found) == {}
    assert [*found.redelivered] == ["1"]


def test_one_id_with_two_contents_is_contradictory() -> None:
    came = [_message("1", BEGAN), _message("1", BEGAN, ENDED)]
    assert "contradictory" in _wrong(_reckoned([OVER], came))


def test_an_end_before_its_beginning_is_disordered_and_misleads() -> None:
    came = [_message("2", ENDED), _message("1", BEGAN)]
    wrong = _wrong(_reckoned([OVER], came))
    assert wrong == {"disordered": [ENDED, BEGAN], "misled": [(CHANNEL, "a1")]}


def test_an_older_alert_after_a_newer_one_is_disordered() -> None:
    came = [_message("3", BEGAN_AGAIN), _message("4", ENDED_AGAIN), _message("1", BEGAN), _message("2", ENDED)]
    assert _wrong(_reckoned([OVER, AGAIN], came)) == {"disordered": [BEGAN, ENDED]}


def test_what_is_in_no_store_is_made_up_and_what_goes_on_there_is_stuck() -> None:
    goes_on = Happened("a2", "12:00", goes_on=True)
    found = reckon([goes_on], [CHANNEL], [], [_message("1", _news(goes_on, "firing"), BEGAN_AGAIN)])
    assert _wrong(found) == {"made_up": [BEGAN_AGAIN], "misled": [(CHANNEL, "a1")], "stuck": [goes_on]}
