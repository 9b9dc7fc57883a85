"""Observations as they lie in the database one by one, as the looks that are pressed together.

What is damaged of one is left out of it, and said in the log: it must not keep those beside it from being pressed.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, select, type_coerce
from sqlmodel import col

from checks.plain import Plain
from monitor.store.packing import Look
from monitor.store.tables import FactsRow

_log = logging.getLogger(__name__)


def looks_of(connection: Connection, number: int, rows: Sequence[Row[Any]]) -> list[Look]:
    """*rows*, of the target with this *number*, as they are packed. Facts that are not there any more are None.

    Equal parts of facts are the same objects.
    """
    wholes = _wholes(connection, number, [row.facts_at for row in rows if row.facts_at is not None])
    bases = dict(zip(wholes, _parsed(list(wholes.values()), None), strict=True))
    findings = _parsed([row.findings for row in rows], [])
    changes = _parsed([row.changed or "{}" for row in rows], None)
    return [
        Look(
            at=row.at,
            seconds=row.seconds,
            severity=row.severity,
            reason=row.reason,
            detail=row.detail,
            findings=found,
            facts=_laid_over(bases.get(row.facts_at), changed),
        )
        for row, found, changed in zip(rows, findings, changes, strict=True)
    ]


def _wholes(connection: Connection, number: int, moments: Iterable[int]) -> Mapping[int, str]:
    at = type_coerce(col(FactsRow.at), BigInteger)
    query = select(at, col(FactsRow.whole)).where(col(FactsRow.target_id) == number, at.in_({*moments}))
    return dict(connection.execute(query).all())


def _laid_over(whole: Plain, changed: Plain) -> Plain:
    """Facts that were stored *whole* with what *changed*; None where they are not there any more, or damaged."""
    return {**whole, **changed} if isinstance(whole, dict) and isinstance(changed, dict) else None


def _parsed(texts: Sequence[str], instead: Plain) -> list[Any]:
    """What each of these JSON texts says, or *instead*; in one go, which is twice as fast, unless one of them is damaged."""
    try:
        parsed: list[Any] = json.loads(f"[{','.join(texts)}]")
    except (ValueError, TypeError, RecursionError):
        return [_parsed_alone(text, instead) for text in texts]
    return parsed if len(parsed) == len(texts) else [_parsed_alone(text, instead) for text in texts]


def _parsed_alone(text: str, instead: Plain) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError, RecursionError):
        _log.warning("what a look found was damaged and is left out")
        return instead
