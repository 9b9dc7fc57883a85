"""Lists of revoked certificates (RFC 5280, section 5): fetched once a day for everybody, and searched.

A list is fetched anew after a day, or when the next one is due, but never within the hour; a fetch that failed is
remembered for an hour, and its reason with it. A fetch has an end of its own, because it serves others than who began it.
Lists may be forgotten for others; what they said of the certificates that were asked about is not, and while a new list
cannot be had the old one's word counts, as long as it is in force.
Whatever is large is read and searched in a thread. The address of a list stands in a certificate and is a stranger's word:
the guard applies, and what comes back counts only once the signature of the certificate's issuer verifies.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from checks.foreign import one_line, quoted
from checks.model import Failure, Reason, Unseen
from checks.network import Answer, Request, Revocation
from checks.x509.crl import RevocationList, read_crl
from checks.x509.revocation import staleness
from monitor.clock import Clock
from monitor.network.memo import Memo
from monitor.network.said import Answers, Said, digest
from monitor.threads import in_thread

KEPT_BYTES = 32 * 1024 * 1024
"""What all lists that are kept may come to."""
THREAD_BYTES = 500_000
"""From which size on a list is worked on in a thread: reading takes some 10 ms then."""
FETCH_SECONDS = 60.0
"""How long one fetch may take."""
WAIT_SECONDS = 3.0
"""How long anybody waits for one. A look tries two places at most and must not be late for them; the next look has them."""
DAY_SECONDS = 86_400.0
HOUR_SECONDS = 4_500.0
"""The shortest time from one fetch to the next: an hour, even when the memory forgets a fifth early."""
_LEAST_SECONDS = 3_600.0
"""That hour for what the memory gave up for other lists."""
_RECENT = 4_096
"""Of how many lists it is known when they were fetched."""
_LONGEST_URL = 2_048
_LEAST_WEIGHT = 4_096
"""What anything that is kept weighs at least: a certificate, an address, a sentence."""
_OK = 200

R = TypeVar("R")
_Source: TypeAlias = tuple[str, bytes]
"""The address of a list, and the certificate of whom it is from."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A list, or why there is none, the bytes it came in, and the monotonic time *until* which it is not fetched again."""

    found: RevocationList | Failure
    size: int = 0
    until: float = 0.0

    @property
    def weight(self) -> int:
        return max(self.size, _LEAST_WEIGHT)


