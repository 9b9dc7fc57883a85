"""Looking at once, because a person asked: the same probes as the daemon's, without its memory.

Works with catalogue, network and probe only: nothing is written, no daemon is needed, and neither the store nor the
scheduler is ever imported. What to look at is named by a vendor, a target, or an address that no file knows.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from typing import Any

from checks.check import all_checks
from checks.model import Target, Unseen
from checks.network import Network
from checks.status.detect import detect, platforms_at
from checks.status.platform import hold
from checks.values import Address, Url
from checks.vendor import Endpoint, StatusPage, Vendor
from monitor.catalogue import Catalogue
from monitor.looking import judge_together, look, unheard
from monitor.network.network import LiveNetwork
from monitor.report import Look
from monitor.targets import derived_targets

Progress = Callable[[int], AbstractContextManager[Callable[[str], None]]]
"""Given how many there are, a context that yields what to call with the name of each that is done."""

_NOTHING = "there is nothing to look at: name an address, or describe a vendor in config/vendors/<slug>.yaml"
RECOGNITION_SECONDS = 20.0
"""How long it may take to find out what kind of status page an address is."""


class NothingToLookAt(Exception):  # noqa: N818 - it is what a person typed, told back with the cure
    """No vendor, target or address is meant by what was typed."""


async def look_at(
    catalogue: Catalogue, names: Sequence[str], check: str | None, progress: Progress, *, deep: bool = False
) -> tuple[list[Vendor], list[Look]]:
    """Look now at what *names* mean, narrowed to one kind of *check*; no names mean the whole catalogue.

    A *deep* look asks for more, where a check has more to ask for.

    Returns the vendors and what came of each target. Raises `NothingToLookAt`.
    """
    check_named(check)
    addresses = [name for name in names if names_address(name)]
    known = [name for name in names if not names_address(name)]
    targets = choose(catalogue, known, check) if known or not names else []
    async with LiveNetwork(catalogue.settings.network) as network:
        with progress(len(addresses)) if addresses else nullcontext(unheard) as done:
            strangers = merged([await vendor_at(address, network, check, done) for address in addresses])
        for stranger in strangers:
            found = derived_targets(stranger, all_checks(), catalogue.settings)
            targets += [each for each in found if check in {None, each.check}]
        if not targets:
            raise NothingToLookAt(_NOTHING)
        targets = deepened(targets) if deep else targets
        with progress(len(targets)) as done:
            looks = await look(targets, network, catalogue.settings, done)
        looks = await judge_together(looks, catalogue, network)
    return [*catalogue.vendors, *strangers], looks


def check_named(name: str | None) -> None:
    """Raises `NothingToLookAt`, naming the known ones, when there is no check of that *name*."""
    if name is None or name in all_checks():
        return
    msg = f"there is no check {name!r}; known: {', '.join(all_checks())}"
    raise NothingToLookAt(msg)


def choose(catalogue: Catalogue, words: Sequence[str], check: str | None) -> list[Target[Any]]:
    """The catalogue's targets that *words* name (all of them for no words), each once, narrowed to one kind of *check*.

    A word is a vendor, a target's key, or the beginning of one up to a slash. Raises `NothingToLookAt`.
    """
    chosen = [target for target in catalogue.targets if not words or any(_means(word, target) for word in words)]
    for word in words:
        if not any(_means(word, target) for target in catalogue.targets):
            raise NothingToLookAt(_unknown(word, catalogue))
    found = [target for target in chosen if check in {None, target.check}]
    if chosen and not found:
        msg = f"none of that has the check {check}"
        raise NothingToLookAt(msg)
    return found


def deepened(targets: Sequence[Target[Any]]) -> list[Target[Any]]:
    """*targets* as their checks look at them thoroughly; one that the catalogue looks at both ways is one then.

    Raises `NothingToLookAt` where none of them can be looked at more thoroughly.
    """
    found: list[Target[Any]] = []
    if not any(all_checks()[target.check].deepen for target in targets):
        deep_checks = ", ".join(name for name, check in all_checks().items() if check.deepen)
        msg = f"nothing of that has more to ask for: --deep is for the check {deep_checks}"
        raise NothingToLookAt(msg)
    for target in targets:
        deepen = all_checks()[target.check].deepen
        deep = replace(target, settings=deepen(target.settings)) if deepen else target
        if not any((each.vendor, each.check, each.settings) == (deep.vendor, deep.check, deep.settings) for each in found):
            found.append(deep)
    return found


def _means(word: str, target: Target[Any]) -> bool:
    return target.key == word or target.key.startswith(f"{word}/")


def _unknown(word: str, catalogue: Catalogue) -> str:
    known = [*(vendor.slug for vendor in catalogue.vendors), *(target.key for target in catalogue.targets)]
    if word in {vendor.slug for vendor in catalogue.vendors}:
        return f"{word} has nothing to look at: give its file a status:, endpoints: or tls: section"
    near = difflib.get_close_matches(word.lower(), known, n=3, cutoff=0.7)
    hint = f"did you mean {' or '.join(near)}?" if near else "an address is written https://host/path or host:443"
    return f"no vendor or target is called {word!r}; {hint}"


def names_address(word: str) -> bool:
    """Whether *word* is an address to look at instead of a name from the catalogue."""
    return "://" in word or (":" in word and "/" not in word)


async def vendor_at(word: str, network: Network, check: str | None = None, done: Callable[[str], None] = unheard) -> Vendor:
    """A vendor for an address that no file describes.

    ``host:port`` is something that speaks TLS. A URL is a status page if any platform can read it, if its host is called so
    or if that is the *check* asked for; else an endpoint: that a page's server answers measures nothing of the service.
    Raises `NothingToLookAt` when *word* is not an address.
    """
    try:
        if "://" not in word:
            address = Address.parse(word)
            slug = _slug(address)
            return Vendor(slug=slug, name=slug, tls=(address,))
        url = Url.parse(word)
    except ValueError as error:
        raise NothingToLookAt(str(error)) from None
    page = await _page_at(url, network) if check in {None, "status"} else None
    done(word)
    if page is None and (check == "status" or (check is None and _is_called_status(url))):
        page = StatusPage(url=url)
    slug = _slug(Address(url.host, url.port))
    return Vendor(slug=slug, name=slug, status=page, endpoints=() if page else (Endpoint(url=url),))


def _is_called_status(url: Url) -> bool:
    """Whether the host is one of a platform, or has *status* in its name: then what cannot be read is an unreadable page."""
    return "status" in url.host or bool(platforms_at(url.host))


def _slug(address: Address) -> str:
    """The host; with its port where it could be taken for the slug of a file, which has neither dots nor colons."""
    return address.host if {".", ":"} & set(address.host) else str(address)


def merged(vendors: Sequence[Vendor]) -> list[Vendor]:
    """One vendor for each host, in the order in which they were named, with everything that was named of it."""
    found: dict[str, Vendor] = {}
    for each in vendors:
        known = found.get(each.slug, each)
        tls = known.tls + tuple(address for address in each.tls if address not in known.tls)
        endpoints = known.endpoints + tuple(endpoint for endpoint in each.endpoints if endpoint not in known.endpoints)
        found[each.slug] = replace(known, tls=tls, endpoints=endpoints, status=known.status or each.status)
    return list(found.values())


async def _page_at(url: Url, network: Network) -> StatusPage | None:
    """*url* as a status page of the platform that it turns out to be of."""
    with suppress(TimeoutError, Unseen):
        async with asyncio.timeout(RECOGNITION_SECONDS):
            found = await hold(detect(url), network)
            return StatusPage(url=found.page.url, platform=found.platform.name)
    return None
