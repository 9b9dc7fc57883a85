"""Whether the certificate was revoked, by the two who say so: the staple of its server and the list of its issuer.

A server need not staple, and most do not since authorities gave up OCSP; but what it staples must be right, and a
certificate that demands a staple must come with one, at every handshake: a server that has just begun may have none yet. The
list is asked whatever the staple says, for a staple may be days
old, and which one is sent is the server's choice. It is asked only about a chain that leads to a trusted root: else the
server could make us call anybody. A list that cannot be had is a fact and no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from checks.certificate.change import Known
from checks.certificate.facts import Facts
from checks.model import Finding, Reason, Severity, State, Unseen
from checks.network import Network, Revocation, Session
from checks.x509 import Certificate, Staple, StapleStatus, read_staple
from checks.x509.revocation import Revoked

_MAX_LISTS = 2
"""How many places of the same list are tried; no other one when the first took too long, so that the look is not late."""


class Listed(NamedTuple):
    """What the list says, and why there is nothing to say if so."""

    revocation: Revocation | None = None
    gap: str = ""


def stapled(session: Session) -> Staple | None:
    """What the staple of *session* says of its certificate; None without one."""
    if not session.staple or not session.chain:
        return None
    return read_staple(session.staple, session.chain[0], session.trust.path[1:] or session.chain[1:])


async def listed(leaf: Certificate, path: Sequence[bytes], network: Network) -> Listed:
    """What the issuer's list says of *leaf*, from the first place that has it; *path* leads from it to a root."""
    issuers, gap = path[1:2], ""
    for url in leaf.crl_urls[:_MAX_LISTS] if issuers else ():
        try:
            return Listed(await network.revocation(url, issuers[0], int(leaf.serial, 16)))
        except Unseen as unseen:
            gap = gap or str(unseen.failure)
            if unseen.failure.reason is Reason.TIMEOUT:
                break
    return Listed(gap=gap)


def remembered(facts: Facts, before: Known | None) -> Known | None:
    """What the next look should know, given what was known *before*; that alone where no certificate can be read."""
    if facts.known is None:
        return before
    said, staple = facts.revocation, facts.staple
    revoked = Revoked(said.at, said.reason) if said and said.at else staple.counted if staple else None
    return facts.known.after(before, revoked, is_acquitted=said is not None)


def revocations(facts: Facts, at: datetime) -> Iterator[Finding]:
    """What staple and list say at a time, or have said before, and what is wrong with the staple."""
    verdict = facts.staple.verdict(at) if facts.staple else None
    if verdict and verdict.status is StapleStatus.REVOKED:
        yield _revoked(f"{verdict.sentence}, says the server's own staple")
    elif facts.revocation and facts.revocation.at and facts.revocation.at <= at:
        told = Revoked(facts.revocation.at, facts.revocation.reason)
        yield _revoked(f"{told.sentence}, says the list of its issuer")
    elif (known := _known(facts)) and known.counts(at):
        yield _revoked(f"{known.sentence}, as an earlier look was told")
    if verdict and verdict.status is StapleStatus.BAD:
        yield Finding("cert.staple_bad", Severity.WARNING, verdict.sentence, implies=State.UP)
    if verdict and verdict.status is StapleStatus.UNVERIFIED:
        yield Finding("cert.staple_unverified", Severity.OK, f"{verdict.sentence}, so it was not verified")
    if facts.leaf and facts.leaf.must_staple and facts.staple is None:
        missing = "the certificate demands a staple (an OCSP answer in the handshake), and the server sends none"
        yield Finding("cert.must_staple_missing", Severity.WARNING, missing, transient=True)


def _known(facts: Facts) -> Revoked | None:
    """The revocation of this certificate that is known, unless the list has just been asked."""
    is_same = facts.leaf and facts.known and facts.known.sha256 == facts.leaf.sha256
    return facts.known.revocation if facts.known and is_same and facts.revocation is None else None


def _revoked(message: str) -> Finding:
    return Finding("cert.revoked", Severity.CRITICAL, message)
