"""Everything that was heard in one scan, and what follows from it. Pure.

- *Yes* is a choice of the server's. Choosing a lower version than it could is *no* to those above.
- *No* is an alert that means it, or hanging up: but that only where the server answered before and answers again afterwards,
  and never hung up on a question that it answered when it was asked again.
- A version is refused when the server says that it is the version, or when every suite of it was offered and refused. A
  refusal of TLS 1.1 stands for what is older: a server that speaks only that would have chosen it.
- A kind of suites is refused when every suite of that kind was offered and refused in every version that is not.
- All else is *unknown*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from checks.tls.asking import Ask, Heard, Topic
from checks.tls.codes import PQ_GROUPS, SSL2, TLS11, TLS13
from checks.tls.flight import Got
from checks.tls.posture import Verdict
from checks.tls.suites import TLS13_SUITES, Strength, strength, suites

_PROTOCOL_VERSION = 70


@dataclass(slots=True, eq=False)
class Ledger:
    """What was *heard* of each question, in order, and every one of the *attempts* that it took.

    *is_tls* says whether the server was ever heard to speak TLS, *hanging_up_refuses* whether it may be taken to mean no by
    hanging up.
    """

    heard: list[Heard] = field(default_factory=list, init=False)
    attempts: list[Heard] = field(default_factory=list, init=False)
    is_tls: bool = field(default=False, init=False)
    hanging_up_refuses: bool = field(default=True, init=False)
    _versions: dict[int, Verdict] = field(default_factory=dict, init=False)
    """What was concluded of versions since something was heard last."""
    _chosen: dict[int, dict[int, Heard]] = field(default_factory=dict, init=False)

    def enter(self, attempts: Iterable[Heard]) -> None:
        """Enter what came of asking, before it is known whether it must be asked again."""
        for heard in attempts:
            self.attempts.append(heard)
            self.is_tls = self.is_tls or heard.is_tls

    def conclude(self, answers: Iterable[Heard]) -> None:
        """Enter what came of questions in the end."""
        self._versions.clear()
        for heard in answers:
            self.heard.append(heard)
            if choice := heard.choice:
                self._chosen.setdefault(choice.version, {}).setdefault(choice.suite, heard)

    def distrust(self) -> None:
        """From now on, hanging up means nothing."""
        self.hanging_up_refuses = False
        self._versions.clear()

    def take_back_cuts(self) -> tuple[Ask, ...]:
        """The questions that the server hung up on, as if they had not been asked."""
        cut = tuple(heard.ask for heard in self.heard if heard.is_cut)
        self.heard = [heard for heard in self.heard if not heard.is_cut]
        return cut

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
        if heard.is_refused or (heard.is_cut and self.hanging_up_refuses and self.is_tls):
            return Verdict.NO
        return Verdict.UNKNOWN

    def version(self, version: int) -> Verdict:
        """Whether a version is spoken, as far as that was asked."""
        if version not in self._versions:
            self._versions[version] = self._concluded(version)
        return self._versions[version]

    def _concluded(self, version: int) -> Verdict:
        if version == SSL2:
            return next((self.verdict(heard) for heard in self.about(Topic.SSL2)), Verdict.UNKNOWN)
        chosen = [heard.choice.version for heard in self.heard if heard.choice and _could_choose(heard.ask, version)]
        if version in chosen:
            return Verdict.YES
        is_passed_over = any(choice < version for choice in chosen)
        return Verdict.NO if is_passed_over or self._is_refused(version) else Verdict.UNKNOWN

    def _is_refused(self, version: int) -> bool:
        refused = [*self._refusals(version)]
        if version < TLS11:  # Was what a server would rather speak refused in the same words?
            newer = range(version + 1, TLS11 + 1)
            passed = [
                above for above in newer if all(self.version(each) is Verdict.NO for each in range(version + 1, above + 1))
            ]
            refused += [heard for above in passed for heard in self._refusals(above)]
        return any(heard.alert == _PROTOCOL_VERSION for heard in refused) or _every(version) <= _offered(refused)

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
        is_asked = hello is not None and {*groups} <= {*hello.groups} and {*TLS13_SUITES} <= {*hello.suites}
        return is_asked and self.verdict(heard) is Verdict.NO


def _could_choose(ask: Ask, version: int) -> bool:
    """Whether the hello offered *version*; TLS 1.3 is offered alone."""
    return ask.version == version == TLS13 or version <= ask.version < TLS13


def _offered(answers: Iterable[Heard]) -> set[int]:
    return {code for heard in answers if heard.ask.hello for code in heard.ask.hello.suites}


@cache
def _every(version: int) -> frozenset[int]:
    return frozenset(suites(Strength, version))


@cache
def _kind(kind: Strength, version: int) -> frozenset[int]:
    return frozenset(suites((kind,), version))
