"""Which certificates clients refuse and why, who issues them, and what keys they have."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMapping, ValueMappingResult

from grafana.generate import certificates_queries as ask
from grafana.generate.columns import UNWELCOME, VENDOR, WELCOME, column, paged, shaped, unit, value, wide, words
from grafana.generate.parts import Panel, grid, rows

_INFO = ask.metric("vendor_certificate_info")
_FAULTS = {
    "name_mismatch": "it is for other names",
    "self_signed": "signed by itself",
    "untrusted_root": "its root is trusted by nobody",
    "chain_incomplete": "a certificate of its chain is missing",
    "chain_expired": "a certificate of its chain has ended",
    "name_constraint": "its issuer may not issue for this name",
    "eku": "it may not be used for servers",
    "key_weak": "a key of its chain is too weak",
    "sig_weak": "a signature of its chain is too weak",
    "untrusted": "no trusted chain was found",
    "unreadable": "it cannot be read",
}


def trust_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _refused()
    yield _issuers()
    yield _names()
    yield _keys()


def _fault_mappings() -> list[ValueMapping]:
    results = {
        fault: ValueMappingResult(text=text, color="red", index=at) for at, (fault, text) in enumerate(_FAULTS.items())
    }
    return [ValueMap(options=results)]


def _refused() -> table.Panel:
    panel = grid(
        201,
        "Not trusted now, and why",
        "Certificates that clients refuse, with each reason. Red: tell the vendor; a chain that is not complete works in "
        "browsers and fails in programs. The same unknown issuer at several vendors: somebody reads the traffic between, so "
        "look at your own proxy first. The runbook: VendorCertificateUntrusted.",
        rows(ask.by_address(ask.metric("vendor_certificate_fault"), f"{ask.ADDRESS}, fault"), "A"),
        width=16,
        height=7,
    )
    return shaped(
        panel,
        VENDOR,
        column("address", "Address"),
        column("fault", "Why", words(_fault_mappings())),
    ).no_value("none is known to be refused")


def _issuers() -> table.Panel:
    by_issuer = f"count by (issuer) ({ask.by_address(_INFO, f'{ask.ADDRESS}, issuer')})"
    panel = grid(
        202,
        "Issuers",
        "Who issued the certificates, and what part of them is each one's. Where most are one issuer's, its outage or its "
        "removal from browsers is an outage of all these vendors: nothing to do today, but ask the most important ones for "
        "a second issuer. Other: issuers that are not widely known; vendorwatch check VENDOR --check certificate names "
        "them.",
        rows(by_issuer, "A"),
        rows(f"{by_issuer} / on () group_left () sum({by_issuer})", "B"),
        width=8,
        height=7,
    )
    return shaped(
        panel,
        column("issuer", "Issuer"),
        value("A", "Addresses", unit(units.NoUnit, 0), wide(100)),
        value("B", "Part", unit(units.PercentUnit, 0), wide(80)),
        worst="Addresses",
    ).no_value("no certificate is known")


def _keys() -> table.Panel:
    kinds = ("key_type", "key_bits")
    panel = grid(
        203,
        "Keys",
        "What keys the certificates have, by the number of addresses. RSA below 2048 bits: clients refuse it, or will; find "
        "whose it is in the first table, and ask for a new certificate.",
        rows(f"count by ({', '.join(kinds)}) ({ask.by_address(_INFO, ', '.join((ask.ADDRESS, *kinds)))})", "A"),
        width=8,
    )
    return shaped(
        panel,
        column("key_type", "Key"),
        column("key_bits", "Bits"),
        value("A", "Addresses", unit(units.NoUnit, 0), wide(100)),
        worst="Addresses",
    ).no_value("no certificate is known")


def _names() -> table.Panel:
    facts = ("vendor_dns_caa", "vendor_dns_ech", "vendor_certificate_addresses_differ")
    panel = grid(
        204,
        "Hosts in DNS",
        "CAA: the name says who may issue for it, so that nobody else does. ECH: the name stays hidden from the network. "
        "Yellow: the host's addresses show more than one certificate, often because one server was forgotten; ask the "
        "vendor which. A no under CAA or ECH is no fault: ask for it in the next review.",
        *(rows(ask.by_address(ask.metric(name)), ref) for name, ref in zip(facts, "ABC", strict=True)),
        width=16,
    )
    return shaped(
        paged(panel),
        VENDOR,
        column("address", "Host"),
        value("C", "Certificates differ", words(UNWELCOME), wide(140)),
        value("A", "CAA", words(WELCOME), wide(90)),
        value("B", "ECH", words(WELCOME), wide(90)),
        worst="Certificates differ",
    ).no_value("not known")
