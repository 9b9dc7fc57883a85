"""The metrics of the store's size and of what keeps it small: declared here, and read off the task that does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from monitor.metrics.families import Family, Values

_SIZE = Family("vendorwatch_store_size_bytes", "gauge", "How large the database is; absent until that is known.")
_TOO_LARGE = Family(
    "vendorwatch_store_too_large", "gauge", "1 while it is larger than history.size though all went that may go."
)
_PACKED = Family("vendorwatch_store_packed_total", "counter", "Looks that were pressed together and counted.")
_COMPACTED_AT = Family(
    "vendorwatch_store_compaction_last_success_timestamp_seconds",
    "gauge",
    "When all was last done that keeps the store small, as Unix time; absent before.",
)

FAMILIES = (_SIZE, _TOO_LARGE, _PACKED, _COMPACTED_AT)


class CompactionStats(Protocol):
    """How the compaction goes."""

    @property
    def packed(self) -> int:
        """Looks that were pressed together since the start."""

    @property
    def bytes(self) -> int | None:
        """How large the database is."""

    @property
    def too_large(self) -> bool:
        """Whether that is more than it may be."""

    @property
    def last_success(self) -> datetime | None:
        """When nothing was left to do."""


def readings(stats: CompactionStats | None = None) -> Iterator[tuple[Family, Values]]:
    """Every family with what it shows at this moment."""
    size, at = (stats.bytes, stats.last_success) if stats else (None, None)
    yield _SIZE, {(): size} if size is not None else {}
    yield _TOO_LARGE, {(): int(stats.too_large) if stats else 0}
    yield _PACKED, {(): stats.packed if stats else 0}
    yield _COMPACTED_AT, {(): at.timestamp()} if at else {}
