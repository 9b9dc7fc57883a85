"""What targets of several vendors may have in common."""

from __future__ import annotations

import pytest

from checks.shared import SharedKind, issuer_trait, network_trait


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::", "2001:db8:1::/48"),
        ("::1", "::/48"),
    ],
)
def test_an_address_is_in_the_network_that_is_announced_as_one(address: str, network: str) -> None:
    assert network_trait(address) == (SharedKind.NETWORK, network)


@pytest.mark.parametrize(
    ("name", "organization", "value"),
    [("R11", "Let's Encrypt", "R11 (Let's Encrypt)"), ("R11", "", "R11"), ("Acme", "Acme", "Acme")],
)
def test_an_issuer_is_called_by_its_name_and_its_organisation(name: str, organization: str, value: str) -> None:
    assert issuer_trait(name, organization) == (SharedKind.ISSUER, value)
