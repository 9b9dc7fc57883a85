"""A review as the JSON document that other programs read. It is an interface.

``version`` changes when a key goes away or changes its meaning, not when one is added. Times are ISO 8601 in UTC, to the
microsecond where a row has any; shares are of one, and what else is counted is in seconds. Numbers have beside them the
``rows`` that they were counted of: a table, the series in it, the keys of the first and of the last row, and their number.
An outage, a change, a certificate and what was found are one row each, which ``row`` names by its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from checks.plain import Plain, plain
from monitor.history import Tally
from monitor.outage import Outage
from monitor.review import tlsdocument
from monitor.review.details import Change, Claimed, Looks, Month, Period, Rows
from monitor.review.objective import Judged
from monitor.review.values import Account, Review, TargetMonth, TargetReview, VendorReview
from monitor.review.wording import exact
from monitor.review.zones import offset

VERSION = 1
"""Of the document."""

Object = dict[str, Plain]


def document(review: Review) -> Object:
    """The *review*."""
    return {
        "version": VERSION,
        "made_at": exact(review.made_at),
        "begins": exact(review.begins),
        "ends": exact(review.ends),
        "zone": {
            "name": review.zone.name,
            "offset_at_begin": offset(review.zone, review.begins),
            "offset_at_end": offset(review.zone, review.ends),
        },
        "database": review.database,
        "months": [_month(each) for each in review.months],
        "vendors": [_vendor(each) for each in review.vendors],
    }


def _month(month: Month) -> Object:
    return {
        "month": month.name,
        "begins": exact(month.begins),
        "ends": exact(month.ends),
        "is_whole": month.is_whole,
        "is_running": month.is_running,
    }


def _vendor(vendor: VendorReview) -> Object:
    return {
        "vendor": vendor.slug,
        "name": vendor.name,
        "owner": vendor.owner,
        "objective_percent": vendor.objective,
        "has_file": vendor.is_listed,
        "names_page": vendor.names_page,
        "has_page": vendor.has_page,
        "has_history": vendor.is_known,
        "months": [_account(each) for each in vendor.months],
        "in_all": _account(vendor.in_all),
        "outages": [_outage(each) for each in vendor.outages],
        "outages_never_admitted": len(vendor.unadmitted) if vendor.has_page else None,
        "outages_page_not_read": [exact(each.opened_at) for each in vendor.unread] if vendor.names_page else None,
        "months_missed": vendor.missed_months,
        "months_judged": vendor.judged_months,
        "not_counted": [_period(each) for each in vendor.periods],
        "not_counted_and_shorter": vendor.untold,
        "not_counted_and_shorter_by_reason": [plain(asdict(each)) for each in vendor.rest],
        "targets": [_target(each) for each in vendor.targets],
        "certificates": [tlsdocument.certificate(each) for each in vendor.certificates],
        "findings": [tlsdocument.findings(each) for each in vendor.findings],
        "findings_not_known": [{"target": each.key, "until": _maybe(each.until)} for each in vendor.unjudged],
    }


def _account(account: Account) -> Object:
    return {
        "month": account.month.name if account.month else None,
        "begins": exact(account.begins),
        "ends": exact(account.ends),
        "watched_since": _maybe(account.since),
        "watched_until": _maybe(account.until),
        "availability": account.tally.availability,
        "coverage": account.tally.coverage,
        "seconds": _tally(account.tally),
        "unwatched_seconds": account.unwatched,
        "objective": _judged(account.judged) if account.judged else None,
        "claimed": _claimed(account.claimed) if account.claimed else None,
        "looks": _looks(account.looks),
        "rows": _rows(account.rows),
    }


def _tally(tally: Tally) -> Plain:
    return plain({"elapsed": tally.elapsed, "counted": tally.counted, **asdict(tally)})


def _judged(judged: Judged) -> Object:
    return {
        "percent": judged.objective,
        "verdict": judged.verdict.value,
        "is_met_as_seen": judged.is_met_as_seen if judged.counted else None,
        "counted_seconds": judged.counted,
        "allowed_down_seconds": judged.allowed,
        "used_down_seconds": judged.used,
        "left_down_seconds": judged.left,
        "unseen_seconds": judged.unseen,
        "availability_at_least": judged.least,
        "availability_at_most": judged.most,
    }


def _claimed(claimed: Claimed) -> Object:
    return {
        "availability": claimed.tally.availability,
        "seconds": _tally(claimed.tally),
        "well_while_measured_down_seconds": claimed.denied,
        "trouble_while_measured_up_seconds": claimed.feared,
        "less_than_measured_seconds": claimed.belittled,
        "compared_seconds": claimed.compared,
    }


def _looks(looks: Looks) -> Object:
    return {
        "count": looks.count,
        "failed": looks.failed,
        "failed_by_reason": plain(looks.failures),
        "first_day": looks.first.isoformat(),
        "last_day": looks.last.isoformat(),
        "counted_until": _maybe(looks.until),
    }


def _rows(rows: Sequence[Rows]) -> list[Plain]:
    return [
        {
            "table": each.table,
            "series": list(each.series),
            "first": exact(each.begins),
            "last": exact(each.ends),
            "count": each.count,
        }
        for each in rows
    ]


def _outage(outage: Outage) -> Object:
    return {
        "row": {"table": "outage", "vendor": outage.vendor, "opened_at": exact(outage.opened_at)},
        "opened_at": exact(outage.opened_at),
        "confirmed_at": exact(outage.confirmed_at),
        "claimed_at": _maybe(outage.claimed_at),
        "closed_at": _maybe(outage.closed_at),
        "detection_seconds": outage.detection_delay.total_seconds(),
        "lead_seconds": None if outage.lead is None else outage.lead.total_seconds(),
        "lasted_seconds": (outage.closed_at - outage.opened_at).total_seconds() if outage.closed_at else None,
        "targets": list(outage.targets),
        "cause": outage.cause,
        "shared": outage.shared,
    }


def _period(period: Period) -> Object:
    return {
        "why": period.why.value,
        "begins": exact(period.begins),
        "ends": exact(period.ends),
        "seconds": period.lasted.total_seconds(),
        "cause": period.cause,
    }


def _target(target: TargetReview) -> Object:
    return {
        "target": target.key,
        "check": target.check,
        "reads_claim": target.reads_claim,
        "months": [_target_month(each) for each in target.months],
        "in_all": _target_month(target.in_all),
        "changes": [_change(each) for each in target.changes],
    }


def _target_month(month: TargetMonth) -> Object:
    return {
        "month": month.month.name if month.month else None,
        "availability": month.tally.availability,
        "coverage": month.tally.coverage,
        "seconds": _tally(month.tally),
        "looks": _looks(month.looks),
        "latency_seconds": plain(month.latency),
        "rows": _rows(month.rows),
    }


def _change(change: Change) -> Object:
    return {
        "row": {"table": "transition", "target": change.series, "at": exact(change.at)},
        "before": change.before.value,
        "after": change.after.value,
        "since": exact(change.since),
        "believed_at": exact(change.at),
        "cause": change.cause,
    }


def _maybe(at: datetime | None) -> str | None:
    return exact(at) if at else None
