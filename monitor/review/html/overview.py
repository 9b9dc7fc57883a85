"""The first page: all vendors in one table, worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from checks.wording import counted, percent
from monitor.hypertext.markup import Markup, element, foreign, together
from monitor.hypertext.tables import Column, paragraph, table
from monitor.review.html.timelines import glance
from monitor.review.html.words import NONE, judgement, some
from monitor.review.objective import Verdict
from monitor.review.values import VendorReview
from monitor.review.wording import missed, objective

_COLUMNS = (
    Column("Vendor"),
    Column("From beginning to end", "chart"),
    Column("Available", "number"),
    Column("Objective", "number"),
    Column("Outcome"),
    Column("Outages", "number"),
    Column("Down", "number"),
    Column("Seen", "number"),
)


def worst_first(vendors: Iterable[VendorReview]) -> Sequence[VendorReview]:
    """The *vendors* by availability, those of which nothing is known last."""
    return sorted(vendors, key=_goodness)


def _goodness(vendor: VendorReview) -> tuple[bool, float, str]:
    availability = vendor.in_all.tally.availability
    return availability is None, availability or 0.0, vendor.slug


def overview(vendors: Sequence[VendorReview]) -> Markup:
    """The table of *vendors*, in this order: the first has number 1."""
    rows = [_cells(vendor, number) for number, vendor in enumerate(vendors, 1)]
    told = table("All vendors, worst first", _COLUMNS, rows, "overview")
    return element(
        "section", element("h2", "Overview", id="overview"), paragraph(_sum(vendors)), told, aria_labelledby="overview"
    )


def _cells(vendor: VendorReview, number: int) -> Sequence[str]:
    tally = vendor.in_all.tally
    return (
        element("a", foreign(vendor.name), href=f"#vendor-{number}"),
        glance(number, vendor) if vendor.is_known else "nothing stored",
        percent(tally.availability),
        NONE if vendor.objective is None else objective(vendor.objective),
        judgement(vendor),
        f"{len(vendor.outages):,}",
        some(tally.down),
        percent(tally.coverage),
    )


def _sum(vendors: Sequence[VendorReview]) -> Markup:
    """How many met their objectives, in a sentence."""
    outcomes = Counter(vendor.in_all.judged.verdict if vendor.in_all.judged else None for vendor in vendors)
    told = [
        f"{outcomes[Verdict.MISSED]:,} missed {'its' if outcomes[Verdict.MISSED] == 1 else 'their'} objective",
        f"{outcomes[Verdict.UNDECIDED]:,} cannot be judged, because it depends on what was not seen",
        f"{outcomes[Verdict.MET]:,} met it",
        f"{outcomes[None]:,} without an objective or without a second that counts",
    ]
    numbers = (outcomes[Verdict.MISSED], outcomes[Verdict.UNDECIDED], outcomes[Verdict.MET], outcomes[None])
    shown = "; ".join(sentence for sentence, number in zip(told, numbers, strict=True) if number)
    hidden = sum(1 for vendor in vendors if _is_met_in_all(vendor) and missed(vendor))
    more = f" Of those that met it in all, {hidden:,} missed it in a month." if hidden else ""
    return together((f"Of {counted(len(vendors), 'vendor')}: {shown}.{more}" if vendors else "No vendor was asked for.",))


def _is_met_in_all(vendor: VendorReview) -> bool:
    return vendor.in_all.judged is not None and vendor.in_all.judged.verdict is Verdict.MET
