"""A vendor's file as values: what follows from what it says."""

from __future__ import annotations

import pytest

from checks.rules import PROFILES, RULES
from checks.values import Address, Day, Url
from checks.vendor import Endpoint, StartTls, TlsEntry, Vendor, Waiver

HTTPS = Address("api.acme.test", 443)
MAIL = Address("mail.acme.test", 25)


def vendor(*tls: Address | TlsEntry, endpoints: tuple[str, ...] = ()) -> Vendor:
    return Vendor(slug="acme", name="Acme", tls=tls, endpoints=tuple(Endpoint(url=Url(url)) for url in endpoints))


def waiver(finding: str) -> Waiver:
    return Waiver(finding=finding, reason="known", until=Day(2027, 3, 31))


def test_an_address_alone_is_an_entry_that_asks_for_nothing() -> None:
    mail = TlsEntry(MAIL, starttls=StartTls.SMTP)
    assert vendor(HTTPS, mail).tls_entries == (TlsEntry(HTTPS), mail)


def test_https_endpoints_are_served_without_an_entry_and_each_address_once() -> None:
    urls = ("https://api.acme.test/a", "http://api.acme.test/", "https://api.acme.test/b")
    assert vendor(MAIL, endpoints=urls).tls_served == (TlsEntry(HTTPS), TlsEntry(MAIL))


def test_what_an_entry_says_of_an_endpoints_address_wins() -> None:
    said = TlsEntry(HTTPS, deep=True)
    assert vendor(MAIL, said, endpoints=("https://api.acme.test/",)).tls_served == (said, TlsEntry(MAIL))


def test_an_address_has_one_entry() -> None:
    with pytest.raises(ValueError, match=r"tls\[2\]: is the address of tls\[0\]: leave one out"):
        vendor(HTTPS, MAIL, TlsEntry(HTTPS, deep=True))


def test_a_finding_is_waived_once_and_for_a_reason() -> None:
    with pytest.raises(ValueError, match=r"waive\[1\]: waives what waive\[0\] does: leave one out"):
        TlsEntry(HTTPS, waive=(waiver("cert.sct"), waiver("cert.sct")))
    with pytest.raises(ValueError, match="reason: is empty"):
        Waiver(finding="cert.sct", reason="\u200b ", until=Day(2027, 3, 31))


def test_a_profile_is_one_of_those_that_are_known() -> None:
    assert all(TlsEntry(HTTPS, profile=name).profile == name for name in PROFILES)
    with pytest.raises(ValueError, match=r"profile: there is no profile of that name \(did you mean ncsc-nl-2025\? known: "):
        TlsEntry(HTTPS, profile="ncsc-nl-2024")


def test_every_finding_about_tls_can_be_waived_and_no_other() -> None:
    assert len(TlsEntry(HTTPS, waive=tuple(map(waiver, RULES))).waive) == len(RULES)
    with pytest.raises(ValueError, match=r"finding: there is no finding of that name \(they begin with cert, tls, "):
        waiver("endpoint.status")
