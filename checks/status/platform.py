"""What a status-page platform is: a conversation without I/O, and where the platforms are found.

A platform is one module in ``checks/status/platforms/`` whose last line is ``PLATFORM = Platform(...)``; there is nothing
to register. Its ``converse`` is a generator: it yields requests, is sent answers and returns a `Report`. It raises
`Unseen` for a page it cannot read, and nothing else, whatever the bytes are.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from checks.model import Reason, Unseen
from checks.network import Answer, Network, Request
from checks.status import platforms
from checks.status.known import Known
from checks.status.report import Report
from checks.values import Url
from checks.vendor import ComponentRef

T = TypeVar("T")

LAST_RESORT = 900
"""The rank from which on a reader understands pages that say nothing of a status: it proves less than any other."""

Conversation = Generator[Request, Answer, Report]
"""Requests out, answers in, a report at the end. A look that fails is thrown in as `Unseen`, to be borne or passed on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The status page to read: its address as people open it, its reader, its pinned id, and the components in scope.

    Without a *platform* the reader is found by `checks.status.detect`; *found* is then what is known from the last look.
    """

    url: Url
    platform: str = ""
    page_id: str | None = None
    scope: tuple[ComponentRef, ...] = ()
    found: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What points to a platform before its reader is tried. A clue proves nothing; a page that can be read does.

    - *hosts*: names under which only this platform's pages are found, their subdomains included.
    - *headers*: names, in lower case, of headers that its front page comes with.
    - *marks*: bytes that the HTML (or whatever else is at the page's address) has in its first 256 KiB, in lower case.
    - *rank*: the place in the order in which readers are tried on a host that gives no clue, lowest first; None for a reader
      that is tried on a clue only, because it asks hosts of its own or understands too much.
    """

    hosts: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    marks: tuple[bytes, ...] = ()
    rank: int | None = None

    def names(self, host: str) -> bool:
        """Whether *host* is one of *hosts*, or below one."""
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A kind of status page and how to read it.

    *title* is its name for people, *reads* says in a phrase what is read of a page. *experimental* readers were written from
    documents and never held against a recorded page. *scope_example*, where there is one, says that the page covers far more
    than anybody uses (every region of a cloud), so that a vendor file must name components, for example like this; *is_vast*
    says of which of its addresses that is true.
    """

    name: str
    title: str
    reads: str
    converse: Callable[[Page], Conversation]
    experimental: bool = False
    clues: Clues = Clues()
    scope_example: str = ""
    is_vast: Callable[[Url], bool] = lambda _: True

    @property
    def is_last_resort(self) -> bool:
        """Whether that this reader understands a page does not settle that it is one."""
        return self.clues.rank is not None and self.clues.rank >= LAST_RESORT

    def example_for(self, url: Url) -> str:
        """How the components in use are named of a page at *url* that covers far more than anybody uses, else ``""``."""
        return self.scope_example if self.is_vast(url) else ""


class _Platforms(Mapping[str, Platform]):
    """The platforms by name, each imported when it is asked for: to read one page nobody needs to know the others."""

    def __init__(self) -> None:
        self._names = tuple(sorted(module.name for module in pkgutil.iter_modules(platforms.__path__)))
        self._found: dict[str, Platform] = {}

    def __getitem__(self, name: str) -> Platform:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = _imported(name)
        return self._found[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _imported(name: str) -> Platform:
    """The platform in the module *name*. Raises `ValueError` when that has another name, or none."""
    platform = getattr(importlib.import_module(f"{platforms.__name__}.{name}"), "PLATFORM", None)
    if not isinstance(platform, Platform) or platform.name != name:
        msg = f"checks/status/platforms/{name}.py: PLATFORM is not one that is named {name}"
        raise ValueError(msg)
    return platform


@cache
def all_platforms() -> Mapping[str, Platform]:
    """Every platform by name, in the order of names. Asking for one raises `ValueError` if its file is not named so."""
    return _Platforms()


def lacking(platform: Platform, page: Page) -> str:
    """What *page* lacks to be asked for at all, by the first step of its reader; ``""`` when that knows what to ask."""
    conversation = platform.converse(page)
    try:
        next(conversation)
    except Unseen as unseen:
        return unseen.failure.detail if unseen.failure.reason is Reason.CONFIG else ""
    conversation.close()
    return ""


async def hold(conversation: Generator[Request, Answer, T], network: Network) -> T:
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
        outcome: T = end.value
        return outcome
