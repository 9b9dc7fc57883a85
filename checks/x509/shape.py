"""What is unusual about a presented chain that leads to a root all the same.

RFC 8446, section 4.4.2, wants the server's certificate first and each next one to certify the one before. Clients of today
find their way through most of what else is sent, so nothing here is a reason to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509

from checks.network import Trust
from checks.x509.reading import called, load
from checks.x509.signatures import issued
from checks.x509.trust import MAX_CERTIFICATES

_MAX_NAMED = 3


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing that is unusual: *kind* is stable and becomes the end of a finding's code, *sentence* is for people."""

    kind: str
    sentence: str


def oddities(chain: Sequence[bytes], trust: Trust) -> tuple[Oddity, ...]:
    """What is unusual about *chain*, of which *trust* found what it is worth; never raises.

    Order, extra certificates and a root that is sent are told only of a chain that leads to a trusted root: of another
    nobody knows which of its certificates belong to it.
    """
    sent, unreadable = _read(chain[:MAX_CERTIFICATES])
    found = [_unreadable(unreadable, len(chain))] if unreadable else []
    if trust.path:
        found += _judged(sent, len(chain[MAX_CERTIFICATES:]), [load(der) for der in trust.path])
    return tuple(found)


def _read(chain: Sequence[bytes]) -> tuple[list[x509.Certificate], list[int]]:
    """The certificates of *chain*, and the places, from 1 on, of what cannot be read behind the server's own."""
    sent, unreadable = [], []
    for place, der in enumerate(chain, 1):
        try:
            sent.append(load(der))
        except ValueError:
            unreadable.append(place)
    return sent, [place for place in unreadable if place > 1]


def _unreadable(places: Sequence[int], count: int) -> Oddity:
    which = ", ".join(map(str, places))
    noun = "certificate" if len(places) == 1 else "certificates"
    return Oddity("chain_unreadable", f"{noun} {which} of the {count:,} that the server sends cannot be read")


def _judged(sent: list[x509.Certificate], beyond: int, path: list[x509.Certificate]) -> Iterator[Oddity]:
    """*beyond* is how many more certificates were sent than anybody looks at."""
    distinct = list(dict.fromkeys(sent))
    needed = [certificate for certificate in path if certificate in distinct]
    if [certificate for certificate in distinct if certificate in needed] != needed:
        yield Oddity("chain_order", f"the server sends its chain out of order; in order it is {_named(needed, 'then')}")
    useful = _useful(distinct, path)
    extra = [*(one for one in distinct if one not in useful), *_repeated(sent)]
    if extra or beyond:
        yield Oddity("chain_extra", _superfluous(extra, beyond))
    roots = [certificate for certificate in useful[1:] if issued(certificate, certificate)]
    if roots:
        yield Oddity("chain_root_sent", f"the server sends a root, {_named(roots)}, which no client needs")


def _useful(distinct: list[x509.Certificate], path: list[x509.Certificate]) -> list[x509.Certificate]:
    """The certificates that lead from the server's to any root: those of *path*, and cross-signs for other clients."""
    useful = [certificate for certificate in distinct if certificate in path]
    for child in useful:
        useful += [other for other in distinct if other not in useful and issued(child, other)]
    return useful


def _repeated(sent: list[x509.Certificate]) -> Iterator[x509.Certificate]:
    """What was sent before, each time it is sent again."""
    for place, certificate in enumerate(sent):
        if certificate in sent[:place]:
            yield certificate


def _superfluous(extra: list[x509.Certificate], beyond: int) -> str:
    count = len(extra) + beyond
    noun = "1 certificate" if count == 1 else f"{count:,} certificates"
    names = f": {_named(extra)}" if extra else ""
    return f"the server sends {noun} more than any client needs{names}"


def _named(certificates: Iterable[x509.Certificate], last: str = "and") -> str:
    """Whose certificates they are, the first few."""
    names = list(dict.fromkeys(called(certificate.subject) for certificate in certificates))
    more = len(names) - _MAX_NAMED
    parts = [*names[:_MAX_NAMED], f"{more} more"] if more > 0 else names
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
