"""The board as JSON: what OpenAPI says of it, to the last key, and the same facts as on the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import validate

from checks.model import Claim, Reason, Severity, State
from checks.tls.grading import Grade
from checks.vendor import Tier
from monitor.board.document import details, overview
from monitor.board.values import Board, Card, CertificateLeft, Day, Reading, Strip, TargetCard, VendorBoard
from monitor.correlate import Disagreement
from monitor.history import Tally
from monitor.outage import Outage
from monitor.standing import Work
from tests.support.boards import NOW, board, card, dozen, hostile_vendor, many, vendor_board
from tests.support.openapi import DETAILS, DOCUMENT, OVERVIEW

Json = dict[str, Any]


def said(shown: Board | VendorBoard) -> Json:
    """What is said of it, which is as OpenAPI describes it."""
    written = details(shown) if isinstance(shown, VendorBoard) else b"".join(overview(shown))
    found: Json = json.loads(written)
    (DETAILS if isinstance(shown, VendorBoard) else OVERVIEW).validate(found)
    return found


MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is beside it
MAYBE_MOMENTS = st.none() | MOMENTS
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TALLIES = st.builds(Tally, **{field.name: st.integers(0, 86_400) for field in fields(Tally)})
DAYS = st.builds(Day, st.dates(date(1971, 1, 1)), TALLIES)
STRIPS = st.builds(Strip, days=st.lists(DAYS, min_size=1, max_size=3), whole=TALLIES, until=MOMENTS)
OUTAGES = st.builds(
    Outage,
    vendor=TEXTS,
    opened_at=MOMENTS,
    confirmed_at=MOMENTS,
    claimed_at=MAYBE_MOMENTS,
    closed_at=MAYBE_MOMENTS,
    targets=st.lists(TEXTS, max_size=3).map(tuple),
    cause=TEXTS,
    shared=TEXTS,
)
CARDS = st.builds(
    Card,
    slug=TEXTS,
    name=TEXTS,
    team=TEXTS,
    page=st.sampled_from(["", "https://status.example.com/"]),
    since=MAYBE_MOMENTS,
    cause=TEXTS,
    admitted_since=MAYBE_MOMENTS,
    apart_since=MAYBE_MOMENTS,
    outage=st.none() | OUTAGES,
    objective=st.none() | st.floats(0.1, 99.99),
    certificate=st.none() | st.builds(CertificateLeft, target=TEXTS, not_after=MOMENTS, severity=st.sampled_from(Severity)),
    grade=st.sampled_from(["", *Grade]),
    strip=st.none() | STRIPS,
)
TARGETS = st.builds(
    TargetCard,
    key=TEXTS,
    check=TEXTS,
    name=TEXTS,
    every=st.floats(0.1, 1e6),
    since=MOMENTS,
    cause=TEXTS,
    at=MAYBE_MOMENTS,
    seconds=st.none() | st.floats(0, 1e6),
    failure=TEXTS,
    good_at=MAYBE_MOMENTS,
    findings=st.lists(st.nothing()),
)
BOARDS = st.builds(
    Board,
    cards=st.lists(CARDS, max_size=2),
    made_at=MOMENTS,
    is_blind=st.booleans(),
    troubles=st.lists(TEXTS, max_size=2),
)
VENDORS = st.builds(
    VendorBoard, card=CARDS, targets=st.lists(TARGETS, max_size=2), outages=st.lists(OUTAGES, max_size=2), made_at=MOMENTS
)


def test_it_is_a_document_of_openapi() -> None:
    validate(DOCUMENT)
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("additionalProperties", False) is False, name


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(BOARDS | VENDORS)
def test_whatever_is_shown_is_said_as_openapi_describes_it(shown: Board | VendorBoard) -> None:
    said(shown)


@pytest.mark.parametrize("shown", [board(), board(card(strip=None)), dozen(), vendor_board()])
def test_what_a_bad_day_brings_is_too(shown: Board | VendorBoard) -> None:
    said(shown)


def test_what_is_hostile_is_only_text() -> None:
    evil = hostile_vendor()
    written = details(replace(evil, card=replace(evil.card, grade="", page="")))
    assert written.isascii()
    assert b"\\u0000" in written
    DETAILS.validate(json.loads(written))


def test_every_fact_of_a_vendor_is_said() -> None:
    shown = replace(dozen().cards[0], is_muted=True)
    told = said(board(shown))["vendors"][0]
    strip = shown.strip
    assert shown.outage
    assert strip
    assert (told["vendor"], told["name"], told["tier"], told["state"]) == (shown.slug, "Stripe", "critical", "down")
    assert told["since"] == "2026-11-22T12:51:05Z"
    assert (told["is_muted"], told["is_flapping"]) == (True, False)
    assert (told["claim"], told["measured"], told["work"]) == ("operational", "down", [])
    assert told["disagreement"] == {"kind": "probe_down_claim_ok", "since": "2026-11-22T12:56:05Z"}
    assert (told["outage"]["opened_at"], told["outage"]["closed_at"]) == ("2026-11-22T12:51:05Z", None)
    assert told["outage"]["detection_seconds"] == 84
    assert (told["certificate"]["left_seconds"], told["certificate"]["severity"]) == (11 * 86_400, "warning")
    history = told["history"]
    days = history["days"]
    assert days.keys() == {"first", *State}
    for number, day in enumerate(strip.days):
        assert date.fromisoformat(days["first"]) + timedelta(days=number) == day.day
        assert {state: days[state][number] for state in State} == {state: getattr(day.tally, state) for state in State}
    assert {len(days[state]) for state in State} == {90}
    seconds = history["seconds"]
    assert {state: seconds[state] for state in State} == {state: sum(days[state]) for state in State}
    assert seconds["elapsed"] == sum(seconds[state] for state in State)
    assert history["availability"] == 1 - seconds["down"] / seconds["counted"]


def test_what_is_not_known_is_null_and_neither_nothing_nor_empty() -> None:
    told = said(board(Card(slug="acme", name="Acme", team="", tier=Tier.LOW, is_measured=False)))["vendors"][0]
    kept = {key: value for key, value in told.items() if value is not None}
    assert kept == {
        "vendor": "acme",
        "name": "Acme",
        "tier": "low",
        "state": "unknown",
        "work": [],
        "has_critical_finding": False,
        "is_muted": False,
        "is_flapping": False,
    }


def test_what_became_of_the_past_is_said() -> None:
    told = said(replace(dozen(), reading=Reading.FAILED, is_blind=True, troubles=("quad9: timeout", "names: no answer")))
    assert (told["past"], told["version"]) == ("failed", 1)
    assert told["own_network"] == {"suspect": True, "troubles": ["quad9: timeout", "names: no answer"]}
    assert told["made_at"] == "2026-11-22T14:03:05Z"
    assert sum(told["counts"].values()) == len(told["vendors"]) == 12
    assert said(replace(vendor_board(), reading=Reading.AWAITED))["past"] == "awaited"


def test_the_targets_and_outages_of_a_vendor_are_said() -> None:
    shown = vendor_board()
    told = said(shown)
    assert [each["target"] for each in told["targets"]] == [each.key for each in shown.targets]
    assert told["targets"][1]["failure"] == {
        "reason": "timeout",
        "detail": "no answer within 10 s from api.acme.example:443",
    }
    assert told["targets"][0]["failure"] is None
    assert told["targets"][0]["findings"][0]["code"] == "endpoint.status"
    assert [each["lead_seconds"] for each in told["outages"]] == [None, 1_020, -240, 0, None]


WORDS: Mapping[str, type[Enum]] = {
    "State": State,
    "Claim": Claim,
    "Tier": Tier,
    "Severity": Severity,
    "Reason": Reason,
    "Disagreement": Disagreement,
    "Work": Work,
    "Past": Reading,
    "Grade": Grade,
}


@pytest.mark.parametrize("name", WORDS)
def test_the_words_are_those_of_the_program(name: str) -> None:
    assert DOCUMENT["components"]["schemas"][name]["enum"] == [each.value for each in WORDS[name]]


def _without(told: Json) -> None:
    del told["vendors"][0]["since"]


def _more(told: Json) -> None:
    told["vendors"][0]["history"]["days"]["asleep"] = [1] * 90


def _otherwise(told: Json) -> None:
    told["vendors"][0]["state"] = "fine"


def _no_time(told: Json) -> None:
    told["made_at"] = "yesterday"


@pytest.mark.parametrize("spoil", [_without, _more, _otherwise, _no_time])
def test_what_is_said_otherwise_is_not_as_described(spoil: Callable[[Json], None]) -> None:
    told = said(dozen())
    spoil(told)
    with pytest.raises(ValidationError):
        OVERVIEW.validate(told)


def test_of_many_vendors_each_is_written_down_by_itself() -> None:
    """A thread that writes down all of them in one go holds up the event loop."""
    pieces = list(overview(many(300)))
    assert len(pieces) == 302
    assert max(map(len, pieces)) < 4_000
    assert len(json.loads(b"".join(pieces))["vendors"]) == 300


def test_a_time_is_rfc_3339_whatever_the_zone() -> None:
    elsewhere = timezone(timedelta(hours=5, minutes=30))
    told = said(board(card(since=NOW.astimezone(elsewhere))))
    assert told["vendors"][0]["since"] == "2026-11-22T14:03:05Z"
