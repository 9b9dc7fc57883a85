"""What a status-page platform is: a conversation without I/O, and where the platforms are found.

A platform is one module in ``checks/status/platforms/`` whose last line is ``PLATFORM = Platform(...)``; there is nothing
to register. Its ``converse`` is a generator: it yields requests, is sent answers and returns a `Report`. It raises
`Unseen` for a page it cannot read, and nothing else, whatever the bytes are.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from functools import cache

from checks.model import Unseen
from checks.network import Answer, Network, Request
from checks.status import platforms
from checks.status.report import Report
from checks.values import Url
from checks.vendor import ComponentRef

Conversation = Generator[Request, Answer, Report]
"""Requests out, answers in, a report at the end. A look that fails is thrown in as `Unseen`, to be borne or passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The status page to read: its address as people open it, its reader, its pinned id, and the components in scope."""

    url: Url
    platform: str
    page_id: str | None = None
    scope: tuple[ComponentRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A kind of status page and how to read it; *experimental* readers were never held against a live page."""

    name: str
    converse: Callable[[Page], Conversation]
    experimental: bool = False


@cache
def all_platforms() -> Mapping[str, Platform]:
    """Every platform by name, in the order of names. Raises `ValueError` when two of them share a name."""
    found: dict[str, Platform] = {}
    for module in pkgutil.iter_modules(platforms.__path__, f"{platforms.__name__}."):
        platform = getattr(importlib.import_module(module.name), "PLATFORM", None)
        if isinstance(platform, Platform) and found.setdefault(platform.name, platform) is not platform:
            msg = f"{module.name}: there is another platform named {platform.name}"
            raise ValueError(msg)
    return dict(sorted(found.items()))


async def hold(conversation: Conversation, network: Network) -> Report:
    """Hold *conversation* over *network* to its end. Raises `Unseen` when it cannot be brought there."""
    try:
        request = next(conversation)
        while True:
            try:
                answer = await network.send(request)
            except Unseen as unseen:
                request = conversation.throw(unseen)
            else:
                request = conversation.send(answer)
    except StopIteration as end:
        report: Report = end.value
        return report
