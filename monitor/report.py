"""What an on-demand look came to, as values, and as the JSON document that other programs read.

The document is an interface: ``version`` changes when a key goes away or changes its meaning, not when one is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from checks.check import AnyCheck
from checks.model import Claim, Finding, Observation, Severity, State, Target
from checks.plain import Plain, instant, plain
from checks.rules.reasons import RULES
from checks.status.platform import Page
from checks.vendor import Vendor
from monitor.correlate import Disagreement, PageLook, Sight, Unreadable, disagreement, is_suspect, platforms_in, unread
from monitor.recorder import Exchange
from monitor.state import severity_of, verdict

VERSION = 1
"""Of the JSON document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One target, looked at once; *exchanges* is what went over the network for it.

    *troubles* are those of our own network, a line for each, where canaries say that it may be why nothing could be seen.
    """

    target: Target[Any]
    check: AnyCheck
    observation: Observation[Any]
    sight: Sight = Sight.CLEAR
    troubles: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return severity_of(self.observation, reads_claim=self.check.reads_claim, sight=self.sight)

    @property
    def state(self) -> State:
        """What this one look says the target is in; nothing is confirmed."""
        return verdict(self.observation, reads_claim=self.check.reads_claim, sight=self.sight).state

    @property
    def claim(self) -> Claim | None:
        """What the vendor says, where the check asks."""
        if self.check.claim is None:
            return None
        facts = self.observation.facts
        return Claim.UNKNOWN if facts is None else self.check.claim(facts, self.target.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorReport:
    """One vendor: what we measured, what it says, and every look behind that."""

    vendor: Vendor
    looks: tuple[Look, ...]

    @property
    def is_measured(self) -> bool:
        """Whether any look measured something instead of reading a claim."""
        return any(not look.check.reads_claim for look in self.looks)

    @property
    def is_asked(self) -> bool:
        """Whether any look asked the vendor how it is."""
        return any(look.check.reads_claim for look in self.looks)

    @property
    def state(self) -> State:
        """The worst that we measured; unknown when nothing was."""
        return State.worst(look.state for look in self.looks if not look.check.reads_claim)

    @property
    def claim(self) -> Claim:
        """The worst that the vendor says; unknown when it was not asked."""
        claims = [claim for look in self.looks if (claim := look.claim)]
        return Claim.worst(claims) if claims else Claim.UNKNOWN

    @property
    def severity(self) -> Severity:
        """The worst of all looks."""
        return Severity.worst(look.severity for look in self.looks)

    @property
    def disagreement(self) -> Disagreement | None:
        """Where word and measurement part."""
        return disagreement(self.state, self.claim)

    @property
    def is_page_suspect(self) -> bool:
        """Whether the vendor's page has stood still for months and we measure otherwise."""
        looks = (look for look in self.looks if look.check.reads_claim)
        return is_suspect(self.disagreement, (finding for look in looks for finding in look.observation.findings))


def by_vendor(vendors: Iterable[Vendor], looks: Sequence[Look]) -> list[VendorReport]:
    """The vendors that were looked at, worst first, each with its looks worst first; equals keep their order.

    Of two that are equally bad the one that is down stands before the one whose certificate is about to end.
    """
    order, states = list(Severity), list(State)
    reports = [
        VendorReport(vendor=vendor, looks=tuple(sorted(mine, key=lambda look: -order.index(look.severity))))
        for vendor in vendors
        if (mine := [look for look in looks if look.target.vendor == vendor.slug])
    ]
    return sorted(reports, key=lambda report: (-order.index(report.severity), -states.index(report.state)))


def worst(reports: Iterable[VendorReport]) -> Severity:
    """The severity that becomes the exit code."""
    return Severity.worst(report.severity for report in reports)


def is_own_network_suspect(looks: Iterable[Look]) -> bool:
    """Whether any of *looks* may have failed because of our own network, and so blames nobody."""
    return any(look.sight is Sight.BLIND for look in looks)


def troubles(looks: Iterable[Look]) -> Sequence[str]:
    """What canaries find wrong with our own network, where any of *looks* may have failed because of it; each once."""
    return list(dict.fromkeys(trouble for look in looks for trouble in look.troubles))


def unreadable(reports: Iterable[VendorReport]) -> list[Unreadable]:
    """The platforms most of whose pages could not be read, in the order of names."""
    looks = (_page_look(look) for report in reports for look in report.looks)
    return [found for found in platforms_in(look for look in looks if look).values() if found]


def _page_look(look: Look) -> PageLook | None:
    """*look* as one at a page whose platform is known: the file says it, or the look found it."""
    settings, facts = look.target.settings, look.observation.facts
    platform = settings.platform or (facts.platform if facts else "") if isinstance(settings, Page) else ""
    if not platform:
        return None
    return PageLook(platform=platform, url=look.target.together, why=unread(look.observation, look.sight))


def document(reports: Sequence[VendorReport]) -> dict[str, Plain]:
    """The JSON document."""
    return {
        "version": VERSION,
        "severity": worst(reports).value,
        "own_network": _own_network([look for report in reports for look in report.looks]),
        "platforms_unreadable": [plain(each) for each in unreadable(reports)],
        "vendors": [_vendor(report) for report in reports],
    }


def _own_network(looks: Sequence[Look]) -> dict[str, Plain]:
    return {"suspect": is_own_network_suspect(looks), "troubles": list(troubles(looks))}


def _vendor(report: VendorReport) -> dict[str, Plain]:
    return {
        "vendor": report.vendor.slug,
        "state": report.state.value,
        "claim": report.claim.value,
        "disagreement": plain(report.disagreement),
        "page_suspect": report.is_page_suspect,
        "severity": report.severity.value,
        "targets": [_target(look) for look in report.looks],
    }


def _finding(finding: Finding) -> dict[str, Plain]:
    """A finding, with the rule it goes by where there is one."""
    told: dict[str, Plain] = {"code": finding.code, "severity": finding.severity.value, "message": finding.message}
    rule = RULES.get(finding.code)
    if rule:
        told["rule"] = {"why": rule.why, "source": str(rule.citation)}
    return told


def _target(look: Look) -> dict[str, Plain]:
    seen = look.observation
    return {
        "key": seen.key,
        "check": look.check.name,
        "severity": look.severity.value,
        "state": look.state.value,
        "observed_at": instant(seen.at),
        "duration_seconds": round(seen.seconds, 6),
        "failure": plain(seen.failure),
        "findings": [_finding(finding) for finding in seen.findings],
        "samples": [{"name": s.metric.name, "labels": plain(s.labels), "value": s.value} for s in seen.samples],
        "facts": plain(seen.facts),
    }
