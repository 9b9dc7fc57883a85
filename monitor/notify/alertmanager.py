"""Alertmanager's peers, told of everything that is open: for those who run it without Prometheus' rules.

By https://prometheus.io/docs/alerting/latest/alerts_api/ and the OpenAPI description of its version 2. An alert goes on for
as long as somebody says so again and again. So every ``resend`` seconds, and at once when something changed, each peer is
sent all that the store holds open, with an ``endsAt`` four of those intervals ahead, so that it ends by itself should we be
silent; and for `RESOLVED_SECONDS` what has ended, in case the peer was away. It comes from the store each time, so a restart
changes nothing: the labels are the same bytes, and ``startsAt`` stays what it was.

Peers do not tell each other of alerts, so each is sent all of it, by a task of its own: a dead one delays nobody.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from checks.network import Network, Request
from checks.plain import Plain, instant
from checks.values import Url
from monitor.alert import Alert
from monitor.clock import Clock
from monitor.notify.channel import NotTaken
from monitor.notify.posting import post
from monitor.notify.tally import Tally
from monitor.receivers import Alertmanager
from monitor.store.store import Store, StoreUnavailable
from monitor.threads import in_thread

RESOLVED_SECONDS = 300.0
"""For how long it is said that something has ended."""
PORTION = 500
"""How many alerts go in one request."""
ANSWER_SECONDS = 10.0
FIRST_RETRY_SECONDS = 5.0
"""How soon a peer that could not be told is told again; the next time after twice as long, up to the usual interval."""
APART_SECONDS = 1.0
"""The least between two rounds, however often we are woken."""

_log = logging.getLogger(__name__)


class Peer:
    """Tells one peer, that of *channel*. *pause* waits for a number of seconds."""

    def __init__(  # noqa: PLR0913 - whom it tells, of what, and what it does that with
        self,
        channel: str,
        settings: Alertmanager,
        network: Network,
        *,
        store: Store,
        clock: Clock,
        tally: Tally,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._channel = channel
        self._url = endpoint(settings.peers[channel])
        self._settings = settings
        self._network = network
        self._store = store
        self._clock = clock
        self._tally = tally
        self._pause = pause
        self._changed = asyncio.Event()
        self._failures = 0
        self._refused: frozenset[str] = frozenset()

    def wake(self) -> None:
        """Something changed in the store."""
        self._changed.set()

    async def run(self) -> None:
        """Tell the peer again and again, until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self.round()
            except Exception:  # noqa: BLE001 - a bug in telling one peer must end neither the watching nor the telling of others
                _log.exception("a bug in telling Alertmanager")
            await self._pause(APART_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval()):
                    await self._changed.wait()

    async def round(self) -> None:
        """Tell the peer once of all there is to tell."""
        at = self._clock.now()
        try:
            alerts = await in_thread(self._store.alerts, at - timedelta(seconds=RESOLVED_SECONDS))
        except StoreUnavailable as unavailable:
            _log.debug("alerts cannot be read", extra={"detail": unavailable.detail})
            return
        self._refused &= {alert.fingerprint for alert in alerts}  # Else it would grow for as long as the daemon runs.
        try:
            for portion in self._portions(alerts):
                await self._tell(portion, at)
        except NotTaken as failure:
            self._note(failure)
            return
        self._failures = 0

    def _interval(self) -> float:
        """How long to wait for the next round where nothing changes."""
        soon = FIRST_RETRY_SECONDS * 2 ** min(self._failures - 1, 10) if self._failures else self._settings.resend
        return max(min(soon, self._settings.resend) - APART_SECONDS, 0.0)

    def _portions(self, alerts: Sequence[Alert]) -> list[Sequence[Alert]]:
        """*alerts* as they are sent together; those that were refused before each alone.

        Where there is nothing to tell, nothing is told all the same: that a peer is away is known before it matters.
        """
        fit = [alert for alert in alerts if alert.fingerprint not in self._refused]
        together = [fit[start : start + PORTION] for start in range(0, len(fit) or not alerts, PORTION)]
        return [*together, *([alert] for alert in alerts if alert.fingerprint in self._refused)]

    async def _tell(self, portion: Sequence[Alert], at: datetime) -> None:
        """Send *portion*, or what of it the peer takes. Raises `NotTaken` when it cannot be reached, or takes nothing."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await post(self._network, self._url, render(portion, self._settings, at), at)
        except TimeoutError:
            msg = f"no answer within {ANSWER_SECONDS:g} s"
            raise NotTaken(msg) from None
        except NotTaken as failure:
            if not failure.is_final:
                raise
            await self._tell_less(portion, at, failure)
            return
        self._tally.took(self._channel)

    async def _tell_less(self, portion: Sequence[Alert], at: datetime, refusal: NotTaken) -> None:
        """Send *portion*, which was refused, in halves: one bad alert must not hold up the others.

        Raises the *refusal* where there was no alert in it that could be the bad one: then it is the peer.
        """
        if not portion:
            raise refusal
        if len(portion) > 1:
            middle = len(portion) // 2
            await self._tell(portion[:middle], at)
            await self._tell(portion[middle:], at)
            return
        (alert,) = portion
        self._tally.refused(self._channel)
        if alert.fingerprint not in self._refused:
            about = {"peer": self._url, "alert": alert.name, "fingerprint": alert.fingerprint, "detail": refusal.detail}
            _log.error("Alertmanager refuses an alert", extra=about)
        self._refused |= {alert.fingerprint}

    def _note(self, failure: NotTaken) -> None:
        self._tally.refused(self._channel)
        if not self._failures:
            _log.warning("Alertmanager cannot be told", extra={"peer": self._url, "detail": failure.detail})
        self._failures += 1


def endpoint(url: Url) -> Url:
    """Where the peer at *url* takes alerts."""
    return Url(f"{url.rstrip('/')}/api/v2/alerts")


def render(alerts: Sequence[Alert], settings: Alertmanager, at: datetime) -> Request:
    """The request that tells of *alerts*, *at* that time; its address is left open."""
    until = at + timedelta(seconds=4 * settings.resend)
    body = json.dumps([_posted(alert, at, until) for alert in alerts], ensure_ascii=False).encode()
    return Request(url="", method="POST", headers={"content-type": "application/json"}, body=body, auth=settings.auth)


def _posted(alert: Alert, at: datetime, until: datetime) -> dict[str, Plain]:
    """*alert* as a ``postableAlert`` *at* a time, taken to go on *until* another where it has not ended.

    By a clock that was set back it may have begun, or ended, in time to come. Alertmanager refuses an end before the
    beginning, and takes what ends in the future for open; so neither is later than now.
    """
    starts_at = min(alert.starts_at, at)
    ends_at = min(max(alert.ends_at, starts_at), at) if alert.ends_at else until
    made: dict[str, Plain] = {
        "labels": dict(sorted(alert.labels.items())),
        "annotations": dict(sorted(alert.annotations.items())),
        "startsAt": instant(starts_at),
        "endsAt": instant(ends_at),
    }
    dashboard = alert.annotations.get("dashboard_url", "")
    return made | {"generatorURL": dashboard} if _is_address(dashboard) else made


def _is_address(text: str) -> bool:
    try:
        Url.parse(text.partition("#")[0])
    except ValueError:
        return False
    return True
