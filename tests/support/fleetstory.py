"""What happens to the fleet in thirty days, and what of it still goes on now.

Outages: one is admitted late, one never, one is under way. Work: announced by a vendor, and by a window of our own. What a
vendor says and what we measure part in both ways. A certificate expires and is renewed, another is near its end. A page
cannot be read, a target flaps, our own network is gone for two hours, and for fifty minutes nobody watches at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from checks.model import Reason
from monitor.store.store import Mute
from tests.support.fleet import DAY, DENSE, HOUR, MINUTE, SPARSE, Fleet
from tests.support.fleetvendors import Certificates
from tests.support.fleetworld import Site

DAYS = 30.0
DENSE_HOURS = 6.0
"""For how long before now there are looks and scrapes each minute."""

BEAT_SECONDS = 5.0

Sink = Callable[[float, bytes], None]
"""Takes a page and the Unix time at which it was scraped; an empty page is a scrape that failed."""


@dataclass(frozen=True)
class Act:
    """What happens so many seconds before now."""

    ago: float
    do: Callable[[], None]


def story(fleet: Fleet, made: Certificates) -> Iterator[Act]:
    """All acts, in any order."""
    by_slug = {domain.removesuffix(".test"): site for domain, site in fleet.network.sites.items()}
    yield from _past_outages(fleet, by_slug)
    yield from _works(fleet, by_slug)
    yield from _disagreements(fleet, by_slug)
    yield from _certificates(by_slug, made)
    yield from _ourselves(fleet)
    yield from _now(fleet, by_slug)


def _past_outages(fleet: Fleet, sites: dict[str, Site]) -> Iterator[Act]:
    lumen, quayside, brass = sites["lumen"], sites["quayside"], sites["brass"]
    yield from _failing(lumen, 503, 24.3 * DAY, 95 * MINUTE)
    yield Act(24.3 * DAY - 41 * MINUTE, lambda: _admit(fleet, lumen, "Tracking is down", "major", "Tracking", "Labels"))
    yield Act(24.3 * DAY - 110 * MINUTE, lambda: lumen.page.calm(fleet.clock.now()))
    yield from _failing(quayside, Reason.REFUSED, 17.6 * DAY, 3 * HOUR)
    yield from _failing(brass, Reason.TIMEOUT, 8.2 * DAY, 25 * HOUR)
    yield Act(8.2 * DAY - 10 * MINUTE, lambda: _admit(fleet, brass, "Messages are late", "critical", "SMS"))
    yield Act(7.1 * DAY, lambda: brass.page.calm(fleet.clock.now()))
    yield from _failing(lumen, 502, 2.4 * DAY, 70 * MINUTE)
    yield Act(2.4 * DAY - 9 * MINUTE, lambda: _admit(fleet, lumen, "Labels cannot be printed", "major", "Labels"))
    yield Act(2.4 * DAY - 75 * MINUTE, lambda: lumen.page.calm(fleet.clock.now()))


def _works(fleet: Fleet, sites: dict[str, Site]) -> Iterator[Act]:
    pinemail = sites["pinemail"]
    work = ("Moving mailboxes", timedelta(hours=4))
    yield Act(6.5 * DAY, lambda: pinemail.page.announce(work[0], fleet.clock.now(), work[1]))
    yield from _failing(pinemail, 503, 6.5 * DAY - 20 * MINUTE, 3 * HOUR)
    yield Act(6.5 * DAY - 4 * HOUR, lambda: pinemail.page.calm(fleet.clock.now()))


def _disagreements(fleet: Fleet, sites: dict[str, Site]) -> Iterator[Act]:
    """The outage that is never admitted is one of the other kind."""
    orchid, pinemail = sites["orchid"], sites["pinemail"]
    yield Act(11.2 * DAY, lambda: _admit(fleet, orchid, "Sign-in fails for some", "critical", "Sign-in"))
    yield Act(11.0 * DAY, lambda: orchid.page.calm(fleet.clock.now()))
    yield Act(10 * HOUR, lambda: _admit(fleet, sites["marl"], "Tiles are slow", "minor", "Tiles"))
    yield Act(4 * HOUR, lambda: sites["marl"].page.calm(fleet.clock.now()))
    yield Act(13.4 * DAY, lambda: _turn_to_html(pinemail, is_html=True))
    yield Act(13.2 * DAY, lambda: _turn_to_html(pinemail, is_html=False))


def _certificates(sites: dict[str, Site], made: Certificates) -> Iterator[Act]:
    """Tallow's ends 15 days ago and is renewed late; brass serves one that nobody can build a chain from, for a day."""
    tallow, brass = sites["tallow"], sites["brass"]
    yield Act(14.6 * DAY, lambda: _serve(tallow, made.chain("tallow", "Harbour R1", -14.6, 17)))
    whole = brass.chain
    yield Act(20.5 * DAY, lambda: _serve(brass, whole[:1]))
    yield Act(19.6 * DAY, lambda: _serve(brass, whole))


