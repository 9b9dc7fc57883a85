"""Why a careful client must refuse a session: the one list that the certificate check and the HTTP client both go by.

"Soon" is not here: what expires next week is valid today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from checks.network import Trust, TrustFault
from checks.wording import moment, span
from checks.x509.names import address_of, matches
from checks.x509.reading import Certificate, read


class Problem(NamedTuple):
    """One reason to refuse: *kind* is stable and becomes the end of a finding's code, *sentence* is for people."""

    kind: str
    sentence: str


def refusal(chain: Sequence[bytes], trust: Trust, host: str, at: datetime) -> str | None:
    """Why a client of *host* must not go on with the session that showed *chain*, in one sentence; None when it may."""
    try:
        leaf = read(chain[0]) if chain else None
    except ValueError:
        leaf = None
    found = problems(leaf, trust.fault, trust.detail, host, at, named=leaf is not None and matches(leaf, host))
    return next((problem.sentence for problem in found), None)


def problems(  # noqa: PLR0913 - all that a verdict rests on, and nothing else
    leaf: Certificate | None, fault: TrustFault | None, detail: str, host: str, at: datetime, *, named: bool
) -> Iterator[Problem]:
    """Every reason, dates first. *leaf* of None is a certificate that was not sent or cannot be read."""
    if leaf is None:
        yield Problem(TrustFault.UNREADABLE, detail or f"{host} sent no certificate that can be read")
        return
    if at > leaf.not_after:
        yield Problem("expired", f"the certificate expired {span(at - leaf.not_after)} ago, on {moment(leaf.not_after)}")
    elif at < leaf.not_before:
        yield Problem(
            "not_yet_valid",
            f"the certificate is valid only from {moment(leaf.not_before)} on, in {span(leaf.not_before - at)}",
        )
    if not named:
        yield Problem("name_mismatch", _misnaming(leaf, host))
    if fault is not None:
        yield Problem(fault, detail or f"the chain of {host} leads to no trusted root ({fault})")


def _misnaming(leaf: Certificate, host: str) -> str:
    """Whom a certificate is for that is not for *host*."""
    first = (*leaf.dns_names, *(f"the address {address}" for address in leaf.ip_addresses))[:2]
    if not first:
        return f"the certificate has no subject alternative name, so it is not for {host}"
    more = leaf.name_count - len(first)
    names = f"{', '.join(first)} and {more:,} more" if more else " and ".join(first)
    wanted = f"the address {host}" if address_of(host) else host
    return f"the certificate is for {names}, not for {wanted}"
