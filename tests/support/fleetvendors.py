"""Seven vendors of a fleet: who they are, what is known of them, and how their servers are when all is well.

They differ in all that a dashboard tells apart: owners, tiers, objectives, platforms, certificates, TLS. One has no status
page, one has nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from checks.network import Family
from checks.values import Url
from checks.vendor import Endpoint, Expect, StatusPage, Tier, Vendor
from checks.x509 import Roots
from tests.support import certlab
from tests.support.certlab import Issued, authority, ders, server
from tests.support.fleetworld import Page, Site
from tests.support.tlsscript import Policy
from tests.support.windows import window

OWN_WINDOW_HOUR = 2
"""At which hour (UTC) tallow is worked on each day, for half an hour, by a window of our own."""

TLS10, TLS11, TLS12, TLS13 = 0x0301, 0x0302, 0x0303, 0x0304
MODERN = Policy(groups=(0x11EC, 29, 23), alpn=("h2",))
SOUND = Policy(alpn=("h2", "http/1.1"))
DATED = Policy(versions=(TLS12,), groups=(23,), alpn=("http/1.1",))
OLD = Policy(versions=(TLS10, TLS11, TLS12), groups=(23,), renegotiation=False)


def vendors(start: datetime) -> tuple[Vendor, ...]:
    """Those that are watched, from *start* on."""
    return (
        _vendor("lumen", "Lumen Freight", "logistics", Tier.CRITICAL, 99.9, "statuspage", "Tracking", "Labels"),
        _vendor("quayside", "Quayside Payments", "payments", Tier.CRITICAL, 99.95, "incidentio", "Cards", "Payouts"),
        _vendor("pinemail", "Pine Mail", "growth", Tier.STANDARD, 99.5, "statuspage"),
        _vendor("orchid", "Orchid Identity", "platform", Tier.CRITICAL, 99.9, "statuspage", "Sign-in"),
        _vendor("brass", "Brass Works SMS", "growth", Tier.STANDARD, 99.0, "incidentio"),
        Vendor(slug="marl", name="Marl Maps", tier=Tier.LOW, status=_page("marl", "statuspage")),
        Vendor(
            slug="tallow",
            name="Tallow Analytics",
            owner="platform",
            tier=Tier.LOW,
            endpoints=(_endpoint("tallow"),),
            maintenance=(window(f"{start:%Y-%m-%d}T{OWN_WINDOW_HOUR:02}:00", "30m", "FREQ=DAILY"),),
        ),
    )


def _vendor(  # noqa: PLR0917 - a table's row
    slug: str, name: str, team: str, tier: Tier, objective: float, platform: str, *components: str
) -> Vendor:
    page = _page(slug, platform, *components)
    return Vendor(
        slug=slug, name=name, owner=team, tier=tier, objective=objective, status=page, endpoints=(_endpoint(slug),)
    )


def _page(slug: str, platform: str, *components: str) -> StatusPage:
    return StatusPage(url=Url(f"https://status.{slug}.test"), platform=platform, components=components)


def _endpoint(slug: str) -> Endpoint:
    return Endpoint(url=Url(f"https://api.{slug}.test/health"), name="api", expect=Expect(max_seconds=2))


class Certificates:
    """An authority of the fleet's own, its two intermediates, and what they issue; days count from *now*."""

    def __init__(self, now: datetime) -> None:
        self._now = (now - certlab.NOW).total_seconds() / 86_400
        root = authority("Fleet Root", starts=self._now - 400)
        self.roots = Roots([root.der])
        self._issuers: Mapping[str, Issued] = {
            name: authority(name, root, starts=self._now - 380, days=1825, path_length=0)
            for name in ("Harbour R1", "Delta R2")
        }

    def chain(self, slug: str, issuer: str, begins: float, days: float) -> tuple[bytes, ...]:
        """What *slug* shows: valid for *days*, from *begins* days after now on."""
        by = self._issuers[issuer]
        host = f"api.{slug}.test"
        return ders(server(by, host, starts=self._now + begins, days=days, common_name=host), by)


def sites(made: Certificates) -> dict[str, Site]:
    """Their servers by domain, as they are thirty days ago."""
    return {
        "lumen.test": _site(1, 0.18, made.chain("lumen", "Harbour R1", -50, 90), MODERN, Page(_up("Tracking", "Labels"))),
        "quayside.test": _site(
            2, 0.09, made.chain("quayside", "Delta R2", -40, 200), MODERN, _compatible("Cards", "Payouts")
        ),
        "pinemail.test": _site(3, 0.35, made.chain("pinemail", "Harbour R1", -60, 90), SOUND, Page(_up("Delivery"))),
        "orchid.test": _site(4, 0.12, made.chain("orchid", "Harbour R1", -85, 90), SOUND, Page(_up("Sign-in"))),
        "brass.test": _site(5, 0.5, made.chain("brass", "Delta R2", -100, 365), DATED, _compatible("SMS"), "ipv6"),
        "marl.test": _site(7, 0.2, (), SOUND, Page(_up("Tiles"))),
        "tallow.test": _site(6, 0.8, made.chain("tallow", "Harbour R1", -105, 90), OLD, Page()),
    }


def _site(  # noqa: PLR0917 - a table's row
    number: int, seconds: float, chain: tuple[bytes, ...], policy: Policy, page: Page, family: Family = "ipv4"
) -> Site:
    pq = 0x11EC in policy.groups
    group = "X25519MLKEM768" if pq else "x25519" if 29 in policy.groups else "secp256r1"
    address = f"198.51.{number}.7" if family == "ipv4" else f"2001:db8:{number}::7"
    return Site(address, seconds, chain, policy, page=page, family=family, group=group, has_caa=number % 2 == 1, has_ech=pq)


def _up(*components: str) -> dict[str, str]:
    return dict.fromkeys(components, "operational")


def _compatible(*components: str) -> Page:
    """A page of incident.io, which answers in Statuspage's shape and has ids of its own."""
    return Page(_up(*components), page_id="01JV2M7QK9T3W5Y8B4C6D0F1GH")
