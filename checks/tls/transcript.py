"""What was heard in one scan: every attempt, what came of each question in the end, and what of it is in doubt. Pure.

What follows from it for versions, suites and groups is the business of `checks.tls.ledger`. Answers to those who asked for
another host are kept with the others, but nothing that was chosen then counts for this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from checks.tls.asking import Ask, Heard, Topic
from checks.tls.flight import Got


@dataclass(slots=True, eq=False)
class Transcript:
    """What was *heard* of each question, in order, and every one of the *attempts* that it took, at most *connections*.

    *is_tls* says whether the server was ever heard to speak TLS, *hanging_up_refuses* whether it may be taken to mean no by
    hanging up. *known* is the first question that it accepted, *unproven* what it refused in words and accepted nothing
    since. *doubts* are sentences about what was not believed. *is_fickle* says whether one question had different answers,
    *edition* changes whenever anything does that something may follow from.
    """

    connections: int
    heard: list[Heard] = field(default_factory=list, init=False)
    attempts: list[Heard] = field(default_factory=list, init=False)
    is_tls: bool = field(default=False, init=False)
    hanging_up_refuses: bool = field(default=True, init=False)
    known: Heard | None = field(default=None, init=False)
    unproven: list[Heard] = field(default_factory=list, init=False)
    doubts: list[str] = field(default_factory=list, init=False)
    is_fickle: bool = field(default=False, init=False)
    edition: int = field(default=0, init=False)
    _answers: dict[Ask, Heard] = field(default_factory=dict, init=False)
    _chosen: dict[int, dict[int, Heard]] = field(default_factory=dict, init=False)

    def enter(self, attempts: Iterable[Heard]) -> None:
        """Enter what came of asking, before it is known whether it must be asked again."""
        for heard in attempts:
            self.attempts.append(heard)
            self.is_tls = self.is_tls or heard.is_tls

    def conclude(self, answers: Iterable[Heard]) -> None:
        """Enter what came of questions in the end."""
        self.edition += 1
        wave = tuple(answers)
        if any(heard.is_accepted for heard in wave):
            self.unproven.clear()
        for heard in wave:
            before = self._answers.setdefault(heard.ask, heard)
            self.is_fickle = self.is_fickle or _differ(before, heard)
            self.heard.append(heard)
            if heard.is_refused or heard.is_puzzled:
                self.unproven.append(heard)
            if heard.is_accepted and not heard.ask.topic.is_strange:
                self.known = self.known or heard
            if (choice := heard.choice) and not heard.ask.topic.is_strange:
                self._chosen.setdefault(choice.version, {}).setdefault(choice.suite, heard)

    def distrust(self, why: str) -> None:
        """From now on, hanging up means nothing."""
        self.hanging_up_refuses = False
        self.doubt(why)

    def doubt(self, why: str) -> None:
        """Tell why something was not believed."""
        self.edition += 1
        if why not in self.doubts:
            self.doubts.append(why)

    def forget(self, told: Callable[[Heard], bool]) -> tuple[Ask, ...]:
        """The questions whose answers are as *told*, as if they had not been asked."""
        forgotten = tuple(heard.ask for heard in self.heard if told(heard))
        self.heard = [heard for heard in self.heard if not told(heard)]
        self.edition += 1
        return forgotten

    @property
    def left(self) -> int:
        """How many connections are left."""
        return self.connections - sum(heard.was_asked for heard in self.attempts)

    @property
    def cuts(self) -> list[Heard]:
        """The questions that the server hung up on in the end."""
        return [heard for heard in self.heard if heard.is_cut]

    @property
    def is_hopeless(self) -> bool:
        """Whether nothing that was heard gives reason to ask on: a server that hangs up may only be choosy."""
        speaks_otherwise = any(heard.flight and heard.flight.got is Got.NOT_TLS for heard in self.attempts)
        return not self.is_tls and (speaks_otherwise or not any(heard.is_cut for heard in self.attempts))

    def about(self, topic: Topic) -> Iterator[Heard]:
        """The answers to questions about *topic*."""
        return (heard for heard in self.heard if heard.ask.topic is topic)

    def chosen(self, version: int) -> Mapping[int, Heard]:
        """The suites that were chosen in a version, in that order, with the first answer that shows it."""
        return self._chosen.get(version, {})


def _differ(before: Heard, now: Heard) -> bool:
    """Whether two answers to one question cannot be those of one server."""
    if before.choice and now.choice:
        first, second = before.choice, now.choice
        return (first.version, first.suite, first.group) != (second.version, second.suite, second.group)
    return (before.is_accepted and now.is_refused) or (before.is_refused and now.is_accepted)
