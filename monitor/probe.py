"""One execution of a check against a target: the only place where an exception becomes a value.

Whatever a check does, a probe ends in an `Observation` within the target's deadline. A bug ends as
``Failure(internal)``, is logged with its traceback, and stops nobody else. Cancellation is never caught.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from checks.check import AnyCheck
from checks.model import Failure, Observation, Reason, Target, Unseen
from checks.network import Network
from monitor.clock import Clock

_log = logging.getLogger(__name__)


async def probe(
    check: AnyCheck, target: Target[Any], network: Network, clock: Clock, previous: Any = None
) -> Observation[Any]:
    """Look once and judge; *previous* is the target's newest facts, if any."""
    at, started = clock.now(), clock.monotonic()
    facts: Any = None
    failure: Failure | None = None
    deadline = asyncio.timeout(target.deadline)
    try:
        async with deadline:
            facts = await check.observe(target.settings, network)
    except Unseen as unseen:
        failure = unseen.failure
    except Exception as error:  # noqa: BLE001 - the one boundary where a check's bug becomes a value
        failure = _overdue(target) if deadline.expired() else _bug(target, error)
    seconds = clock.monotonic() - started
    if failure:
        return Observation(key=target.key, at=at, seconds=seconds, failure=failure)
    try:
        findings = tuple(check.judge(facts, target.settings, at, previous))
        samples = tuple(check.measure(facts, target.settings))
    except Exception as error:  # noqa: BLE001 - judging is the check's code too
        return Observation(key=target.key, at=at, seconds=seconds, failure=_bug(target, error))
    return Observation(key=target.key, at=at, seconds=seconds, facts=facts, findings=findings, samples=samples)


def _overdue(target: Target[Any]) -> Failure:
    return Failure(Reason.TIMEOUT, f"no complete answer within {target.deadline:g} s")


def _bug(target: Target[Any], error: Exception) -> Failure:
    _log.error("a bug in a check", extra={"target": target.key}, exc_info=error)
    return Failure(Reason.INTERNAL, f"{type(error).__name__}: {error}")
