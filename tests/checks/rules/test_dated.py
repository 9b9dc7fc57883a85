"""Limits and profiles at the days on which they change: what was right then stays right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from checks.rules import (
    CLIENT_AUTH_ENDS,
    DEFAULT_PROFILE,
    HSTS_SECONDS,
    KNOWN_ISSUERS,
    PROFILES,
    Citation,
    Profile,
    is_short_lived,
    least_scts,
    max_validity,
)
from checks.rules.dated import MAX_VALIDITY, SHORT_LIVED
from checks.tls.codes import GROUP_NAMES, VERSION_NAMES
from checks.tls.suites import Strength, strength, suite_name, suites

README = Path(__file__).parents[3] / "README.md"
TODAY = datetime(2026, 11, 22, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BSI = PROFILES["bsi-tr-02102-2-2026"]
MODERN = PROFILES["mozilla-modern-6.0"]
INTERMEDIATE = PROFILES["mozilla-intermediate-6.0"]
NIST = PROFILES["nist-800-52r2"]

ALL_SUITES = {suite_name(code): strength(code) for version in VERSION_NAMES for code in suites(Strength, version)}
each_profile = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("issued", "days"),
    [
        (date(2016, 6, 30), 1827),
        (date(2016, 7, 1), 1188),
        (date(2018, 2, 28), 1188),
        (date(2018, 3, 1), 825),
        (date(2020, 8, 31), 825),
        (date(2020, 9, 1), 398),
        (date(2026, 3, 14), 398),
        (date(2026, 3, 15), 200),
        (date(2027, 3, 14), 200),
        (date(2027, 3, 15), 100),
        (date(2029, 3, 14), 100),
        (date(2029, 3, 15), 47),
    ],
)
def test_how_long_a_certificate_may_live_follows_from_the_day_it_was_issued(issued: date, days: int) -> None:
    limit = max_validity(midnight(issued))
    assert limit.days == days
    assert limit.allows(midnight(issued), midnight(issued) + timedelta(days=days) - SECOND)
    assert not limit.allows(midnight(issued), midnight(issued) + timedelta(days=days))


def test_the_day_of_issue_is_one_in_utc() -> None:
    issued = datetime(2026, 3, 15, 1, tzinfo=timezone(timedelta(hours=2)))
    assert max_validity(issued).days == 398
    assert max_validity(issued + timedelta(hours=1)).days == 200


def test_limits_stand_in_the_order_in_which_they_begin_and_only_fall() -> None:
    for limits in (MAX_VALIDITY, SHORT_LIVED):
        assert [limit.since for limit in limits] == sorted({limit.since for limit in limits})
        assert [limit.days for limit in limits] == sorted({limit.days for limit in limits}, reverse=True)


@pytest.mark.parametrize(
    ("issued", "days", "short"),
    [
        (date(2024, 3, 14), 6, False),
        (date(2024, 3, 15), 10, True),
        (date(2026, 3, 14), 10, True),
        (date(2026, 3, 15), 10, False),
        (date(2026, 3, 15), 7, True),
    ],
)
def test_a_short_life_is_ten_days_and_then_seven(issued: date, days: int, *, short: bool) -> None:
    begin = midnight(issued)
    assert is_short_lived(begin, begin + timedelta(days=days) - SECOND) is short
    assert not is_short_lived(begin, begin + timedelta(days=days))


def test_two_timestamps_are_owed_up_to_180_days_and_three_above() -> None:
    end = TODAY + timedelta(days=180)
    assert least_scts(TODAY, end).timestamps == 2
    assert least_scts(TODAY, end + SECOND).timestamps == 3
    assert least_scts(TODAY, end).operators == 2


def test_certificates_for_clients_too_end_on_their_day() -> None:
    day = midnight(date(2027, 3, 15))
    assert not CLIENT_AUTH_ENDS.has_come(day - SECOND)
    assert CLIENT_AUTH_ENDS.has_come(day)


def test_hsts_of_half_a_year_is_long_enough() -> None:
    assert timedelta(days=180).total_seconds() == HSTS_SECONDS


@each_profile
def test_a_profile_is_found_by_its_name_and_says_where_it_stands(profile: Profile) -> None:
    assert PROFILES[profile.name] is profile
    assert profile.effective >= profile.citation.date
    assert isinstance(profile.citation, Citation)
    assert DEFAULT_PROFILE in PROFILES


@each_profile
def test_a_profile_speaks_of_versions_and_groups_that_exist(profile: Profile) -> None:
    names = {name for term in (*profile.versions, *profile.required) for name in term.names}
    assert names <= set(VERSION_NAMES.values())
    for term in profile.groups:
        for pattern in term.names:
            assert [name for name in GROUP_NAMES.values() if type(term)((pattern,)).has(name)], pattern


@each_profile
def test_each_line_of_a_profile_allows_a_suite_that_exists(profile: Profile) -> None:
    for term in profile.suites:
        assert any(term.has(name) for name in ALL_SUITES)


@each_profile
def test_no_profile_allows_what_is_broken_or_old(profile: Profile) -> None:
    bad = {Strength.ANON, Strength.NULL, Strength.EXPORT, Strength.DES, Strength.RC4, Strength.BLOCK64}
    allowed = {name for name in ALL_SUITES if profile.allows_suite(name, TODAY)}
    assert not {name for name in allowed if ALL_SUITES[name] in bad}
    assert "TLS_AES_128_GCM_SHA256" in allowed
    assert not [name for name in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1") if profile.allows_version(name, TODAY)]
    assert profile.allows_version("TLSv1.3", TODAY)


@each_profile
def test_every_profile_allows_todays_hybrid_group(profile: Profile) -> None:
    assert profile.allows_group("X25519MLKEM768", TODAY)


def test_mozillas_profiles_are_its_two_configurations() -> None:
    def allowed(profile: Profile) -> set[str]:
        return {name for name in ALL_SUITES if profile.allows_suite(name, TODAY)}

    tls13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
    assert allowed(MODERN) == tls13
    assert len(allowed(INTERMEDIATE) - tls13) == 6
    assert {ALL_SUITES[name] for name in allowed(INTERMEDIATE)} == {Strength.STRONG}
    assert not MODERN.allows_version("TLSv1.2", TODAY)
    assert not INTERMEDIATE.allows_group("ffdhe2048", TODAY)
    assert (MODERN.max_days, INTERMEDIATE.max_days) == (90, 366)


def test_nist_wants_tls_1_3_from_2024_on() -> None:
    new_year = midnight(date(2024, 1, 1))
    assert NIST.required_versions(new_year - SECOND) == ()
    assert NIST.required_versions(new_year) == ("TLSv1.3",)
    assert not NIST.allows_suite("TLS_RSA_WITH_AES_128_GCM_SHA256", TODAY)
    assert not NIST.allows_suite("TLS_CHACHA20_POLY1305_SHA256", TODAY)


@pytest.mark.parametrize(
    ("last", "allows"),
    [
        (date(2031, 12, 31), lambda at: BSI.allows_version("TLSv1.2", at)),
        (date(2031, 12, 31), lambda at: BSI.allows_group("secp256r1", at)),
        (date(2029, 12, 31), lambda at: BSI.allows_suite("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", at)),
        (date(2026, 12, 31), lambda at: BSI.allows_suite("TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", at)),
    ],
    ids=["TLS 1.2", "classical groups", "DHE", "fixed keys"],
)
def test_what_the_bsi_ends_is_allowed_to_the_end_of_its_last_day(last: date, allows: object) -> None:
    assert callable(allows)
    after = midnight(last) + timedelta(days=1)
    assert allows(after - SECOND)
    assert not allows(after)


def test_what_the_bsi_does_not_end_stays() -> None:
    later = midnight(date(2035, 1, 1))
    assert BSI.allows_version("TLSv1.3", later)
    assert BSI.allows_group("X25519MLKEM768", later)
    assert BSI.allows_suite("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", later)


@pytest.mark.parametrize("name", ["bsi-tr-02102-2-2026", "ncsc-nl-2025", "mozilla-intermediate-6.0"])
def test_suites_with_sha_1_are_for_nobody_but_nist_and_pci(name: str) -> None:
    with_sha_1 = {suite for suite in ALL_SUITES if suite.endswith("_CBC_SHA")}
    assert "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" in with_sha_1
    assert not {suite for suite in with_sha_1 if PROFILES[name].allows_suite(suite, TODAY)}
    assert NIST.allows_suite("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", TODAY)


@pytest.mark.parametrize(
    ("name", "listed"), [("nist-800-52r2", 60), ("ncsc-nl-2025", 47), ("bsi-tr-02102-2-2026", 39), ("mozilla-modern-6.0", 3)]
)
def test_the_patterns_of_a_profile_mean_as_many_suites_as_its_guideline_lists(name: str, listed: int) -> None:
    assert sum(PROFILES[name].allows_suite(suite, TODAY) for suite in ALL_SUITES) == listed


def test_the_bsi_allows_cbc_with_the_longer_hashes() -> None:
    for suite in ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"):
        assert suite in ALL_SUITES
        assert BSI.allows_suite(suite, TODAY)
    assert not BSI.allows_suite("TLS_AES_128_CCM_8_SHA256", TODAY)


def test_a_profile_that_says_nothing_of_groups_allows_them_all() -> None:
    assert NIST.allows_group("brainpoolP256r1", TODAY)


def test_the_readme_names_every_profile_and_which_is_meant_where_none_is() -> None:
    text = README.read_text()
    assert not [name for name in PROFILES if f"`{name}`" not in text]
    assert f"`{DEFAULT_PROFILE}` (left out, this one)" in text


def test_issuers_in_a_label_are_few_and_plain() -> None:
    assert 35 <= len(KNOWN_ISSUERS) <= 60
    assert all(name == name.strip() and len(name) <= 64 for name in KNOWN_ISSUERS)
    assert {"Let's Encrypt", "DigiCert Inc", "Amazon"} <= KNOWN_ISSUERS
