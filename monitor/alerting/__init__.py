"""Which alerts a vendor deserves: its standing in words for people, under the names that the Prometheus rules use too. Pure.

Here they are for those who are told by the daemon itself. What cannot be told at the moment neither opens an alert nor ends
one. What does not hold is not spoken of, so that a vendor that is well costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from checks.vendor import Vendor
from monitor.alert import Condition
from monitor.alerting.about import About
from monitor.alerting.findings import judged_findings
from monitor.alerting.ourselves import offline
from monitor.alerting.standings import DEGRADED_AFTER, UNKNOWN_AFTER, judged_standing, next_moment
from monitor.snapshot import Entry
from monitor.standing import Standing

__all__ = ["DEGRADED_AFTER", "UNKNOWN_AFTER", "conditions", "next_moment", "offline"]


def conditions(vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime) -> Iterator[Condition]:
    """What holds of a *vendor* that stands so *at* a time, or what nobody can tell; *entries* are its newest looks."""
    is_silenced = bool(standing.works) or standing.is_muted
    measuring = [entry for entry in entries if not entry.check.reads_claim]
    pages = [entry for entry in entries if entry.check.reads_claim] if len(measuring) < len(entries) else []
    of_targets = (judged for entry in measuring for judged in judged_findings(vendor, entry, at))
    for judged in chain(judged_standing(About(vendor, standing, measuring, pages, at)), of_targets):
        yield judged.of(vendor, is_silenced=is_silenced)
