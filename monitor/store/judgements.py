"""How targets were judged, and what was known of them, from when on: what of a look is kept for good.

A look is put down here when its findings are others than those of the look before it, by code and severity, or when it left
another word for the next look (of a certificate that is its fingerprint, issuer and end). So a renewal that troubled nobody
is remembered for years, as is since when a server accepted TLS 1.0. Failed looks and findings of chance are no judgement.

As nothing here goes away, a target that is judged in turns, like two servers with a certificate each, must not put down
every look: within `LATELY`, `MOST` judgements are kept, and after that the next one that is another than the last of these.
So what a target came to in the end is put down, at the latest that much after the fact.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from checks.model import Observation, Severity
from checks.plain import Plain
from monitor.history import Judgement
from monitor.store.tables import JudgementRow, TargetRow

MOST = 6
"""So many judgements of a target are put down within `LATELY`."""
LATELY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Last:
    """The *word* of the judgement of a target that was put down last, and when it was judged *lately*."""

    word: str
    lately: tuple[datetime, ...] = ()

    def counts(self, word: str, at: datetime) -> bool:
        """Whether *word*, at a time, is another judgement, and one that is put down."""
        return word != self.word and len(self._before(at)) < MOST

    def followed_by(self, word: str, at: datetime) -> Last:
        """What is last once that is put down."""
        return Last(word, (*self._before(at), at))

    def _before(self, at: datetime) -> list[datetime]:
        return [each for each in self.lately if at - LATELY < each < at]


NONE = Last("")
"""Of a target that was never judged."""


def word_of(observation: Observation[Any], memo: str) -> str | None:
    """The same for judgements that are alike; None for a look that judges nothing."""
    findings = observation.findings
    if observation.failure or any(finding.transient for finding in findings):
        return None
    codes = sorted(f"{finding.code}={finding.severity.value}" for finding in findings)
    return hashlib.blake2b("\0".join([memo, *codes]).encode(errors="replace"), digest_size=8).hexdigest()


def are_findings(kept: Plain) -> bool:
    """Whether what was *kept* of a judgement is findings."""
    return isinstance(kept, list) and all(map(_is_finding, kept))


def _is_finding(kept: Plain) -> bool:
    return isinstance(kept, dict) and isinstance(kept.get("code"), str) and kept.get("severity") in set(Severity)


def newest(connection: Connection) -> dict[str, Last]:
    """The last judgement of every target, by its key."""
    last = select(col(JudgementRow.target_id), func.max(col(JudgementRow.since)).label("since"))
    each = last.group_by(col(JudgementRow.target_id)).subquery()
    is_last = (col(JudgementRow.target_id) == each.c.target_id) & (col(JudgementRow.since) == each.c.since)
    columns = (col(TargetRow.key), col(JudgementRow.word), col(JudgementRow.since))
    rows = connection.execute(select(*columns).join_from(TargetRow, JudgementRow).join(each, is_last)).all()
    lately = _lately(connection, max((row.since for row in rows), default=None))
    return {row.key: Last(row.word, tuple(lately.get(row.key, ()))) for row in rows}


def _lately(connection: Connection, newest: datetime | None) -> Mapping[str, Sequence[datetime]]:
    """When each target was judged not long before the *newest* of all judgements."""
    found = defaultdict[str, list[datetime]](list)
    if newest:
        query = select(col(TargetRow.key), col(JudgementRow.since)).join_from(TargetRow, JudgementRow)
        for key, since in connection.execute(query.where(col(JudgementRow.since) > newest - LATELY)):
            found[key].append(since)
    return found


def within(
    connection: Connection, begins: datetime, ends: datetime, series: Collection[str] | None
) -> Mapping[str, Sequence[Judgement]]:
    """See `Annals.judgements`."""
    found = defaultdict[str, list[Judgement]](list)
    query = select(col(TargetRow.key), JudgementRow).join_from(TargetRow, JudgementRow)
    if series is not None:
        query = query.where(col(TargetRow.key).in_(series))
    these = query.where(col(JudgementRow.since) < ends)
    for row in connection.execute(these.order_by(col(JudgementRow.target_id), col(JudgementRow.since))):
        known = found[row.key]
        if known and row.since <= begins:
            known.clear()
        known.append(Judgement(row.key, row.since, json.loads(row.findings), row.memo))
    return found
