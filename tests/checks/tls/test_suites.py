"""Every suite is listed once, is worth one thing, and is asked for where it exists."""

from __future__ import annotations

import pytest

from checks.tls.codes import SSL3, TLS10, TLS12, TLS13, VERSION_NAMES
from checks.tls.suites import (
    AGEING,
    BROKEN,
    STRONG,
    TLS13_SUITES,
    WEAK,
    Strength,
    authentication,
    is_forward_secret,
    strength,
    strength_named,
    suite_name,
    suites,
)
from checks.tls.suitetable import OF_TLS13, REGISTERED, UNREGISTERED

ROWS = [line for table in (OF_TLS13, REGISTERED, UNREGISTERED) for line in table.split("\n") if line]
CODES = [int(word, 16) for line in ROWS for word in line.split()[::2]]
NAMES = [word for line in ROWS for word in line.split()[1::2]]


def test_no_suite_is_listed_twice() -> None:
    assert len(CODES) == len(set(CODES)) == len(set(NAMES)) == 292


def test_every_suite_has_a_strength_by_which_it_can_be_asked_for() -> None:
    asked = {*suites(Strength, TLS12), *suites(Strength, TLS13)}
    assert asked == set(CODES)
    assert {strength(code) for code in CODES} == set(Strength)


def test_the_groups_of_strengths_are_all_strengths() -> None:
    grouped = (*STRONG, *AGEING, *WEAK, *BROKEN)
    assert sorted(grouped) == sorted(Strength)


@pytest.mark.parametrize(
    ("code", "name", "worth", "proof", "secret"),
    [
        (0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Strength.STRONG, "RSA", True),
        (0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Strength.STRONG, "ECDSA", True),
        (0x1301, "TLS_AES_128_GCM_SHA256", Strength.STRONG, "", True),
        (0xC0AC, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", Strength.STRONG, "ECDSA", True),
        (0xC0AE, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", Strength.RARE, "ECDSA", True),
        (0x1305, "TLS_AES_128_CCM_8_SHA256", Strength.RARE, "", True),
        (0xC060, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256", Strength.RARE, "RSA", True),
        (0xC048, "TLS_ECDHE_ECDSA_WITH_ARIA_128_CBC_SHA256", Strength.ECDHE_CBC, "ECDSA", True),
        (0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", Strength.ECDHE_CBC, "RSA", True),
        (0x009E, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", Strength.DHE_AEAD, "RSA", True),
        (0x0032, "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", Strength.DHE_CBC, "DSS", True),
        (0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA", Strength.NO_FS, "RSA", False),
        (0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256", Strength.NO_FS, "RSA", False),
        (0xC02D, "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", Strength.NO_FS, "ECDH", False),
        (0x0031, "TLS_DH_RSA_WITH_AES_128_CBC_SHA", Strength.NO_FS, "DH", False),
        (0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Strength.BLOCK64, "RSA", False),
        (0xC012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Strength.BLOCK64, "RSA", True),
        (0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", Strength.BLOCK64, "RSA", False),
        (0xC011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", Strength.RC4, "RSA", True),
        (0x0009, "TLS_RSA_WITH_DES_CBC_SHA", Strength.DES, "RSA", False),
        (0xFF80, "TLS_RSA_WITH_RC2_CBC_MD5", Strength.DES, "RSA", False),
        (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", Strength.EXPORT, "RSA", False),
        (0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", Strength.EXPORT, "RSA", True),
        (0x0002, "TLS_RSA_WITH_NULL_SHA", Strength.NULL, "RSA", False),
        (0xC0B4, "TLS_SHA256_SHA256", Strength.NULL, "", True),
        (0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", Strength.ANON, "anon", True),
        (0xC018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", Strength.ANON, "anon", True),
        (0xC100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", Strength.OTHER, "", False),
        (0xFF87, "TLS_GOSTR341112_256_WITH_NULL_GOSTR3411", Strength.NULL, "", False),
        (0xCC13, "OLD_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", Strength.RARE, "RSA", True),
        (0xCAFE, "0xCAFE", Strength.OTHER, "", False),
    ],
)
def test_what_a_suite_is_worth(code: int, name: str, worth: Strength, proof: str, secret: bool) -> None:  # noqa: FBT001
    assert (suite_name(code), strength(code), authentication(code), is_forward_secret(code)) == (name, worth, proof, secret)


def test_what_is_in_use_is_asked_for_first() -> None:
    assert TLS13_SUITES[:3] == (0x1301, 0x1302, 0x1303)
    assert suites(STRONG, TLS12)[:6] == (0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9)
    assert suites(BROKEN, TLS12)[0] == 0x0004
    names = [suite_name(code) for code in suites(AGEING, TLS12)]
    assert names.index("TLS_DHE_RSA_WITH_AES_256_CBC_SHA") < names.index("TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256")
    assert set(names[-3:]) <= set(UNREGISTERED.split())


def test_the_strengths_come_in_the_order_in_which_they_are_asked_for() -> None:
    first, second = Strength.DHE_AEAD, Strength.ECDHE_CBC
    assert strength(suites((first, second), TLS12)[0]) is first
    assert strength(suites((second, first), TLS12)[0]) is second


def test_a_version_has_only_its_own_suites() -> None:
    for code in suites(Strength, TLS10):
        assert not suite_name(code).endswith(("SHA256", "SHA384", "CCM", "CCM_8")), suite_name(code)
    assert suites(Strength, SSL3) == suites(Strength, TLS10)
    assert set(suites(Strength, TLS10)) < set(suites(Strength, TLS12))
    assert not set(suites(Strength, TLS12)) & set(suites(Strength, TLS13))
    assert not suites(WEAK, TLS13)


def test_a_suite_of_tls13_is_needed_by_no_other_version() -> None:
    for version in set(VERSION_NAMES) - {TLS13}:
        assert not {*TLS13_SUITES} & {*suites(Strength, version)}


def test_a_suite_has_the_same_strength_by_its_name() -> None:
    assert all(strength_named(suite_name(code)) is strength(code) for code in suites(Strength, TLS12))
    assert strength_named("TLS_OF_TOMORROW") is Strength.OTHER
