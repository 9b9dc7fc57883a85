"""Why a careful client must refuse a session: the one list that the certificate check and the HTTP client both go by.

"Soon" is not here: what expires next week is valid today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from checks.network import Trust, TrustFault
from checks.x509.names import matches
from checks.x509.reading import Certificate, printable, read


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
        yield Problem("expired", f"the certificate expired {span(at - leaf.not_after)} ago, on {day(leaf.not_after)}")
    elif at < leaf.not_before:
        yield Problem(
            "not_yet_valid", f"the certificate is valid only from {day(leaf.not_before)} on, in {span(leaf.not_before - at)}"
        )
    if not named:
        yield Problem("name_mismatch", f"the certificate is {_names(leaf)}, not for {host}")
    if fault is not None:
        yield Problem(fault, detail or f"the chain of {host} leads to no trusted root ({fault})")


def _names(leaf: Certificate) -> str:
    """Whom a certificate is for, in a few words."""
    names = (*leaf.dns_names, *leaf.ip_addresses)
    match names:
        case ():
            return "for no host (it has no subject alternative name)"
        case (one,):
            return f"for {one}"
        case (one, two):
            return f"for {one} and {two}"
        case _:
            return printable(f"for {names[0]}, {names[1]} and {len(names) - 2:,} more")


def day(at: datetime) -> str:
    """A time in UTC as people say it: to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def span(time: timedelta) -> str:
    """A time above zero in its largest unit: 3 days, 1 hour, 0 minutes."""
    minutes = int(time.total_seconds() // 60)
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count:,} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
