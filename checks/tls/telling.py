"""What a scan came to, read off everything that was heard. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from checks.network import Ending
from checks.tls.asking import Heard, Topic
from checks.tls.codes import ALERT_INAPPROPRIATE_FALLBACK, SSL2, SSL3, TLS10, TLS12, TLS13, VERSION_NAMES
from checks.tls.flight import Flight, Got
from checks.tls.hello import MASTER_SECRET, RENEGOTIATION
from checks.tls.ledger import Ledger
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.preference import order
from checks.tls.serverhello import ServerHello, group_name
from checks.tls.speaking import CLEAR_VERSIONS
from checks.tls.ssl2 import Ssl2Answer
from checks.tls.suites import AGEING, BROKEN, STRONG, WEAK, Strength, is_forward_secret, strength, suite_name, suites

_ALL_VERSIONS = (TLS13, *CLEAR_VERSIONS, SSL2)
_WORTH = {kind: place for place, kind in enumerate(Strength)}
_MOST_NOTES = 8


def posture_of(ledger: Ledger, *, deep: bool = False) -> Posture:
    """Everything that is known once the scan is over."""
    answered, detail = _answered(ledger)
    groups = tuple(dict.fromkeys(map(group_name, (*ledger.groups(), *ledger.curves()))))
    return Posture(
        answered=answered,
        detail=detail,
        deep=deep,
        versions=dict(_versions(ledger, deep=deep)),
        suites=dict(_suites(ledger)),
        complete=tuple(VERSION_NAMES[version] for version in _ALL_VERSIONS if _is_complete(ledger, version)),
        weak=dict(_weak(ledger, deep=deep)),
        preference=dict(_preference(ledger)),
        group=next(iter(groups), ""),
        groups=groups,
        pq=ledger.post_quantum(),
        dh_bits=min(_dh_bits(ledger), default=None),
        forward_secrecy=_forward_secrecy(ledger),
        compression=_compression(ledger),
        renegotiation_info=_extension(ledger, RENEGOTIATION),
        extended_master_secret=_extension(ledger, MASTER_SECRET),
        fallback_scsv=next(map(_fallback, ledger.about(Topic.FALLBACK)), Verdict.UNKNOWN),
        asks_for_certificate=_asks_for_certificate(ledger),
        alpn=next((choice.alpn for choice in _choices(ledger) if choice.alpn), ""),
        without_name=_to_strangers(ledger, Topic.NO_NAME),
        wrong_name=_to_strangers(ledger, Topic.WRONG_NAME),
        chains=_chains(ledger),
        staple=next((flight.staple for flight in _flights(ledger) if flight.staple), b""),
        scts=next((flight.scts for flight in _flights(ledger) if flight.scts), b""),
        connections=sum(heard.was_asked for heard in ledger.attempts),
        received=sum(heard.reply.received for heard in ledger.attempts),
        notes=tuple(_notes(ledger, deep=deep))[:_MOST_NOTES],
    )


def _answered(ledger: Ledger) -> tuple[Answered, str]:
    """Whether the server was met at all; if not, in what words it was not."""
    if ledger.is_tls:
        return Answered.TLS, ""
    foreign = [heard for heard in ledger.attempts if heard.flight and heard.flight.got is Got.NOT_TLS]
    if foreign:
        return Answered.NOT_TLS, foreign[0].detail
    reached = [heard for heard in ledger.attempts if heard.reply.ending is not Ending.UNREACHED]
    detail = next((heard.detail for heard in (*reached, *ledger.attempts)), "nothing was asked")
    return (Answered.NOTHING if reached else Answered.UNREACHED), detail


def _versions(ledger: Ledger, *, deep: bool) -> Iterator[tuple[str, Verdict]]:
    """A quick scan asks for SSL 3.0 only by the way, and not for SSL 2.0."""
    if not ledger.is_tls:
        return
    for version in _ALL_VERSIONS if deep else (TLS13, *CLEAR_VERSIONS):
        verdict = ledger.version(version)
        if deep or version > SSL3 or verdict is not Verdict.UNKNOWN:
            yield VERSION_NAMES[version], verdict


def _suites(ledger: Ledger) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The best kinds first; within a kind in the order in which they were chosen, which is the server's if it has one."""
    for version in (TLS13, *CLEAR_VERSIONS):
        found = sorted(ledger.chosen(version), key=lambda code: _WORTH[strength(code)])
        if found:
            yield VERSION_NAMES[version], tuple(map(suite_name, found))
    for heard in ledger.about(Topic.SSL2):
        if isinstance(heard.reading, Ssl2Answer) and heard.reading.accepted:
            yield VERSION_NAMES[SSL2], heard.reading.suites


def _is_complete(ledger: Ledger, version: int) -> bool:
    if ledger.version(version) is not Verdict.YES:
        return False
    return version == SSL2 or ledger.is_complete(version)  # A server of SSL 2.0 lists its suites itself.


