"""Everything that was heard in one scan, and what follows from it. Pure.

- *Yes* is a choice of the server's. Choosing a lower version than it could is *no* to those above.
- *No* is an alert that means it, or hanging up: but that only where the server accepted something before and afterwards, and
  never hung up on a question that it answered when it was asked again. An alert that finds fault with the message is *no*
  only where a message of that version was accepted.
- Where a server refuses what it chose at another time, its refusals of that version are worth nothing.
- A version is refused when the server says that it is the version, or when every suite of it was offered and refused, of
  TLS 1.3 every one that encrypts. A refusal of TLS 1.1 stands for what is older: a server that speaks only that would have
  chosen it. Where compression was offered as well, that may be what was refused.
- A kind of suites is refused when every suite of that kind was offered and refused in every version that is not.
- All else is *unknown*.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from checks.tls.asking import Ask, Heard, Topic
from checks.tls.codes import PQ_GROUPS, SSL2, TLS11, TLS13
from checks.tls.flight import Got
from checks.tls.posture import Verdict
from checks.tls.speaking import MODERN
from checks.tls.suites import Strength, strength, suites

_PROTOCOL_VERSION = 70


@dataclass(slots=True, eq=False)
class Ledger:
    """What was *heard* of each question, in order, and every one of the *attempts* that it took, at most *connections*.

    *is_tls* says whether the server was ever heard to speak TLS, *hanging_up_refuses* whether it may be taken to mean no by
    hanging up. *known* is the first question that it accepted, *unproven* what it refused in words and accepted nothing
    since. *doubts* are sentences about what was not believed.
    """

    connections: int
    heard: list[Heard] = field(default_factory=list, init=False)
    attempts: list[Heard] = field(default_factory=list, init=False)
    is_tls: bool = field(default=False, init=False)
    hanging_up_refuses: bool = field(default=True, init=False)
    known: Heard | None = field(default=None, init=False)
    unproven: list[Heard] = field(default_factory=list, init=False)
    doubts: list[str] = field(default_factory=list, init=False)
    _is_fickle: bool = field(default=False, init=False)
    """Whether the same question had different answers."""
    _versions: dict[int, Verdict] = field(default_factory=dict, init=False)
    _contradictory: dict[int, bool] = field(default_factory=dict, init=False)
    """What was concluded of versions since something was heard last."""
    _chosen: dict[int, dict[int, Heard]] = field(default_factory=dict, init=False)

    def enter(self, attempts: Iterable[Heard]) -> None:
        """Enter what came of asking, before it is known whether it must be asked again."""
        for heard in attempts:
            self.attempts.append(heard)
            self.is_tls = self.is_tls or heard.is_tls

    def conclude(self, answers: Iterable[Heard]) -> None:
        """Enter what came of questions in the end."""
        self._begin_anew()
        wave = tuple(answers)
        if any(heard.is_accepted for heard in wave):
            self.unproven.clear()
        for heard in wave:
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
        self._begin_anew()
        if why not in self.doubts:
            self.doubts.append(why)

    def forget(self, told: Callable[[Heard], bool]) -> tuple[Ask, ...]:
        """The questions whose answers are as *told*, as if they had not been asked."""
        forgotten = tuple(heard.ask for heard in self.heard if told(heard))
        self.heard = [heard for heard in self.heard if not told(heard)]
        self._begin_anew()
        return forgotten

    def _begin_anew(self) -> None:
        self._versions.clear()
        self._contradictory.clear()

    def compare(self, again: Heard) -> None:
        """Note whether the question that was accepted first is still answered as it was."""
        before, now = (heard.choice if heard else None for heard in (self.known, again))
        if before and now and (before.version, before.suite, before.group) != (now.version, now.suite, now.group):
            self._is_fickle = True
            self._begin_anew()

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

    def verdict(self, heard: Heard) -> Verdict:
        """What the answer to one question is."""
        if heard.is_accepted:
            return Verdict.YES
        version = heard.ask.version
        is_meant = heard.is_refused or (heard.is_puzzled and self._is_understood(version))
        is_meant = is_meant or (heard.is_cut and self.hanging_up_refuses and self.known is not None)
        return Verdict.NO if is_meant and not self.is_contradictory(version) else Verdict.UNKNOWN

    def _is_understood(self, version: int) -> bool:
        """Whether a message for *version* was ever accepted."""
        return any(heard.ask.version == version and heard.is_accepted for heard in self.heard)

    def is_contradictory(self, version: int) -> bool:
        """Whether the server refused of a version what it chose at another time, or answers as it likes."""
        if version not in self._contradictory:
            told = (heard for heard in self.heard if heard.ask.version == version)
            self._contradictory[version] = self._is_fickle or any(map(self._contradicts, told))
        return self._contradictory[version]

    def _contradicts(self, heard: Heard) -> bool:
        """Whether the refusal that *heard* is contradicts what was chosen."""
        hello = heard.ask.hello
        if hello is None or hello.compression or heard.ask.topic is not Topic.CHOICE:
            return False
        chosen = self.chosen(hello.version).keys()
        if heard.alert == _PROTOCOL_VERSION and chosen:
            return True
        return (heard.is_refused or (heard.is_cut and self.hanging_up_refuses)) and not chosen.isdisjoint(hello.suites)

    def version(self, version: int) -> Verdict:
        """Whether a version is spoken, as far as that was asked."""
        if version not in self._versions:
            self._versions[version] = self._concluded(version)
        return self._versions[version]

    def _concluded(self, version: int) -> Verdict:
        if version == SSL2:
            return next((self.verdict(heard) for heard in self.about(Topic.SSL2)), Verdict.UNKNOWN)
        if self.chosen(version):
            return Verdict.YES
        if self._is_fickle:
            return Verdict.UNKNOWN
        is_passed_over = any(self._passes_over(heard, version) for heard in self.heard)
        return Verdict.NO if is_passed_over or self._is_refused(version) else Verdict.UNKNOWN

    def _passes_over(self, heard: Heard, version: int) -> bool:
        """Whether something older was chosen where *version* was offered; TLS 1.3 is offered alone."""
        if heard.choice is None or heard.ask.topic.is_strange:
            return False
        return heard.choice.version < version <= heard.ask.version < TLS13

    def _is_refused(self, version: int) -> bool:
        refused = [*self._refusals(version)]
        if version < TLS11:  # Was what a server would rather speak refused in the same words?
            newer = range(version + 1, TLS11 + 1)
            passed = [
                above for above in newer if all(self.version(each) is Verdict.NO for each in range(version + 1, above + 1))
            ]
            refused += [heard for above in passed for heard in self._refusals(above)]
        return any(heard.alert == _PROTOCOL_VERSION for heard in refused) or _usual(version) <= _offered(refused)

    def _refusals(self, version: int) -> Iterator[Heard]:
        """The answers to hellos of just that version which say that it will not do, or none of its suites."""
        for heard in self.about(Topic.CHOICE):
            if heard.ask.version == version and self.verdict(heard) is Verdict.NO:
                yield heard

    def refused(self, version: int) -> set[int]:
        """The suites that are refused in a version, if it is spoken at all."""
        return _offered(self._refusals(version))

    def chosen(self, version: int) -> Mapping[int, Heard]:
        """The suites that were chosen in a version, in that order, with the first answer that shows it."""
        return self._chosen.get(version, {})

    def is_complete(self, version: int) -> bool:
        """Whether every suite of a version is known to be accepted or refused."""
        return _every(version) <= self.refused(version) | self.chosen(version).keys()

    def kind(self, kind: Strength, versions: Iterable[int]) -> Verdict:
        """Whether suites of a kind are accepted in any of *versions*."""
        said = {self._kind_in(version, kind) for version in versions}
        return next((verdict for verdict in (Verdict.YES, Verdict.UNKNOWN) if verdict in said), Verdict.NO)

    def _kind_in(self, version: int, kind: Strength) -> Verdict:
        if any(strength(code) is kind for code in self.chosen(version)):
            return Verdict.YES
        is_out = self.version(version) is Verdict.NO or _kind(kind, version) <= self.refused(version)
        return Verdict.NO if is_out else Verdict.UNKNOWN

    def groups(self) -> list[int]:
        """The groups of TLS 1.3 that were chosen, in that order."""
        chosen = (heard.choice.group for heard in self.heard if heard.choice and heard.choice.version == TLS13)
        return list(dict.fromkeys(group for group in chosen if group is not None))

    def curves(self) -> list[int]:
        """The groups of key exchanges below TLS 1.3, in the order in which they were heard."""
        exchanges = (heard.flight.key_exchange for heard in self.heard if heard.flight and heard.choice)
        return list(dict.fromkeys(each.group for each in exchanges if each and each.group is not None))

    def post_quantum(self) -> Verdict:
        """Whether a group is accepted that a quantum computer does not open."""
        if {*self.groups()} & {*PQ_GROUPS}:
            return Verdict.YES
        is_refused = self.version(TLS13) is Verdict.NO or any(self._refuses_groups(heard, PQ_GROUPS) for heard in self.heard)
        return Verdict.NO if is_refused else Verdict.UNKNOWN

    def _refuses_groups(self, heard: Heard, groups: Collection[int]) -> bool:
        """Whether all of *groups* were refused with every suite of TLS 1.3."""
        hello = heard.ask.hello
        is_asked = hello is not None and {*groups} <= {*hello.groups} and {*MODERN} <= {*hello.suites}
        return is_asked and self.verdict(heard) is Verdict.NO


def _offered(answers: Iterable[Heard]) -> set[int]:
    """The suites that were offered, and without compression."""
    return {code for each in answers if (hello := each.ask.hello) and not hello.compression for code in hello.suites}


@cache
def _every(version: int) -> frozenset[int]:
    return frozenset(suites(Strength, version))


def _usual(version: int) -> frozenset[int]:
    """All suites of a version with which a client of any use could speak it."""
    return frozenset(MODERN) if version == TLS13 else _every(version)


@cache
def _kind(kind: Strength, version: int) -> frozenset[int]:
    return frozenset(suites((kind,), version))
