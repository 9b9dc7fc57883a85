"""Lists of revoked certificates (RFC 5280, section 5): fetched once a day for everybody, and searched.

A list is fetched anew after a day, or when the next one is due, but never within the hour; a fetch that failed is
remembered for an hour, and its reason with it. A fetch has an end of its own, because it serves others than who began it.
Whatever is large is read and searched in a thread. The address of a list stands in a certificate and is a stranger's word:
the guard applies, and what comes back counts only once the signature of the certificate's issuer verifies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
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
from monitor.threads import in_thread

KEPT_BYTES = 32 * 1024 * 1024
"""What all lists that are kept may come to."""
THREAD_BYTES = 500_000
"""From which size on a list is worked on in a thread: reading takes some 10 ms then."""
FETCH_SECONDS = 60.0
"""How long one fetch may take."""
WAIT_SECONDS = 6.0
"""How long anybody waits for one. A list that is slow must not end the look that asked for it; the next look has it."""
DAY_SECONDS = 86_400.0
HOUR_SECONDS = 4_500.0
"""The shortest time from one fetch to the next: an hour, even when the memory forgets a fifth early."""
_LONGEST_URL = 2_048
_LEAST_WEIGHT = 4_096
"""What anything that is kept weighs at least: a certificate, an address, a sentence."""
_OK = 200

R = TypeVar("R")
_Source: TypeAlias = tuple[str, bytes]
"""The address of a list, and the certificate of whom it is from."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A list, or why there is none, and the bytes it came in."""

    found: RevocationList | Failure
    size: int = 0

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
        self._memo = Memo(self._look_up, clock=clock.monotonic, limit=KEPT_BYTES, weigh=lambda fetched: fetched.weight)

    async def find(self, url: str, issuer: bytes, serial: int) -> Revocation:
        """What the list at *url* says of the certificate *serial*; see `checks.network.Network.revocation`."""
        if not url.lower().startswith(("http://", "https://")) or len(url) > _LONGEST_URL:
            raise Unseen(
                Reason.HTTP, f"the list of revoked certificates is at {quoted(url)}, which is no address of the web"
            )
        fetched = await self._awaited(url, issuer)
        if isinstance(fetched.found, Failure):
            raise Unseen(fetched.found.reason, fetched.found.detail)
        return await self._search(url, fetched.found, fetched.size, serial)

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

    async def _search(self, url: str, listed: RevocationList, size: int, serial: int) -> Revocation:
        """What *listed* says of *serial*: nobody takes back a revocation, but only a list in force acquits."""
        revoked = await _at_leisure(size, listed.find, f"{serial:x}")
        if not revoked and (why := self._objection(url, listed)):
            raise Unseen(Reason.PARSE, f"{_called(url)} {why}")
        return Revocation(
            at=revoked.at if revoked else None,
            reason=revoked.reason if revoked else "",
            updated_at=listed.this_update,
            next_update=listed.next_update,
        )

    def _objection(self, url: str, listed: RevocationList) -> str:
        if listed.urls and url not in listed.urls:
            return "covers other certificates: it belongs at another address"
        stale = staleness(listed.this_update, listed.next_update, self._now())
        return stale and f"is {stale}"

    async def _look_up(self, source: _Source) -> tuple[_Fetched, float]:
        """A list or a failure, and for how many seconds it is kept."""
        url, issuer = source
        try:
            body = await self._body(url)
            listed = await _at_leisure(len(body), read_crl, body, issuer)
        except Unseen as failed:
            return _Fetched(Failure(failed.failure.reason, f"{_called(url)}: {failed.failure.detail}")), HOUR_SECONDS
        except ValueError as error:
            return _Fetched(Failure(Reason.PARSE, f"{_called(url)}: {one_line(str(error))}")), HOUR_SECONDS
        return _Fetched(listed, len(body)), self._seconds(listed.next_update)

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
