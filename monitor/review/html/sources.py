"""Of which rows of the database each number was counted, for who wants to count again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.wording import counted
from monitor.hypertext.markup import Markup, element, together
from monitor.hypertext.tables import Column, table
from monitor.review.details import Rows
from monitor.review.html.words import stored
from monitor.review.values import VendorReview

_COLUMNS = (Column("Numbers of"), Column("Rows"), Column("About"), Column("From"), Column("To"))
_NAMED = 3


def sources(vendor: VendorReview) -> Markup:
    """A table of the rows that the numbers of a *vendor* come from."""
    return table("Rows that were counted", _COLUMNS, list(_lines(vendor)), "sources quiet")


def _lines(vendor: VendorReview) -> Iterator[Sequence[str]]:
    for account in (*vendor.months, vendor.in_all):
        for rows in account.rows:
            yield _cells(account.month.name if account.month else "All", rows)
    for target in vendor.targets:
        for rows in target.in_all.rows:
            yield _cells(target.key.removeprefix(f"{vendor.slug}/"), rows)


def _cells(what: str, rows: Rows) -> Sequence[str]:
    number = together((f"{rows.count:,} of ", element("code", rows.table)))
    return what, number, _about(rows), stored(rows.begins), stored(rows.ends)


def _about(rows: Rows) -> str:
    if not rows.series:
        return "all"
    left = len(rows.series) - _NAMED
    return ", ".join(rows.series[:_NAMED]) + (f" and {counted(left, 'other')}" if left > 0 else "")
