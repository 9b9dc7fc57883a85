"""A condition in the making: what an alert is called, what holds, and the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from checks.foreign import one_line
from checks.vendor import Tier, Vendor
from monitor.alert import Condition, Urgency

RUNBOOK = "https://github.com/vendorwatch/vendorwatch/blob/main/grafana/runbook.md#"
"""Where it stands what to do; the alert's name in small letters follows."""
BY_TIER = {Tier.CRITICAL: Urgency.PAGE, Tier.STANDARD: Urgency.TICKET, Tier.LOW: Urgency.INFO}
"""Who is woken by what takes a vendor down, by how much depends on it."""
WORK_BY_TIER = {tier: Urgency.INFO if tier is Tier.LOW else Urgency.TICKET for tier in Tier}
"""Who is to look at what nobody need be woken for: no more is made of it than of an outage of the vendor."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition before it is one of a vendor's: *name* and *more* labels, what *holds*, *since* when, and the words.

    What does not hold is not made at all: *holds* is None where nobody can tell. *over* is what to say once it has ended.
    """

    name: str
    severity: Urgency
    holds: Literal[True] | None
    since: datetime
    summary: str = ""
    description: str = ""
    more: Mapping[str, str] | None = None
    over: str = ""

    def of(self, vendor: Vendor, *, is_silenced: bool) -> Condition:
        """The condition of *vendor*."""
        labels = {
            "alertname": self.name,
            "vendor": vendor.slug,
            "severity": self.severity.value,
            "team": one_line(vendor.owner),
            "tier": vendor.tier.value,
            **(self.more or {}),
        }
        return Condition(
            # An empty label is no label to Alertmanager, and is to be none to anybody.
            labels={name: labels[name] for name in sorted(labels) if labels[name]},
            holds=self.holds,
            since=self.since,
            annotations=self.annotations if self.holds else {},
            is_silenced=is_silenced and self.severity is not Urgency.NONE,
        )

    @property
    def annotations(self) -> Mapping[str, str]:
        """The words, with where it stands what to do."""
        runbook = RUNBOOK + self.name.lower()
        return {"description": self.description, "over": self.over, "runbook_url": runbook, "summary": self.summary}