def _ourselves(fleet: Fleet) -> Iterator[Act]:
    yield from _cut_off(fleet, 18.7 * DAY, 2 * HOUR)
    yield from _cut_off(fleet, 20 * HOUR, 45 * MINUTE)
    yield Act(4 * HOUR, lambda: _lose(fleet, "op-3"))
    yield Act(5.3 * DAY, lambda: setattr(fleet.trouble, "is_absent", True))
    yield Act(5.3 * DAY - 50 * MINUTE, lambda: setattr(fleet.trouble, "is_absent", False))
    yield Act(5 * HOUR, lambda: _stumble(fleet))
    yield Act(3 * HOUR, fleet.instruments.reload_refused)
    yield Act(2 * HOUR, lambda: fleet.neglect("marl/status/page"))


def _cut_off(fleet: Fleet, ago: float, lasts: float) -> Iterator[Act]:
    yield Act(ago, lambda: setattr(fleet.network, "is_cut", True))
    yield Act(ago - lasts, lambda: setattr(fleet.network, "is_cut", False))


def _stumble(fleet: Fleet) -> None:
    """Everything that should not happen to a daemon, once."""
    fleet.trouble.locked, fleet.trouble.dropped, fleet.trouble.resting = 3, 12, 1
    fleet.tally.refused("chat")
    fleet.instruments.missed("suspend", 2)
    fleet.instruments.jumped()
    fleet.instruments.erred("dns")
    fleet.instruments.collect_failed()


def _now(fleet: Fleet, sites: dict[str, Site]) -> Iterator[Act]:
    """What is under way: an outage, a word of an outage that is none, a page that cannot be read, work, flapping, a mute."""
    quayside, orchid, pinemail, tallow, lumen = (
        sites[each] for each in ("quayside", "orchid", "pinemail", "tallow", "lumen")
    )
    yield Act(55 * MINUTE, lambda: setattr(quayside, "fault", 503))
    yield Act(43 * MINUTE, lambda: _admit(fleet, quayside, "Card payments fail", "critical", "Cards"))
    yield Act(25 * MINUTE, lambda: quayside.page.told("Payouts are late", "minor", fleet.clock.now(), "Payouts"))
    yield Act(3 * HOUR, lambda: _admit(fleet, orchid, "Sign-in is down", "critical", "Sign-in"))
    yield Act(2 * HOUR, lambda: _turn_to_html(pinemail, is_html=True))
    yield Act(80 * MINUTE, lambda: setattr(pinemail, "fault", 429))
    yield Act(70 * MINUTE, lambda: _serve(tallow, tallow.chain[:1]))
    yield Act(40 * MINUTE, lambda: lumen.page.announce("Larger parcels", fleet.clock.now(), timedelta(hours=8)))
    yield Act(30 * MINUTE, lambda: lumen.page.components.update(Invoices="napping"))
    yield Act(20 * MINUTE, lambda: setattr(lumen, "fault", 503))
    for minutes in range(111, 0, -3):  # Long enough each time to be confirmed.
        yield from _failing(tallow, Reason.CONNECT, minutes * MINUTE, 100)
    yield Act(5 * HOUR, lambda: setattr(sites["brass"], "seconds", 2.6))
    yield Act(90 * MINUTE, lambda: fleet.chronicle.muted([_mute("brass", fleet)]))


def _failing(site: Site, fault: int | Reason, ago: float, lasts: float) -> Iterator[Act]:
    yield Act(ago, lambda: setattr(site, "fault", fault))
    yield Act(ago - lasts, lambda: setattr(site, "fault", None))


def _admit(fleet: Fleet, site: Site, name: str, impact: str, *components: str) -> None:
    site.page.indicator = impact
    site.page.components |= dict.fromkeys(components, "major_outage")
    site.page.told(name, impact, fleet.clock.now(), *components)


def _turn_to_html(site: Site, *, is_html: bool) -> None:
    site.page.is_html = is_html


def _serve(site: Site, chain: tuple[bytes, ...]) -> None:
    site.chain = chain


def _lose(fleet: Fleet, *words: str) -> None:
    fleet.network.lost = frozenset(words)


def _mute(vendor: str, fleet: Fleet) -> Mute:
    at = fleet.clock.now()
    return Mute(vendor=vendor, since=at, until=at + timedelta(days=2), why="they have told us by telephone")


async def live_through(
    fleet: Fleet, acts: Iterator[Act], sink: Sink, caught_up: Callable[[], object], days: float = DAYS
) -> None:
    """Watch *days* until now and give each page to *sink*; say that this is done, and go on watching until cancelled."""
    loop = asyncio.get_running_loop()
    until = days * DAY
    for act in acts:
        if act.ago < until:
            loop.call_at(until - act.ago, act.do)
    canaries = asyncio.ensure_future(fleet.canaries.run())
    try:
        for pace, ends in ((SPARSE, until - DENSE_HOURS * HOUR), (DENSE, until)):
            fleet.adopt(pace)
            while loop.time() + pace.scrape <= ends:
                await asyncio.sleep(pace.scrape)
                _scrape(fleet, sink)
        caught_up()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            fleet.beat()
    finally:
        fleet.end()
        canaries.cancel()


def _scrape(fleet: Fleet, sink: Sink) -> None:
    """Nobody is there to be scraped for a while."""
    at = fleet.clock.now()
    fleet.beat()
    sink(at.timestamp(), b"" if fleet.trouble.is_absent else b"".join(fleet.page()))
