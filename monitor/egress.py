"""Whether our own network works, by what canaries say: whose failure a failure is. Pure.

A canary is a host of an operator who is always there. Each operator has one vote in a round of looks, and is seen when
anything of its was reached, by TCP or by TLS. What is decided from that:

- Fewer than half of the operators seen: there is no way out, and no failure is a vendor's.
- Most names cannot be had: no failure to get a name is. Most certificates are no good, because of our clock or of a box in
  the way: no failure of TLS is. Either can happen while there is a way out.
- What comes back is not trusted at once: a look begun before the grace is over is blind, and those after it begin anew. So a
  way out that comes and goes blames nobody, and a vendor that fails all along is found out when we are well again.
- A way out that is lost again before it was well for two graces comes and goes, until it was well for five.
- To see clearly takes a round that began after the first failure. That the network worked before says nothing.
- Who cannot look has no vote: a canary that the guard forbids, a round broken by a bug. When nobody votes, others decide;
  and when nobody did for long, nothing speaks against our network any more.
- A family of addresses in which no canary was ever seen is one that this host has not got.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, StrEnum
from typing import Literal

from checks.foreign import one_line
from checks.model import Failure, Reason
from monitor.correlate import Sight

Kind = Literal["dns", "tcp", "tls"]


class Egress(StrEnum):
    """What our own network is in. A metric label."""

    OK = "ok"
    DEGRADED = "degraded"
    """There is a way out, and something of it is missing: an operator, a family, names."""
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    """Nobody voted."""


class Way(Enum):
    """What can be lost; the value says it to people."""

    OUT = "the way out"
    NAMES = "names"
    TRUST = "certificates"


_NEEDED = {Reason.DNS: {Way.OUT, Way.NAMES}, Reason.RESOLVER: {Way.OUT, Way.NAMES}, Reason.TLS: {Way.OUT, Way.TRUST}}
"""What must work for a failure to be believed; for any other reason that is the way out."""
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a canary of *operator*; *ip_family* is ``""`` where a name says where to go."""

    operator: str
    kind: Kind
    ip_family: Literal["ipv4", "ipv6", ""] = ""
    failure: Failure | None = None

    @property
    def ok(self) -> bool | None:
        """Whether the canary was seen; None when nobody could look."""
        if self.failure is None:
            return True
        return None if self.failure.reason in {Reason.CONFIG, Reason.INTERNAL} else False

    @property
    def is_met(self) -> bool:
        """Whether somebody was there to shake hands with."""
        return self.failure is None or self.failure.reason is Reason.TLS


@dataclass(frozen=True, slots=True)
class Round:
    """Looks at all canaries at once: from *began* to *ended* in monotonic seconds, begun *at* an aware time in UTC."""

    began: float
    ended: float
    at: datetime
    looks: tuple[Look, ...] = ()

    @property
    def families(self) -> frozenset[str]:
        """The families in which a canary was seen."""
        return frozenset(look.ip_family for look in self.looks if look.kind == "tcp" and look.ok)

    def votes(self, families: Collection[str]) -> Mapping[str, bool]:
        """Whether each operator was seen, for those who could be by a host with these *families*; by all, if it has none."""
        votes: dict[str, bool] = {}
        for look in self.looks:
            is_absent = families and look.ip_family and look.ip_family not in families
            if look.kind != "dns" and look.ok is not None and not is_absent:
                votes[look.operator] = votes.get(look.operator, False) or look.ok
        return votes

    def lost(self, families: Collection[str]) -> frozenset[Way]:
        """What does not work."""
        heard = [look for look in self.looks if look.ok is not None]
        votes = {
            Way.OUT: self.votes(families).values(),
            Way.NAMES: [look.failure is None for look in heard if look.kind == "dns"],
            Way.TRUST: [look.failure is None for look in heard if look.kind == "tls" and look.is_met],
        }
        return frozenset(way for way, given in votes.items() if _is_lost(given))

    def state(self, families: Collection[str]) -> Egress:
        """What our network is in."""
        votes, lost = self.votes(families), self.lost(families)
        if not votes:
            return Egress.UNKNOWN
        if Way.OUT in lost:
            return Egress.OFFLINE
        is_whole = all(votes.values()) and not lost and self.families.issuperset(families)
        return Egress.OK if is_whole else Egress.DEGRADED


