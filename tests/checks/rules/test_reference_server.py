"""A server set up exactly as Mozilla's intermediate configuration says, held to every profile.

What it falls short of is known for each guideline, so a slip in one of the lists shows itself here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.rules import PROFILES, Profile, is_short_lived, least_scts, max_validity

TODAY = datetime(2026, 11, 22, tzinfo=UTC)
SECOND = timedelta(seconds=1)
VERSIONS = ("TLSv1.2", "TLSv1.3")
GROUPS = ("X25519MLKEM768", "x25519", "secp256r1", "secp384r1")
SUITES = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
)
CHACHA = {suite for suite in SUITES if "CHACHA20" in suite}
OF_TLS_1_2 = {suite for suite in SUITES if "_WITH_" in suite}
HSTS = 63_072_000
DAYS = 90


def refused(name: str) -> set[str]:
    """What the server does that the profile does not allow."""
    profile = PROFILES[name]
    versions = {version for version in VERSIONS if not profile.allows_version(version, TODAY)}
    suites = {suite for suite in SUITES if not profile.allows_suite(suite, TODAY)}
    groups = {group for group in GROUPS if not profile.allows_group(group, TODAY)}
    lacking = set(profile.required_versions(TODAY)) - set(VERSIONS)
    return versions | suites | groups | lacking


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mozilla-intermediate-6.0", set()),
        ("pci-4.0.1", set()),
        ("ncsc-nl-2025", set()),
        ("mozilla-modern-6.0", {"TLSv1.2", *OF_TLS_1_2}),
        ("nist-800-52r2", CHACHA),
        ("bsi-tr-02102-2-2026", CHACHA),
    ],
)
def test_only_what_a_guideline_does_not_list_is_refused(name: str, expected: set[str]) -> None:
    assert refused(name) == expected


@pytest.mark.parametrize(
    ("name", "rsa_2048"),
    [
        ("mozilla-intermediate-6.0", True),
        ("pci-4.0.1", True),
        ("ncsc-nl-2025", True),
        ("nist-800-52r2", True),
        ("mozilla-modern-6.0", False),
        ("bsi-tr-02102-2-2026", False),
    ],
)
def test_a_key_on_p_256_is_good_for_all_and_one_of_rsa_2048_for_some(name: str, *, rsa_2048: bool) -> None:
    profile = PROFILES[name]
    assert profile.ec_bits <= 256
    assert not profile.key_types or "ec" in profile.key_types
    assert (profile.rsa_bits <= 2048 and (not profile.key_types or "rsa" in profile.key_types)) is rsa_2048


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_ninety_days_and_two_years_of_hsts_are_good_for_all(profile: Profile) -> None:
    assert profile.hsts_seconds <= HSTS
    assert profile.max_days is None or profile.max_days >= DAYS


def test_its_certificate_keeps_to_the_limits_of_today() -> None:
    end = TODAY + timedelta(days=DAYS) - SECOND
    assert max_validity(TODAY).allows(TODAY, end)
    assert not is_short_lived(TODAY, end)
    assert least_scts(TODAY, end).timestamps == 2
