"""How targets were judged, and what was known of them, from when on: what of a look is kept for good.

A look is put down here when its findings are others than those of the look before it, by code and severity, or when it left
another word for the next look (of a certificate that is its fingerprint, issuer and end). So a renewal that troubled nobody
is remembered for years, as is since when a server accepted TLS 1.0. Failed looks and findings of chance are no judgement.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlmodel import col

from checks.model import Observation
from monitor.history import Judgement
from monitor.store.tables import JudgementRow, TargetRow


def word_of(observation: Observation[Any], memo: str) -> str | None:
    """The same for judgements that are alike; None for a look that judges nothing."""
    findings = observation.findings
    if observation.failure or any(finding.transient for finding in findings):
        return None
    codes = sorted(f"{finding.code}={finding.severity.value}" for finding in findings)
    return hashlib.blake2b("\0".join([memo, *codes]).encode(errors="replace"), digest_size=8).hexdigest()


def newest(connection: Connection) -> dict[str, str]:
    """The word of the last judgement of every target, by its key."""
    last = select(col(JudgementRow.target_id), func.max(col(JudgementRow.since)).label("since"))
    each = last.group_by(col(JudgementRow.target_id)).subquery()
    is_last = (col(JudgementRow.target_id) == each.c.target_id) & (col(JudgementRow.since) == each.c.since)
    query = select(col(TargetRow.key), col(JudgementRow.word)).join_from(TargetRow, JudgementRow).join(each, is_last)
    return {row.key: row.word for row in connection.execute(query)}


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
