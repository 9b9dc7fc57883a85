"""Values as rows, and rows as values: pure functions that know the columns and no statement."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from checks.model import Failure, Observation, Reason, Severity, State
from checks.plain import plain
from monitor.state import Held, Transition
from monitor.store import judgements
from monitor.store.facts import Base, as_json, keep, recall
from monitor.store.store import Past, Record
from monitor.store.tables import ObservationRow, StateRow, TransitionRow

MAX_TEXT_CHARACTERS = 2_000
"""Where a text from outside is cut."""

Columns = dict[str, Any]
"""One row to write, by column."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a batch adds to each table; of states only the latest of each target, by its number.

    *bases* and *judged*, by the key of a target, learn which facts were stored whole last, and how it was judged.
    """

    bases: MutableMapping[str, Base]
    judged: MutableMapping[str, judgements.Last]
    facts: list[Columns] = field(default_factory=list)
    observations: list[Columns] = field(default_factory=list)
    transitions: list[Columns] = field(default_factory=list)
    judgements: list[Columns] = field(default_factory=list)
    states: dict[int, Columns] = field(default_factory=dict)

    def add(self, record: Record, number: int) -> None:
        """Add one *record* of the target with this *number*.

        Raises `TypeError` or `ValueError` for a record that no store can keep, which is a bug of whoever made it.
        """
        names = {"target_id": number, "at": record.observation.at}
        seen = _seen(record)
        self.observations.append(names | seen | self._facts(record.observation, names))
        self._judge(record, number, seen["findings"])
        self.move(number, record.observation.at, record.held, record.transition)

    def move(self, number: int, at: datetime, held: Held, transition: Transition | None) -> None:
        """Note what became *at* a time of the target with this *number*."""
        confirmed = {"target_id": number, "observed_at": at}
        self.states[number] = confirmed | _state_columns(held)
        if transition:
            self.transitions.append(confirmed | _transition_columns(transition))

    def _judge(self, record: Record, number: int, findings: str) -> None:
        """Note how the target was judged, where that is another judgement than the one before."""
        word, since = judgements.word_of(record.observation, record.held.memo), record.observation.at
        last = self.judged.get(record.key, judgements.NONE)
        if word is not None and last.counts(word, since):
            self.judged[record.key] = last.followed_by(word, since)
            memo = told(record.held.memo)
            self.judgements.append({"target_id": number, "since": since, "findings": findings, "memo": memo, "word": word})

    def _facts(self, observation: Observation[Any], names: Columns) -> Columns:
        if observation.failure:
            return {"facts_at": None, "changed": None}
        kept = keep(observation.facts, observation.at, self.bases.get(observation.key))
        self.bases[observation.key] = kept.base
        if kept.whole is not None:
            self.facts.append(names | {"whole": kept.whole})
        return {"facts_at": kept.base.at, "changed": kept.changed}


def _seen(record: Record) -> Columns:
    failure = record.observation.failure
    if not isfinite(record.observation.seconds):  # SQLite would refuse what is not a number, PostgreSQL keep it for ever.
        msg = f"{record.key}: a probe takes no {record.observation.seconds} seconds"
        raise ValueError(msg)
    return {
        "seconds": record.observation.seconds,
        "severity": record.severity.value,
        "reason": failure.reason.value if failure else None,
        "detail": told(failure.detail) if failure else None,
        "findings": as_json(plain(record.observation.findings)),
    }


def _state_columns(held: Held) -> Columns:
    return {
        "state": held.state.value,
        "since": held.since,
        "cause": told(held.cause),
        "transient": held.transient,
        "pending": held.pending,
        "pending_down": held.pending_down,
        "pending_since": held.pending_since,
        "pending_falls": held.pending_falls,
        "looks": held.looks,
        "flapping": held.flapping,
        "intermittent": held.intermittent,
        "believed_since": held.believed_since,
        "bad_since": held.bad_since,
        "memo": told(held.memo),
    }


def _transition_columns(transition: Transition) -> Columns:
    return {
        "before": transition.before.value,
        "after": transition.after.value,
        "since": transition.since,
        "at": transition.at,
        "cause": told(transition.cause),
    }


def told(text: str) -> str:
    """A text from outside, cut, and without what a database may refuse: NUL, and surrogates that stand alone."""
    cut = text if len(text) <= MAX_TEXT_CHARACTERS else text[: MAX_TEXT_CHARACTERS - 1] + "…"
    return cut.encode(errors="replace").decode().replace("\0", "?")


def held_of(row: StateRow) -> Held:
    """The state that a row holds."""
    return Held(
        State(row.state),
        row.since,
        row.cause,
        transient=row.transient,
        pending=row.pending,
        pending_down=row.pending_down,
        pending_since=row.pending_since,
        pending_falls=row.pending_falls,
        memo=row.memo or "",
        looks=row.looks or "",
        flapping=bool(row.flapping),
        intermittent=bool(row.intermittent),
        believed_since=row.believed_since,
        bad_since=row.bad_since,
    )


def transition_of(key: str, row: TransitionRow) -> Transition:
    """The transition that a row holds, of the target *key*."""
    before, after = State(row.before), State(row.after)
    return Transition(key=key, before=before, after=after, since=row.since, at=row.at, cause=row.cause)


def past_of(key: str, row: ObservationRow, whole: str | None) -> Past:
    """The observation that a row holds, of the target *key*; *whole* are the facts it refers to."""
    return Past(
        key=key,
        at=row.at,
        seconds=row.seconds,
        severity=Severity(row.severity),
        failure=Failure(Reason(row.reason), row.detail or "") if row.reason else None,
        findings=json.loads(row.findings),
        facts=None if whole is None else recall(whole, row.changed),
    )
