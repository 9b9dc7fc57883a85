"""How a scan bears with servers that hang up, and what it may conclude from it.

Some servers refuse by hanging up, others hang up because they are busy, badly balanced or tired of us. So what was cut is
asked again, and where that is answered, hanging up means nothing. A server that hung up last of all is asked once more what
it had answered, since it may have stopped talking to us altogether.
"""

from __future__ import annotations

from typing import TypeVar

from checks.tls.asking import Heard, Scan, Wave
from checks.tls.ledger import Ledger

T = TypeVar("T")

_MOST_RETRIES = 5
"""Half of the connections may be lost, and of a wave of thirty questions all are answered in the end."""


def kept(scan: Scan[T], ledger: Ledger) -> Scan[T]:
    """Hold *scan* and enter into *ledger* what is heard.

    What the server hung up on is asked again: once, and a few times more where that ever helped. As soon as it helps, that
    is done for all that was asked before. At the end it is asked what it answered before, if it hung up last of all.
    """
    result = yield from _held(scan, ledger)
    if ledger.hanging_up_refuses:
        yield from _confirming(ledger)
    return result


def _held(scan: Scan[T], ledger: Ledger) -> Scan[T]:
    try:
        wave = next(scan)
        while True:
            heard = yield from _settled(wave, ledger)
            wave = scan.send(heard)
    except StopIteration as end:
        result: T = end.value
        return result


def _settled(wave: Wave, ledger: Ledger) -> Scan[tuple[Heard, ...]]:
    """What comes of *wave* in the end."""
    had_meaning = ledger.hanging_up_refuses
    heard = yield from _insisting((yield wave), ledger)
    ledger.conclude(heard)
    if had_meaning and not ledger.hanging_up_refuses and (earlier := ledger.take_back_cuts()):
        ledger.conclude((yield from _insisting((yield earlier), ledger)))
    return heard


def _insisting(heard: tuple[Heard, ...], ledger: Ledger) -> Scan[tuple[Heard, ...]]:
    """*heard*, and instead of what was cut what came of asking again."""
    final = list(heard)
    ledger.enter(final)
    for _ in range(_MOST_RETRIES):
        cut = [place for place, each in enumerate(final) if each.is_cut]
        if not cut:
            break
        again = yield tuple(final[place].ask for place in cut)
        ledger.enter(again)
        for place, each in zip(cut, again, strict=True):
            final[place] = each
        if any(each.is_tls for each in again):
            ledger.distrust()
        if ledger.hanging_up_refuses:
            break
    return tuple(final)


def _confirming(ledger: Ledger) -> Scan[None]:
    """Ask the server that hung up last what it answered before: if it hangs up on that, its hanging up means nothing."""
    told = [heard for heard in ledger.heard if heard.is_tls or heard.is_cut]
    known = next((heard for heard in told if heard.is_tls), None)
    if known is None or told[-1].is_tls:
        return
    (heard,) = yield (known.ask,)
    ledger.enter([heard])
    if heard.is_cut:
        ledger.distrust()
