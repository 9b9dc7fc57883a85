"""The truth about the fleet: what its own parts say of each vendor now, and of its past, without Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.certificate.facts import Facts as Served
from checks.model import Claim, State
from checks.status.numbers import INCIDENTS_OPEN
from checks.tls.facts import Facts as Scan
from checks.tls.grading import Grade
from checks.tls.judging import grade_of
from checks.vendor import Vendor
from checks.x509 import Certificate
from monitor.history import Presence, Stretch, Tally, tally
from monitor.snapshot import Entry
from monitor.standing import Standing
from tests.support.fleet import Fleet

BANDS = ("", "fine", "ends soon", "ends very soon", "expired")
"""How near the end of a certificate is; first for where there is none."""
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Truth:
    """All of one vendor at a moment *at*; its *past* are its stretches, oldest first.

    That it was watched all the time is what counts here: between two looks of the fleet's past nobody beats, which the
    daemon's ledger takes for sleep.
    """

    vendor: Vendor
    standing: Standing
    entries: Sequence[Entry]
    past: Sequence[Stretch]
    at: datetime

    @property
    def is_measured(self) -> bool:
        """Whether more is looked at than its page."""
        return any(entry.check.name != "status" for entry in self.entries)

    @property
    def state(self) -> str:
        """What the dashboards call the state."""
        return str(self.standing.state) if self.is_measured else "page only"

    @property
    def claim(self) -> str:
        """What they call the claim."""
        claim = self.standing.claim
        return "no page" if claim is None else "cannot be read" if claim is Claim.UNKNOWN else claim.replace("_", " ")

    @property
    def targets_down(self) -> int:
        """Of those that are measured."""
        return sum(entry.held.state is State.DOWN and entry.check.name != "status" for entry in self.entries)

    @property
    def certificates(self) -> list[Served]:
        """What its certificates were when they were seen last."""
        found = (entry.good.facts for entry in self.entries if entry.good)
        return [facts for facts in found if isinstance(facts, Served)]

    @property
    def days_left(self) -> float | None:
        """Until the first end of a certificate, of chains too."""
        return self._days_until_first(each for facts in self.certificates for each in facts.used)

    @property
    def leaf_days_left(self) -> float | None:
        """Until the first end of a server's own certificate."""
        return self._days_until_first(facts.leaf for facts in self.certificates if facts.leaf)

    def _days_until_first(self, shown: Iterable[Certificate]) -> float | None:
        return min(((each.not_after - self.at) / timedelta(days=1) for each in shown), default=None)

    @property
    def band(self) -> str:
        """How near the first end of a certificate is, by the life that it has."""
        shown = [each for facts in self.certificates for each in facts.used]
        return BANDS[max((_nearness(each, self.at) for each in shown), default=-1) + 1]

    @property
    def incidents(self) -> int | None:
        """How many of its page concern what we use, but for work; None without a page that was ever read."""
        pages = [(entry.good, entry.target.settings, entry.check) for entry in self.entries if entry.check.reads_claim]
        samples = [sample for good, how, check in pages if good for sample in check.measure(good.facts, how, self.at)]
        open_now = [
            each.value for each in samples if each.metric is INCIDENTS_OPEN and each.labels["impact"] != "maintenance"
        ]
        return round(sum(open_now)) if open_now else None

    @property
    def grade(self) -> Grade | None:
        """The worst of its addresses."""
        scans = ((entry.good, entry.target.settings) for entry in self.entries if entry.good)
        grades = (grade_of(good.facts, how, self.at).grade for good, how in scans if isinstance(good.facts, Scan))
        return max(filter(None, grades), key=list(Grade).index, default=None)

    def tally(self, window: timedelta = MONTH, before: timedelta = timedelta()) -> Tally:
        """How long it was in each state within a *window* that ended so long *before* now."""
        ends = self.at - before
        return tally(self.past, [Presence(ends - window, ends)], ends - window, ends)


def truths(fleet: Fleet) -> dict[str, Truth]:
    """The truth about each vendor by its slug."""
    at = fleet.clock.now()
    stretches = sorted(fleet.stretches.copy(), key=lambda each: each.since)
    return {
        vendor.slug: Truth(
            vendor,
            fleet.chronicle.vendors.standings[vendor.slug],
            fleet.watch.entries_of(vendor.slug),
            [each for each in stretches if each.series == vendor.slug],
            at,
        )
        for vendor in fleet.watched
    }


def _nearness(shown: Certificate, at: datetime) -> int:
    """0 while the end is far; 1 within a quarter of its life or 21 days, 2 within an eighth or 7 days; 3 after it."""
    life, left = shown.not_after - shown.not_before, shown.not_after - at
    return sum(left < limit for limit in (timedelta(), min(life / 8, timedelta(days=7)), min(life / 4, timedelta(days=21))))
