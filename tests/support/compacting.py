"""Writing of the past, and making it small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from checks.model import State
from monitor.history import Presence, Rollup, Stretch, Tally
from monitor.store.sql import SqlStore
from monitor.store.store import Aside, Compacted, Consequences, Kept, Store
from monitor.store.tables import TargetRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOR_EVER = Kept(observations_since=_EPOCH, hours_since=_EPOCH, bytes=1 << 60)


def kept(at: datetime, *, looks: timedelta, hours: timedelta, size: int = 1 << 60) -> Kept:
    """What is kept *at* a time."""
    return Kept(observations_since=at - looks, hours_since=at - hours, bytes=size)


def compacted(store: Store, at: datetime, keep: Kept = FOR_EVER) -> Compacted:
    """Compact until nothing is left to do *at* a time; what all steps did together. It ends, or it is wrong."""
    steps = list[Compacted]()
    for _ in range(10_000):
        steps.append(store.compact(at, keep))
        if steps[-1].is_done:
            return Compacted(
                packed=sum(step.packed for step in steps),
                rolled_up=sum(step.rolled_up for step in steps),
                removed=sum(step.removed for step in steps),
                too_large=steps[-1].too_large,
            )
    msg = f"nothing ends: {steps[-3:]}"
    raise AssertionError(msg)


def come_to(store: Store) -> Mapping[str, datetime]:
    """Until when each series is rolled up."""
    assert isinstance(store, SqlStore)
    with store._engine.connect() as connection:
        rows = connection.execute(select(col(TargetRow.key), col(TargetRow.accounted_until)))
        return {key: until for key, until in rows if until is not None}


def stretch(series: str, since: datetime, state: State | None) -> Aside:
    """That a series is in a state from then on."""
    return Aside(at=since, consequences=Consequences(stretches=(Stretch(series, since, state),)))


def present(since: datetime, until: datetime) -> Aside:
    """That we could see."""
    return Aside(at=until, presence=Presence(since, until))


def seconds(rollups: Iterable[Rollup]) -> Tally:
    """What *rollups* come to."""
    return sum((each.tally for each in rollups), Tally())
