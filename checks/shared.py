"""What a target may have in common with targets of other vendors: a thing whose failing would explain theirs.

A trait is a kind and a value, equal for all that share it. Nothing here knows who fails.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network
from typing import NamedTuple

_NETWORK_BITS = {False: 24, True: 48}
"""How much of an address, by whether it is IPv6, is announced as one in the global routing table at the least."""


class SharedKind(StrEnum):
    """What can be shared, the most telling kind first. A metric label."""

    NETWORK = "network"
    """The /24 or /48 network of the address at which it was met."""
    ISSUER = "issuer"
    """The issuer of its certificate."""
    STATUS_HOST = "status_host"
    """The host of its status page."""


class Trait(NamedTuple):
    """One thing that a target has, and others may have too."""

    kind: SharedKind
    value: str


@lru_cache(maxsize=8192)
def network_trait(address: str) -> Trait:
    """The network around an IP *address*: the /24 of an IPv4 one, the /48 of an IPv6 one. Look after look it is the same."""
    bits = _NETWORK_BITS[":" in address]
    return Trait(SharedKind.NETWORK, str(ip_network(f"{address}/{bits}", strict=False)))


def issuer_trait(name: str, organization: str) -> Trait:
    """The issuer that people call *name*, with the *organization* it belongs to unless that is empty."""
    value = f"{name} ({organization})" if organization not in {"", name} else name
    return Trait(SharedKind.ISSUER, value)