def _weak(ledger: Ledger, *, deep: bool) -> Iterator[tuple[str, Verdict]]:
    """In a quick scan *unknown* is what was not answered; what it did not ask for to the end is left out."""
    is_silent = bool(ledger.doubts) or any(ledger.verdict(heard) is Verdict.UNKNOWN for heard in ledger.about(Topic.CHOICE))
    for kind in (*WEAK, *BROKEN) if ledger.is_tls else ():
        verdict = ledger.kind(kind, (TLS13, *CLEAR_VERSIONS) if deep else CLEAR_VERSIONS)
        if deep or is_silent or verdict is not Verdict.UNKNOWN:
            yield kind, verdict


def _preference(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for version in (TLS13, *CLEAR_VERSIONS):
        if whose := order(ledger, version):
            yield VERSION_NAMES[version], whose


def _choices(ledger: Ledger) -> Iterator[ServerHello]:
    return (heard.choice for heard in ledger.heard if heard.choice)


def _flights(ledger: Ledger) -> Iterator[Flight]:
    """What was told in the clear to those who named the host."""
    for heard in ledger.heard:
        if heard.flight and heard.choice and not heard.ask.topic.is_strange:
            yield heard.flight


def _dh_bits(ledger: Ledger) -> Iterator[int]:
    for flight in _flights(ledger):
        if flight.key_exchange and flight.key_exchange.dh_bits is not None:
            yield flight.key_exchange.dh_bits


def _forward_secrecy(ledger: Ledger) -> Verdict:
    """Whether there is any: surely not where all of it was refused in every version that is spoken."""
    spoken = [version for version in _ALL_VERSIONS if ledger.version(version) is Verdict.YES]
    if any(is_forward_secret(code) for version in spoken for code in ledger.chosen(version)):
        return Verdict.YES
    is_refused = all(set(suites((*STRONG, *AGEING), version)) <= ledger.refused(version) for version in spoken)
    is_open = any(ledger.version(version) is Verdict.UNKNOWN for version in (TLS13, *CLEAR_VERSIONS[:3]))
    return Verdict.NO if spoken and is_refused and not is_open else Verdict.UNKNOWN


def _compression(ledger: Ledger) -> Verdict:
    """TLS 1.3 has none, so that a server of nothing else does not compress."""
    offered = [heard.choice for heard in ledger.heard if heard.choice and heard.ask.hello and heard.ask.hello.compression]
    if any(choice.compression for choice in offered):
        return Verdict.YES
    is_out = ledger.is_tls and all(ledger.version(version) is Verdict.NO for version in CLEAR_VERSIONS)
    return Verdict.NO if offered or is_out else Verdict.UNKNOWN


def _extension(ledger: Ledger, kind: int) -> Verdict:
    """Whether the newest version below TLS 1.3 has an extension that every hello offers; SSL 3.0 has none."""
    choices = [choice for choice in _choices(ledger) if TLS10 <= choice.version <= TLS12]
    newest = max(choices, key=lambda choice: choice.version, default=None)
    if newest is None:
        return Verdict.UNKNOWN
    return Verdict.YES if kind in newest.extensions else Verdict.NO


def _fallback(heard: Heard) -> Verdict:
    """Whether a client that says it was talked down is sent away (RFC 7507, section 3)."""
    if heard.is_accepted:
        return Verdict.NO
    return Verdict.YES if heard.alert == ALERT_INAPPROPRIATE_FALLBACK else Verdict.UNKNOWN


def _asks_for_certificate(ledger: Ledger) -> Verdict:
    """Up to TLS 1.2 that is asked for in the clear, and not by a server that does not prove who it is itself."""
    flights = [*_flights(ledger)]
    if any(flight.asks_for_certificate for flight in flights):
        return Verdict.YES
    whole = [flight for flight in flights if flight.got is Got.FLIGHT and flight.certificates]
    return Verdict.NO if whole else Verdict.UNKNOWN


def _chains(ledger: Ledger) -> tuple[tuple[bytes, ...], ...]:
    return tuple(dict.fromkeys(flight.certificates for flight in _flights(ledger) if flight.certificates))


def _to_strangers(ledger: Ledger, topic: Topic) -> str:
    """What a client gets that does not name the host."""
    own = {chain[0] for chain in _chains(ledger)}
    for heard in ledger.about(topic):
        if heard.choice is None:
            return heard.detail
        if heard.flight and heard.flight.certificates:
            return "same certificate" if heard.flight.certificates[0] in own else "other certificate"
    return ""


def _notes(ledger: Ledger, *, deep: bool) -> Iterator[str]:
    yield from _counted("not asked", (heard for heard in ledger.attempts if not heard.was_asked))
    if not ledger.is_tls:
        return
    mute = (heard for heard in ledger.attempts if heard.was_asked and not heard.is_tls and not heard.is_cut)
    yield from _counted("without an answer", mute)
    yield from ledger.doubts
    if any(map(ledger.is_contradictory, _ALL_VERSIONS)):
        yield "answers differ from connection to connection"
    for version in CLEAR_VERSIONS if deep else ():
        if ledger.version(version) is Verdict.YES and not ledger.is_complete(version):
            yield f"{VERSION_NAMES[version]}: there may be more suites than are listed"


def _counted(what: str, answers: Iterable[Heard]) -> Iterator[str]:
    """How many questions had the same fate, and why."""
    for detail, number in Counter(heard.detail for heard in answers).items():
        yield f"{number} {'question' if number == 1 else 'questions'} {what}: {detail}"
