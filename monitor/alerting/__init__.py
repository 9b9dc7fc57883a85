"""Which alerts a vendor deserves: its standing in words for people, under the names that the Prometheus rules use too. Pure.

Here they are for those who are told by the daemon itself. What cannot be told at the moment neither opens an alert nor ends
one. What does not hold is not spoken of, so that a vendor that is well costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from checks.foreign import one_line
from checks.model import State
from checks.vendor import Vendor
from monitor.alert import Alert, Condition
from monitor.alerting.about import About
from monitor.alerting.findings import judged_findings
from monitor.alerting.ourselves import offline
from monitor.alerting.standings import DEGRADED_AFTER, UNKNOWN_AFTER, judged_standing, next_moment
from monitor.snapshot import Entry
from monitor.standing import Standing

__all__ = ["DEGRADED_AFTER", "UNKNOWN_AFTER", "conditions", "ended", "next_moment", "offline"]


_OF_STATE = frozenset({"VendorDown", "VendorDegraded", "VendorFlapping"})
"""Alerts that end because the vendor is in another state, which need not be a better one."""


def ended(vendor: Vendor, standing: Standing | None, alert: Alert) -> Alert:
    """An *alert* that has ended, with the words for why: by how its *vendor* stands now, None when it is watched no more."""
    labels = {"team": one_line(vendor.owner), "tier": vendor.tier.value}
    if standing is None:
        over = f"{vendor.name} is watched no more"
    elif any(alert.labels.get(name, "") != value for name, value in labels.items()):
        over = f"{vendor.name} is told of as another team's or of another tier"
    elif alert.name in _OF_STATE and standing.measured is not State.UP:
        over = f"{vendor.name} is {standing.measured.value} now"
    else:
        return alert
    return replace(alert, annotations={**alert.annotations, "over": over})


def conditions(vendor: Vendor, standing: Standing, entries: Sequence[Entry], at: datetime) -> Iterator[Condition]:
    """What holds of a *vendor* that stands so *at* a time, or what nobody can tell; *entries* are its newest looks."""
    is_silenced = bool(standing.works) or standing.is_muted
    measuring = [entry for entry in entries if not entry.check.reads_claim]
    pages = [entry for entry in entries if entry.check.reads_claim] if len(measuring) < len(entries) else []
    of_targets = (judged for entry in measuring for judged in judged_findings(vendor, entry, at))
    for judged in chain(judged_standing(About(vendor, standing, measuring, pages, at)), of_targets):
        yield judged.of(vendor, is_silenced=is_silenced)
