"""One answer out of two: what the replies for IPv6 and for IPv4 come to.

Pure: replies come in as values, addresses or a failure go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from itertools import chain, zip_longest
from typing import TypeAlias

from checks.model import Failure, Reason
from monitor.network.dns.system import IPAddress

Addresses: TypeAlias = tuple[IPAddress, ...]

FAILURE_SECONDS = 3.0
"""How long a failure is kept: less than the time after which a failed probe is repeated, so that it asks anew."""

_SHORTEST, _LONGEST = 5.0, 300.0
"""What a TTL is held between, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was said of one name in one family, or in one kind of records.

    Without a *fault* it is known: *addresses* or *records*, none of this sort, or that there *is no such name*; it holds for
    *seconds*. With one it is not, because the server *is silent* or for what the text says.
    """

    addresses: Addresses = ()
    records: tuple[str, ...] = ()
    seconds: float = 0.0
    is_denial: bool = False
    fault: str = ""
    is_silence: bool = False


def merged(name: str, replies: Sequence[Reply]) -> tuple[Addresses | Failure, float]:
    """What *replies*, one of each family, come to, and for how many seconds it is kept.

    A family that could not be asked takes nothing from the other, but is asked again soon. Without any address it leaves
    the question open, also beside a "no such name": some servers say that of a family they do not know (RFC 4074
    section 4.2).
    """
    addresses = interleaved(chain.from_iterable(reply.addresses for reply in replies))
    faults = dict.fromkeys(reply.fault for reply in replies if reply.fault)
    if addresses:
        kept = _SHORTEST if faults else min(reply.seconds for reply in replies)
        return addresses, min(max(kept, _SHORTEST), _LONGEST)
    if faults:
        return Failure(Reason.RESOLVER, f"{name}: {'; '.join(faults)}"), FAILURE_SECONDS
    said = "no such name" if any(reply.is_denial for reply in replies) else "the name exists and has no address"
    return Failure(Reason.DNS, f"{name}: {said}"), FAILURE_SECONDS


def interleaved(addresses: Iterable[IPAddress]) -> Addresses:
    """*addresses* without repetition, by turns IPv6 and IPv4, each family in its own order (RFC 8305 section 4)."""
    known = dict.fromkeys(addresses)
    v6 = [address for address in known if isinstance(address, IPv6Address)]
    v4 = [address for address in known if not isinstance(address, IPv6Address)]
    return tuple(address for pair in zip_longest(v6, v4) for address in pair if address is not None)
