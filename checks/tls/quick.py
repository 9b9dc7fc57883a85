"""The quick scan: what everybody should know of a server, in five connections where all is well and never in more than ten.

First TLS 1.3 is asked for; then, at once, TLS 1.1 and below, all suites that nobody should get, and post-quantum groups by
themselves where the server preferred another one; then what is growing old, what is open and what stands behind the bad.
Last comes what clients of TLS 1.2 ask: where that is accepted, the server still talks to us, and meant what it refused.

Things are asked apart because a server that has an order of its own shows only the best of what it is offered: a good suite
hides a broken one, TLS 1.1 hides TLS 1.0, x25519 hides a post-quantum group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from checks.tls.asking import Ask, Scan, Topic, one, together
from checks.tls.codes import ALERT_NO_PROTOCOL, PQ_GROUPS, TLS10, TLS11, TLS12, TLS13
from checks.tls.keeping import kept
from checks.tls.ledger import Ledger
from checks.tls.posture import Posture, Verdict
from checks.tls.speaking import (
    AGED,
    CLEAR_VERSIONS,
    DHE,
    FORWARD,
    LEGACY,
    MOST_SUITES,
    POOR,
    REST,
    Speaker,
    in_hellos,
    server_name,
)
from checks.tls.suites import BROKEN, Strength, is_forward_secret, strength, suites
from checks.tls.telling import posture_of

QUICK_CONNECTIONS = 10


def quick(host: str) -> Scan[Posture]:
    """Scan *host*, a name or an address."""
    ledger = Ledger(QUICK_CONNECTIONS)
    yield from kept(basics(Speaker(server_name(host)), ledger), ledger)
    return posture_of(ledger)


def basics(speaker: Speaker, ledger: Ledger) -> Scan[Speaker]:
    """The questions of a quick scan, asked by what *ledger* has heard so far. Returns who may go on asking."""
    (heard,) = yield (speaker.modern(),)
    if heard.alert == ALERT_NO_PROTOCOL:
        speaker = replace(speaker, alpn=())
        yield (speaker.modern(),)
    if not ledger.is_tls:
        yield (speaker.typical(),)
    if ledger.is_hopeless:
        return speaker
    yield tuple(_apart(speaker, ledger))
    yield from _follow_up(speaker, ledger)
    return speaker


def _apart(speaker: Speaker, ledger: Ledger) -> Iterator[Ask]:
    yield speaker.whole(TLS11, LEGACY)
    if ledger.version(TLS12) is not Verdict.NO:
        yield speaker.whole(TLS12, POOR)
    if ledger.version(TLS13) is Verdict.YES and ledger.post_quantum() is Verdict.UNKNOWN:
        yield speaker.modern(groups=PQ_GROUPS, topic=Topic.GROUPS)


def _follow_up(speaker: Speaker, ledger: Ledger) -> Scan[None]:
    """What the answers left open: TLS 1.0 behind 1.1, broken suites behind poor ones, good suites, and rare ones."""
    behind = [speaker.whole(TLS10, LEGACY)] if _may_hide(ledger, TLS10) else []
    has_hung_up = any(heard.is_cut for heard in ledger.attempts)  # Then there is enough to ask again.
    if ledger.version(TLS12) is not Verdict.NO and not has_hung_up:
        behind.append(speaker.whole(TLS12, AGED))
    yield from together(_digging(speaker, ledger), *map(one, behind))
    if _hides_dhe(ledger):
        yield (speaker.whole(TLS12, DHE),)
    typical = speaker.typical()
    if ledger.version(TLS12) is not Verdict.NO and all(heard.ask != typical for heard in ledger.heard):
        yield (typical,)
    if _is_bare(ledger):
        yield (speaker.whole(TLS12, FORWARD),)
    if _is_refused_so_far(ledger, TLS12) and ledger.left > len(ledger.cuts) + len(REST) // MOST_SUITES + 1:
        yield from _first_accepted(speaker.whole(TLS12, offered) for offered in in_hellos(REST))
    if newest := _newest_without_compression(ledger):
        yield (speaker.whole(newest, ledger.chosen(newest), compression=True),)


def _may_hide(ledger: Ledger, version: int) -> bool:
    """Whether the next version is spoken, and of this one nothing is known."""
    return ledger.version(version + 1) is Verdict.YES and ledger.version(version) is Verdict.UNKNOWN


def _hides_dhe(ledger: Ledger) -> bool:
    """Whether a server that accepts aged suites chose another kind where it could have chosen DHE."""
    kinds = {strength(code) for code in ledger.chosen(TLS12)}
    return Strength.ECDHE_CBC in kinds and not kinds & {Strength.DHE_AEAD, Strength.DHE_CBC}


def _is_bare(ledger: Ledger) -> bool:
    """Whether nothing that was chosen has forward secrecy, although it was offered: perhaps it has none to choose."""
    if ledger.version(TLS13) is not Verdict.NO:
        return False
    return bool(ledger.chosen(TLS12)) and not any(map(is_forward_secret, ledger.chosen(TLS12)))


def _first_accepted(asks: Iterable[Ask]) -> Scan[None]:
    for ask in asks:
        heard = yield from one(ask)
        if heard.is_accepted:
            return


def _newest_without_compression(ledger: Ledger) -> int:
    """The newest version below TLS 1.3 that is spoken, if no hello that was accepted offered compression; otherwise 0."""
    offered = [heard for heard in ledger.heard if heard.choice and heard.ask.hello and heard.ask.hello.compression]
    spoken = [version for version in CLEAR_VERSIONS if ledger.chosen(version)]
    return 0 if offered or not spoken else max(spoken)


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
