"""Looks of the certificate check at servers of the laboratory: what was seen, and what that means."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from checks.certificate import CHECK, Facts, Settings, observe
from checks.model import Finding
from checks.network import Connection
from checks.values import Address
from tests.support.certcases import Case, cases
from tests.support.certlab import HOST, NOW, Issued, ders, shown
from tests.support.network import FakeNetwork

each_case = pytest.mark.parametrize("case", cases().values(), ids=cases().keys())


def observed(connection: Connection, host: str = HOST) -> Facts:
    address = Address(host, 443)
    return asyncio.run(observe(Settings(address), FakeNetwork(connections={address: connection})))


def facts_of(case: Case) -> Facts:
    return observed(shown(case.chain, case.host), case.host)


def judged(facts: Facts, at: datetime = NOW, host: str = HOST) -> list[Finding]:
    return list(CHECK.judge(facts, Settings(Address(host, 443)), at, None))


def codes(*chain: Issued, at: datetime = NOW) -> list[str]:
    return suffixes(judged(observed(shown(ders(*chain))), at))


def suffixes(findings: list[Finding]) -> list[str]:
    assert all(finding.code.startswith("cert.") for finding in findings)
    return [finding.code.removeprefix("cert.") for finding in findings]
