"""What is told of one vendor, section by section. One without anything to tell is left out, or says so in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.wording import lasting, percent
from monitor.outage import Outage
from monitor.review import claimwording, tlswording, wording
from monitor.review.blocks import Block, Grid, Heading, Listing, Paragraph
from monitor.review.values import Account, Review, TargetMonth, TargetReview, VendorReview

_NAMED_TARGETS = 4
_MOST_LISTED = 100


def months(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """Its months, with the arithmetic of each."""
    times = ("UP (s)", "DEGRADED (s)", "DOWN (s)", "UNKNOWN (s)", "MAINTENANCE (s)")
    header = ("MONTH", "AVAILABLE", "SEEN", *times, "OBJECTIVE")
    yield Heading(3, "Availability")
    yield Grid(header, tuple(_month(each) for each in _accounts(vendor)))
    yield Listing(tuple(_arithmetic(each, review) for each in _accounts(vendor)))


def _accounts(vendor: VendorReview) -> tuple[Account, ...]:
    """The months, and all of them where there are several."""
    return vendor.months if len(vendor.months) == 1 else (*vendor.months, vendor.in_all)


def _name(account: Account | TargetMonth) -> str:
    return account.month.name if account.month else "in all"


def _month(account: Account) -> tuple[str, ...]:
    tally = account.tally
    if not tally.elapsed:
        return (_name(account), "not watched", *("-" for _ in range(7)))
    numbers = (tally.up, tally.degraded, tally.down, tally.unknown, tally.maintenance)
    seen = percent(tally.coverage, 1)
    return (
        _name(account),
        percent(tally.availability),
        seen,
        *(f"{number:,}" for number in numbers),
        wording.verdict(account.judged),
    )


def _arithmetic(account: Account, review: Review) -> str:
    told = list(wording.reservations(account, review.zone))
    if account.tally.elapsed:
        told.append(wording.arithmetic(account.tally))
        told += [wording.budget(account.judged)] if account.judged else []
        told.append(f"{wording.looked(account.looks)} ({wording.looks_until(account.looks, review.zone)})")
    return f"{_name(account)}: {'; '.join(told)}"


def said(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """What its page said beside what we measured."""
    del review
    yield Heading(3, "What its page said, and what we measured")
    if not vendor.has_page:
        yield Paragraph("No status page of it was read in that time.")
        return
    times = ("WELL WHILE DOWN (s)", "TOLD LESS (s)", "TROUBLE WHILE UP (s)", "PAGE UNKNOWN (s)")
    header = ("MONTH", "PAGE SAYS", "MEASURED", *times)
    yield Grid(header, tuple(_claimed(each) for each in _accounts(vendor)))


def _claimed(account: Account) -> tuple[str, ...]:
    claimed = account.claimed
    if claimed is None:
        return (_name(account), *("-" for _ in range(6)))
    return (
        _name(account),
        percent(claimed.tally.availability),
        percent(account.tally.availability),
        *(f"{number:,}" for number in (claimed.denied, claimed.belittled, claimed.feared, claimed.tally.unknown)),
    )


def outages(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """Its outages, and how to find the looks behind them."""
    yield Heading(3, "Outages")
    if not vendor.outages:
        yield Paragraph("None.")
        return
    header = ("OPENED", "CLOSED", "LASTED", "NOTICED", "ADMITTED", "WHAT FAILED")
    yield Grid(header, tuple(_outage(each, vendor, review) for each in vendor.outages))
    yield Paragraph(f"{claimwording.OUTAGES} The looks behind the first: {claimwording.look_up(vendor.outages[0])}")


def _outage(outage: Outage, vendor: VendorReview, review: Review) -> tuple[str, ...]:
    names = [key.removeprefix(f"{vendor.slug}/") for key in outage.targets]
    more = f" and {len(names) - _NAMED_TARGETS} more" if len(names) > _NAMED_TARGETS else ""
    what = f"{outage.cause} [{', '.join(names[:_NAMED_TARGETS])}{more}]"
    return (
        wording.clock_to_second(outage.opened_at, review.zone),
        wording.clock_to_second(outage.closed_at, review.zone) if outage.closed_at else "open",
        claimwording.lasted(outage, review.ends),
        f"after {lasting(outage.detection_delay)}",
        claimwording.admitted(outage, vendor),
        f"{what}; with others: {outage.shared}" if outage.shared else what,
    )


def not_counted(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """When nobody could tell, and when work excused it."""
    yield Heading(3, "Not counted: unknown, maintenance, not watched")
    if not vendor.periods:
        yield Paragraph("Nothing: all of the time in which it was watched is counted.")
        return
    rows = tuple(
        (
            wording.clock_to_second(each.begins, review.zone),
            wording.clock_to_second(each.ends, review.zone),
            lasting(each.lasted),
            f"{wording.WHY[each.why]}: {each.cause}" if each.cause else wording.WHY[each.why],
        )
        for each in vendor.periods
    )
    yield Grid(("FROM", "UNTIL", "LASTED", "WHY"), rows)
    if vendor.rest:
        yield Paragraph(wording.not_listed(vendor.rest))


def latency(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """How long looks took that did not fail."""
    del review
    found = [(target, each) for target in vendor.targets for each in _target_months(target) if each.latency]
    if found:
        yield Heading(3, "Latency of looks that did not fail")
        yield Grid(("TARGET", "MONTH", "LOOKS", "P50 / P95 / P99"), tuple(_latency(*pair) for pair in found))
        yield Paragraph(wording.QUANTILES)


def _target_months(target: TargetReview) -> tuple[TargetMonth, ...]:
    return target.months if len(target.months) == 1 else (*target.months, target.in_all)


def _latency(target: TargetReview, month: TargetMonth) -> tuple[str, ...]:
    count = f"{month.latency.count:,}" if month.latency else "-"
    return (f"{target.check} {target.name}", _name(month), count, wording.timed(month.latency))


def certificates(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """The certificates that were served, and what was found of them and of TLS, the newest first; and what is not known."""
    zone = review.zone
    served = [f"{each.key}: {tlswording.served(each, zone)}; {tlswording.known_by(each)}" for each in vendor.certificates]
    changes = [(each.since, f"{each.key}, {tlswording.refound(each)}") for each in vendor.findings]
    changes += [(each.since, f"{each.series}, {tlswording.moved(each)}") for each in vendor.moves]
    changed = [f"{wording.clock(since, zone)} {told}" for since, told in sorted(changes)[::-1]]
    unknown = [tlswording.not_judged(each, zone) for each in vendor.unjudged]
    if not (served or changed or unknown):
        return
    yield Heading(3, "Certificates and TLS")
    for sentences in (served, changed, unknown):
        yield from _bounded(sentences)
    yield Paragraph(tlswording.CERTIFICATES)


def _bounded(sentences: Sequence[str]) -> Iterator[Block]:
    """A list of no more *sentences* than anybody reads, and how many there are beside them."""
    if sentences:
        yield Listing(tuple(sentences[:_MOST_LISTED]))
    if len(sentences) > _MOST_LISTED:
        yield Paragraph(f"And {len(sentences) - _MOST_LISTED:,} older; `vendorwatch report --format json` has all.")


def rows(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """Of which rows the months were counted."""
    del review
    told = (f"{_name(each)}: {', '.join(map(wording.counted_of, each.rows))}" for each in vendor.months if each.rows)
    if found := tuple(told):
        yield Heading(3, "Counted of")
        yield Listing(found)
