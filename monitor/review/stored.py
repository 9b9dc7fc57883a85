"""What a review is made of, as the store has it: read in few queries, however many vendors it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from checks.check import all_checks
from monitor.history import Judgement, Presence, Rollup, Stretch, watched_in
from monitor.outage import Outage
from monitor.review.details import Month
from monitor.state import Held, Transition
from monitor.store.store import Store, Total

MOST_TIMED = timedelta(days=100)
"""For how long every day is timed by itself: of more, months say as much, and a day of each target is much to read."""

UNTIMED = frozenset({"certificate", "tls"})
"""The checks whose looks take as long as what they ask for: that is no latency of the vendor's."""

JUDGED = frozenset({"certificate", "tls"})
"""The checks whose judgements and changes of state are told; what others went through is in outages."""

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_NAMED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Rows about some vendors in a review's time, by series or vendor. *keys* are those of each vendor's targets, in order.

    *watched* are the seconds of each month in which we could see, by its name, *totals* its days; *days* are the same one by
    one, where they were asked for and are not too many. *judgements* are of the checks `JUDGED`, from before that time too.
    """

    keys: Mapping[str, Sequence[str]]
    held: Mapping[str, Held]
    stretches: Mapping[str, Sequence[Stretch]]
    presences: Sequence[Presence]
    watched: Mapping[str, Sequence[tuple[int, int]]]
    totals: Mapping[str, Mapping[str, Total]]
    days: Mapping[str, Sequence[Rollup]]
    changes: Mapping[str, Sequence[Transition]]
    judgements: Mapping[str, Sequence[Judgement]]
    outages: Mapping[str, Sequence[Outage]]


def read(
    store: Store, vendors: Collection[str], months: Sequence[Month], *, day_by_day: bool = False, timed: bool = True
) -> Stored:
    """What *store* has of *vendors* in *months*. Blocks, and may raise `StoreUnavailable`."""
    begins, ends = months[0].begins, months[-1].ends
    held, presences = store.states(), store.presences(begins, ends)
    keys = _keys(held, vendors)
    targets = [key for mine in keys.values() for key in mine]
    measured = {key for key in targets if timed and check_of(key) not in UNTIMED}
    # A database takes only so many values in a statement; whoever asks for nearly all is given all.
    asks_for_all = 2 * len(targets) > len(held)
    first_day, day_after = days_of(months[0])[0], days_of(months[-1])[1]
    series = None if asks_for_all else [*vendors, *targets]
    return Stored(
        keys=keys,
        held=held,
        stretches=store.stretches(begins, ends, series),
        presences=presences,
        watched={month.name: watched_in(presences, month.begins, month.ends) for month in months},
        totals={month.name: store.totals(*days_of(month), series, timed=measured) for month in months},
        days=store.days(first_day, day_after, series) if day_by_day and day_after - first_day <= MOST_TIMED else {},
        changes=store.changes(begins, ends, series),
        judgements=_judgements(store, targets, ends),
        outages=_by_vendor(store.outages_within(begins, ends, None if asks_for_all else vendors)),
    )


def _judgements(store: Store, targets: Sequence[str], ends: datetime) -> Mapping[str, Sequence[Judgement]]:
    """All that are known of *targets* by then: since when a certificate is served may be long ago."""
    judged = [key for key in targets if check_of(key) in JUDGED]
    return store.judgements(_BEFORE_ALL, ends, judged if len(judged) <= _MOST_NAMED else None) if judged else {}


def totals_of(key: str, stored: Stored) -> list[Total]:
    """The totals of the target *key* in all months that it has any in."""
    return [total for month in stored.totals.values() if (total := month.get(key))]


def vendors_in(store: Store) -> set[str]:
    """The vendors of which *store* knows a target."""
    return {vendor_of(key) for key in store.states()}


def vendor_of(series: str) -> str:
    """The vendor that a series is of."""
    return series.partition("/")[0]


def check_of(key: str) -> str:
    """The check that a target is of."""
    return key.split("/", 2)[1] if key.count("/") > 1 else ""


def reads_claim(key: str) -> bool:
    """Whether a target reads what its vendor says; one of a check that there is no more is taken to measure."""
    check = all_checks().get(check_of(key))
    return check is not None and check.reads_claim


def days_of(month: Month) -> tuple[datetime, datetime]:
    """The days of UTC with the dates of *month*: when the first begins, and when the last ends."""
    return _day(month.first), _day(month.last) + timedelta(days=1)


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _keys(held: Mapping[str, Held], vendors: Collection[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {vendor: [] for vendor in vendors}
    for key in sorted(held):
        if (vendor := vendor_of(key)) in found:
            found[vendor].append(key)
    return found


def _by_vendor(outages: Sequence[Outage]) -> Mapping[str, Sequence[Outage]]:
    found = defaultdict[str, list[Outage]](list)
    for outage in outages:
        found[outage.vendor].append(outage)
    return found
