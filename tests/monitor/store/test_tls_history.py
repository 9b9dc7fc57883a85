"""A review tells every certificate that was served in its time, and what was found of TLS, as it was known then."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.certificate.change import Known
from checks.model import Failure, Finding, Observation, Reason, Severity, State
from monitor.history import Stretch
from monitor.review import text
from monitor.review.document import document
from monitor.review.gather import Asked, gather
from monitor.review.html.page import document as page
from monitor.review.values import Review, VendorReview
from monitor.review.wording import exact
from monitor.review.zones import named
from monitor.state import Held, Transition
from monitor.store.sql import SqlStore
from monitor.store.store import Aside, Consequences, Record
from tests.support.records import target

CERT, TLS = "acme/certificate/api:443", "acme/tls/api:443"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FINE = Finding("cert.ok", Severity.OK, "valid")
A, C = (Finding("tls.grade", Severity.OK, f"grade {letter}") for letter in "AC")
OLD = Finding("tls.version.1_0", Severity.WARNING, "accepts TLSv1.0")
PROFILE = Finding("tls.profile", Severity.WARNING, "falls short")


def known(digit: str, **others: str) -> str:
    word = Known(sha256=digit * 64, issuer=f"R{digit}", key_type="ec", until=f"2026-0{digit}-30")
    return str(replace(word, **others))


def look(key: str, day: float, *findings: Finding, memo: str = "", failure: Failure | None = None) -> Record:
    at = MARCH + day * DAY
    seen = Observation(key=key, at=at, seconds=0.2, facts=None if failure else {"a": 1}, failure=failure, findings=findings)
    return Record(target=target(key), observation=seen, severity=Severity.OK, held=Held(State.UP, at, memo=memo))


def moving(record: Record, after: State) -> Record:
    """The same look, by which its target went to another state."""
    at = record.observation.at
    cause = "; ".join(each.message for each in record.observation.findings)
    return replace(record, transition=Transition(key=record.key, before=State.UP, after=after, since=at, at=at, cause=cause))


def up(key: str, day: float) -> Aside:
    at = MARCH + day * DAY
    return Aside(at=at, consequences=Consequences(stretches=(Stretch(key, at, State.UP), Stretch("acme", at, State.UP))))


def reviewed(store: SqlStore, first: float, last: float) -> Review:
    asked = Asked(
        slugs=("acme",),
        files={},
        begins=MARCH + first * DAY,
        ends=MARCH + last * DAY,
        zone=named("UTC"),
        made_at=MARCH + 400 * DAY,
        database="a",
    )
    return gather(store, asked)


def vendor(store: SqlStore, first: float, last: float) -> VendorReview:
    [found] = reviewed(store, first, last).vendors
    return found


def served(store: SqlStore, first: float, last: float) -> list[tuple[str, float, float | None]]:
    """The first digit of each certificate, with the days from and until which it was seen."""
    return [
        (each.sha256[0], (each.since - MARCH) / DAY, (each.until - MARCH) / DAY if each.until else None)
        for each in vendor(store, first, last).certificates
    ]


def found(store: SqlStore, first: float, last: float) -> list[tuple[float, str, list[str], list[str]]]:
    """The day of each change, the grade, and the codes that came and went."""
    return [
        ((each.since - MARCH) / DAY, each.grade, [one.code for one in each.came], [one.code for one in each.went])
        for each in vendor(store, first, last).findings
    ]


def renewals(*days_and_digits: tuple[float, str]) -> Sequence[Record]:
    """Looks that see a new certificate each, and a day later see it again and have nothing new to tell."""
    changed = Finding("cert.changed", Severity.OK, "a new certificate")
    return [
        record
        for day, digit in days_and_digits
        for record in (look(CERT, day, FINE, changed, memo=known(digit)), look(CERT, day + 1, FINE, memo=known(digit)))
    ]


def test_every_certificate_of_the_time_is_told_as_it_was_known_then(store: SqlStore) -> None:
    first, *others = renewals((0, "1"), (60, "2"), (120, "3"))
    store.write([up(CERT, 0), moving(first, State.UP), *others])
    assert served(store, 70, 130) == [("3", 120, None), ("2", 60, 120)]
    assert served(store, 61.5, 119) == served(store, 60, 119) == [("2", 60, None)]
    assert served(store, 0, 60) == [("1", 0, None)]
    assert found(store, 0, 200) == []
    assert (vendor(store, 0, 200).unjudged, vendor(store, 0, 200).moves) == ((), ())


def test_a_revocation_is_told_from_when_it_was_known(store: SqlStore) -> None:
    revoked = Finding("cert.revoked", Severity.CRITICAL, "revoked")
    memo = known("1", revoked="2026-03-09T00:00:00Z", reason="key compromise")
    store.write([up(CERT, 0), look(CERT, 0, FINE, memo=known("1")), moving(look(CERT, 10, revoked, memo=memo), State.DOWN)])
    [before], [after] = vendor(store, 0, 9).certificates, vendor(store, 0, 20).certificates
    assert (before.since, before.revoked) == (after.since, "") == (MARCH, "")
    assert after.revoked == "2026-03-09T00:00:00Z key compromise"
    assert found(store, 0, 20) == [(10, "", ["cert.revoked"], ["cert.ok"])]
    assert vendor(store, 0, 20).moves == ()


def test_certificates_in_turns_are_one_each(store: SqlStore) -> None:
    store.write([up(CERT, 0), *(look(CERT, day, FINE, memo=known("12"[day % 2])) for day in range(5))])
    first, second = vendor(store, 0, 30).certificates
    assert [(each.sha256[0], each.times, each.until) for each in (first, second)] == [
        ("1", 3, None),
        ("2", 2, MARCH + 4 * DAY),
    ]


def test_changes_of_tls_are_told_with_the_grade(store: SqlStore) -> None:
    store.write([
        up(TLS, 0),
        look(TLS, 0, A),
        moving(look(TLS, 10, C, OLD, PROFILE), State.DEGRADED),
        look(TLS, 11, failure=Failure(Reason.TIMEOUT, "silent")),
        look(TLS, 20, C, replace(OLD, severity=Severity.CRITICAL)),
        look(TLS, 30, A),
    ])  # fmt: skip
    old, profile = OLD.code, PROFILE.code
    assert found(store, 0, 40) == [
        (0, "grade A", [], []),
        (10, "grade C", [old, profile], []),
        (20, "grade C", [old], [old, profile]),
        (30, "grade A", [], [old]),
    ]
    assert found(store, 10, 15) == [(10, "grade C", [old, profile], [])]
    assert found(store, 12, 25) == [(10, "grade C", [old, profile], []), (20, "grade C", [old], [old, profile])]
    assert vendor(store, 0, 40).moves == ()
    assert vendor(store, 0, 40).certificates == ()


def test_a_change_of_state_without_another_finding_is_told(store: SqlStore) -> None:
    silent = look(TLS, 5, failure=Failure(Reason.TIMEOUT, "silent"))
    store.write([up(TLS, 0), look(TLS, 0, A), moving(silent, State.DOWN)])
    [move] = vendor(store, 0, 9).moves
    assert (move.since, move.after) == (MARCH + 5 * DAY, State.DOWN)


def test_what_was_before_the_first_judgement_is_said_to_be_unknown(store: SqlStore) -> None:
    store.write([up(CERT, -50), up(TLS, -50), look(CERT, 5, FINE, memo=known("1")), look(TLS, 5, A)])
    assert [(each.key, each.until) for each in vendor(store, 0, 9).unjudged] == [
        (CERT, MARCH + 5 * DAY),
        (TLS, MARCH + 5 * DAY),
    ]
    assert [(each.key, each.until) for each in vendor(store, -40, -9).unjudged] == [(CERT, None), (TLS, None)]
    assert vendor(store, 6, 9).unjudged == ()
    told = " ".join(text.written(reviewed(store, 0, 9)).split())
    assert f"{TLS}: what was found before 2026-03-06 00:00 is not known" in told


def test_a_target_that_is_new_has_no_unknown_past(store: SqlStore) -> None:
    store.write([up(TLS, 2), look(TLS, 2, A)])
    assert vendor(store, 0, 9).unjudged == ()


@pytest.mark.parametrize("memo", ["", "{", json.dumps({"sha256": "x"}), "[" * 500])
def test_a_word_that_nobody_left_is_no_certificate(store: SqlStore, memo: str) -> None:
    store.write([up(CERT, 0), look(CERT, 0, FINE, memo=memo), look(CERT, 1, FINE, memo=known("1"))])
    assert served(store, 0, 9) == [("1", 1, None)]


def test_every_format_tells_them(store: SqlStore) -> None:
    evil = Finding("tls.alpn", Severity.WARNING, "agrees on <script>alert(1)</script>\x1b[2J\nand more")
    store.write([up(CERT, 0), up(TLS, 0), *renewals((0, "1"), (3, "2")), look(TLS, 0, A), look(TLS, 2, C, evil)])
    review = reviewed(store, 0, 9)
    told = " ".join(text.written(review).split())
    assert (
        f"{CERT}: since 2026-03-01 00:00, until 2026-03-04 00:00; by R1, ec key, ends 2026-01-30, sha256 {'1' * 64}" in told
    )
    assert f"2026-03-03 00:00 {TLS}, grade C, before grade A; came tls.alpn: agrees on <script>alert(1)</script>" in told
    assert "\x1b" not in told
    written = page(review)
    assert "2" * 64 in written
    assert "&lt;script&gt;alert(1)" in written
    [vendor] = json.loads(json.dumps(document(review)))["vendors"]
    assert [each["row"] for each in vendor["certificates"]] == [
        {"table": "judgement", "target": CERT, "since": exact(MARCH + day * DAY)} for day in (3, 0)
    ]
    assert vendor["findings"][-1]["row"] == {"table": "judgement", "target": TLS, "since": exact(MARCH + 2 * DAY)}
    assert vendor["findings"][-1]["came"][0]["code"] == "tls.alpn"