class Revocations:
    """All known lists, for one event loop.

    *fetch* takes bodies of up to `MAX_LIST_BYTES`, and *patience* seconds; who asks is let go after *wait* seconds.
    """

    def __init__(
        self,
        fetch: Callable[[Request], Awaitable[Answer]],
        clock: Clock,
        patience: float = FETCH_SECONDS,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self._fetch = fetch
        self._patience = patience
        self._wait = wait
        self._now = clock.now
        self._monotonic = clock.monotonic
        self._answers = Answers()
        self._fetched: OrderedDict[tuple[str, bytes], float] = OrderedDict()
        self._memo = Memo(self._look_up, clock=clock.monotonic, limit=KEPT_BYTES, weigh=lambda fetched: fetched.weight)

    async def find(self, url: str, issuer: bytes, serial: int) -> Revocation:
        """What the list at *url* says of the certificate *serial*; see `checks.network.Network.revocation`."""
        if not url.lower().startswith(("http://", "https://")) or len(url) > _LONGEST_URL:
            raise Unseen(
                Reason.HTTP, f"the list of revoked certificates is at {quoted(url)}, which is no address of the web"
            )
        said = self._answers.get(url, issuer, serial)
        if said is None or said.until <= self._monotonic():
            try:
                said = await self._ask(url, issuer, serial)
            except Unseen:
                if said is None or self._staleness(said.revocation):
                    raise
        if stale := self._staleness(said.revocation):
            raise Unseen(Reason.PARSE, f"{_called(url)} is {stale}")
        return said.revocation

    async def _ask(self, url: str, issuer: bytes, serial: int) -> Said:
        """What the list that is kept says of a certificate, or one that is fetched for it."""
        fetched = await self._awaited(url, issuer)
        if isinstance(fetched.found, Failure):
            raise Unseen(fetched.found.reason, fetched.found.detail)
        return await self._search((url, issuer), fetched.found, fetched, serial)

    async def _awaited(self, url: str, issuer: bytes) -> _Fetched:
        """What is kept of *url*, or what its fetch brings in time; later, it serves whoever asks next."""
        try:
            async with asyncio.timeout(self._wait):
                return await self._memo.get((url, issuer))
        except TimeoutError:
            raise Unseen(Reason.TIMEOUT, f"{_called(url)}: not here after {self._wait:g} s, and still under way") from None

    async def aclose(self) -> None:
        """End the fetches under way."""
        await self._memo.aclose()

    async def _search(self, source: _Source, listed: RevocationList, fetched: _Fetched, serial: int) -> Said:
        """What *listed* says of *serial*, to be kept: who is on it is revoked, but only whom it covers it acquits."""
        url, issuer = source
        revoked = await _at_leisure(fetched.size, listed.find, f"{serial:x}")
        if not revoked and listed.urls and url not in listed.urls:
            raise Unseen(Reason.PARSE, f"{_called(url)} covers other certificates: it belongs at another address")
        revocation = Revocation(
            at=revoked.at if revoked else None,
            reason=revoked.reason if revoked else "",
            updated_at=listed.this_update,
            next_update=listed.next_update,
        )
        said = Said(revocation, fetched.until)
        self._answers.put(url, issuer, serial, said)
        return said

    def _staleness(self, said: Revocation) -> str:
        """Why what was *said* does not count now: nobody takes back a revocation, but only a list in force acquits."""
        return "" if said.at else staleness(said.updated_at, said.next_update, self._now())

    async def _look_up(self, source: _Source) -> tuple[_Fetched, float]:
        """A list or a failure, and for how many seconds it is kept."""
        url, issuer = source
        if wait := self._wait_of(source):
            forgotten = f"{_called(url)}: it was fetched within the hour, and had to make room for others since"
            return _Fetched(Failure(Reason.TOO_LARGE, forgotten)), wait
        try:
            body = await self._body(url)
            listed = await _at_leisure(len(body), read_crl, body, issuer)
        except Unseen as failed:
            return _Fetched(Failure(failed.failure.reason, f"{_called(url)}: {failed.failure.detail}")), HOUR_SECONDS
        except ValueError as error:
            return _Fetched(Failure(Reason.PARSE, f"{_called(url)}: {one_line(str(error))}")), HOUR_SECONDS
        seconds = self._seconds(listed.next_update)
        fetched = _Fetched(listed, len(body), self._monotonic() + seconds)
        for serial in self._answers.serials(url, issuer):
            with suppress(Unseen):
                await self._search(source, listed, fetched, serial)
        return fetched, seconds

    def _wait_of(self, source: _Source) -> float:
        """For how many seconds more *source* is not fetched again; 0.0 when it may be, which is taken for done."""
        now, key = self._monotonic(), (source[0], digest(source[1]))
        begun = self._fetched.get(key)
        if begun is not None and now - begun < _LEAST_SECONDS:
            return begun + _LEAST_SECONDS - now
        self._fetched[key] = now
        self._fetched.move_to_end(key)
        if len(self._fetched) > _RECENT:
            self._fetched.popitem(last=False)
        return 0.0

    async def _body(self, url: str) -> bytes:
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._fetch(Request(url=url))
        except TimeoutError:
            raise Unseen(Reason.TIMEOUT, f"no complete answer within {self._patience:g} s") from None
        if answer.status != _OK:
            raise Unseen(Reason.HTTP, f"the answer was {answer.status}")
        return answer.body

    def _seconds(self, due: datetime | None) -> float:
        """For how long a list is kept whose next one is *due* then."""
        left = (due - self._now()).total_seconds() if due else DAY_SECONDS
        return min(max(left, HOUR_SECONDS), DAY_SECONDS)


def _called(url: str) -> str:
    return f"the list of revoked certificates at {quoted(url)}"


async def _at_leisure(size: int, work: Callable[..., R], *arguments: object) -> R:
    """What *work* on so many bytes returns or raises: in a thread when they are many."""
    return await in_thread(work, *arguments) if size > THREAD_BYTES else work(*arguments)
