"""Every rule about certificates has a server that breaks it, and a good server breaks none."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cache

import pytest

from checks.certificate import CHECK, Facts, Settings, observe
from checks.certificate.change import Known
from checks.model import Finding, Severity
from checks.network import Connection, Revocation
from checks.rules import RULES
from checks.values import Address
from tests.support.certcases import cases
from tests.support.certextensions import MUST_STAPLE, listed_at, logged
from tests.support.certlab import CLIENT, GOOD, HOST, INTERMEDIATE, NOW, SERVER, Issued, ders, key, server, shown
from tests.support.certlooks import facts_of, judged
from tests.support.network import FakeNetwork
from tests.support.revocation import in_a_foreign_way, staple

OF_ANOTHER_CHECK = "cert.differs_by_address"
CODES = sorted(code for code in RULES if code.startswith("cert.") and code != OF_ANOTHER_CHECK)
SETTINGS = Settings(Address(HOST, 443))
LIST = "http://crl.example/1.crl"


def at(connection: Connection, settings: Settings = SETTINGS) -> list[Finding]:
    """What is told of *connection*, whose certificate the list at `LIST` has."""
    network = FakeNetwork(connections={settings.address: connection})
    serial = GOOD.certificate.serial_number
    network.lists[LIST, serial] = Revocation(at=NOW, reason="", updated_at=NOW, next_update=None)
    return list(CHECK.judge(asyncio.run(observe(settings, network)), settings, NOW, None))


def of(leaf: Issued, settings: Settings = SETTINGS) -> list[Finding]:
    return at(shown(ders(leaf, INTERMEDIATE)), settings)


def stapling(answer: bytes) -> Connection:
    connection = shown(ders(GOOD, INTERMEDIATE))
    assert connection.session
    return replace(connection, session=replace(connection.session, staple=answer))


@cache
def met() -> dict[str, Finding]:
    """The codes that servers of the laboratory get, each with one finding of it."""
    before = Settings(SETTINGS.address, known=Known("0" * 64, "Somebody Else", "rsa", "2026-11-22"))
    findings = [
        *(finding for case in cases().values() for finding in judged(facts_of(case), host=case.host)),
        *of(server(INTERMEDIATE, days=300, usages=[SERVER, CLIENT], extra=[logged("a")])),
        *of(server(INTERMEDIATE, extra=[MUST_STAPLE])),
        *of(server(INTERMEDIATE, extra=[listed_at(LIST)])),
        *of(GOOD, before),
        *at(stapling(b"junk")),
        *at(stapling(in_a_foreign_way(staple()))),
    ]
    return {finding.code: finding for finding in findings}


@pytest.mark.parametrize("code", CODES)
def test_each_rule_is_broken_by_a_server_of_the_laboratory(code: str) -> None:
    assert code in met()
    assert (met()[code].severity is Severity.OK) <= (RULES[code].severity is Severity.OK)


def test_nothing_is_told_that_no_rule_explains() -> None:
    assert set(met()) - {"cert.ok"} == set(CODES)


def test_a_good_server_breaks_none_of_them() -> None:
    best = server(INTERMEDIATE, with_key=key("server", "2048"), extra=[MUST_STAPLE, logged("a", "b")])
    settings = replace(SETTINGS, known=known_of(best))
    connection = shown(ders(best, INTERMEDIATE))
    assert connection.session
    session = replace(connection.session, staple=staple(about=best))
    assert [finding.code for finding in at(replace(connection, session=session), settings)] == ["cert.ok"]


def known_of(leaf: Issued) -> Known | None:
    facts: Facts = asyncio.run(
        observe(SETTINGS, FakeNetwork(connections={SETTINGS.address: shown(ders(leaf, INTERMEDIATE))}))
    )
    return facts.known
