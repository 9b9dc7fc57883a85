"""TLS configuration: what a server would accept, judged against a policy.

The rules of this package:

- A scan asks by hello messages and never finishes a handshake: it accepts what a server selects for the truth. Nothing that
  is sent is malformed, and nothing tries whether a fault can be exploited: that needs the owner's leave.
- From the bottom up: `codes` and `suites` are tables, `hello` is what is said and `flight` what is heard (`ssl2` for the
  oldest), `asking` puts questions and their answers in order, `quick` and `deep` are the two scans, `transcript` is what
  they have heard, `keeping` tries what was refused, `ledger` is what follows, and `posture` what they bring home. None of
  these knows a socket, a clock or a random number.
- `facts` is one look, `marks` what of it deserves a word, `grading` the letter, `meeting` the profile, `judging` the
  findings, `numbers` the metrics and `describing` what a person reads beside them.
- Each question has three answers, and *unknown* never alerts anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.check import Check, Derived
from checks.rules import DEFAULT_PROFILE
from checks.tls.describing import describe
from checks.tls.facts import Facts, Settings, observe
from checks.tls.judging import judge
from checks.tls.numbers import METRICS, measure
from checks.vendor import TlsEntry, Vendor

_WEEK = 7 * 86_400.0
_DEEP = "/deep"
_NO_ALPN = "-"


def derive(vendor: Vendor) -> Iterator[Derived[Settings]]:
    """One target for each address that speaks TLS; a second one, weekly, where the file allows a deep look."""
    for entry in vendor.tls_served:
        target = _target(entry)
        yield target
        if entry.deep:
            yield replace(target, name=target.name + _DEEP, settings=deepen(target.settings), every=_WEEK)


def _target(entry: TlsEntry) -> Derived[Settings]:
    settings = Settings(
        address=entry.address,
        starttls=entry.starttls,
        profile=entry.profile or DEFAULT_PROFILE,
        is_chosen=bool(entry.profile),
        waive=entry.waive,
    )
    return Derived(name=entry.name, settings=settings, host=entry.address.host)


def deepen(settings: Settings) -> Settings:
    """The same address, asked for everything that it accepts."""
    return replace(settings, deep=True)


def remember(facts: Facts) -> str:
    """The protocol that was agreed on, for the next look."""
    return "" if facts.alpn is None else facts.alpn or _NO_ALPN


def recall(settings: Settings, memo: str) -> Settings:
    """The settings of a look that knows what the last one agreed on."""
    return replace(settings, known_alpn="" if memo == _NO_ALPN else memo)


CHECK = Check(
    name="tls",
    every=3600,
    deadline=90,
    settings=Settings,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=METRICS,
    remember=remember,
    recall=recall,
    deepen=deepen,
    describe=describe,
)
