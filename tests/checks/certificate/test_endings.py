"""How near an end must be to matter: of the certificate, and of what issued it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Severity
from tests.support.certlab import GOOD, INTERMEDIATE, NOW, ROOT, authority, ders, server, shown
from tests.support.certlooks import codes, judged, observed

DAY = timedelta(days=1)


def test_an_end_in_sight_is_told_with_its_date_and_what_is_left() -> None:
    (finding,) = judged(observed(shown(ders(server(INTERMEDIATE, starts=-86), INTERMEDIATE))))
    assert finding.message == "the certificate expires in 4 days, on 2026-11-25 12:00 UTC"


OK, WARNING, CRITICAL = ["ok"], ["warning"], ["critical"]


@pytest.mark.parametrize(
    ("life", "left", "severity"),
    [
        (6, 6, OK),
        (6, 1.6, OK),
        (6, 1.5, WARNING),
        (6, 0.8, WARNING),
        (6, 0.75, CRITICAL),
        (6, 0, CRITICAL),
        (47, 12, OK),
        (47, 11.7, WARNING),
        (47, 6, WARNING),
        (47, 5.8, CRITICAL),
        (90, 21.1, OK),
        (90, 21, WARNING),
        (90, 7.1, WARNING),
        (90, 7, CRITICAL),
        (398, 22, OK),
        (398, 21, WARNING),
        (398, 7.1, WARNING),
        (398, 7, CRITICAL),
        (398, 0.01, CRITICAL),
    ],
)
def test_the_limits_go_by_days_and_by_share_of_life(life: float, left: float, severity: list[str]) -> None:
    leaf = server(INTERMEDIATE, starts=left - life, days=life)
    findings = judged(observed(shown(ders(leaf, INTERMEDIATE))))
    assert [finding.severity.value for finding in findings] == severity


@settings(deadline=None)
@given(st.integers(1, 400 * 24), st.lists(st.integers(0, 500 * 24), min_size=2, max_size=6).map(sorted))
def test_a_certificate_never_looks_better_as_it_ages(life_hours: int, ages_hours: list[int]) -> None:
    facts = observed(shown(ders(server(INTERMEDIATE, starts=0, days=life_hours / 24), INTERMEDIATE)))
    order = list(Severity)
    ranks = [
        max(order.index(finding.severity) for finding in judged(facts, NOW + timedelta(hours=age))) for age in ages_hours
    ]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        (-31, ["not_yet_valid"]),
        (-30, ["ok"]),
        (38, ["ok"]),
        (39, ["expiring"]),
        (60, ["expiring"]),
        (61, ["expired"]),
        (1_440, ["expired", "chain_expiring"]),
        (1_460, ["expired", "chain_expiring"]),
        (1_461, ["expired", "chain_expired"]),
        (3_300, ["expired", "chain_expired", "chain_expired"]),
    ],
)
def test_the_same_facts_are_judged_anew_at_another_date(days: int, found: list[str]) -> None:
    assert codes(GOOD, INTERMEDIATE, at=NOW + days * DAY) == found


@pytest.mark.parametrize(
    ("left", "severity"), [(200, []), (60, []), (59, ["warning"]), (21, ["warning"]), (8, ["warning"]), (7, ["critical"])]
)
def test_an_issuer_that_ends_first_or_soon_is_told(left: int, severity: list[str]) -> None:
    issuer = authority("Lab Issuer", ROOT, starts=left - 300, days=300)
    findings = judged(observed(shown(ders(server(issuer), issuer))))
    told = [finding.severity.value for finding in findings if finding.code == "cert.chain_expiring"]
    assert told == severity


def test_an_issuer_beside_the_path_may_end_when_it_likes() -> None:
    crossed = authority("Lab Intermediate", authority("Stranger Root"), starts=-295, days=300)
    assert codes(GOOD, crossed, INTERMEDIATE) == ["ok"]


def test_the_root_is_an_issuer_too() -> None:
    facts = observed(shown(ders(GOOD, INTERMEDIATE)))
    findings = judged(facts, NOW + 3_280 * DAY)
    assert [finding.message.split(",")[0] for finding in findings if finding.code == "cert.chain_expiring"] == ["Lab Root"]
