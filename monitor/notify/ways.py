"""The networks that receivers are reached through: through the proxy, where there is one, and without it.

Receivers are named by who runs the daemon and stand in their own network as often as not, so no address is refused. They are
judged like everybody else: a certificate that cannot be trusted gets no message.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_network

from checks.network import Network
from monitor.clock import Clock
from monitor.network.network import LiveNetwork
from monitor.settings import NetworkSettings, Settings

EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True, slots=True)
class Ways:
    """How receivers are reached: *direct* to what stands beside us, *outward* to what stands behind the proxy."""

    direct: Network
    outward: Network


@asynccontextmanager
async def open_ways(settings: Settings, clock: Clock) -> AsyncIterator[Ways]:
    """The ways of *settings*, open while the context is.

    Raises `monitor.network.trust.RootsUnavailable` when ``notify.ca_file`` cannot be used.
    """
    outward = reach(settings)
    async with LiveNetwork(replace(outward, proxy=None), clock) as direct:
        if not outward.proxy:
            yield Ways(direct, direct)
            return
        async with LiveNetwork(outward, clock) as through_proxy:
            yield Ways(direct, through_proxy)


def reach(settings: Settings) -> NetworkSettings:
    """How receivers are reached where *settings* say how vendors are: anywhere, and with roots of their own if any."""
    roots = settings.notify.ca_file or settings.network.ca_file
    return replace(settings.network, allow=EVERYWHERE, ca_file=roots)
