"""The quick scan: what everybody should know of a server, in four connections where all is well and never in more than ten.

TLS 1.3 and what is below are asked for at once; then, also at once, TLS 1.1 and below, all suites that nobody should get,
and post-quantum groups by themselves where the server preferred another one. Only what is open then, or bad, is asked after.

Things are asked apart because a server that has an order of its own shows only the best of what it is offered: a good suite
hides a broken one, TLS 1.1 hides TLS 1.0, x25519 hides a post-quantum group.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.tls.asking import Ask, Scan, Topic, one, together
from checks.tls.codes import PQ_GROUPS, TLS10, TLS11, TLS12, TLS13
from checks.tls.keeping import kept
from checks.tls.ledger import Ledger
from checks.tls.posture import Posture, Verdict
from checks.tls.speaking import ALPN, LEGACY, POOR, REST, Speaker, server_name
from checks.tls.suites import BROKEN, Strength, strength, suites
from checks.tls.telling import posture_of

QUICK_CONNECTIONS = 10


def quick(host: str) -> Scan[Posture]:
    """Scan *host*, a name or an address."""
    ledger = Ledger()
    yield from kept(basics(Speaker(server_name(host)), ledger), ledger)
    return posture_of(ledger)


def basics(speaker: Speaker, ledger: Ledger) -> Scan[None]:
    """The questions of a quick scan, asked by what *ledger* has heard so far."""
    yield (speaker.modern(alpn=ALPN), speaker.typical())
    if ledger.is_hopeless:
        return
    yield tuple(_apart(speaker, ledger))
    yield from _follow_up(speaker, ledger)


def _apart(speaker: Speaker, ledger: Ledger) -> Iterator[Ask]:
    yield speaker.whole(TLS11, LEGACY)
    if ledger.version(TLS12) is not Verdict.NO:
        yield speaker.whole(TLS12, POOR)
    if ledger.version(TLS13) is Verdict.YES and ledger.post_quantum() is Verdict.UNKNOWN:
        yield speaker.modern(groups=PQ_GROUPS, topic=Topic.GROUPS)


def _follow_up(speaker: Speaker, ledger: Ledger) -> Scan[None]:
    """What the answers left open: rare suites, TLS 1.0 behind 1.1, broken suites behind poor ones."""
    asks = []
    if _is_refused_so_far(ledger, TLS12):
        asks.append(speaker.whole(TLS12, REST))
    if ledger.version(TLS11) is Verdict.YES and ledger.version(TLS10) is Verdict.UNKNOWN:
        asks.append(speaker.whole(TLS10, LEGACY))
    yield from together(_digging(speaker, ledger), *map(one, asks))


def _digging(speaker: Speaker, ledger: Ledger) -> Scan[None]:
    """Look behind what is poor for what is worse."""
    while worse := _worse_than_seen(ledger):
        heard = yield from one(speaker.whole(TLS12, worse))
        if not heard.choice or heard.choice.version != TLS12:
            return


def _is_refused_so_far(ledger: Ledger, version: int) -> bool:
    """Whether suites of *version* were refused, and nothing else was heard of it: there may be others."""
    said = {ledger.verdict(heard) for heard in ledger.about(Topic.CHOICE) if heard.ask.version == version}
    return said == {Verdict.NO} and ledger.version(version) is Verdict.UNKNOWN


def _worse_than_seen(ledger: Ledger) -> tuple[int, ...]:
    """The suites that may stand behind the worst that was chosen; none when nothing poor was, or the worst."""
    seen = {strength(code) for code in ledger.chosen(TLS12)}
    if seen & {*BROKEN}:
        return ()
    if Strength.BLOCK64 in seen:
        return suites(BROKEN, TLS12)
    return suites((*BROKEN, Strength.BLOCK64), TLS12) if Strength.NO_FS in seen else ()
