"""What is told of one vendor, section by section. One without anything to tell is left out, or says so in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from checks.wording import lasting
from monitor.outage import Outage
from monitor.review import wording
from monitor.review.blocks import Block, Grid, Heading, Listing, Paragraph
from monitor.review.values import Account, Review, TargetMonth, TargetReview, VendorReview

_NAMED_TARGETS = 4


def months(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """Its months, with the arithmetic of each."""
    header = ("MONTH", "AVAILABLE", "SEEN", "UP S", "DEGRADED S", "DOWN S", "UNKNOWN S", "MAINTENANCE S", "OBJECTIVE")
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
    seen = wording.percent(tally.coverage, 1)
    return (
        _name(account),
        wording.percent(tally.availability),
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
    header = ("MONTH", "PAGE SAYS", "WE MEASURED", "SAID WELL WHILE DOWN", "ADMITTED TROUBLE WHILE UP", "PAGE UNKNOWN")
    yield Grid(header, tuple(_claimed(each) for each in _accounts(vendor)))


def _claimed(account: Account) -> tuple[str, ...]:
    claimed = account.claimed
    if claimed is None:
        return (_name(account), *("-" for _ in range(5)))
    return (
        _name(account),
        wording.percent(claimed.tally.availability),
        wording.percent(account.tally.availability),
        wording.seconds(claimed.denied),
        wording.seconds(claimed.feared),
        wording.seconds(claimed.tally.unknown),
    )


def outages(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """Its outages, and how to find the looks behind them."""
    yield Heading(3, "Outages")
    if not vendor.outages:
        yield Paragraph("None.")
        return
    header = ("OPENED", "CLOSED", "LASTED", "NOTICED", "ADMITTED", "WHAT FAILED")
    yield Grid(header, tuple(_outage(each, vendor, review) for each in vendor.outages))
    yield Paragraph(f"The looks behind the first: {wording.look_up(vendor.outages[0])}")


def _outage(outage: Outage, vendor: VendorReview, review: Review) -> tuple[str, ...]:
    names = [key.removeprefix(f"{vendor.slug}/") for key in outage.targets]
    more = f" and {len(names) - _NAMED_TARGETS} more" if len(names) > _NAMED_TARGETS else ""
    what = f"{outage.cause} [{', '.join(names[:_NAMED_TARGETS])}{more}]"
    return (
        wording.clock_to_second(outage.opened_at, review.zone),
        wording.clock(outage.closed_at, review.zone) if outage.closed_at else "open",
        wording.lasted(outage, review.ends),
        f"after {lasting(outage.detection_delay)}",
        wording.admitted(outage, has_page=vendor.has_page),
        f"{what}; with others: {outage.shared}" if outage.shared else what,
    )


def not_counted(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """When nobody could tell, and when work excused it."""
    yield Heading(3, "Not counted: unknown and maintenance")
    if not vendor.periods:
        yield Paragraph("Nothing: all of the time is counted.")
        return
    rows = tuple(
        (
            wording.clock(each.begins, review.zone),
            wording.clock(each.ends, review.zone),
            lasting(each.lasted),
            f"{wording.WHY[each.why]}: {each.cause}" if each.cause else wording.WHY[each.why],
        )
        for each in vendor.periods
    )
    yield Grid(("FROM", "UNTIL", "LASTED", "WHY"), rows)
    if vendor.untold:
        yield Paragraph(f"And {wording.counted(vendor.untold, 'shorter time')}.")


def latency(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """How long looks took that did not fail."""
    del review
    found = [(target, each) for target in vendor.targets for each in _target_months(target) if each.latency]
    if found:
        yield Heading(3, "Latency of looks that did not fail")
        yield Grid(("TARGET", "MONTH", "LOOKS", "P50 / P95 / P99"), tuple(_latency(*pair) for pair in found))


def _target_months(target: TargetReview) -> tuple[TargetMonth, ...]:
    return target.months if len(target.months) == 1 else (*target.months, target.in_all)


def _latency(target: TargetReview, month: TargetMonth) -> tuple[str, ...]:
    count = f"{month.latency.count:,}" if month.latency else "-"
    return (f"{target.check} {target.name}", _name(month), count, wording.timed(month.latency))


def certificates(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """The certificates that are known, and what changed of certificates and TLS."""
    changed = [(target, change) for target in vendor.targets for change in target.changes]
    if not vendor.certificates and not changed:
        return
    yield Heading(3, "Certificates and TLS")
    if vendor.certificates:
        yield Listing(tuple(f"{each.key}: {wording.known_by(each)}" for each in vendor.certificates))
    if changed:
        header = ("SINCE", "TARGET", "BEFORE", "AFTER", "WHY")
        rows = (
            (wording.clock(each.since, review.zone), target.key, each.before.value, each.after.value, each.cause)
            for target, each in sorted(changed, key=lambda pair: pair[1].since)
        )
        yield Grid(header, tuple(rows))
    yield Paragraph(wording.CERTIFICATES)


def rows(vendor: VendorReview, review: Review) -> Iterator[Block]:
    """Of which rows the months were counted."""
    del review
    told = (f"{_name(each)}: {', '.join(map(wording.counted_of, each.rows))}" for each in vendor.months if each.rows)
    if found := tuple(told):
        yield Heading(3, "Counted of")
        yield Listing(found)
