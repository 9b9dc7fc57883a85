"""What a vendor's file accepts for a time: told as a note, and no state of its target until then."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from checks.certificate import CHECK, Settings, observe
from checks.model import Finding, Severity, State
from checks.values import Address, Day
from checks.vendor import StartTls, TlsEntry, Vendor, Waiver
from tests.support.certlab import GOOD, NOW, ders, shown
from tests.support.certlooks import suffixes
from tests.support.network import FakeNetwork

WAIVER = Waiver(finding="cert.chain_incomplete", reason="told them in May", until=Day(2026, 11, 30))
ENTRY = TlsEntry(Address("mail.acme.example", 25), starttls=StartTls.SMTP, waive=(WAIVER,))


def entry_of(vendor: Vendor) -> Settings:
    (derived,) = CHECK.derive(vendor)
    assert isinstance(derived.settings, Settings)
    return derived.settings


def found(settings: Settings, days: float) -> list[Finding]:
    network = FakeNetwork(connections={settings.address: shown(ders(GOOD), settings.address.host)})
    facts = asyncio.run(observe(settings, network))
    return [
        one for one in CHECK.judge(facts, settings, NOW + timedelta(days=days), None) if one.code != "cert.name_mismatch"
    ]


def test_what_an_entry_says_reaches_its_target() -> None:
    settings = entry_of(Vendor(slug="acme", name="Acme", tls=(ENTRY,)))
    assert settings == Settings(ENTRY.address, StartTls.SMTP, (WAIVER,))


def test_a_waived_finding_is_a_note_until_its_day_and_counts_again_after_it() -> None:
    settings = entry_of(Vendor(slug="acme", name="Acme", tls=(ENTRY,)))
    (waived,) = found(settings, 9)
    assert (suffixes([waived]), waived.severity, waived.state) == (["chain_incomplete"], Severity.OK, State.UP)
    assert waived.message.endswith("(waived until 2026-11-30: told them in May)")
    (counting,) = found(settings, 10)
    assert (counting.severity, counting.state) == (Severity.CRITICAL, State.DEGRADED)
    assert counting.message.endswith("(its waiver ended on 2026-11-30)")
