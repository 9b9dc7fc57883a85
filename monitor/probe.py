"""One execution of a check against a target: the only place where an exception becomes a value.

Whatever a check does, a probe ends in an `Observation` within the target's deadline. A bug ends as
``Failure(internal)``, is logged with its traceback, and stops nobody else. Cancellation is never caught.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from checks.check import AnyCheck
from checks.model import Failure, Observation, Reason, Target, Unseen
from checks.network import Network
from monitor.clock import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a target from earlier looks: its newest *facts*, and the *memo* they left for this look."""

    facts: Any = None
    memo: str = ""


NOTHING_BEFORE = Before()


async def probe(
    check: AnyCheck, target: Target[Any], network: Network, clock: Clock, before: Before = NOTHING_BEFORE
) -> Observation[Any]:
    """Look once and judge, given what is known from *before*."""
    settings = check.recall(target.settings, before.memo) if check.recall and before.memo else target.settings
    at, started = clock.now(), clock.monotonic()
    facts: Any = None
    failure: Failure | None = None
    deadline = asyncio.timeout(target.deadline)
    try:
        async with deadline:
            facts = await check.observe(settings, network)
    except Unseen as unseen:
        failure = unseen.failure
    except Exception as error:  # noqa: BLE001 - the one boundary where a check's bug becomes a value
        failure = _overdue(target) if deadline.expired() else _bug(target, error)
    seconds = clock.monotonic() - started
    if failure:
        return Observation(key=target.key, at=at, seconds=seconds, failure=failure)
    try:
        findings = tuple(check.judge(facts, settings, at, before.facts))
        samples = tuple(check.measure(facts, settings, at))
    except Exception as error:  # noqa: BLE001 - judging is the check's code too
        return Observation(key=target.key, at=at, seconds=seconds, failure=_bug(target, error))
    return Observation(key=target.key, at=at, seconds=seconds, facts=facts, findings=findings, samples=samples)


def _overdue(target: Target[Any]) -> Failure:
    return Failure(Reason.TIMEOUT, f"no complete answer within {target.deadline:g} s")


def _bug(target: Target[Any], error: Exception) -> Failure:
    _log.error("a bug in a check", extra={"target": target.key}, exc_info=error)
    return Failure(Reason.INTERNAL, f"{type(error).__name__}: {error}")
