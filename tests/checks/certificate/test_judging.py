"""One handshake after another, judged: what makes clients refuse a certificate, and what there is to say at any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.certificate import Facts
from checks.model import Finding, Severity, State
from checks.network import TrustFault
from tests.support.certcases import Case, cases
from tests.support.certlab import GOOD, INTERMEDIATE, ROOT, authority, ders, key, server, shown, weakly_signed
from tests.support.certlooks import codes, each_case, facts_of, judged, observed, suffixes


@each_case
def test_each_case_gets_its_findings_and_no_others(case: Case) -> None:
    findings = judged(facts_of(case), host=case.host)
    assert tuple(suffixes(findings)) == case.codes
    assert State.worst(finding.state for finding in findings) is case.state
    assert not any(finding.transient for finding in findings)


@each_case
def test_what_makes_clients_refuse_is_critical_and_what_only_ends_is_up(case: Case) -> None:
    for finding in judged(facts_of(case), host=case.host):
        code = finding.code.removeprefix("cert.")
        if "expiring" in code or code == "chain_unreadable":
            assert (finding.severity is not Severity.OK, finding.state) == (True, State.UP)
        elif code in {"ok", "chain_order", "chain_extra", "chain_root_sent"}:
            assert (finding.severity, finding.state) == (Severity.OK, State.UP)
        elif code == "key_weak" and case.fault is None:
            assert (finding.severity, finding.state) == (Severity.WARNING, State.DEGRADED)
        else:
            assert finding.severity is Severity.CRITICAL


def test_all_problems_are_told_at_once() -> None:
    soon = authority("Lab Soon", ROOT, starts=-290, days=300)
    assert codes(server(INTERMEDIATE, "other.example", starts=-200)) == ["expired", "name_mismatch", "chain_incomplete"]
    assert codes(server(soon, "other.example", starts=-80), soon) == ["name_mismatch", "expiring", "chain_expiring"]


def test_a_weak_signature_is_told_also_where_the_chain_fails_for_another_reason() -> None:
    rsa = authority("Lab RSA", ROOT, with_key=key("Lab RSA", "2048"))
    weak = weakly_signed(rsa, hashes.SHA1())  # noqa: S303 - it is weak on purpose
    assert suffixes(judged(observed(shown((weak,))))) == ["chain_incomplete", "sig_weak"]


def test_a_good_certificate_says_how_long_and_by_whom() -> None:
    (finding,) = judged(observed(shown(ders(GOOD, INTERMEDIATE))))
    assert finding == Finding("cert.ok", Severity.OK, "valid until 2027-01-20 (60 days left), issued by Lab Intermediate")


TIMES = st.datetimes(timezones=st.just(UTC))
CASE_FACTS = [facts_of(case) for case in cases().values()]


@settings(deadline=None)
@given(
    facts=st.sampled_from(CASE_FACTS),
    at=TIMES,
    fault=st.sampled_from([None, *TrustFault]),
    named=st.booleans(),
    detail=st.text(max_size=20),
)
def test_there_is_a_finding_for_any_facts_at_any_time(
    *, facts: Facts, at: datetime, fault: TrustFault | None, named: bool, detail: str
) -> None:
    findings = judged(replace(facts, fault=fault, named=named, detail=detail), at)
    assert findings
    is_well = all(finding.severity is Severity.OK for finding in findings)
    assert [finding.code for finding in findings].count("cert.ok") == is_well
    assert all(finding.message for finding in findings)


@settings(deadline=None)
@given(st.sampled_from([facts for facts in CASE_FACTS if facts.leaf]), TIMES, TIMES, TIMES)
def test_dates_in_any_order_are_judged(facts: Facts, at: datetime, not_before: datetime, not_after: datetime) -> None:
    assert facts.leaf is not None
    findings = judged(replace(facts, leaf=replace(facts.leaf, not_before=not_before, not_after=not_after)), at)
    refused = {"cert.expired", "cert.not_yet_valid"} & {finding.code for finding in findings}
    assert bool(refused) == (not not_before <= at <= not_after)
