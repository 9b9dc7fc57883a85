"""The certificates that targets showed, out of how these were judged. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

from checks.certificate.change import Known
from monitor.history import Judgement
from monitor.review.details import CertificateSeen

CHECK = "certificate"
"""The check whose word for the next look is `Known`."""


@dataclass(frozen=True, slots=True)
class _Served:
    """That a certificate was served from *since* until another one was; *known* is what was known of it last."""

    since: datetime
    until: datetime | None
    known: Known


def certificates(key: str, judgements: Sequence[Judgement], begins: datetime) -> Iterator[CertificateSeen]:
    """The certificates of the target *key* that were served at *begins* or later, the newest first.

    *judgements* are all of the target, from before *begins* too: a certificate is known since the first look that saw it.
    """
    found = defaultdict[str, list[_Served]](list)
    for each in _served(judgements):
        if each.until is None or each.until > begins:
            found[each.known.sha256].append(each)
    for times in sorted(found.values(), key=lambda times: times[-1].since, reverse=True):
        yield _seen(key, times)


def _served(judgements: Sequence[Judgement]) -> Iterator[_Served]:
    words = [(each.since, known) for each in judgements if (known := Known.read(each.memo))]
    runs = [list(run) for _, run in groupby(words, key=lambda word: word[1].sha256)]
    for run, following in pairwise([*runs, []]):
        yield _Served(run[0][0], following[0][0] if following else None, run[-1][1])


def _seen(key: str, times: Sequence[_Served]) -> CertificateSeen:
    known = times[-1].known
    return CertificateSeen(
        key=key,
        sha256=known.sha256,
        issuer=known.issuer,
        key_type=known.key_type,
        ends_on=known.until,
        since=times[0].since,
        until=times[-1].until,
        times=len(times),
        revoked=" ".join(filter(None, (known.revoked, known.reason))),
    )
