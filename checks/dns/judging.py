"""What the facts of a look mean: a certificate that depends on the address, and notes on what the zone says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from checks.dns.looking import Facts, Issuing, Settings, Shown, Web
from checks.foreign import one_line
from checks.model import Failure, Finding, Severity, State
from checks.waivers import apply_waivers

_MOST_NAMED = 6
"""How many authorities are told by name."""


def judge(facts: Facts, settings: Settings, at: datetime, _previous: Facts | None) -> Iterator[Finding]:
    """What is wrong, and a note on each part; first of all that nothing is wrong, if so."""
    differing = list(_differing(facts))
    notes = [_issuing(facts.issuing), *([_web(facts.web)] if facts.web is not None else [])]
    if not differing:
        yield Finding("dns.ok", Severity.OK, _alike(facts))
    yield from apply_waivers([*differing, *notes], settings.waive, at)


def _differing(facts: Facts) -> Iterator[Finding]:
    """That which certificate a client gets depends on the address it takes."""
    found = facts.certificates
    if len(found) > 1:
        each = (
            f"{', '.join(addresses)} with one of {leaf.issuer} until {leaf.not_after:%Y-%m-%d} (SHA-256 {leaf.sha256[:16]})"
            for leaf, addresses in found.items()
        )
        message = f"addresses of the host show {len(found)} different certificates: {'; '.join(each)}"
        yield Finding("cert.differs_by_address", Severity.WARNING, message, implies=State.UP)


def _alike(facts: Facts) -> str:
    if isinstance(facts.shown, Failure):
        return f"which addresses the host has could not be seen: {facts.shown.detail}"
    count = sum(map(len, facts.certificates.values()))
    alike = "one address was looked at" if count == 1 else f"the same certificate at all {count} addresses looked at"
    return "; ".join([alike if count else "no address showed a certificate", *_gaps(facts.shown)])


def _gaps(shown: Sequence[Shown]) -> Iterator[str]:
    for each in shown:
        if isinstance(each.leaf, Failure):
            yield f"{each.address} showed none: {each.leaf.detail}"


def _issuing(said: Issuing | Failure) -> Finding:
    return Finding("dns.caa", Severity.OK, _who_may_issue(said))


def _who_may_issue(said: Issuing | Failure) -> str:
    if isinstance(said, Failure):
        return f"CAA records could not be asked for: {said.detail}"
    if not said.is_restricted:
        where = f"those at {said.name} say nothing of it" if said.name else "there are no CAA records"
        return f"any authority may issue certificates: {where}"
    issuers = sorted({record.issuer for record in said.records if record.tag == "issue" and record.issuer})
    more = f" and {len(issuers) - _MOST_NAMED} more" if len(issuers) > _MOST_NAMED else ""
    who = "only " + ", ".join(issuers[:_MOST_NAMED]) + more if issuers else "no authority"
    return f"{who} may issue certificates (CAA at {said.name})"


def _web(said: Web | Failure) -> Finding:
    return Finding("dns.https_ech", Severity.OK, _what_is_hidden(said))


def _what_is_hidden(said: Web | Failure) -> str:
    if isinstance(said, Failure):
        return f"the HTTPS record could not be asked for: {said.detail}"
    if not said.services:
        return "there is no HTTPS record, so clients name the host in the clear"
    alpn = ", ".join(dict.fromkeys(each for service in said.services for each in service.alpn))
    record = f"the HTTPS record ({one_line(alpn)})" if alpn else "the HTTPS record"
    if said.hides_name:
        return f"{record} has a key for ECH: clients can hide the host's name"
    return f"{record} has no key for ECH, so clients name the host in the clear"
