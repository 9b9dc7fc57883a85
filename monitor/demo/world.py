"""The world of the demo: who is in it, and that all of it can vanish at once, as when our own network is cut.

Whoever is in it has an address in 127.0.0.0/8, and keeps the ports it got when it first appeared.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from checks.model import Claim
from monitor.clock import Clock
from monitor.demo.authority import Authority
from monitor.demo.pages import Saying, Work
from monitor.demo.serving import Listener, listening, listens
from monitor.demo.vendors import SimulatedVendor, running

CANARIES = {"north": "127.0.0.21", "south": "127.0.0.22", "west": "127.0.0.23"}
"""The operators of canaries, and where they are."""
SLOW_SECONDS = 0.8
"""What is slow; `_FAST_SECONDS` is what a vendor that is measured by it has to keep, on a busy machine too."""
_FAST_SECONDS = 0.5


class World:
    """Vendors by slug, and canaries. *minute* is how long a minute of the script takes."""

    def __init__(self, clock: Clock, authority: Authority, minute: timedelta) -> None:
        """Make all of it; nothing of it is there yet."""
        self.minute = minute
        self._clock = clock
        self._authority = authority
        self._canaries = {operator: Listener(host) for operator, host in CANARIES.items()}
        self._there = AsyncExitStack()
        self.vendors = {vendor.slug: vendor for vendor in cast(clock.now())}
        for vendor in self.vendors.values():
            vendor.certify(authority)
            vendor.harden()

    @property
    def canaries(self) -> Mapping[str, str]:
        """Where canaries are, by operator: host and port."""
        return {operator: listener.authority for operator, listener in self._canaries.items()}

    async def appear(self) -> None:
        """Be there, all of it."""
        for vendor in self.vendors.values():
            await self._there.enter_async_context(running(vendor, vendor.where.port if vendor.where else 0))
        for listener in self._canaries.values():
            await self._there.enter_async_context(listening(listener, listens))

    async def vanish(self) -> None:
        """Be there no more, until it appears again."""
        await self._there.aclose()

    def say(self, slug: str, claim: Claim = Claim.OPERATIONAL, incident: str = "") -> None:
        """Have a vendor's page say something from now on; what it announced goes with it."""
        says = self.vendors[slug].says
        says.claim, says.incident, says.work, says.since = claim, incident, None, self._clock.now()

    def announce(self, slug: str, title: str, after: timedelta, lasts: timedelta) -> None:
        """Have a vendor announce work that begins *after* a time; without one it is under way."""
        says, starts = self.vendors[slug].says, self._clock.now() + after
        says.work = Work(title, starts, starts + lasts, is_under_way=not after)
        says.claim = Claim.OPERATIONAL if after else Claim.MAINTENANCE

    def certify(self, slug: str, lasting: timedelta) -> None:
        """Have a vendor show a new certificate that lasts so long."""
        self.vendors[slug].certify(self._authority, lasting)


def cast(now: datetime) -> tuple[SimulatedVendor, ...]:
    """The vendors, who are well."""
    return (
        SimulatedVendor(
            "payments", "127.0.0.11", Saying("Tollgate Payments", now, ("Charges", "Payouts", "Console")),
            owner="checkout", objective=99.9,
        ),
        SimulatedVendor(
            "mail", "127.0.0.12", Saying("Pigeon Mail", now, ("Sending", "Templates")),
            platform="incidentio", owner="growth", tier="standard", objective=99.5,
        ),
        SimulatedVendor(
            "search", "127.0.0.13", Saying("Lantern Search", now, ("Queries", "Indexing")),
            platform="instatus", owner="catalogue", tier="standard", objective=99.0, max_seconds=_FAST_SECONDS,
        ),
        SimulatedVendor("maps", "127.0.0.14", Saying("Waymark Maps", now), platform="feed", owner="delivery", tier="low"),
        SimulatedVendor(
            "storage", "127.0.0.15", Saying("Granary Storage", now, ("Objects", "Uploads")),
            owner="platform", objective=99.95,
        ),
        SimulatedVendor("sms", "127.0.0.16", Saying("Drumline SMS", now), platform="", owner="growth", objective=99.0),
    )  # fmt: skip
