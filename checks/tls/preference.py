"""Who decides which of the accepted suites is used. Pure.

A server that takes the first suite of ours that it knows leaves the choice to us; one that passes over a suite it accepts
elsewhere decides itself. Most often that shows in answers to other questions; where it does not, two suites of which one was
taken are offered the other way round.

ChaCha20 does not count: some servers that decide make it an exception for clients that put it first (``PrioritizeChaCha`` of
OpenSSL's SSL_CONF_cmd), since those are often without AES in hardware.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.tls.asking import Topic
from checks.tls.ledger import Ledger
from checks.tls.suites import suite_name

_TWO = 2


def order(ledger: Ledger, version: int) -> str:
    """Who decides in *version*, ``server`` or ``client``; empty while that is not known, or not always the same."""
    if ledger.is_contradictory(version):
        return ""
    taken, passed_over = _duels(ledger, version)
    if passed_over:
        return "server"
    return "client" if any((loser, winner) in taken for winner, loser in taken) else ""


def duel(ledger: Ledger, version: int) -> tuple[int, ...]:
    """Two suites to offer in this order to learn who decides; none when that is known, or cannot be known.

    Two of which none was preferred yet need a second duel, the other way round.
    """
    accepted = _comparable(ledger, version)
    if len(accepted) < _TWO or order(ledger, version):
        return ()
    taken, _ = _duels(ledger, version)
    winner, loser = min(taken, default=accepted[:_TWO])
    return loser, winner


def _comparable(ledger: Ledger, version: int) -> list[int]:
    """The accepted suites that count."""
    return [code for code in ledger.chosen(version) if "CHACHA20" not in suite_name(code)]


def _duels(ledger: Ledger, version: int) -> tuple[set[tuple[int, int]], bool]:
    """The pairs of accepted suites of which the first was taken and the second offered behind it.

    And whether one was ever taken although another accepted one was offered before it.
    """
    accepted = {*_comparable(ledger, version)}
    taken: set[tuple[int, int]] = set()
    for suite, offered in _choices(ledger, version):
        if suite in accepted:
            place = offered.index(suite)
            if accepted & {*offered[:place]}:
                return taken, True
            taken |= {(suite, other) for other in offered[place + 1 :] if other in accepted}
    return taken, False


def _choices(ledger: Ledger, version: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """What was chosen in *version*, and out of what."""
    for heard in ledger.about(Topic.CHOICE):
        if heard.ask.hello and heard.choice and heard.choice.version == version:
            yield heard.choice.suite, heard.ask.hello.suites
