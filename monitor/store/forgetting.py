"""Whole facts that nothing refers to any more: which they are, and how they go.

An observation may refer to facts of any time before it, and after the clock was set back to later ones, too. One to come
refers to those that the writer knows as the last of its target, whatever observations there are: see `monitor.store.facts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice

from sqlalchemy import BigInteger, Connection, bindparam, delete, select, type_coerce
from sqlmodel import col

from monitor.store.tables import FactsRow, ObservationRow, microseconds_of

MANY = 50_000
"""How many are looked for at once."""

Key = tuple[int, int]
"""Whole facts: the number of their target, and when they were seen, in microseconds since 1970."""

_at = type_coerce(col(FactsRow.at), BigInteger)


def key_of(number: int, at: datetime) -> Key:
    """The facts of the target with this *number* that were seen *at* a time."""
    return number, microseconds_of(at)


def unneeded_facts(connection: Connection, before: datetime, in_use: AbstractSet[Key]) -> Sequence[Key]:
    """Whole facts of *before* a time that nothing refers to: no observation, nor one to come, of which they are *in_use*.

    Only many of them; to be asked when all is folded that is over, because every observation is read for it.
    """
    facts_at = type_coerce(col(ObservationRow.facts_at), BigInteger)
    referred = select(col(ObservationRow.target_id), facts_at).where(col(ObservationRow.facts_at) < before).distinct()
    needed = {(number, at) for number, at in connection.execute(referred)} | in_use
    found = connection.execute(select(col(FactsRow.target_id), _at).where(col(FactsRow.at) < before).order_by(_at))
    return list(islice(((number, at) for number, at in found if (number, at) not in needed), MANY))


def forget_facts(connection: Connection, facts: Iterable[Key]) -> None:
    """Remove whole *facts*."""
    these = (_at == bindparam("then")) & (col(FactsRow.target_id) == bindparam("number"))
    connection.execute(delete(FactsRow).where(these), [{"then": at, "number": number} for number, at in facts])
