"""The deep scan: every version, suite and group that a server accepts, both of its certificates, and what strangers get.

It begins as the quick scan does. It takes 30 connections and more, and is for those who allowed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.tls.asking import Ask, Heard, Scan, Topic, one, together
from checks.tls.codes import SCHEMES_ECDSA, SCHEMES_RSA, SCSV, SSL3, TLS11, TLS12, TLS13
from checks.tls.elimination import list_curves, list_groups, list_suites
from checks.tls.keeping import kept
from checks.tls.ledger import Ledger
from checks.tls.posture import Posture, Verdict
from checks.tls.quick import basics
from checks.tls.speaking import BARE, CLEAR_VERSIONS, MOST_SUITES, Speaker, every_suite, in_hellos, server_name
from checks.tls.suites import AGEING, STRONG, Strength, authentication, suites
from checks.tls.telling import posture_of

DEEP_CONNECTIONS = 200
_NOBODY = "no-such-name.invalid"
"""A name that cannot exist (RFC 6761, section 6.4)."""
_ASKED_TWICE = 4
"""So many of the first questions are asked again in the end: behind one address there may be servers that differ."""
_SCHEMES = {"RSA": SCHEMES_RSA, "ECDSA": SCHEMES_ECDSA}


def deep(host: str) -> Scan[Posture]:
    """Scan *host*, a name or an address, to the end."""
    ledger = Ledger(DEEP_CONNECTIONS)
    speaker = Speaker(server_name(host))
    yield from kept(_everything(speaker, ledger), ledger)
    return posture_of(ledger, deep=True)


def _everything(speaker: Speaker, ledger: Ledger) -> Scan[None]:
    speaker = yield from basics(speaker, ledger)
    if ledger.is_hopeless:
        return
    unsettled = [version for version in CLEAR_VERSIONS if _is_unsettled(ledger, version)]
    apart = [Ask(Topic.SSL2, None)]
    if ledger.version(TLS13) is not Verdict.YES:
        apart.append(speaker.modern(BARE))
    yield from together(*map(one, apart), *(_knock(speaker, ledger, version) for version in unsettled))
    spoken = [version for version in (TLS13, *CLEAR_VERSIONS) if ledger.version(version) is Verdict.YES]
    yield from together(
        *(list_suites(speaker, ledger, version) for version in spoken),
        *_lists_of_groups(speaker, ledger, spoken),
        *map(one, _single_questions(speaker, ledger, spoken)),
    )
    yield tuple(heard.ask for heard in ledger.heard[:_ASKED_TWICE])


def _is_unsettled(ledger: Ledger, version: int) -> bool:
    """Whether a version was not asked for by itself yet: what was refused as TLS 1.1 may do as something older."""
    verdict = ledger.version(version)
    return verdict is Verdict.UNKNOWN or (verdict is Verdict.NO and version < TLS11)


def _knock(speaker: Speaker, ledger: Ledger, version: int) -> Scan[None]:
    """Ask for a version with every suite of it that was not refused already, until one is taken."""
    left = [code for code in every_suite(version) if code not in ledger.refused(version)]
    for offered in in_hellos(left):
        heard = yield from one(speaker.whole(version, offered))
        if heard.choice and heard.choice.version == version:
            return


def _lists_of_groups(speaker: Speaker, ledger: Ledger, spoken: Sequence[int]) -> Iterator[Scan[None]]:
    if TLS13 in spoken:
        yield list_groups(speaker, ledger)
    with_curves = [version for version in spoken if SSL3 < version < TLS13]
    if with_curves:
        yield list_curves(speaker, ledger, max(with_curves))


def _single_questions(speaker: Speaker, ledger: Ledger, spoken: Sequence[int]) -> Iterator[Ask]:
    """What others are told than those who ask for this host with all that they have."""
    clear = [version for version in spoken if version in CLEAR_VERSIONS]
    shown = {authentication(suite) for version in clear for suite, heard in ledger.chosen(version).items() if _shows(heard)}
    if shown and speaker.name:
        yield speaker.typical(server_name="", compression=False, topic=Topic.NO_NAME)
        yield speaker.typical(server_name=_NOBODY, compression=False, topic=Topic.WRONG_NAME)
    for method in _SCHEMES if clear else ():
        if method not in shown:
            yield _with_certificate(speaker, max(clear), method)
    if len(spoken) > 1 and min(spoken) < TLS12:
        yield speaker.ask(min(spoken), (*ledger.chosen(min(spoken)), SCSV), topic=Topic.FALLBACK)


def _shows(heard: Heard) -> bool:
    return bool(heard.flight and heard.flight.certificates)


def _with_certificate(speaker: Speaker, version: int, method: str) -> Ask:
    """Whether there is a certificate of another kind: only suites and signatures of that kind are offered."""
    kinds = (*STRONG, *AGEING, Strength.NO_FS)
    offered = [code for code in suites(kinds, version) if authentication(code) == method][:MOST_SUITES]
    return speaker.whole(version, offered, schemes=_SCHEMES[method], staple=True, topic=Topic.CERTIFICATE)
