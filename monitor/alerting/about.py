"""A vendor and how it stands, for whoever puts it into words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.foreign import one_line
from checks.model import Claim, State
from checks.vendor import Vendor
from monitor.snapshot import Entry
from monitor.standing import Standing

_MOST_NAMED = 5
"""How many targets are named in a sentence."""
_MOST_TOLD = 3
"""How much of what a page says is repeated."""


@dataclass(frozen=True, slots=True)
class About:
    """A *vendor*, how it stands *at* a time, and the newest of what is *measuring* it and of the *pages* it speaks on."""

    vendor: Vendor
    standing: Standing
    measuring: Sequence[Entry]
    pages: Sequence[Entry]
    at: datetime

    @property
    def beside(self) -> str:
        """What the vendor says, for the end of a line; nothing where it has no page."""
        claim = self.standing.claim
        return f", and its status page says {said(claim)}" if claim else ""

    @property
    def word(self) -> str:
        """What the vendor says, in sentences: in a word, and the gravest of what stands on its page."""
        claim = self.standing.claim
        if claim is None:
            return "It has no status page here." if not self.pages else "Its status page was not read yet."
        hosts = ", ".join(page.target.host for page in self.pages if page.target.host)
        details = "; ".join(self._details())
        return f"Its status page{f' ({hosts})' if hosts else ''} says {said(claim)}{f': {details}' if details else ''}."

    def _details(self) -> list[str]:
        good = [page.good for page in self.pages if page.good and page.held.state is not State.UNKNOWN]
        found = [finding for each in good for finding in each.findings if finding.state is not State.UP]
        return [one_line(finding.message, 200) for finding in found[:_MOST_TOLD]]

    def why(self, state: State) -> str:
        """The first targets that are in *state*, and what they said."""
        told = [f"{entry.target.key}: {entry.held.cause}" for entry in self.measuring if entry.held.state is state]
        return f"{listed(told, '; ')}." if told else ""


def said(claim: Claim) -> str:
    """A claim as people say it."""
    return "nothing that can be read" if claim is Claim.UNKNOWN else claim.value.replace("_", " ")


def listed(things: Iterable[str], between: str = ", ") -> str:
    """The first of *things*, and how many more there are."""
    things = tuple(things)
    rest = f" and {len(things) - _MOST_NAMED} more" if len(things) > _MOST_NAMED else ""
    return between.join(things[:_MOST_NAMED]) + rest
