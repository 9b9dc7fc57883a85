"""A vendor and its targets as they stand now: what the daemon holds, put into the words of the board. Pure.

Numbers of certificates and grades are the checks' own samples, those that Prometheus gets too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from checks.certificate.endings import ENDINGS
from checks.certificate.numbers import NOT_AFTER
from checks.check import all_checks
from checks.foreign import LONGEST_ADDRESS, LONGEST_SENTENCE, one_line
from checks.model import Claim, Finding, Metric, Sample, Severity, State
from checks.tls.grading import Grade
from checks.tls.numbers import GRADE
from checks.values import Url
from checks.vendor import Tier, Vendor
from monitor.board.values import Card, CertificateLeft, Strip, TargetCard
from monitor.outage import LONGEST_KEY, harmless
from monitor.snapshot import Entry
from monitor.standing import Standing
from monitor.state import severity_of

_TIERS, _GRADES, _SEVERITIES = list(Tier), list(Grade), list(Severity)
_RANKS = {State.UNKNOWN: 2, State.DEGRADED: 3, State.MAINTENANCE: 4, State.UP: 5}
_RANKS_BY_CLAIM = {
    Claim.MAJOR_OUTAGE: 1,
    Claim.PARTIAL_OUTAGE: 1,
    Claim.UNKNOWN: 2,
    Claim.DEGRADED: 3,
    Claim.MAINTENANCE: 4,
    Claim.OPERATIONAL: 5,
}


def card_of(vendor: Vendor, standing: Standing | None, entries: Sequence[Entry], strip: Strip | None) -> Card:
    """How *vendor* stands, by its *standing* and the newest of its targets, *entries*."""
    card = Card(
        slug=vendor.slug,
        name=one_line(vendor.name),
        team=one_line(vendor.owner),
        tier=vendor.tier,
        page=page_of(vendor),
        is_measured=any(not entry.check.reads_claim for entry in entries),
        objective=vendor.objective,
        unread=_unread(entries),
        is_critical=any(map(_is_critical, entries)),
        certificate=_certificate(entries),
        grade=_grade(entries),
        strip=strip,
    )
    return _standing(card, standing, entries) if standing else card


def _standing(card: Card, standing: Standing, entries: Sequence[Entry]) -> Card:
    is_unseen = standing.state is State.UNKNOWN and not any(entry.latest for entry in entries)
    return replace(
        card,
        state=standing.state,
        since=None if is_unseen else standing.since,
        measured=standing.measured,
        cause=_cause(standing.measured, entries),
        claim=standing.claim,
        admitted_since=standing.admitted_since,
        apart=standing.apart,
        apart_since=standing.apart_since if standing.apart else None,
        outage=harmless(standing.outage) if standing.outage else None,
        works=standing.works,
        is_muted=standing.is_muted,
        is_flapping=standing.is_flapping,
    )


def urgency(card: Card) -> tuple[int, int, str, str]:
    """What cards are sorted by, the worst first: how they stand, how much depends on them, their names."""
    return (_rank(card), _TIERS.index(card.tier), card.name.casefold(), card.slug)


def _rank(card: Card) -> int:
    if card.outage or card.state is State.DOWN:
        return 0
    if card.apart:
        return 1
    if not card.is_measured:  # then its word is all there is
        return _RANKS_BY_CLAIM[card.claim or Claim.UNKNOWN]
    is_calm = card.state is not State.UP or not (card.is_admitting or card.is_critical)
    return _RANKS[card.state] if is_calm else _RANKS[State.DEGRADED]


def page_of(vendor: Vendor) -> str:
    """The address of the vendor's status page as people open it; empty where there is none that may be linked to."""
    try:
        return Url.parse(vendor.status.url) if vendor.status and len(vendor.status.url) <= LONGEST_ADDRESS else ""
    except ValueError:
        return ""


def _cause(measured: State, entries: Iterable[Entry]) -> str:
    held = [entry.held for entry in entries if not entry.check.reads_claim and entry.held.state is measured]
    first = min(held, key=lambda each: each.since, default=None)
    return one_line(first.cause, LONGEST_SENTENCE) if first and measured is not State.UP else ""


def _unread(entries: Iterable[Entry]) -> str:
    """Why the page cannot be read; what was not looked at yet may be."""
    lost = (entry for entry in entries if entry.check.reads_claim and entry.latest and entry.held.state is State.UNKNOWN)
    return next((one_line(entry.held.cause, LONGEST_SENTENCE) for entry in lost), "")


def _is_critical(entry: Entry) -> bool:
    """Whether something is critical that leaves the target up. What another look may find otherwise is not, by itself."""
    if entry.check.reads_claim or entry.held.state is not State.UP or entry.good is None:
        return False
    return any(each.severity is Severity.CRITICAL and not each.transient for each in entry.good.findings)


def _certificate(entries: Iterable[Entry]) -> CertificateLeft | None:
    ends = [
        (-_SEVERITIES.index(_judged(entry)), each.value, entry.target.key) for entry, each in _samples(entries, NOT_AFTER)
    ]
    if not ends:
        return None
    mildness, at, key = min(ends)
    when = datetime.fromtimestamp(at, UTC)
    return CertificateLeft(target=one_line(key, LONGEST_KEY), not_after=when, severity=_SEVERITIES[-mildness])


def _judged(entry: Entry) -> Severity:
    """How the newest look that saw a certificate judged how soon it ends."""
    found = entry.good.findings if entry.good else ()
    return Severity.worst(each.severity for each in found if each.code in ENDINGS)


def _grade(entries: Iterable[Entry]) -> str:
    grades = [Grade(sample.labels["grade"]) for _, sample in _samples(entries, GRADE) if sample.value]
    return max(grades, key=_GRADES.index).value if grades else ""


def _samples(entries: Iterable[Entry], metric: Metric) -> Iterator[tuple[Entry, Sample]]:
    """What the newest looks that saw something measured of *metric*."""
    names = _measuring(metric)
    for entry in entries:
        if entry.good and entry.check.name in names:
            yield from ((entry, sample) for sample in entry.good.samples if sample.metric == metric)


@cache
def _measuring(metric: Metric) -> Collection[str]:
    """The checks that declare *metric*."""
    return {name for name, check in all_checks().items() if metric in check.metrics}


def target_cards(entries: Iterable[Entry]) -> tuple[TargetCard, ...]:
    """The targets of a vendor, the worst first, and else in the order of its file."""
    states = list(State)
    return tuple(sorted(map(_target_card, entries), key=lambda card: states.index(card.state), reverse=True))


def _target_card(entry: Entry) -> TargetCard:
    target, held, latest, good = entry.target, entry.held, entry.latest, entry.good
    failure = latest.failure if latest else None
    return TargetCard(
        key=one_line(target.key, LONGEST_KEY),
        check=target.check,
        name=one_line(target.name, LONGEST_KEY),
        every=target.every,
        state=held.state,
        since=held.since,
        cause=one_line(held.cause, LONGEST_SENTENCE),
        claim=entry.claim,
        severity=severity_of(latest, reads_claim=entry.check.reads_claim, sight=entry.sight) if latest else None,
        at=latest.at if latest else None,
        seconds=latest.seconds if latest else None,
        reason=failure.reason if failure else None,
        failure=one_line(failure.detail, LONGEST_SENTENCE) if failure else "",
        good_at=good.at if good else None,
        findings=tuple(_findings(good.findings)) if good else (),
        is_flapping=held.flapping,
    )


def _findings(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The worst first."""
    for each in sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity), reverse=True):
        yield replace(each, code=one_line(each.code), message=one_line(each.message, LONGEST_SENTENCE))
