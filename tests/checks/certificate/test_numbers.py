"""What of a handshake becomes numbers, and in which series."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from checks.certificate import CHECK, Facts, Settings
from checks.model import Sample
from checks.values import Address
from tests.support.certcases import Case, cases
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, NOW, ROOT, authority, ders, issue, key, server, shown
from tests.support.certlooks import each_case, facts_of, observed

DAY = timedelta(days=1)


def measured(facts: Facts | None) -> dict[tuple[str, ...], float]:
    samples = CHECK.measure(facts, Settings(Address(HOST, 443)), NOW)
    return {
        (sample.metric.name.removeprefix("vendor_certificate_"), *sample.labels.values()): sample.value for sample in samples
    }


def test_dates_verification_and_key_are_measured() -> None:
    start, end = (NOW - 30 * DAY).timestamp(), (NOW + 60 * DAY).timestamp()
    assert measured(observed(shown(ders(GOOD, INTERMEDIATE)))) == {
        ("verified",): 1,
        ("not_after_timestamp_seconds", "leaf"): end,
        ("not_before_timestamp_seconds", "leaf"): start,
        ("not_after_timestamp_seconds", "chain"): end,
        ("not_before_timestamp_seconds", "chain"): start,
        ("info", "other", "ec", "256"): 1,
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
    assert measured(facts_of(case))["verified",] == (case.fault is None and "name_mismatch" not in case.codes)


@each_case
def test_each_reason_for_not_being_verified_is_a_series_while_it_lasts(case: Case) -> None:
    samples = measured(facts_of(case))
    faults = {labels[1] for labels in samples if labels[0] == "fault"}
    named = {"name_mismatch"} & set(case.codes)
    assert faults == (named | {case.fault.value} if case.fault else named)
    assert bool(faults) != bool(samples["verified",])


def test_of_issuers_only_the_well_known_are_a_label() -> None:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DigiCert Inc")]
    known = issue("Known", ROOT, days=900, subject=x509.Name(parts))
    samples = measured(observed(shown(ders(server(known), known))))
    assert samples["info", "DigiCert Inc", "ec", "256"] == 1


def test_what_cannot_be_read_is_not_verified_and_has_no_dates() -> None:
    assert measured(facts_of(cases()["garbage"])) == {("verified",): 0, ("fault", "unreadable"): 1}


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
    assert measured(facts)["info", "other", "rsa", "other"] == 1


@each_case
def test_samples_are_declared_and_carry_just_their_labels(case: Case) -> None:
    samples: list[Sample] = list(CHECK.measure(facts_of(case), Settings(Address(HOST, 443)), NOW))
    for sample in samples:
        assert sample.metric in CHECK.metrics
        assert set(sample.labels) == set(sample.metric.labels)
    identities = [(sample.metric.name, *sample.labels.items()) for sample in samples]
    assert len(set(identities)) == len(identities)