def _is_lost(votes: Collection[bool]) -> bool:
    """Whether fewer than half of the *votes* say yes. No votes say nothing."""
    return 2 * sum(votes) < len(votes)


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which our way out is not to be relied on: since a round that missed it, by both clocks."""

    since: float
    since_at: datetime
    comes_and_goes: bool = False
    """Whether it came back meanwhile, and was lost again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that is known of our network after some rounds; how many there were changes nothing of its size.

    *grace* is in seconds, as is *patience*: how old the newest round may be. Somebody voted last *heard_at*, or was asked
    first; without canaries that is never. The *state* began with a round, *since* its monotonic time, *since_at* by the wall
    clock: None before the first one. *lost* does not work, *regained* says when something was found to. *spell*: the newest.
    """

    grace: float
    patience: float
    heard_at: float = _NEVER
    families: frozenset[str] = frozenset()
    latest: Round | None = None
    state: Egress = Egress.UNKNOWN
    since: float | None = None
    since_at: datetime | None = None
    lost: frozenset[Way] = frozenset()
    regained: Mapping[Way, float] = field(default_factory=dict)
    spell: Spell | None = None

    def after(self, round_: Round) -> View:
        """This view after one more round. One in which nobody voted changes nothing but the state."""
        families = self.families | round_.families
        state = round_.state(families)
        view = replace(self, families=families, latest=round_, state=state)
        if state is not self.state or self.since is None:
            view = replace(view, since=round_.began, since_at=round_.at)
        if state is Egress.UNKNOWN:
            return view
        lost = round_.lost(families)
        back = dict.fromkeys(self.lost - lost, round_.ended)
        spell = self._in_spell(round_) if Way.OUT in lost else self.spell
        return replace(view, heard_at=round_.ended, lost=lost, regained={**self.regained, **back}, spell=spell)

    def _in_spell(self, missed: Round) -> Spell:
        """The spell to which a round belongs that *missed* the way out."""
        spell = self.spell_at(missed.began)
        if spell is None:
            return Spell(missed.began, missed.at)
        return spell if Way.OUT in self.lost else replace(spell, comes_and_goes=True)

    @property
    def abstains(self) -> bool:
        """Whether the canaries have been looked at and have nothing to say."""
        return self.latest is not None and self.state is Egress.UNKNOWN

    def is_heard(self, at: float) -> bool:
        """Whether somebody voted lately, or may do so yet, at a monotonic time."""
        return at - self.heard_at <= self.patience

    def doubts_way_out(self, at: float, graces: int = 1) -> bool:
        """Whether the way out is lost at a monotonic time, or came back less than *graces* ago, if anybody can tell."""
        is_back = Way.OUT not in self.lost and at >= self.regained.get(Way.OUT, _NEVER) + graces * self.grace
        return self.is_heard(at) and not is_back

    def spell_at(self, at: float) -> Spell | None:
        """The spell that goes on at a time: until the way out was well for two graces, after a relapse for five."""
        return self.spell if self.doubts_way_out(at, 5 if self.spell and self.spell.comes_and_goes else 2) else None

    def sight(self, since: float, until: float, reason: Reason) -> Sight | None:
        """What we could see while a target failed for *reason*; None when others must tell.

        The first look that failed had ended at *since*, the newest one began at *until*.
        """
        if self.latest is None:
            return Sight.UNSURE
        if self.abstains or until - self.latest.ended > self.patience:
            return None
        needed = _NEEDED.get(reason, {Way.OUT})
        well_at = max((self.regained[way] + self.grace for way in needed if way in self.regained), default=_NEVER)
        if needed & self.lost or until < well_at:
            return Sight.BLIND
        return Sight.CLEAR if self.latest.began >= max(since, well_at) else Sight.UNSURE

    def troubles(self) -> Iterator[str]:
        """What is wrong, a line for each: operators that were not seen, what else is lost."""
        if self.latest is None:
            return
        failed = [look for look in self.latest.looks if look.failure]
        for operator, is_seen in self.latest.votes(self.families).items():
            if not is_seen:
                yield _told(operator, [look for look in failed if look.operator == operator and look.kind != "dns"])
        for way, kind in ((Way.NAMES, "dns"), (Way.TRUST, "tls")):
            if way in self.lost:
                yield _told(way.value, [look for look in failed if look.kind == kind])
        if Way.OUT not in self.lost:
            yield from (f"{family}: not any more" for family in sorted(self.families - self.latest.families))


def _told(what: str, failed: Sequence[Look]) -> str:
    """*what* is not there, and what the first of the looks that *failed* says of it."""
    return f"{what}: {one_line(str(failed[0].failure), 160)}"
