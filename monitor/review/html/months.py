"""Availability month by month, each with what it was counted of and how much of it was seen."""

from __future__ import annotations

from collections.abc import Sequence

from checks.model import State
from checks.wording import percent
from monitor.hypertext.markup import Markup, element, together
from monitor.hypertext.tables import Column, table
from monitor.review.claimwording import disagreement
from monitor.review.details import Zone
from monitor.review.html.scales import Share, floor, scale
from monitor.review.html.words import NONE, judgement, some, verdict
from monitor.review.objective import bounds
from monitor.review.values import Account, Review, VendorReview
from monitor.review.wording import arithmetic, budget, looked, looks_until, reservations

_COUNTED = (
    Column("Month"),
    Column("Availability", "sum"),
    Column("Objective", "sum"),
    Column("Its page", "sum"),
    Column("Looks", "sum"),
)


def months(review: Review, vendor: VendorReview) -> Markup:
    """The table of a *vendor*, with all of the time in its last line where there is more than one month."""
    accounts = [each for each in vendor.months if each.tally.elapsed or each.unwatched]
    begins = floor([*(each.tally.availability for each in accounts), _target(vendor)])
    columns = (
        Column("Month"),
        Column("Available", "number"),
        Column(f"{100 * begins:g} % to 100 %", "chart"),
        Column("Objective"),
        Column("Down", "number"),
        Column("Degraded", "number"),
        Column("Maintenance", "number"),
        Column("Unknown", "number"),
        Column("Seen", "number"),
    )
    lines = [*accounts, vendor.in_all] if len(accounts) > 1 else accounts
    rows = [_cells(each, vendor, begins, review.zone) for each in lines]
    shown = table("Availability by month", columns, rows, "months quiet")
    return together(
        (
            shown,
            table(
                "How each month was counted, in seconds", _COUNTED, [_counted(each, review) for each in lines], "counting"
            ),
        )
    )


def _counted(account: Account, review: Review) -> Sequence[str]:
    """What stands behind the numbers of a month, to the second."""
    tally = account.tally
    states = ", ".join(f"{state} {number:,} s" for state in State if (number := getattr(tally, state.value)))
    return (
        element("time", account.month.name) if account.month else Markup("All"),
        together((arithmetic(tally), element("span", states, class_="note"))),
        budget(account.judged) if account.judged else NONE,
        disagreement(account.claimed, tally),
        f"{looked(account.looks)}; {looks_until(account.looks, review.zone)}",
    )


def _cells(account: Account, vendor: VendorReview, begins: float, zone: Zone) -> Sequence[str]:
    tally = account.tally
    return (
        _name(account, zone),
        percent(tally.availability),
        scale(_share(account), _target(vendor), begins, _told(account)),
        verdict(account.judged) if account.month else judgement(vendor),
        some(tally.down),
        some(tally.degraded),
        some(tally.maintenance),
        some(tally.unknown),
        percent(tally.coverage),
    )


def _target(vendor: VendorReview) -> float | None:
    return None if vendor.objective is None else vendor.objective / 100


def _name(account: Account, zone: Zone) -> Markup:
    """The month, with what is to be known before its numbers are believed."""
    name = element("time", account.month.name) if account.month else Markup("All")
    return together((name, *(element("span", told, class_="note") for told in reservations(account, zone))))


def _share(account: Account) -> Share:
    """What availability was, and what it would be if all that was not seen, or not watched, had been down, or up."""
    return Share(account.tally.availability, *bounds(account.tally, account.unwatched))


def _told(account: Account) -> str:
    share = _share(account)
    if share.value is None:
        return "Nothing is known"
    if not account.tally.unknown and not account.unwatched:
        return f"{percent(share.value)}, all of it seen"
    return f"{percent(share.value)} as seen; from {percent(share.least)} to {percent(share.most)} with what was not seen"
