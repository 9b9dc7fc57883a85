"""A word for the whole of a page that has none: the worst of its components, and how many of them make it. Pure.

For small pages whose components are all they have. On a large page some part is always unwell, so that its worst component
says nothing of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from checks.model import Claim
from checks.status.report import Component

_WORDS = {
    Claim.OPERATIONAL: "up",
    Claim.MAINTENANCE: "under maintenance",
    Claim.DEGRADED: "degraded",
    Claim.PARTIAL_OUTAGE: "partly down",
    Claim.MAJOR_OUTAGE: "down",
}


def roll_up(components: Iterable[Component], noun: str, silent: str = "") -> tuple[Claim, str]:
    """The worst claim of *components* and what it is made of, like ``2 of 14 monitors are down``; unknown of none.

    Only when all are out is the whole: such pages call it partial before (Upptime's, Uptime Kuma's and Cachet's own do).
    Where a word that nobody knows decides, it is that word. What has the word *silent* has said nothing yet: such pages
    leave it out of their own word, so that it is told here and decides only where nothing else says anything.
    """
    every = tuple(components)
    heard = tuple(component for component in every if not silent or component.word != silent)
    tally = Counter(component.claim for component in heard)
    worst = Claim.worst(tally)
    if not tally or worst is Claim.UNKNOWN:
        return Claim.UNKNOWN, next((component.word for component in heard if component.claim is worst), "")
    count, quiet = tally[worst], len(every) - len(heard)
    is_partial = worst is Claim.MAJOR_OUTAGE and count < len(heard)
    told = f"{count} of {len(every)} {noun} {'is' if count == 1 else 'are'} {_WORDS[worst]}"
    rest = f", {quiet} {'says' if quiet == 1 else 'say'} nothing" if quiet else ""
    return Claim.PARTIAL_OUTAGE if is_partial else worst, told + rest
