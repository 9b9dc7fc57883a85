"""The script: an hour from nine to ten, act by act, and what a daemon that is any good makes of each.

An act changes the world, never the daemon. What it leads one to expect is said in the daemon's own words; how long that
takes is not, since the daemon has to find out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from checks.model import Claim
from monitor.demo.sights import NONE, OURSELVES, Fact, Sights
from monitor.demo.world import SLOW_SECONDS, World

BEGINS_AT = 9
"""The hour of the day at which the story begins."""
MINUTES = 60


@dataclass(frozen=True, slots=True)
class Act:
    """What happens in a *minute* of the hour, *told* in a clause.

    It *does* something to the world, and *expects* one of some words for each of some facts of what is then seen.
    *spares* says that it is no vendor's fault: none may be down for it.
    """

    minute: int
    told: str
    does: Callable[[World], Awaitable[None]]
    expects: Mapping[Fact, frozenset[str]] = field(default_factory=dict)
    spares: bool = False

    @property
    def time(self) -> str:
        """The time of day, as clocks show it."""
        return f"{BEGINS_AT:02}:{self.minute:02}"

    def is_seen_in(self, seen: Sights) -> bool:
        """Whether all that is expected is among what was *seen*."""
        return all(seen.get(fact) in words for fact, words in self.expects.items())


def _of(subject: str, **words: str) -> Mapping[Fact, frozenset[str]]:
    """What is expected of a *subject*, by kind; a bar is between words of which either will do."""
    return {Fact(subject, kind): frozenset(word.split("|")) for kind, word in words.items()}


async def _nothing(_: World) -> None:
    """All is as it was made."""


async def _search_slows(world: World) -> None:
    world.vendors["search"].slow_seconds = SLOW_SECONDS
    world.say("search", Claim.DEGRADED, "Queries are slow")


async def _search_recovers(world: World) -> None:
    world.vendors["search"].slow_seconds = 0.0
    world.say("search")


async def _storage_announces(world: World) -> None:
    world.announce("storage", "Disk firmware upgrade", 21 * world.minute, 8 * world.minute)


async def _payments_fails(world: World) -> None:
    world.vendors["payments"].api_status = 503


async def _payments_admits(world: World) -> None:
    world.say("payments", Claim.MAJOR_OUTAGE, "Charges fail")


async def _payments_recovers(world: World) -> None:
    world.vendors["payments"].api_status = 200
    world.say("payments")


async def _storage_works(world: World) -> None:
    world.announce("storage", "Disk firmware upgrade", timedelta(), timedelta(hours=1))
    world.vendors["storage"].api_status = 503


async def _storage_returns(world: World) -> None:
    world.vendors["storage"].api_status = 200


async def _storage_is_done(world: World) -> None:
    world.say("storage")


async def _mail_forgets(world: World) -> None:
    world.certify("mail", timedelta(days=3))


async def _mail_renews(world: World) -> None:
    world.certify("mail", timedelta(days=90))


async def _maps_redesigns(world: World) -> None:
    world.vendors["maps"].page_is_html = True


async def _maps_mends(world: World) -> None:
    world.vendors["maps"].page_is_html = False


async def _sms_weakens(world: World) -> None:
    world.vendors["sms"].weaken()


async def _sms_hardens(world: World) -> None:
    world.vendors["sms"].harden()


async def _we_fail(world: World) -> None:
    await world.vanish()


async def _we_are_back(world: World) -> None:
    await world.appear()


_ALL_UP = {
    fact: words
    for slug in ("payments", "mail", "search", "maps", "storage", "sms")
    for fact, words in _of(slug, state="up").items()
}
_GOOD_GRADES = "A+|A|A-"

SCRIPT = (
    Act(0, "six vendors are well", _nothing, {**_ALL_UP, **_of(OURSELVES, state="ok")}),
    Act(3, "search answers slowly, and says so", _search_slows, _of("search", state="degraded", claim="degraded")),
    Act(7, "search is quick again", _search_recovers, _of("search", state="up", claim="operational")),
    Act(9, "storage announces work for 09:30", _storage_announces),
    Act(
        12, "payments answers 503; its page says that all is well", _payments_fails,
        _of("payments", state="down", claim="operational", disagreement="probe_down_claim_ok"),
    ),
    Act(20, "payments admits it", _payments_admits, _of("payments", claim="major_outage", disagreement=NONE)),
    Act(25, "payments is back", _payments_recovers, _of("payments", state="up", claim="operational")),
    Act(30, "storage begins its work, and is away for it", _storage_works, _of("storage", state="maintenance")),
    Act(36, "storage is back before it says so", _storage_returns, _of("storage", state="up", claim="maintenance")),
    Act(38, "storage is done", _storage_is_done, _of("storage", state="up", claim="operational")),
    Act(39, "mail has not renewed its certificate: 3 days left", _mail_forgets, _of("mail", certificate="critical")),
    Act(43, "mail has renewed it", _mail_renews, _of("mail", certificate="ok")),
    Act(44, "the page of maps is HTML where a feed was", _maps_redesigns, _of("maps", claim="unknown", state="up")),
    Act(48, "the feed of maps is back", _maps_mends, _of("maps", claim="operational")),
    Act(49, "sms takes servers of before: TLS 1.2, no forward secrecy", _sms_weakens, _of("sms", grade="B|C|D")),
    Act(52, "sms takes them back", _sms_hardens, _of("sms", grade=_GOOD_GRADES)),
    Act(
        54, "our own network fails: nobody can be reached", _we_fail,
        {**_of(OURSELVES, state="offline"), **_of("payments", state="unknown")}, spares=True,
    ),
    Act(57, "our own network is back", _we_are_back, {**_ALL_UP, **_of(OURSELVES, state="ok")}, spares=True),
)  # fmt: skip
