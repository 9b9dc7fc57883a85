"""Profiles: what a server falls short of, at the date at which it is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.rules import PROFILES
from checks.tls.meeting import shortfalls
from checks.tls.web import Web
from tests.support.tlsfacts import NO, YES, certified, facts

GCM = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
DHE = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
CBC1 = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
TLS12 = {"TLSv1.2": YES, "TLSv1.3": YES}


def short(profile: str, year: int = 2026, month: int = 11, **others: Any) -> list[str]:
    return list(shortfalls(facts(**others), PROFILES[profile], datetime(year, month, 21, tzinfo=UTC)))


def leaf(**others: Any) -> Any:
    """A good handshake whose certificate differs in *others*."""
    shown = certified()
    assert shown.leaf
    return replace(shown, leaf=replace(shown.leaf, **others))


@pytest.mark.parametrize("profile", ["mozilla-intermediate-6.0", "nist-800-52r2", "pci-4.0.1", "ncsc-nl-2025"])
def test_a_good_server_meets(profile: str) -> None:
    assert short(profile) == []


@pytest.mark.parametrize(
    ("profile", "others", "told"),
    [
        ("mozilla-modern-6.0", {}, "accepts TLSv1.2"),
        ("mozilla-modern-6.0", {"versions": {"TLSv1.2": YES, "TLSv1.3": NO}}, "lacks TLSv1.3"),
        ("mozilla-intermediate-6.0", {"suites": {"TLSv1.2": (GCM, DHE)}}, f"accepts {DHE}"),
        ("mozilla-intermediate-6.0", {"groups": ("x25519", "ffdhe2048")}, "accepts the group ffdhe2048"),
        ("mozilla-intermediate-6.0", {"web": Web(hsts=31_536_000)}, "HSTS of 31536000 s, not 63072000"),
        (
            "mozilla-intermediate-6.0",
            {"certificate": leaf(key_type="ed25519")},
            "has a key of the type ed25519, not ec or rsa",
        ),
        ("nist-800-52r2", {"versions": {"TLSv1.2": YES, "TLSv1.3": NO}}, "lacks TLSv1.3"),
        ("pci-4.0.1", {"versions": {**TLS12, "TLSv1.1": YES}}, "accepts TLSv1.1"),
        ("pci-4.0.1", {"suites": {"TLSv1.2": ("TLS_RSA_WITH_RC4_128_SHA",)}}, "accepts TLS_RSA_WITH_RC4_128_SHA"),
        ("bsi-tr-02102-2-2026", {"suites": {"TLSv1.2": (CBC1,)}}, f"accepts {CBC1}"),
        (
            "bsi-tr-02102-2-2026",
            {"certificate": leaf(key_type="rsa", key_bits=2048)},
            "has a key of 2048 bits (rsa), not 3000",
        ),
        ("ncsc-nl-2025", {"dh_bits": 2048}, "uses a Diffie-Hellman group of 2048 bits, not 3072"),
        ("ncsc-nl-2025", {"suites": {"TLSv1.2": (CBC1,)}}, f"accepts {CBC1}"),
    ],
)
def test_what_falls_short_is_told(profile: str, others: dict[str, Any], told: str) -> None:
    assert told in short(profile, **others)


def test_a_rule_that_ends_is_judged_by_the_date() -> None:
    dhe: dict[str, Any] = {"suites": {"TLSv1.2": (GCM, DHE)}, "dh_bits": 3072}
    assert short("bsi-tr-02102-2-2026", 2029, **dhe) == []
    assert short("bsi-tr-02102-2-2026", 2030, **dhe) == [f"accepts {DHE}"]
    assert short("bsi-tr-02102-2-2026", 2031) == []
    assert "accepts TLSv1.2" in short("bsi-tr-02102-2-2026", 2032)
    assert "accepts the group x25519" in short("bsi-tr-02102-2-2026", 2032, groups=("x25519",))


def test_before_its_day_a_profile_asks_nothing() -> None:
    bad: dict[str, Any] = {"versions": {"TLSv1.0": YES}}
    assert short("mozilla-intermediate-6.0", 2026, 3, **bad) == []
    assert short("mozilla-intermediate-6.0", 2026, 4, **bad) == ["accepts TLSv1.0"]


def test_what_was_not_seen_cannot_fall_short() -> None:
    blind: dict[str, Any] = {"versions": {"TLSv1.3": YES}, "suites": {}, "groups": (), "certificate": None, "web": Web()}
    assert all(short(profile, **blind) == [] for profile in PROFILES)


def test_long_lists_are_cut() -> None:
    many = tuple(f"TLS_RSA_WITH_CAMELLIA_{bits}_CBC_{digest}" for bits in (128, 256) for digest in ("SHA", "SHA256", "X"))
    assert short("mozilla-intermediate-6.0", suites={"TLSv1.2": many})[0].endswith(" and 3 more")
