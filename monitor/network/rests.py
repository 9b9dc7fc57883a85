"""Origins that asked to be left alone, and for how long: 429 (RFC 6585, section 4) and 503 with Retry-After.

While an origin rests, whoever asks it for a page is told again what it said, so that everybody reads the same reason. A
Retry-After (RFC 9110, section 10.2.3) holds within `SHORTEST_SECONDS` and `LONGEST_SECONDS`, because it is the vendor's word
and may be a mistake. A 429 without one asks for a pause that is twice as long each time; a 503 without one for none beyond
the interval at which pages are read anyway. Only what is read is held back: a measurement is wanted most just then.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime

from checks.network import Answer
from monitor.clock import Clock
from monitor.network.redirect import origin

SHORTEST_SECONDS = 30.0
LONGEST_SECONDS = 3600.0
FIRST_PAUSE_SECONDS = 60.0
LAST_PAUSE_SECONDS = 900.0
MAX_RESTING = 256
KEPT_BYTES = 16_384
"""How much is kept of a refusal's body: all that is ever looked at in one."""
_DOUBLINGS = 10
"""More than lead to the longest pause."""
_TOO_MANY = 429
_UNAVAILABLE = 503
_SECONDS = re.compile(r"\s*([0-9]+)\s*(?:,|\Z)")
"""Seconds; from a header that was sent twice, the first."""

_Origin = tuple[bool, str, int]


@dataclass(frozen=True, slots=True)
class _Rest:
    """Until when (monotonic) an origin rests, what it said to whom, and how often it has refused in a row."""

    until: float
    url: str
    answer: Answer
    times: int


class Rests:
    """The origins that refused last, `MAX_RESTING` at most. Lives on the event loop, but for `count`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rests: OrderedDict[_Origin, _Rest] = OrderedDict()

    def refusal(self, url: str) -> Answer | None:
        """What the origin of *url* said when it last refused, while that holds; the header says for how long."""
        try:
            rest = self._rests.get(origin(url))
        except ValueError:  # Whoever sends the request says what is wrong with its address.
            return None
        if rest is None or not self._holds(rest):
            return None
        said = replace(rest.answer, cached=True)
        return said if rest.url == url else replace(said, url=url, hops=())

    def hear(self, url: str, answer: Answer) -> None:
        """Take in the *answer* to a request for the page at *url*: both its origin and the one that answered are meant."""
        for whose in {origin(url), origin(answer.url)}:
            former = self._rests.get(whose)
            is_resting = former is not None and self._holds(former)
            # What was on its way when the origin began to rest is no further refusal.
            nth = former.times + (not is_resting) if former else 1
            if pause := self._pause(answer, nth):
                until = max(self._clock.monotonic() + pause, former.until if former else 0.0)
                self._keep(whose, _Rest(until, url, _cut(answer), nth))
            elif not is_resting:
                self._rests.pop(whose, None)

    def count(self) -> int:
        """How many origins rest. For any thread: copying a dict's values is one step of the interpreter."""
        return sum(map(self._holds, list(self._rests.values())))

    def _keep(self, whose: _Origin, rest: _Rest) -> None:
        self._rests[whose] = rest
        self._rests.move_to_end(whose)
        if len(self._rests) > MAX_RESTING:
            self._rests.popitem(last=False)

    def _holds(self, rest: _Rest) -> bool:
        return self._clock.monotonic() < rest.until

    def _pause(self, answer: Answer, nth: int) -> float:
        """For how many seconds *answer* asks to be left alone, if it is the *nth* refusal in a row."""
        if answer.status not in {_TOO_MANY, _UNAVAILABLE}:
            return 0.0
        asked = self._retry_after(answer.headers.get("retry-after", ""))
        if asked is not None:
            return min(max(asked, SHORTEST_SECONDS), LONGEST_SECONDS)
        if answer.status == _UNAVAILABLE:
            return 0.0
        return min(FIRST_PAUSE_SECONDS * (1 << min(nth - 1, _DOUBLINGS)), LAST_PAUSE_SECONDS)

    def _retry_after(self, text: str) -> float | None:
        """The header as seconds from now, None when it is neither seconds nor a date."""
        if number := _SECONDS.match(text):
            return float(number[1][:9])
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        return ((date if date.tzinfo else date.replace(tzinfo=UTC)) - self._clock.now()).total_seconds()


def _cut(answer: Answer) -> Answer:
    return replace(answer, body=answer.body[:KEPT_BYTES])
