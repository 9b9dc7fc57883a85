"""Probing on demand, and whose failure it is where something fails.

The same probes as the daemon's, once each. What fails may be the vendor's failure, and it may be ours: one round of canaries
tells which, by the daemon's rules (`monitor.blame`, `monitor.egress`). Where they have nothing to say, what else was looked
at does, and a few other vendors when nothing of that could be seen. Where all is well nobody is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from math import inf
from typing import Any, Protocol

from checks.check import all_checks
from checks.model import Reason, Target
from checks.network import Network
from monitor.blame import accusation
from monitor.canaries import Surroundings, look_around
from monitor.catalogue import Catalogue
from monitor.clock import SYSTEM_CLOCK
from monitor.correlate import Sight, carried, sight_in_round
from monitor.egress import View
from monitor.limits import Limits
from monitor.probe import probe
from monitor.recorder import Recorder
from monitor.report import Look
from monitor.settings import Canaries, Settings

WITNESSES = 3
"""Targets of the catalogue that are looked at beside what was asked for, when nothing of that could be seen."""


class Everywhere(Network, Surroundings, Protocol):
    """A network through which vendors and canaries are looked at."""


def unheard(_name: str) -> None:
    """What to call for looks that nobody waits for."""


async def look(
    targets: Sequence[Target[Any]], network: Network, settings: Settings, done: Callable[[str], None]
) -> list[Look]:
    """Probe *targets*, within the limits; *done* hears of each as it ends."""
    limits = Limits(settings.concurrency)

    async def one(target: Target[Any]) -> Look:
        check, recorder = all_checks()[target.check], Recorder(network)
        async with AsyncExitStack() as places:
            await limits.enter(places, target.host, target.together)
            observation = await probe(check, target, recorder, SYSTEM_CLOCK)
        done(target.key)
        return Look(target=target, check=check, observation=observation, exchanges=tuple(recorder.exchanges))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(target)) for target in targets]
    return [task.result() for task in tasks]


async def judge_together(looks: Sequence[Look], catalogue: Catalogue, network: Everywhere) -> list[Look]:
    """The *looks*, each knowing what else could be seen; canaries and others are looked at where that takes them."""
    view = await _view(catalogue.settings.canaries, network) if any(map(_doubt, looks)) else None
    if view and not view.abstains:
        return [_seen_from(view, each) for each in looks]
    is_nothing_seen = all(each.observation.failure for each in looks)
    return _by_the_others(looks, await _witnesses(looks, catalogue, network) if is_nothing_seen else ())


def _doubt(look: Look) -> Reason | None:
    """What is wrong by *look* that our own network may have done; None for nothing."""
    failure = look.observation.failure
    return failure.reason if failure and _is_lost(look) else accusation(look.observation, look.check)


def _is_lost(look: Look) -> bool:
    """Whether the network carried no answer to *look*."""
    return carried(look.observation) is False


async def _view(canaries: Canaries, network: Surroundings) -> View | None:
    """What one round of *canaries* shows; None where there are none."""
    if not canaries.ask:
        return None
    return View(grace=canaries.grace, patience=inf).after(await look_around(canaries.ask, network, SYSTEM_CLOCK))


def _seen_from(view: View, look: Look) -> Look:
    """*look*, knowing what could be seen by canaries that were looked at after it."""
    doubt = _doubt(look)
    sight = view.sight(-inf, inf, doubt) if doubt else None
    return replace(look, sight=sight or look.sight, troubles=tuple(view.troubles()) if sight is Sight.BLIND else ())


async def _witnesses(looks: Sequence[Look], catalogue: Catalogue, network: Network) -> list[Look]:
    """A few looks elsewhere than *looks*."""
    hosts = {each.target.host for each in looks}
    elsewhere = {each.host: each for each in catalogue.targets if each.host and each.host not in hosts}
    few = list(elsewhere.values())[:WITNESSES]
    return await look(few, network, catalogue.settings, unheard)


def _by_the_others(looks: Sequence[Look], elsewhere: Sequence[Look]) -> list[Look]:
    """The *looks*, each knowing whether anything else was seen meanwhile, there or *elsewhere*."""
    everything = [(each.target.host, each.observation) for each in (*looks, *elsewhere)]
    return [replace(each, sight=sight_in_round(each.target.host, everything)) if _is_lost(each) else each for each in looks]
