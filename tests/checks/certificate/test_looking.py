"""What the certificate check looks at, and how one handshake becomes facts."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from checks.certificate import CHECK, Settings, observe
from checks.check import all_checks
from checks.model import Reason, Unseen
from checks.network import Connection
from checks.plain import plain
from checks.shared import SharedKind
from checks.values import Address, Url
from checks.vendor import Endpoint, Vendor
from tests.support.certcases import Case, cases
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, ders, shown
from tests.support.certlooks import each_case, facts_of, observed
from tests.support.network import FakeNetwork


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


def test_a_handshake_becomes_facts() -> None:
    facts = observed(shown(ders(GOOD, INTERMEDIATE)))
    assert facts.leaf is not None
    assert facts.leaf.subject_name == HOST
    assert [certificate.subject_name for certificate in facts.chain] == ["Lab Intermediate"]
    assert [certificate.subject_name for certificate in facts.path] == ["Lab Intermediate", "Lab Root"]
    assert (facts.fault, facts.detail, facts.named) == (None, "", True)
    assert (facts.tls_version, facts.group, facts.alpn) == ("TLSv1.3", "X25519MLKEM768", "h2")
    assert (facts.address, facts.ip_family) == ("203.0.113.5", "ipv4")


def test_a_server_shares_its_network_and_the_issuer_of_its_certificate() -> None:
    facts = observed(shown(ders(GOOD, INTERMEDIATE)))
    network = (SharedKind.NETWORK, "203.0.113.0/24")
    assert CHECK.shares
    assert list(CHECK.shares(facts)) == [network, (SharedKind.ISSUER, "Lab Intermediate")]
    assert list(CHECK.shares(replace(facts, leaf=None))) == [network], "what cannot be read has no issuer"


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
