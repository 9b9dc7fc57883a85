"""Probes and what became of them, as the store is given them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.model import Failure, Finding, Observation, Severity, State, Target
from monitor.state import Held, Transition
from monitor.store.store import Record

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def target(key: str = "acme/endpoint/api") -> Target[None]:
    """A target with this key."""
    vendor, check, name = key.split("/", 2)
    return Target(vendor=vendor, check=check, name=name, settings=None, every=60, deadline=10)


def record(
    key: str = "acme/endpoint/api",
    *,
    second: float = 0,
    facts: Any = None,
    failure: Failure | None = None,
    findings: tuple[Finding, ...] = (),
    held: Held | None = None,
    moved_from: State | None = None,
) -> Record:
    """A probe so many seconds after noon; with *moved_from*, one that moved the state from there to *held*'s."""
    at = NOON + timedelta(seconds=second)
    held = held or Held(State.UP, NOON)
    seen = {"status": 200} if facts is None and failure is None else facts
    observation: Observation[Mapping[str, Any]] = Observation(
        key=key, at=at, seconds=0.25, facts=seen, failure=failure, findings=findings
    )
    transition = None
    if moved_from:
        transition = Transition(key=key, before=moved_from, after=held.state, since=held.since, at=at, cause=held.cause)
    severity = Severity.CRITICAL if failure else Severity.OK
    return Record(target=target(key), observation=observation, severity=severity, held=held, transition=transition)
