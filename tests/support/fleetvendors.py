"""Seven vendors of a fleet: who they are, what is known of them, and how their servers are when all is well.

They differ in all that a dashboard tells apart: owners, tiers, objectives, platforms, certificates, TLS. One has no status
page, one has nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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

TLS10, TLS11, TLS12 = 0x0301, 0x0302, 0x0303
ML_KEM = 0x11EC
MODERN = Policy(groups=(ML_KEM, 29, 23), alpn=("h2",))
SOUND = Policy(alpn=("h2", "http/1.1"))
DATED = Policy(versions=(TLS12,), groups=(23,), alpn=("http/1.1",))
OLD = Policy(versions=(TLS10, TLS11, TLS12), groups=(23,), renegotiation=False)


def vendors(start: datetime, suffix: str = "") -> tuple[Vendor, ...]:
    """Those that are watched, from *start* on; all slugs end in *suffix*."""
    return (
        _vendor(f"lumen{suffix}", "Lumen Freight", "logistics", Tier.CRITICAL, 99.9, "statuspage", "Tracking", "Labels"),
        _vendor(
            f"quayside{suffix}", "Quayside Payments", "payments", Tier.CRITICAL, 99.95, "incidentio", "Cards", "Payouts"
        ),
        _vendor(f"pinemail{suffix}", "Pine Mail", "growth", Tier.STANDARD, 99.5, "statuspage"),
        _vendor(f"orchid{suffix}", "Orchid Identity", "platform", Tier.CRITICAL, 99.9, "statuspage", "Sign-in"),
        _vendor(f"brass{suffix}", "Brass Works SMS", "growth", Tier.STANDARD, 99.0, "incidentio"),
        Vendor(slug=f"marl{suffix}", name="Marl Maps", tier=Tier.LOW, status=_page(f"marl{suffix}", "statuspage")),
        Vendor(
            slug=f"tallow{suffix}",
            name="Tallow Analytics",
            owner="platform",
            tier=Tier.LOW,
            endpoints=(_endpoint(f"tallow{suffix}"),),
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
    """An authority of the fleet's own, its intermediates, and what they issue; days count from *now*.

    The oldest intermediate ends before what it issued.
    """

    def __init__(self, now: datetime) -> None:
        self._now = (now - certlab.NOW).total_seconds() / 86_400
        root = authority("Fleet Root", starts=self._now - 400)
        self.roots = Roots([root.der])
        self._issuers: Mapping[str, Issued] = {
            name: authority(name, root, starts=self._now - 380, days=days, path_length=0)
            for name, days in (("Harbour R1", 1825), ("Delta R2", 1825), ("Delta R1", 480))
        }

    def chain(self, slug: str, issuer: str, begins: float, days: float) -> tuple[bytes, ...]:
        """What *slug* shows: valid for *days*, from *begins* days after now on."""
        by = self._issuers[issuer]
        host = f"api.{slug}.test"
        return ders(server(by, host, starts=self._now + begins, days=days, common_name=host), by)


def sites(made: Certificates, suffix: str = "") -> dict[str, Site]:
    """Their servers by domain, as they are thirty days ago."""
    rows = (
        ("lumen", 0.18, "Harbour R1", -50, 90, MODERN, Page(_up("Tracking", "Labels"))),
        ("quayside", 0.09, "Delta R2", -40, 200, MODERN, _compatible("Cards", "Payouts")),
        ("pinemail", 0.35, "Harbour R1", -60, 90, SOUND, Page(_up("Delivery"))),
        ("orchid", 0.12, "Harbour R1", -85, 90, SOUND, Page(_up("Sign-in"))),
        ("brass", 0.5, "Delta R1", -100, 365, DATED, _compatible("SMS")),
        ("tallow", 0.8, "Harbour R1", -105, 90, OLD, Page()),
        ("marl", 0.2, "Harbour R1", -10, 90, SOUND, Page(_up("Tiles"))),
    )
    return {
        f"{slug}{suffix}.test": _site(number, took, made.chain(f"{slug}{suffix}", issuer, begins, days), policy, page)
        for number, (slug, took, issuer, begins, days, policy, page) in enumerate(rows, 1)
    }


def _site(number: int, seconds: float, chain: tuple[bytes, ...], policy: Policy, page: Page) -> Site:
    """The servers of the vendor of a *number*; some are only reached over IPv6, some have records that others have not."""
    has_pq = ML_KEM in policy.groups
    group = "X25519MLKEM768" if has_pq else "x25519" if 29 in policy.groups else "secp256r1"
    is_new = number == 5
    return Site(
        address=f"2001:db8:{number}::7" if is_new else f"198.51.{number}.7",
        seconds=seconds,
        chain=chain,
        policy=policy,
        page=page,
        has_caa=number % 2 == 1,
        has_ech=has_pq,
        family="ipv6" if is_new else "ipv4",
        group=group,
    )


def _up(*components: str) -> dict[str, str]:
    return dict.fromkeys(components, "operational")


def _compatible(*components: str) -> Page:
    """A page of incident.io, which answers in Statuspage's shape and has ids of its own."""
    return Page(_up(*components), page_id="01JV2M7QK9T3W5Y8B4C6D0F1GH")
