"""A site's pages, each made at most once a second for however many ask, and never two at a time.

Pages are made in Python, on threads that take turns with the event loop which watches vendors: each that is made at the same
time makes vendors look slower than they are. So:

- One page is made at a time, whichever it is. Whoever asks for it meanwhile waits for it, and gets what was made.
- What was made is given to everybody for `SHARED_SECONDS`, or for `SHARE` times as long as it kept the processor busy, which
  bounds what a page takes of the daemon however many look at it and however large it is. A page says itself how old it is.
- Between two pages, whichever they are, there is a rest of `REST` times as long: so all of them together are bounded, too.
- A page is compressed when it is made, so that this is done once, too.
- Whoever would wait for longer than `PATIENCE_SECONDS` is told to come back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from monitor.web.replies import Reply, shown
from monitor.web.site import Asked, Site

SHARED_SECONDS = 1.0
SHARE = 9.0
"""A page takes a tenth of the time at most,"""
REST = 4.0
"""and all pages together a fifth,"""
LONGEST_REST_SECONDS = 1.0
"""but for one that is so large that nobody would wait for the next."""
PATIENCE_SECONDS = 5.0
"""Longer than a page waits for the store, and well within the deadline of a connection."""
KEPT = 32
"""How many pages are kept at once."""


class Busy(Exception):  # noqa: N818 - it is how things stand, not an error of the program
    """It was not this page's turn in time."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """What time it is, for how long this thread has kept a processor busy, and waiting; all in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    busy: Callable[[], float] = time.thread_time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class _Copies:
    """A page as it is sent, plain and compressed, to everybody up to a time of the monotonic clock."""

    plain: Reply
    packed: Reply
    until: float


class Sharing:
    """See the module. For any thread."""

    def __init__(self, site: Site, patience: float = PATIENCE_SECONDS, clocks: Clocks = Clocks()) -> None:
        self._site = site
        self._patience = patience
        self._clocks = clocks
        self._turn = Lock()
        self._kept: dict[Asked, _Copies] = {}
        self._rested_at = 0.0

    def reply(self, asked: Asked, *, pack: bool) -> Reply | None:
        """The page that is *asked* for; None where there is none. Raises `Busy`, and what the site raises."""
        copies = self._fresh(asked) or self._next(asked)
        if copies is None:
            return None
        return copies.packed if pack else copies.plain

    def _fresh(self, asked: Asked) -> _Copies | None:
        copies = self._kept.get(asked)
        return copies if copies and self._clocks.monotonic() < copies.until else None

    def _next(self, asked: Asked) -> _Copies | None:
        if not self._turn.acquire(timeout=self._patience):
            raise Busy
        try:
            return self._fresh(asked) or self._made(asked)  # whoever had the turn before may have made just this one
        finally:
            self._turn.release()

    def _made(self, asked: Asked) -> _Copies | None:
        self._clocks.sleep(max(0.0, self._rested_at - self._clocks.monotonic()))
        began = self._clocks.busy()
        try:
            page = self._site(asked)
            forms = (shown(page, pack=False), shown(page, pack=True)) if page else None
        finally:  # one that cannot be made took as long
            took, now = self._clocks.busy() - began, self._clocks.monotonic()
            self._rested_at = now + min(REST * took, LONGEST_REST_SECONDS)
        if forms is None:
            return None
        copies = _Copies(*forms, now + max(SHARED_SECONDS, SHARE * took))
        self._keep(asked, copies, now)
        return copies

    def _keep(self, asked: Asked, copies: _Copies, now: float) -> None:
        """Keep it, and of the others those that are fresh and newest: a new dictionary, for others read the old one."""
        fresh = [(each, its) for each, its in self._kept.items() if now < its.until and each != asked]
        self._kept = dict([*fresh, (asked, copies)][-KEPT:])
