"""Whether anything is wrong, in a sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.foreign import one_line
from checks.model import State
from monitor.board.html.kinds import Kind, kind_of
from monitor.board.values import Board, Card

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """A *sentence*, the same in *short* for a title, and what it looks like."""

    sentence: str
    short: str
    state: State


@dataclass(frozen=True, slots=True)
class Part:
    """How many vendors something is true of, what is said of one and of more, and in short."""

    number: int
    one: str
    more: str
    short: str
    state: State

    @property
    def told(self) -> str:
        """The part in a sentence, after another."""
        return f"{self.number:,} {self.one if self.number == 1 else self.more}"

    @property
    def brief(self) -> str:
        """The part in a title."""
        return f"{self.number:,} {self.short}"


def verdict(board: Board) -> Verdict:
    """What to know first of all vendors."""
    if board.is_starting:
        return Verdict("vendorwatch is starting", "starting", State.UNKNOWN)
    if not board.cards:
        return Verdict("No vendor is watched yet", "no vendors", State.UNKNOWN)
    if board.is_blind:
        return _blind(board.cards)
    wrong = [part for part in _wrong(board.cards) if part.number]
    if wrong:
        told = [*wrong, *_unread(board.cards)]
        suspect = "; our own network works in part" if board.lacks else ""
        return Verdict(f"{_said(told, board.cards)}{suspect}", _short(told), wrong[0].state)
    return _well(board.cards)


def _blind(cards: Sequence[Card]) -> Verdict:
    """What is left to say while our own network is the suspect: an outage from before goes on, as far as anybody knows."""
    number = sum(1 for card in cards if card.outage or card.state is State.DOWN)
    fallen = Part(number, "was down before", "were down before", "down before", State.DOWN)
    whose, before = "the vendors are", fallen.told
    if len(cards) == 1:
        whose, before = f"{_name(cards[0])} is", f"it {fallen.one}"
    sentence, short = f"Our own network is the suspect: how {whose} cannot be told", "our own network"
    if number:
        sentence, short = f"{sentence}; {before}", f"{short}, {fallen.brief}"
    return Verdict(sentence, short, State.UNKNOWN)


def _well(cards: Sequence[Card]) -> Verdict:
    calm = [part for part in _calm(cards) if part.number]
    unread = _unread(cards)
    told = [*calm, *unread]
    if calm[0].number < len(cards) or calm[0].state is not State.UP:
        return Verdict(f"Nothing is known to be wrong: {_said(told, cards)}", _short(told), calm[0].state)
    sentence = "; ".join([f"All {len(cards):,} vendors are up", *(part.told for part in unread)])
    short = ", ".join(["all up", *(part.brief for part in unread)])
    return Verdict(sentence if len(cards) > 1 else _said(told, cards), short, State.UP)


def _unread(cards: Sequence[Card]) -> Sequence[Part]:
    """What is no trouble of a vendor's, but said beside whatever else is."""
    number = sum(1 for card in cards if card.unread)
    one, more = "has a status page that cannot be read", "have status pages that cannot be read"
    return [Part(number, one, more, "unread", State.UNKNOWN)] if number else []


def _wrong(cards: Sequence[Card]) -> Iterator[Part]:
    kinds = Counter(map(kind_of, cards))
    yield Part(kinds[Kind.DOWN], "is down", "are down", "down", State.DOWN)
    yield Part(kinds[Kind.UNKNOWN], "cannot be seen", "cannot be seen", "unknown", State.UNKNOWN)
    yield Part(kinds[Kind.DEGRADED], "is degraded", "are degraded", "degraded", State.DEGRADED)
    yield from asides(cards)


def asides(cards: Sequence[Card]) -> Sequence[Part]:
    """What is amiss with vendors that are in no bad state by our measurement, or beside that."""
    admitting = sum(1 for card in cards if card.is_admitting)
    critical = sum(1 for card in cards if card.is_critical and kind_of(card) is Kind.UP)
    apart = sum(1 for card in cards if card.apart)
    parts = (
        Part(admitting, "says that it has trouble", "say that they have trouble", "in trouble", State.DEGRADED),
        Part(critical, "has a critical finding", "have critical findings", "critical", State.DEGRADED),
        Part(apart, "disagrees with us", "disagree with us", "apart", State.DEGRADED),
    )
    return [part for part in parts if part.number]


def _calm(cards: Sequence[Card]) -> Iterator[Part]:
    kinds = Counter(map(kind_of, cards))
    yield Part(kinds[Kind.UP], "is up", "are up", "up", State.UP)
    yield Part(kinds[Kind.MAINTENANCE], "is under maintenance", "are under maintenance", "maintenance", State.MAINTENANCE)
    yield Part(kinds[Kind.UNLOOKED], "was not looked at yet", "were not looked at yet", "no look yet", State.UNKNOWN)
    yield Part(kinds[Kind.UNMEASURED], "is not measured", "are not measured", "not measured", State.UNKNOWN)


def _said(parts: Sequence[Part], cards: Sequence[Card]) -> str:
    """All *parts*; the first says of how many vendors there are. A single vendor is called by its name."""
    if len(cards) == 1:
        return f"{_name(cards[0])} {' and '.join(part.one for part in parts)}"
    first, *others = parts
    noun = f"{first.number:,} of {len(cards):,} vendors"
    told = ", ".join(part.told for part in others)
    return "; ".join([f"{noun} {first.one if first.number == 1 else first.more}", told]).removesuffix("; ")


def _name(card: Card) -> str:
    return one_line(card.name, _LONGEST_NAME)


def _short(parts: Sequence[Part]) -> str:
    return ", ".join(part.brief for part in parts)
