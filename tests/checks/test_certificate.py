"""One handshake after another, judged: what a certificate is worth, today and at any other time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.certificate import CHECK, Facts, Settings, observe
from checks.check import all_checks
from checks.model import Finding, Reason, Sample, Severity, State, Unseen
from checks.network import Connection, TrustFault
from checks.plain import plain
from checks.values import Address, Url
from checks.vendor import Endpoint, Vendor
from tests.support.certcases import Case, cases
from tests.support.certlab import (
    GOOD,
    HOST,
    INTERMEDIATE,
    NOW,
    ROOT,
    Issued,
    authority,
    ders,
    key,
    server,
    shown,
)
from tests.support.network import FakeNetwork

DAY = timedelta(days=1)
each_case = pytest.mark.parametrize("case", cases().values(), ids=cases().keys())


def observed(connection: Connection, host: str = HOST) -> Facts:
    address = Address(host, 443)
    return asyncio.run(observe(Settings(address), FakeNetwork(connections={address: connection})))


def facts_of(case: Case) -> Facts:
    return observed(shown(case.chain, case.host), case.host)


def judged(facts: Facts, at: datetime = NOW, host: str = HOST) -> list[Finding]:
    return list(CHECK.judge(facts, Settings(Address(host, 443)), at, None))


def codes(*chain: Issued, at: datetime = NOW) -> list[str]:
    return [finding.code.removeprefix("certificate.") for finding in judged(observed(shown(ders(*chain))), at)]


def measured(facts: Facts | None) -> dict[tuple[str, ...], float]:
    samples = CHECK.measure(facts, Settings(Address(HOST, 443)))
    return {
        (sample.metric.name.removeprefix("vendor_certificate_"), *sample.labels.values()): sample.value for sample in samples
    }


# What to look at


def test_there_is_one_target_for_each_https_host_and_port_in_the_files_order() -> None:
    vendor = Vendor(
        slug="acme",
        name="Acme",
        endpoints=(
            Endpoint(url=Url("https://b.example/x")),
            Endpoint(url=Url("http://plain.example/")),
            Endpoint(url=Url("https://B.example/y?z")),
            Endpoint(url=Url("https://b.example:8443/")),
            Endpoint(url=Url("https://[2001:db8::1]/")),
        ),
        tls=(Address("a.example", 443), Address("b.example", 443), Address("2001:db8::1", 993)),
    )
    derived = list(CHECK.derive(vendor))
    assert [(target.name, target.host, str(target.settings.address)) for target in derived] == [
        ("b.example", "b.example", "b.example:443"),
        ("b.example:8443", "b.example", "b.example:8443"),
        ("2001:db8::1", "2001:db8::1", "[2001:db8::1]:443"),
        ("a.example", "a.example", "a.example:443"),
        ("[2001:db8::1]:993", "2001:db8::1", "[2001:db8::1]:993"),
    ]


def test_the_check_is_found_by_its_name() -> None:
    assert all_checks()["certificate"] is CHECK
    assert not CHECK.reads_claim


# Looking


def test_a_handshake_becomes_facts() -> None:
    facts = observed(shown(ders(GOOD, INTERMEDIATE)))
    assert facts.leaf is not None
    assert facts.leaf.subject_name == HOST
    assert [certificate.subject_name for certificate in facts.chain] == ["Lab Intermediate"]
    assert [certificate.subject_name for certificate in facts.path] == ["Lab Intermediate", "Lab Root"]
    assert (facts.fault, facts.detail, facts.named) == (None, "", True)
    assert (facts.tls_version, facts.group, facts.alpn) == ("TLSv1.3", "X25519MLKEM768", "h2")
    assert (facts.address, facts.ip_family) == ("203.0.113.5", "ipv4")


@each_case
def test_facts_are_plain_and_small_enough_to_be_kept(case: Case) -> None:
    assert len(str(plain(facts_of(case)))) < 12_000


def test_of_a_thousand_names_twenty_are_kept_and_all_are_matched() -> None:
    facts = facts_of(cases()["a thousand names"])
    assert facts.leaf is not None
    assert (len(facts.leaf.dns_names), facts.leaf.name_count, facts.named) == (20, 1000, True)


def test_a_failed_handshake_is_not_a_verdict_on_a_certificate() -> None:
    with pytest.raises(Unseen) as caught:
        asyncio.run(observe(Settings(Address("gone.example", 443)), FakeNetwork()))
    assert caught.value.failure.reason is Reason.DNS


def test_a_connection_without_a_session_is_unseen() -> None:
    with pytest.raises(Unseen, match="no TLS session"):
        observed(Connection(address="203.0.113.5", port=443, ip_family="ipv4"))


# Judging


@each_case
def test_each_case_gets_its_findings_and_no_others(case: Case) -> None:
    findings = judged(facts_of(case), host=case.host)
    assert tuple(finding.code.removeprefix("certificate.") for finding in findings) == case.codes
    assert State.worst(finding.state for finding in findings) is case.state
    assert not any(finding.transient for finding in findings)


@each_case
def test_what_makes_clients_refuse_is_critical_and_what_only_ends_is_up(case: Case) -> None:
    for finding in judged(facts_of(case), host=case.host):
        if "expiring" in finding.code:
            assert (finding.severity is not Severity.OK, finding.state) == (True, State.UP)
        else:
            assert finding.severity is (Severity.OK if finding.code == "certificate.ok" else Severity.CRITICAL)


def test_all_problems_are_told_at_once() -> None:
    soon = authority("Lab Soon", ROOT, starts=-290, days=300)
    assert codes(server(INTERMEDIATE, "other.example", starts=-200)) == ["expired", "name_mismatch", "chain_incomplete"]
    assert codes(server(soon, "other.example", starts=-80), soon) == ["name_mismatch", "expiring", "chain_expiring"]


def test_a_good_certificate_says_how_long_and_by_whom() -> None:
    (finding,) = judged(observed(shown(ders(GOOD, INTERMEDIATE))))
    assert finding == Finding(
        "certificate.ok", Severity.OK, "valid until 2027-01-20 (60 days left), issued by Lab Intermediate"
    )


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
    told = [finding.severity.value for finding in findings if finding.code == "certificate.chain_expiring"]
    assert told == severity


def test_an_issuer_beside_the_path_may_end_when_it_likes() -> None:
    crossed = authority("Lab Intermediate", authority("Stranger Root"), starts=-295, days=300)
    assert codes(GOOD, crossed, INTERMEDIATE) == ["ok"]


def test_the_root_is_an_issuer_too() -> None:
    facts = observed(shown(ders(GOOD, INTERMEDIATE)))
    findings = judged(facts, NOW + 3_280 * DAY)
    assert [finding.message.split(",")[0] for finding in findings if finding.code == "certificate.chain_expiring"] == [
        "Lab Root"
    ]


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
    is_ok = [finding.code == "certificate.ok" for finding in findings]
    assert any(is_ok) == all(is_ok)
    assert all(finding.message for finding in findings)


@settings(deadline=None)
@given(st.sampled_from([facts for facts in CASE_FACTS if facts.leaf]), TIMES, TIMES, TIMES)
def test_dates_in_any_order_are_judged(facts: Facts, at: datetime, not_before: datetime, not_after: datetime) -> None:
    assert facts.leaf is not None
    findings = judged(replace(facts, leaf=replace(facts.leaf, not_before=not_before, not_after=not_after)), at)
    refused = {"certificate.expired", "certificate.not_yet_valid"} & {finding.code for finding in findings}
    assert bool(refused) == (not not_before <= at <= not_after)


# Measuring


def test_dates_verification_and_key_are_measured() -> None:
    start, end = (NOW - 30 * DAY).timestamp(), (NOW + 60 * DAY).timestamp()
    assert measured(observed(shown(ders(GOOD, INTERMEDIATE)))) == {
        ("verified",): 1,
        ("not_after_timestamp_seconds", "leaf"): end,
        ("not_before_timestamp_seconds", "leaf"): start,
        ("not_after_timestamp_seconds", "chain"): end,
        ("not_before_timestamp_seconds", "chain"): start,
        ("info", "ec", "256"): 1,
    }


def test_the_chain_ends_with_the_first_of_its_path() -> None:
    brief = authority("Lab Brief", ROOT, starts=-290, days=340)
    samples = measured(observed(shown(ders(server(brief), brief))))
    assert samples["not_after_timestamp_seconds", "chain"] == (NOW + 50 * DAY).timestamp()
    assert samples["not_before_timestamp_seconds", "chain"] == (NOW - 290 * DAY).timestamp()


def test_an_expired_cross_sign_beside_a_good_path_is_not_the_chains_end() -> None:
    samples = measured(facts_of(cases()["expired cross-sign beside a good path"]))
    assert samples["not_after_timestamp_seconds", "chain"] == (NOW + 60 * DAY).timestamp()


def test_without_a_path_the_chain_is_what_was_sent() -> None:
    samples = measured(facts_of(cases()["expired intermediate"]))
    assert samples["not_after_timestamp_seconds", "chain"] == (NOW - 10 * DAY).timestamp()


@each_case
def test_verified_means_name_and_trust_and_leaves_dates_to_the_dates(case: Case) -> None:
    wrong = {"name_mismatch", *TrustFault} & set(case.codes)
    assert measured(facts_of(case))["verified",] == (not wrong)


def test_what_cannot_be_read_is_not_verified_and_has_no_dates() -> None:
    assert measured(facts_of(cases()["garbage"])) == {("verified",): 0}


def test_an_unreadable_leaf_does_not_lend_its_place_to_its_issuer() -> None:
    facts = observed(shown((b"junk", INTERMEDIATE.der)))
    samples = measured(facts)
    assert facts.leaf is None
    assert samples["not_after_timestamp_seconds", "chain"] == INTERMEDIATE.certificate.not_valid_after_utc.timestamp()
    assert ("not_after_timestamp_seconds", "leaf") not in samples


def test_nothing_is_measured_while_nothing_is_seen() -> None:
    assert measured(None) == {}


def test_a_strange_key_size_does_not_become_a_series_of_its_own() -> None:
    facts = observed(shown(ders(server(INTERMEDIATE, with_key=key("server", "1032")), INTERMEDIATE)))
    assert measured(facts)["info", "rsa", "other"] == 1


@each_case
def test_samples_are_declared_and_carry_just_their_labels(case: Case) -> None:
    samples: list[Sample] = list(CHECK.measure(facts_of(case), Settings(Address(HOST, 443))))
    for sample in samples:
        assert sample.metric in CHECK.metrics
        assert set(sample.labels) == set(sample.metric.labels)
    identities = [(sample.metric.name, *sample.labels.items()) for sample in samples]
    assert len(set(identities)) == len(identities)
