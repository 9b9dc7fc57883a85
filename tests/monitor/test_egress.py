"""Whose failure a failure is, by what canaries said: tables, and what holds whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Failure, Reason
from monitor.correlate import Sight
from monitor.egress import Egress, Kind, Look, Round, Spell, View, Way
from tests.support.build import T0

GRACE = 60.0
NEW = View(grace=GRACE, patience=95)
SILENT = Failure(Reason.TIMEOUT, "nothing within 3 s")
Word = Literal["up", "lost", "untrusted", "forbidden"]
_FAILURES = {
    "up": None,
    "lost": SILENT,
    "untrusted": Failure(Reason.TLS, "the certificate is somebody else's"),
    "forbidden": Failure(Reason.CONFIG, "a private address"),
}


def looks(*told: str) -> tuple[Look, ...]:
    """Looks as ``a/tcp4/up``: of an operator, in a way, and what came of it."""
    return tuple(_look(*each.split("/")) for each in told)


def _look(operator: str, how: str, word: str) -> Look:
    kind: Kind = "tcp" if how.startswith("tcp") else "tls" if how == "tls" else "dns"
    family: Literal["ipv4", "ipv6", ""] = "ipv6" if how == "tcp6" else "ipv4" if how == "tcp4" else ""
    return Look(operator, kind, family, _FAILURES[word])


def round_(began: float, *told: str, seconds: float = 0.1) -> Round:
    return Round(began, began + seconds, T0 + timedelta(seconds=began), looks(*told))


WELL = ("a/tcp4/up", "b/tcp4/up", "c/tcp4/up", "d/tcp4/up", "a/dns/up", "b/dns/up", "a/tls/up", "b/tls/up")
CUT = tuple(each.replace("/up", "/lost") for each in WELL)
NAMELESS = tuple(each.replace("/dns/up", "/dns/lost") for each in WELL)
PORTAL = tuple(each.replace("/tls/up", "/tls/untrusted") for each in WELL)


def after(*rounds: Round, view: View = NEW) -> View:
    for each in rounds:
        view = view.after(each)
    return view


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (WELL, Egress.OK),
        (CUT, Egress.OFFLINE),
        (("a/tcp4/up", "b/tcp4/lost"), Egress.DEGRADED),
        (("a/tcp4/up", "b/tcp4/lost", "c/tcp4/lost"), Egress.OFFLINE),
        (("a/tcp4/up", "b/tcp4/up", "c/tcp4/lost", "d/tcp4/lost"), Egress.DEGRADED),
        (("a/tcp4/up", "b/tcp4/lost", "c/tcp4/lost", "d/tcp4/lost"), Egress.OFFLINE),
        (("a/tcp4/lost", "a/tls/up", "b/tcp4/lost", "b/tls/up"), Egress.OK),
        (("a/tcp4/up", "a/tls/lost", "b/tcp4/up", "b/tls/lost"), Egress.OK),
        (("a/tcp4/lost", "a/tls/untrusted"), Egress.OFFLINE),
        (NAMELESS, Egress.DEGRADED),
        (PORTAL, Egress.DEGRADED),
        ((), Egress.UNKNOWN),
        (("a/tcp4/forbidden", "b/tls/forbidden"), Egress.UNKNOWN),
        (("a/tcp4/forbidden", "b/tls/lost"), Egress.OFFLINE),
        (("a/dns/up", "b/dns/lost"), Egress.UNKNOWN),
        (("a/tcp4/up", "a/tcp6/lost", "b/tcp4/up", "b/tcp6/lost"), Egress.OK),
        (("a/tcp6/up", "a/tcp4/lost", "b/tcp4/lost"), Egress.OK),
        (("a/tcp4/lost", "b/tcp6/lost"), Egress.OFFLINE),
    ],
)
def test_a_quorum_of_operators_decides(told: Sequence[str], expected: Egress) -> None:
    assert after(round_(0, *told)).state is expected


def test_a_family_that_was_there_and_is_lost_is_missed_and_one_that_never_was_is_not() -> None:
    both, one = ("a/tcp4/up", "a/tcp6/up", "b/tcp4/up"), ("a/tcp4/up", "a/tcp6/lost", "b/tcp4/up")
    assert after(round_(0, *one), round_(30, *one)).state is Egress.OK
    lost = after(round_(0, *both), round_(30, *one))
    assert (lost.state, list(lost.troubles())) == (Egress.DEGRADED, ["ipv6: not any more"])
    assert after(round_(0, *one), round_(30, *both), round_(60, *both)).state is Egress.OK


def test_an_operator_who_is_only_in_a_family_we_have_not_got_has_no_vote() -> None:
    view = after(round_(0, "a/tcp4/up", "b/tcp6/lost", "c/tcp6/lost"))
    assert (view.state, view.latest and dict(view.latest.votes(view.families))) == (Egress.OK, {"a": True})


@pytest.mark.parametrize(
    ("told", "reason", "expected"),
    [
        (WELL, Reason.TIMEOUT, Sight.CLEAR),
        (CUT, Reason.TIMEOUT, Sight.BLIND),
        (CUT, Reason.DNS, Sight.BLIND),
        (NAMELESS, Reason.DNS, Sight.BLIND),
        (NAMELESS, Reason.RESOLVER, Sight.BLIND),
        (NAMELESS, Reason.REFUSED, Sight.CLEAR),
        (PORTAL, Reason.TLS, Sight.BLIND),
        (PORTAL, Reason.DNS, Sight.CLEAR),
        (PORTAL, Reason.CONNECT, Sight.CLEAR),
        ((), Reason.CONNECT, None),
    ],
)
def test_what_is_lost_takes_the_blame_for_what_needs_it(told: Sequence[str], reason: Reason, expected: Sight | None) -> None:
    assert after(round_(100, *told)).sight(99, 98, reason) is expected


def test_that_it_worked_before_the_failure_says_nothing() -> None:
    view = after(round_(100, *WELL))
    assert view.sight(100.05, 99, Reason.CONNECT) is Sight.UNSURE
    assert view.after(round_(101, *WELL)).sight(100.05, 99, Reason.CONNECT) is Sight.CLEAR
    assert NEW.sight(1, 0, Reason.CONNECT) is Sight.UNSURE


def test_a_look_that_began_before_the_grace_was_over_is_blind_and_those_after_begin_anew() -> None:
    view = after(round_(100, *CUT), round_(105, *WELL))
    back = 105.1
    for until in (90, back, back + GRACE - 0.1):
        assert view.sight(until + 1, until, Reason.CONNECT) is Sight.BLIND
    assert view.sight(80, back + GRACE, Reason.CONNECT) is Sight.UNSURE
    assert view.after(round_(back + GRACE, *WELL)).sight(80, back + GRACE, Reason.CONNECT) is Sight.CLEAR


def test_while_it_lasts_a_loss_of_names_is_nothing_to_other_failures_nor_is_its_end() -> None:
    view = after(round_(100, *NAMELESS), round_(130, *WELL))
    assert (list(after(round_(100, *NAMELESS)).lost), list(view.lost)) == ([Way.NAMES], [])
    assert view.sight(129, 128, Reason.DNS) is Sight.BLIND
    assert view.sight(129, 128, Reason.REFUSED) is Sight.CLEAR


def test_canaries_that_were_not_looked_at_for_long_abstain() -> None:
    view = after(round_(100, *WELL))
    assert view.sight(90, 100 + NEW.patience, Reason.CONNECT) is Sight.CLEAR
    assert view.sight(90, 101 + NEW.patience, Reason.CONNECT) is None


def test_a_round_that_broke_is_no_vote() -> None:
    view = after(round_(100, *CUT), round_(105))
    assert (view.state, view.abstains, view.sight(99, 98, Reason.CONNECT)) == (Egress.UNKNOWN, True, None)
    back = view.after(round_(110, *WELL))
    assert back.sight(120, 119, Reason.CONNECT) is Sight.BLIND, "it was offline before, and came back only now"


def test_a_state_is_dated_by_the_round_it_began_with() -> None:
    view = after(*(round_(began, *WELL) for began in (0, 30)), *(round_(began, *CUT) for began in (60, 65, 70)))
    assert (view.since, view.since_at) == (60, T0 + timedelta(seconds=60))
    assert (NEW.since, NEW.since_at) == (None, None)
    assert view.doubts_way_out(71)
    back = view.after(round_(75, *WELL))
    assert [back.doubts_way_out(at) for at in (76, 135, 136)] == [True, True, False]
    assert not after(round_(0, *WELL)).doubts_way_out(1)


def test_there_is_no_doubt_of_a_way_out_that_was_never_missed_however_early_it_is() -> None:
    view = after(round_(0, *WELL))
    assert not any(view.doubts_way_out(at) for at in (0, 0.1, GRACE / 3, 4.000000000000001, GRACE))


def test_a_way_out_that_is_lost_again_before_it_was_well_for_two_graces_comes_and_goes() -> None:
    view = after(round_(0, *WELL), round_(30, *CUT), round_(40, *WELL), round_(100, *WELL))
    first = Spell(30, T0 + timedelta(seconds=30))
    assert [view.spell_at(at) for at in (41, 160, 160.2)] == [first, first, None]
    again = view.after(round_(159, *CUT))
    assert again.spell_at(160) == replace(first, comes_and_goes=True)
    settled = after(*(round_(began, *WELL) for began in range(170, 500, 30)), view=again)
    assert [bool(settled.spell_at(at)) for at in (470, 470.2)] == [True, False]
    assert again.after(round_(164, *CUT)).spell_at(165) == again.spell
    later = view.after(round_(161, *CUT))
    assert later.spell_at(162) == Spell(161, T0 + timedelta(seconds=161))


def test_a_way_out_that_is_lost_once_does_not_come_and_go() -> None:
    view = after(round_(0, *WELL), *(round_(began, *CUT) for began in range(30, 900, 5)), round_(900, *WELL))
    assert view.spell_at(901) == Spell(30, T0 + timedelta(seconds=30))


@pytest.mark.parametrize("silent", [(), ("a/tcp4/forbidden", "b/tls/forbidden")])
def test_when_nobody_voted_for_long_nothing_speaks_against_our_network(silent: Sequence[str]) -> None:
    voted = after(round_(100, *CUT))
    view = after(*(round_(began, *silent) for began in range(105, 300, 5)), view=voted)
    for each in (voted, view):
        assert [each.doubts_way_out(at) for at in (195, 195.2)] == [True, False]
        assert [bool(each.spell_at(at)) for at in (195, 195.2)] == [True, False]
    assert view.after(round_(300, *CUT)).spell_at(301) == Spell(300, T0 + timedelta(seconds=300))


def test_troubles_are_told_in_lines_with_what_was_met() -> None:
    view = after(
        round_(0, *WELL), round_(30, "a/tcp4/up", "b/tcp4/lost", "b/tls/untrusted", "a/tls/untrusted", "a/dns/lost")
    )
    assert list(view.troubles()) == [
        "b: timeout: nothing within 3 s",
        "names: timeout: nothing within 3 s",
        "certificates: tls: the certificate is somebody else's",
    ]
    assert list(NEW.troubles()) == list(after(round_(0, *WELL)).troubles()) == []
    hostile = Look("a", "tcp", "ipv4", Failure(Reason.CONNECT, "x\n\x1b[31m" * 100))
    (line,) = after(Round(0, 1, T0, (hostile,))).troubles()
    assert line.isprintable()
    assert len(line) <= 170


KINDS = (WELL, WELL[:3], CUT, NAMELESS, PORTAL, ())
HISTORIES = st.lists(st.tuples(st.sampled_from(KINDS), st.floats(0, 40), st.floats(0, 5)), min_size=1, max_size=25)


def told_by(history: Sequence[tuple[tuple[str, ...], float, float]]) -> list[Round]:
    """Rounds one after the other: what was seen, how long after the end of the one before, how long it took."""
    rounds, now = [], 0.0
    for told, pause, seconds in history:
        rounds.append(round_(now + pause, *told, seconds=seconds))
        now += pause + seconds
    return rounds


@given(HISTORIES, st.floats(-100, 10), st.floats(0, 100), st.sampled_from([Reason.CONNECT, Reason.DNS, Reason.TLS]))
def test_it_is_never_clear_when_we_were_offline_a_grace_ago_or_nobody_looked_since(
    history: list[tuple[tuple[str, ...], float, float]], until_: float, ago: float, reason: Reason
) -> None:
    rounds = told_by(history)
    view, end = after(*rounds), rounds[-1].ended
    until = end + until_
    since = end - ago
    if view.sight(since, until, reason) is not Sight.CLEAR:
        return
    needed = {Way.OUT} | {Reason.DNS: {Way.NAMES}, Reason.TLS: {Way.TRUST}}.get(reason, set())
    bad = [each for each in rounds if each.looks and each.lost(view.families) & needed]
    assert not any(each.ended > until - GRACE for each in bad)
    assert rounds[-1].began >= since
    assert not any(each.began >= rounds[-1].began for each in bad)


@given(HISTORIES, st.sampled_from([Reason.CONNECT, Reason.DNS, Reason.TLS]))
def test_whatever_was_a_target_that_fails_all_along_is_seen_once_we_are_well(
    history: list[tuple[tuple[str, ...], float, float]], reason: Reason
) -> None:
    rounds = told_by(history)
    end = rounds[-1].ended
    view = after(*rounds, *(round_(end + number * 30, *WELL) for number in range(1, 5)))
    assert view.sight(0, end + 110, reason) is Sight.CLEAR


@given(HISTORIES)
def test_what_is_known_does_not_grow(history: list[tuple[tuple[str, ...], float, float]]) -> None:
    view = after(*told_by(history * 4))
    assert len(view.regained) <= len(Way)
    assert view.latest == told_by(history * 4)[-1]
