"""The metrics of the store: declared here, and read off what the store counts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import product
from typing import Any, Literal, Protocol, get_args

from monitor.metrics.families import Family, Values

StoreOperation = Literal["open", "read", "write"]
"""What the store was asked to do."""
StoreFault = Literal["full", "locked", "readonly", "corrupt", "unreachable", "io", "other"]
"""Why it could not."""

_ERRORS = Family("vendorwatch_store_errors_total", "counter", "Times the store failed.", ("operation", "reason"))
_DROPPED = Family(
    "vendorwatch_store_dropped_total", "counter", "Records given up: what they saw is not stored.", ("reason",)
)
_QUEUE = Family("vendorwatch_store_queue_length", "gauge", "Records that wait to be written.")
_BYTES = Family("vendorwatch_store_queue_bytes", "gauge", "Memory that they take, about.")
_OLDEST = Family(
    "vendorwatch_store_queue_oldest_timestamp_seconds",
    "gauge",
    "Time of the oldest of them, as Unix time; absent without any.",
)
_STORED_AT = Family(
    "vendorwatch_store_last_success_timestamp_seconds", "gauge", "When the store last wrote, as Unix time; absent before."
)

FAMILIES = (_ERRORS, _DROPPED, _QUEUE, _BYTES, _OLDEST, _STORED_AT)


class StoreStats(Protocol):
    """How the store is doing: what waits to be written now, and what was counted since the start."""

    @property
    def queued(self) -> int:
        """Records that wait."""

    @property
    def bytes(self) -> int:
        """About what they take."""

    @property
    def oldest(self) -> datetime | None:
        """When the first of them happened."""

    @property
    def dropped(self) -> int:
        """Records that will never be written, because too many waited."""

    @property
    def refused(self) -> int:
        """Records that will never be written, because of a bug of ours."""

    @property
    def errors(self) -> Mapping[tuple[Any, Any], int]:
        """Failures by operation and reason: a `StoreOperation` and a `StoreFault`, or enumerations with those values."""

    @property
    def last_success(self) -> datetime | None:
        """When the store last wrote."""


def readings(stats: StoreStats | None = None) -> Iterator[tuple[Family, Values]]:
    """Every family with what it shows at this moment; what is counted shows 0 as long as there are no *stats*."""
    counts = {tuple(map(str, what)): count for what, count in stats.errors.items()} if stats else {}
    yield _ERRORS, {each: counts.get(each, 0) for each in product(get_args(StoreOperation), get_args(StoreFault))}
    yield _DROPPED, {("overflow",): stats.dropped if stats else 0, ("unwritable",): stats.refused if stats else 0}
    yield _QUEUE, {(): stats.queued if stats else 0}
    yield _BYTES, {(): stats.bytes if stats else 0}
    yield _OLDEST, _at(stats.oldest if stats else None)
    yield _STORED_AT, _at(stats.last_success if stats else None)


def _at(moment: datetime | None) -> Values:
    return {(): moment.timestamp()} if moment else {}
