"""Probing on demand, and whose failure it is when all of it fails.

The same probes as the daemon's, once each. Where nothing that was asked for could be seen it may be the vendors, and it may
be us: the canaries tell which, and where those have nothing to say a few other vendors do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from math import inf
from typing import Any, Protocol

from checks.check import all_checks
from checks.model import Target
from checks.network import Network
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
    if not all(each.observation.failure for each in looks):
        return _by_the_others(looks, ())
    view = await _view(catalogue.settings.canaries, network) if any(map(_is_lost, looks)) else None
    if view is None or view.abstains:
        return _by_the_others(looks, await _witnesses(looks, catalogue, network))
    return [replace(each, sight=_sight(each, view)) for each in looks]


def _is_lost(look: Look) -> bool:
    """Whether the network carried no answer to *look*."""
    return carried(look.observation) is False


async def _view(canaries: Canaries, network: Surroundings) -> View | None:
    """What one round of *canaries* shows; None where there are none."""
    if not canaries.ask:
        return None
    return View(grace=canaries.grace, patience=inf).after(await look_around(canaries.ask, network, SYSTEM_CLOCK))


def _sight(look: Look, view: View) -> Sight:
    """What could be seen while *look* failed, by canaries that were looked at after it."""
    failure = look.observation.failure
    told = view.sight(-inf, inf, failure.reason) if failure and _is_lost(look) else None
    return told or look.sight


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
