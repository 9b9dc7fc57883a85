"""A review as one flat table: CSV (RFC 4180), a line for each vendor and month. The columns are an interface.

A text that begins as a formula does is put behind an apostrophe, because who opens the file in a spreadsheet would run it
(OWASP, "CSV Injection"). Times are ISO 8601 with the zone's offset, shares are of one, everything else in seconds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from monitor.review.details import Claimed, Zone
from monitor.review.objective import Judged
from monitor.review.values import Account, Review, VendorReview

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")

COLUMNS = (
    *(
        "vendor",
        "name",
        "owner",
        "month",
        "zone",
        "begins",
        "ends",
        "whole_month",
        "running",
        "watched_since",
        "watched_until",
    ),
    *("availability", "coverage", "elapsed_seconds", "counted_seconds", "up_seconds", "degraded_seconds", "down_seconds"),
    *("unknown_seconds", "maintenance_seconds", "objective_percent", "objective_verdict", "allowed_down_seconds"),
    *("left_down_seconds", "availability_at_least", "availability_at_most", "claimed_availability"),
    *("claimed_well_while_down_seconds", "claimed_trouble_while_up_seconds", "looks", "looks_failed"),
    *("looks_failed_by_reason", "outages_opened", "outages_never_admitted", "looks_counted_until", "outages"),
    *("outages_page_not_read", "unwatched_seconds", "claimed_less_than_measured_seconds", "compared_seconds"),
)
"""The columns, in their order. One may be added at the end; none goes away or changes its meaning."""

Cell = str | int | float | None


def written(review: Review) -> str:
    """The *review*."""
    lines = [_line(vendor, account, review.zone) for vendor in review.vendors for account in vendor.months]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def harmless(text: str) -> str:
    """*text*, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _line(vendor: VendorReview, account: Account, zone: Zone) -> dict[str, Cell]:
    return dict(
        [
            *_whose(vendor, account, zone),
            *_seconds(account),
            *_objective(account.judged),
            *_claimed(account.claimed),
            *_looks(account, zone),
            *_outages(vendor, account),
        ]
    )


def _whose(vendor: VendorReview, account: Account, zone: Zone) -> Iterator[tuple[str, Cell]]:
    month = account.month
    yield "vendor", harmless(vendor.slug)
    yield "name", harmless(vendor.name)
    yield "owner", harmless(vendor.owner)
    yield "month", month.name if month else ""
    yield "zone", zone.name
    yield "begins", _local(account.begins, zone)
    yield "ends", _local(account.ends, zone)
    yield "whole_month", _truth(month.is_whole) if month else ""
    yield "running", _truth(month.is_running) if month else ""
    yield "watched_since", _local(account.since, zone)
    yield "watched_until", _local(account.until, zone)


def _seconds(account: Account) -> Iterator[tuple[str, Cell]]:
    tally = account.tally
    yield "availability", _share(tally.availability)
    yield "coverage", _share(tally.coverage)
    for name in ("elapsed", "counted", "up", "degraded", "down", "unknown", "maintenance"):
        yield f"{name}_seconds", getattr(tally, name)
    yield "unwatched_seconds", account.unwatched


def _objective(judged: Judged | None) -> Iterator[tuple[str, Cell]]:
    yield "objective_percent", judged.objective if judged else None
    yield "objective_verdict", judged.verdict.value if judged else None
    yield "allowed_down_seconds", judged.allowed if judged else None
    yield "left_down_seconds", judged.left if judged else None
    yield "availability_at_least", _share(judged.least) if judged else None
    yield "availability_at_most", _share(judged.most) if judged else None


def _claimed(claimed: Claimed | None) -> Iterator[tuple[str, Cell]]:
    yield "claimed_availability", _share(claimed.tally.availability) if claimed else None
    yield "claimed_well_while_down_seconds", claimed.denied if claimed else None
    yield "claimed_trouble_while_up_seconds", claimed.feared if claimed else None
    yield "claimed_less_than_measured_seconds", claimed.belittled if claimed else None
    yield "compared_seconds", claimed.compared if claimed else None


def _looks(account: Account, zone: Zone) -> Iterator[tuple[str, Cell]]:
    """What was counted; nothing where none is counted yet."""
    looks = account.looks
    is_known = looks.until is not None
    yield "looks", looks.count if is_known else None
    yield "looks_failed", looks.failed if is_known else None
    yield "looks_failed_by_reason", " ".join(f"{reason}={count}" for reason, count in looks.failures.items())
    yield "looks_counted_until", _local(looks.until, zone)


def _outages(vendor: VendorReview, account: Account) -> Iterator[tuple[str, Cell]]:
    """Those that were opened in a month, which add up to those opened in all months, and all that there was of any in it."""
    some = [each for each in vendor.outages if each.opened_at < account.ends]
    opened = [each for each in some if each.opened_at >= account.begins]
    older = [each for each in some if each.opened_at < account.begins]
    lasting = [each for each in older if each.closed_at is None or each.closed_at > account.begins]
    yield "outages_opened", len(opened)
    yield "outages_never_admitted", sum(each in vendor.unadmitted for each in opened) if vendor.has_page else None
    yield "outages", len(opened) + len(lasting)
    yield "outages_page_not_read", sum(each in vendor.unread for each in opened) if vendor.names_page else None


def _local(at: datetime | None, zone: Zone) -> str:
    return at.astimezone(zone.info).isoformat(timespec="seconds") if at else ""


def _truth(value: bool) -> str:  # noqa: FBT001 - it is the value that is written
    return "yes" if value else "no"


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 9)
