"""What follows from everything that was heard in one scan. Pure.

- *Yes* is a choice of the server's. Choosing a lower version than it could is *no* to those above.
- *No* is an alert that means it, or hanging up: but that only where the server accepted something before and afterwards, and
  never hung up on a question that it answered when it was asked again. An alert that finds fault with the message is *no*
  only where another of that version, with no fewer suites, was accepted.
- Where a server refuses what it chose at another time, its refusals of that version are worth nothing.
- A version is refused when the server says that it is the version, or when every suite of it was offered and refused, of
  TLS 1.3 every one that encrypts. A refusal of TLS 1.1 stands for what is older: a server that speaks only that would have
  chosen it. Where compression was offered as well, that may be what was refused.
- A kind of suites is refused when every suite of that kind was offered and refused in every version that is not.
- All else is *unknown*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from checks.tls.asking import Ask, Heard, Topic
from checks.tls.codes import PQ_GROUPS, SSL2, TLS11, TLS13
from checks.tls.posture import Verdict
from checks.tls.speaking import MODERN
from checks.tls.suites import Strength, strength, suites
from checks.tls.transcript import Transcript

_PROTOCOL_VERSION = 70


@dataclass(slots=True, eq=False)
class Ledger(Transcript):
    """A transcript that is read: the verdicts on versions, suites and groups."""

    _versions: dict[int, tuple[int, Verdict]] = field(default_factory=dict, init=False)
    _contradictory: dict[int, tuple[int, bool]] = field(default_factory=dict, init=False)
    """What was concluded of versions, and from which edition."""

    def verdict(self, heard: Heard) -> Verdict:
        """What the answer to one question is."""
        if heard.is_accepted:
            return Verdict.YES
        is_meant = heard.is_refused or (heard.is_puzzled and self._is_understood(heard.ask))
        is_meant = is_meant or (heard.is_cut and self.hanging_up_refuses and self.known is not None)
        return Verdict.NO if is_meant and not self.is_contradictory(heard.ask.version) else Verdict.UNKNOWN

    def _is_understood(self, ask: Ask) -> bool:
        """Whether a message for the same version was accepted that is not shorter."""
        taken = (each.ask.hello for each in self.heard if each.is_accepted and each.ask.version == ask.version)
        return any(hello and ask.hello and len(hello.suites) >= len(ask.hello.suites) for hello in taken)

    def is_contradictory(self, version: int) -> bool:
        """Whether the server refused of a version what it chose at another time, or answers as it likes."""
        edition, verdict = self._contradictory.get(version, (-1, False))
        if edition != self.edition:
            told = (heard for heard in self.heard if heard.ask.version == version)
            verdict = self.is_fickle or any(map(self._contradicts, told))
            self._contradictory[version] = self.edition, verdict
        return verdict

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
        edition, verdict = self._versions.get(version, (-1, Verdict.UNKNOWN))
        if edition != self.edition:
            verdict = self._concluded(version)
            self._versions[version] = self.edition, verdict
        return verdict

    def _concluded(self, version: int) -> Verdict:
        if version == SSL2:
            return next((self.verdict(heard) for heard in self.about(Topic.SSL2)), Verdict.UNKNOWN)
        if self.chosen(version):
            return Verdict.YES
        if self.is_fickle:
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
