"""The metrics of the store: declared here, and read off what the store counts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, Protocol, get_args

from monitor.metrics.families import Family, Values

StoreOperation = Literal["open", "read", "write"]
"""What the store was asked to do."""

_ERRORS = Family("vendorwatch_store_errors_total", "counter", "Times the store failed.", ("operation",))
_DROPPED = Family("vendorwatch_store_dropped_total", "counter", "Records given up because too many waited.")
_QUEUE = Family("vendorwatch_store_queue_length", "gauge", "Records that wait to be written.")
_STORED_AT = Family(
    "vendorwatch_store_last_success_timestamp_seconds", "gauge", "When the store last wrote, as Unix time; absent before."
)

FAMILIES = (_ERRORS, _DROPPED, _QUEUE, _STORED_AT)


class StoreStats(Protocol):
    """How the store is doing: what waits to be written now, and what was counted since the start."""

    @property
    def queued(self) -> int:
        """Records that wait."""

    @property
    def dropped(self) -> int:
        """Records that will never be written."""

    @property
    def errors(self) -> Mapping[Any, int]:
        """Failures by operation: a `StoreOperation`, or an enumeration with those values."""

    @property
    def last_success(self) -> datetime | None:
        """When the store last wrote."""


def readings(stats: StoreStats | None = None) -> Iterator[tuple[Family, Values]]:
    """Every family with what it shows at this moment; what is counted shows 0 as long as there are no *stats*."""
    counts = {str(operation): count for operation, count in stats.errors.items()} if stats else {}
    yield _ERRORS, {(operation,): counts.get(operation, 0) for operation in get_args(StoreOperation)}
    yield _DROPPED, {(): stats.dropped if stats else 0}
    yield _QUEUE, {(): stats.queued if stats else 0}
    written = stats.last_success if stats else None
    yield _STORED_AT, {(): written.timestamp()} if written else {}
