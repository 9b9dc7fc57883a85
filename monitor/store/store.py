"""What a store is: a protocol and its values, without a word of SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from checks.model import Failure, Observation, Severity, Target
from checks.plain import Plain
from monitor.state import Held, Transition


class Operation(StrEnum):
    """What was asked of a store when it could not be used. A metric label: closed."""

    OPEN = "open"
    READ = "read"
    WRITE = "write"


class StoreUnavailable(Exception):  # noqa: N818 - it is a condition of the database, not an error of the program
    """The database cannot be used: locked, full, read-only, damaged, not there. *detail* names it and the cure."""

    def __init__(self, operation: Operation, detail: str) -> None:
        super().__init__(f"{operation}: {detail}")
        self.operation = operation
        self.detail = detail

    def __reduce__(self) -> tuple[type[StoreUnavailable], tuple[Operation, str]]:
        return StoreUnavailable, (self.operation, self.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One probe and what became of its target: *held* is the state after it, *transition* the change if there was one."""

    target: Target[Any]
    observation: Observation[Any]
    severity: Severity
    held: Held
    transition: Transition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An observation as it is remembered. *facts* and *findings* are plain values, as `checks.plain.plain` made them."""

    key: str
    at: datetime
    seconds: float
    severity: Severity
    failure: Failure | None
    findings: Plain
    facts: Plain


class Store(Protocol):
    """History. Every method blocks, so an event loop calls it in a thread; every method may raise `StoreUnavailable`."""

    def states(self) -> Mapping[str, Held]:
        """The latest state of every target ever written, by key, with the change that was not confirmed yet."""
        ...

    def write(self, records: Sequence[Record]) -> None:
        """Add *records*, oldest first, in one transaction. Writing a record twice is the same as writing it once."""
        ...

    def transitions(self, key: str | None = None, limit: int = 100) -> Sequence[Transition]:
        """The transitions of one target or of all, the one written last first."""
        ...

    def observations(self, key: str, limit: int = 100) -> Sequence[Past]:
        """What the probes of one target saw, the newest first."""
        ...

    def close(self) -> None:
        """Let go of the database. May be called again."""
        ...
