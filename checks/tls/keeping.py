"""How a scan bears with servers that hang up or stop answering, and what it may conclude from a refusal.

Some servers refuse by hanging up, others hang up because they are busy, badly balanced or tired of us, and a few then send
alerts to everybody. So a refusal is believed only of a server that is heard to accept something afterwards:

- What was cut is asked again at once, and where that is answered, hanging up means nothing.
- In the end, all that was cut is asked again, and then what the server accepted first: hanging up means no only where it
  hangs up on the one, each time, and accepts the other.
- A refusal in words after which nothing was accepted is tried in the same way, by what the server accepted first.

All that stays within the connections that a scan has, some of which are kept for the end.
"""

from __future__ import annotations

from typing import TypeVar

from checks.tls.asking import Heard, Scan, Wave
from checks.tls.ledger import Ledger

T = TypeVar("T")

_MOST_RETRIES = 5
"""Half of the connections may be lost, and of a wave of thirty questions all are answered in the end."""
_FEW = 3
"""So many questions, if all were cut by chance, must be asked once more to tell; a lot of them tell by themselves."""
_ENOUGH = 4
"""Fewer connections than these may well have been cut by chance."""
_RESERVE = 2
"""Connections that are not spent on asking again: for one more question, and for what tries the refusals."""

_FICKLE = "the server hangs up on questions that it answers at other times: its hanging up was not taken for a no"
_UNASKED = "not all that the server hung up on could be asked often enough to know whether it meant no"
_SILENCED = "the server stopped accepting what it had accepted: what it refused since then, or by hanging up, is not known"
_UNTRIED = "the server accepted nothing, so that its refusals could not be tried"


def kept(scan: Scan[T], ledger: Ledger) -> Scan[T]:
    """Hold *scan* and enter into *ledger* what is heard, and no refusal in the end that was not tried."""
    result = yield from _held(scan, ledger)
    if ledger.known is None:
        _forget_refusals(ledger, _UNTRIED)
        return result
    if ledger.hanging_up_refuses and ledger.cuts:
        yield from _asking_cuts_again(ledger)
    if ledger.unproven or (ledger.hanging_up_refuses and ledger.cuts):
        yield from _asking_known_again(ledger, ledger.known)
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
    """What comes of *wave* in the end. Once hanging up has lost its meaning, what was cut before is asked again too."""
    had_meaning = ledger.hanging_up_refuses
    heard = yield from _insisting((yield wave), ledger, _RESERVE)
    ledger.conclude(heard)
    if had_meaning and not ledger.hanging_up_refuses and _can_spare(ledger, len(ledger.cuts), _RESERVE):
        earlier = ledger.forget(lambda each: each.is_cut)
        if earlier:
            ledger.conclude((yield from _insisting((yield earlier), ledger, _RESERVE)))
    return heard


def _insisting(heard: tuple[Heard, ...], ledger: Ledger, reserve: int) -> Scan[tuple[Heard, ...]]:
    """*heard*, and instead of what was cut what came of asking again: once, or more often where that ever helped."""
    final = list(heard)
    ledger.enter(final)
    for _ in range(_MOST_RETRIES):
        cut = [place for place, each in enumerate(final) if each.is_cut]
        if not cut or not _can_spare(ledger, len(cut), reserve):
            break
        again = yield tuple(final[place].ask for place in cut)
        ledger.enter(again)
        for place, each in zip(cut, again, strict=True):
            final[place] = each
        if any(each.is_tls for each in again):
            ledger.distrust(_FICKLE)
        if ledger.hanging_up_refuses:
            break
    return tuple(final)


def _can_spare(ledger: Ledger, number: int, reserve: int) -> bool:
    """Whether *number* connections may be spent on asking again; what is cut must be asked once more in the end."""
    owed = len(ledger.cuts) + number if ledger.hanging_up_refuses and reserve else 0
    return ledger.left - number >= reserve + owed


def _asking_cuts_again(ledger: Ledger) -> Scan[None]:
    """Ask again what the server hung up on, a few questions twice if that can be; what cannot be asked is not known.

    The newest versions come first: that a server lacks one of those accuses it.
    """
    cuts = sorted(ledger.cuts, key=lambda heard: -heard.ask.version)
    tried, untried = cuts[: max(0, ledger.left - 1)], cuts[max(0, ledger.left - 1) :]
    _forget_cuts(ledger, untried)
    for _ in range(2 if len(tried) <= _FEW and 2 * len(tried) < ledger.left else 1):
        again = yield tuple(heard.ask for heard in tried)
        if not all(heard.is_cut for heard in again):
            ledger.distrust(_FICKLE)
            ledger.forget(lambda heard: heard.is_cut)
            ledger.conclude((yield from _insisting(again, ledger, 1)))
            return
        ledger.enter(again)
    if sum(heard.is_cut for heard in ledger.attempts) < _ENOUGH:
        _forget_cuts(ledger, tried)


def _forget_cuts(ledger: Ledger, cuts: list[Heard]) -> None:
    if cuts:
        ledger.forget(lambda heard: heard in cuts)
        ledger.doubt(_UNASKED)


def _asking_known_again(ledger: Ledger, known: Heard) -> Scan[None]:
    """Ask for what the server accepted first. Unless it accepts that again, it has only stopped talking to us."""
    (heard,) = yield from _insisting((yield (known.ask,)), ledger, 0)
    ledger.conclude([heard])
    if not heard.is_accepted:
        _forget_refusals(ledger, _SILENCED)


def _forget_refusals(ledger: Ledger, why: str) -> None:
    unproven = [*ledger.unproven]
    if unproven or ledger.cuts:
        ledger.distrust(why)
        ledger.forget(lambda heard: heard in unproven)
