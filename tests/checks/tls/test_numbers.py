"""The series of a look at TLS: one for each answer, none for what is unknown, and never more kinds than are declared."""

from __future__ import annotations

from datetime import timedelta

from checks.model import Sample
from checks.tls import CHECK
from checks.tls.facts import Facts, Settings
from checks.tls.posture import Answered
from tests.support.certlab import NOW
from tests.support.tlsfacts import ADDRESS, NO, UNKNOWN, YES, facts

SETTINGS = Settings(address=ADDRESS)


def series(found: Facts, settings: Settings = SETTINGS) -> dict[str, float]:
    return {named(sample): sample.value for sample in CHECK.measure(found, settings, NOW)}


def named(sample: Sample) -> str:
    return "".join((sample.metric.name.removeprefix("vendor_tls_"), *(f" {value}" for value in sample.labels.values())))


def test_a_good_server_in_numbers() -> None:
    shown = facts().certificate
    assert shown
    assert series(facts()) == {
        "scan_connections": 4,
        f"session_info {shown.tls_version} {shown.cipher} {shown.group or 'none'}": 1,
        **{f"grade {grade}": float(grade == "A+") for grade in ("A+", "A", "A-", "B", "C", "D", "F", "M", "T")},
        "grade_provisional": 0,
        "profile_met mozilla-intermediate-6.0": 1,
        "version_accepted TLSv1.0": 0,
        "version_accepted TLSv1.1": 0,
        "version_accepted TLSv1.2": 1,
        "version_accepted TLSv1.3": 1,
        "post_quantum": 1,
    }


def test_what_is_unknown_has_no_series() -> None:
    found = series(facts(versions={"TLSv1.0": UNKNOWN, "TLSv1.3": YES}, pq=UNKNOWN))
    assert "version_accepted TLSv1.0" not in found
    assert "post_quantum" not in found
    assert found["grade_provisional"] == 1


def test_a_server_that_was_not_heard_has_no_grade_among_its_series() -> None:
    found = series(facts(answered=Answered.NOTHING, versions={}, suites={}, pq=UNKNOWN))
    assert {name.partition(" ")[0] for name in found} == {"scan_connections", "session_info"}


def test_a_profile_is_surely_met_only_where_nothing_is_open() -> None:
    assert not any(name.startswith("profile_met") for name in series(facts(pq=UNKNOWN)))
    short = series(facts(pq=UNKNOWN, versions={"TLSv1.0": YES, "TLSv1.2": YES}))
    assert short["profile_met mozilla-intermediate-6.0"] == 0


def test_the_profile_is_the_one_that_is_asked_for() -> None:
    chosen = Settings(address=ADDRESS, profile="mozilla-modern-6.0")
    assert series(facts(), chosen)["profile_met mozilla-modern-6.0"] == 0


def test_a_grade_falls_with_the_certificate() -> None:
    late = {named(sample): sample.value for sample in CHECK.measure(facts(pq=NO), SETTINGS, NOW + timedelta(days=400))}
    assert late["grade T"] == 1
    assert late["grade A"] == 0


def test_while_nothing_is_seen_nothing_is_said() -> None:
    assert list(CHECK.measure(None, SETTINGS, NOW)) == []


def test_every_sample_is_of_a_declared_metric() -> None:
    assert {sample.metric for sample in CHECK.measure(facts(), SETTINGS, NOW)} == set(CHECK.metrics)
