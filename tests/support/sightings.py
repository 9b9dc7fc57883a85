"""What a store has of alerts and messages, and whether what was seen for long enough is among its outages and alerts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.support.reckoning import Happened, News, Put
from tests.support.unrest import Fault

SURE_LOOKS, SURE_TIME = 4, timedelta(seconds=1)
"""So many failing looks in a row over so long are an outage, where two looks are enough once somebody else was seen."""
ROW_GAP = timedelta(seconds=1.5)
"""Looks that are further apart are in no row: nobody looked in between."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOOKS = (
    "SELECT at, severity = 'critical' FROM observation JOIN target ON target.id = target_id "
    "WHERE key = '{0}/endpoint/api' ORDER BY at"
)
_KNOWN = (
    "SELECT opened_at, closed_at FROM outage WHERE vendor = '{0}' UNION ALL "
    "SELECT starts_at, ends_at FROM alert WHERE json_extract(labels, '$.vendor') = '{0}' "
    "AND json_extract(labels, '$.alertname') = 'VendorFlapping'"
)
_UNTOLD = (
    "SELECT vendor, opened_at FROM outage WHERE NOT EXISTS (SELECT 1 FROM alert "
    "WHERE json_extract(labels, '$.vendor') = vendor AND json_extract(labels, '$.alertname') = 'VendorDown' "
    "AND starts_at <= confirmed_at AND (ends_at IS NULL OR ends_at >= confirmed_at))"
)

Rows = Callable[[str], list[tuple[object, ...]]]
"""Rows of a store by a query."""
Look = tuple[datetime, bool]
"""When somebody looked, and whether that failed."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """How many *faults* there were, and how many of them are *sure*: seen for so long that they had to be believed.

    *missed* are those of the latter of which the store knows neither an outage nor that the vendor was restless; *untold*
    are outages of the store, by vendor and beginning, during which it has no alert.
    """

    faults: int
    sure: int
    missed: Sequence[Fault]
    untold: Sequence[tuple[object, ...]]


def happened(rows: Rows) -> list[Happened]:
    """The alerts, in the order in which they were first written."""
    found = rows("SELECT fingerprint, starts_at, ends_at FROM alert ORDER BY id")
    return [Happened(str(which), _moment(began).isoformat(), ended is None) for which, began, ended in found]


def alert_names(rows: Rows) -> Counter[str]:
    """How many alerts there are of each name."""
    return Counter(str(name) for (name,) in rows("SELECT json_extract(labels, '$.alertname') FROM alert"))


def outbox(rows: Rows) -> list[Put]:
    """What was put down to be told, in that order."""
    return [_put(*row) for row in rows("SELECT channel, alert, batch FROM message ORDER BY id")]


def _put(channel: object, alert: object, batch: object) -> Put:
    said = json.loads(str(alert))
    news = News(str(channel), said["fingerprint"], said["startsAt"], said["status"])
    return Put(news, None if batch is None else str(batch))


def _moment(stored: object) -> datetime:
    """A moment as the store has it, in microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=int(str(stored)))


def noticed(faults: Sequence[Fault], rows: Rows) -> Noticed:
    """Hold *faults* against the looks and the outages of a store."""
    sure = [fault for fault in faults if _is_sure(_looks(fault, rows))]
    return Noticed(len(faults), len(sure), [fault for fault in sure if not _is_known(fault, rows)], rows(_UNTOLD))


def _looks(fault: Fault, rows: Rows) -> Iterator[Look]:
    """Those at the vendor during *fault*."""
    for at, failed in rows(_LOOKS.format(fault.vendor)):
        if fault.began < _moment(at) < fault.ended:
            yield _moment(at), bool(failed)


def _is_sure(looks: Iterable[Look]) -> bool:
    return any(len(row) >= SURE_LOOKS and row[-1] - row[0] >= SURE_TIME for row in _failing_rows(looks))


def _failing_rows(looks: Iterable[Look]) -> Iterator[list[datetime]]:
    """When looks failed one after the other."""
    row: list[datetime] = []
    for at, failed in looks:
        if row and (not failed or at - row[-1] > ROW_GAP):
            yield row
            row = []
        row += [at] if failed else []
    yield row


def _is_known(fault: Fault, rows: Rows) -> bool:
    """Whether something is stored of the vendor that went on during *fault*."""
    spans = rows(_KNOWN.format(fault.vendor))
    return any(_moment(began) <= fault.ended and (not ended or _moment(ended) >= fault.began) for began, ended in spans)
