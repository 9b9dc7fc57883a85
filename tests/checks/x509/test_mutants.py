"""Mutants of certificates, staples and lists: each ends in a value, or in `ValueError` where that is said.

Half of the mutants are signed again by whoever signed the original, so that they reach what only a believed document does.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pytest
from cryptography import x509

from checks.network import TrustFault
from checks.plain import plain
from checks.x509 import StapleStatus, oddities, read, read_crl, read_staple, refusal
from tests.support.certextensions import MUST_STAPLE, listed_at, logged, sct
from tests.support.certlab import (
    CLIENT,
    GOOD,
    HOST,
    INTERMEDIATE,
    NOW,
    ROOT,
    SERVER,
    STRANGER,
    Issued,
    authority,
    ders,
    key,
    lab_roots,
    server,
)
from tests.support.der import parts, values
from tests.support.revocation import (
    OCSP_SIGNING,
    REVOKED,
    UNKNOWN,
    answering,
    crl,
    endless,
    responder,
    scope,
    signed_again,
    single_of,
    staple,
    together,
    with_scts,
)

pytestmark = pytest.mark.slow

URL = "http://crl.example/1.crl"
STAPLE = staple()


@dataclass(frozen=True)
class Link:
    """A certificate of a chain that is to be mutated: *below* it, itself with who signed it, and *above* it."""

    one: Issued
    by: Issued
    below: tuple[bytes, ...] = ()
    above: tuple[bytes, ...] = ()


def _leaves() -> list[Issued]:
    """Servers' certificates with everything that is looked at in one."""
    narrow = [x509.NameConstraints([x509.DNSName("example")], None), x509.InhibitAnyPolicy(0), x509.OCSPNoCheck()]
    extras = [[MUST_STAPLE], [listed_at(URL, URL + "?")], [logged("a", "b", "c")], *([(one, False)] for one in narrow)]
    return [
        GOOD,
        *(server(INTERMEDIATE, extra=extra) for extra in extras),
        server(INTERMEDIATE, extra=[extra[0] for extra in extras]),
        server(INTERMEDIATE, "*.example", "192.0.2.7", "2001:db8::7", HOST, "xn--bcher-kva.example"),
        server(INTERMEDIATE, *(f"h{number}.example" for number in range(100))),
        server(INTERMEDIATE, ""),
        server(INTERMEDIATE, usages=[CLIENT]),
        server(INTERMEDIATE, usages=[SERVER, CLIENT, OCSP_SIGNING]),
        server(INTERMEDIATE, is_ca=True),
        server(INTERMEDIATE, starts=-200),
        server(INTERMEDIATE, starts=5),
        *(server(INTERMEDIATE, with_key=key("server", kind)) for kind in ("1024", "2048", "p224", "p521", "ed25519")),
    ]


def _links() -> list[Link]:
    narrow = x509.NameConstraints([x509.DNSName("example")], [x509.DNSName("evil.example")])
    issuers = [
        INTERMEDIATE,
        authority("Narrow", ROOT, constraints=narrow),
        authority("Servers", ROOT, usages=[SERVER]),
        authority("Old", ROOT, starts=-310, days=300),
        authority("Weak", ROOT, with_key=key("Weak", "p224")),
        authority("RSA", ROOT, with_key=key("RSA", "2048")),
    ]
    crossed = authority("Lab Intermediate", STRANGER)
    return [
        *(Link(leaf, INTERMEDIATE, above=ders(INTERMEDIATE)) for leaf in _leaves()),
        *(Link(issuer, ROOT, below=ders(server(issuer))) for issuer in issuers),
        Link(crossed, STRANGER, below=ders(GOOD), above=ders(INTERMEDIATE, STRANGER)),
        Link(STRANGER, STRANGER, below=ders(GOOD, crossed)),
        Link(server(None), server(None)),
    ]


def _mutated(der: bytes, donor: bytes, chance: random.Random) -> bytes:
    """*der* with bits flipped, bytes replaced, a piece cut out, or a piece of *donor* put in."""
    mutant = bytearray(der)
    place = chance.randrange(len(mutant))
    match chance.randrange(8):
        case 0:
            mutant[place] ^= 1 << chance.randrange(8)
        case 1:
            del mutant[place : place + chance.randint(1, 8)]
        case 2:
            start, size = chance.randrange(len(donor)), chance.randint(1, 40)
            mutant[place : place + chance.choice((size, 0))] = donor[start : start + size]
        case _:
            places = list(values(der))
            for _ in range(chance.choice((1, 1, 1, 2))):
                mutant[chance.choice(places)] ^= chance.choice((1 << chance.randrange(8), chance.randrange(256)))
    return bytes(mutant)


def _mutant(der: bytes, by: Issued, donor: bytes, chance: random.Random) -> bytes:
    """A mutant of *der*, or of what is signed in it with a new signature."""
    if chance.random() < 0.5:
        return _mutated(der, donor, chance)
    content, algorithm, *_ = parts(der)
    return signed_again(_mutated(content, donor, chance), algorithm, by)


def _is_value(make: Callable[[], object]) -> bool:
    """Whether *make* makes a value; the only other thing it may do is to raise `ValueError`."""
    try:
        make()
    except ValueError:
        return False
    return True


def _judged(chain: Sequence[bytes], place: int, outcomes: Counter[str]) -> None:
    """Do with *chain*, of which the certificate at *place* is a mutant, all that is ever done."""
    outcomes["read"] += _is_value(lambda: plain(read(chain[place])))
    trust = lab_roots().trust(chain, HOST, NOW)
    outcomes[trust.fault or "trusted"] += 1
    assert bool(trust.path) == (trust.fault is None)
    assert trust.path or trust.detail.isprintable()
    assert all(oddity.sentence.isprintable() for oddity in oddities(chain, trust))
    refusal(chain, trust, HOST, NOW)
    read_staple(STAPLE, chain[0], chain[1:]).verdict(NOW)


def test_twenty_thousand_certificates() -> None:
    chance = random.Random(20261121)  # noqa: S311 - the same mutants in each run
    links, revoked = _links(), crl(GOOD)
    outcomes: Counter[str] = Counter()
    for _ in range(20_000):
        link = chance.choice(links)
        mutant = _mutant(link.one.der, link.by, chance.choice(links).one.der, chance)
        _judged((*link.below, mutant, *link.above), len(link.below), outcomes)
        if link.one is INTERMEDIATE:
            outcomes["lists"] += _is_value(partial(read_crl, revoked, mutant))
    assert outcomes["read"] > 8_000
    assert outcomes["trusted"] > 2_000
    assert outcomes["lists"] > 100
    assert sum(outcomes[fault] > 100 for fault in TrustFault) >= 5


def _mutant_staple(der: bytes, donor: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.5:
        return _mutated(der, donor, chance)
    return answering([_mutated(single_of(der), single_of(donor), chance)], der, INTERMEDIATE)


def test_five_thousand_staples() -> None:
    chance = random.Random(20261122)  # noqa: S311 - the same mutants in each run
    helper = responder("Helper", INTERMEDIATE, OCSP_SIGNING)
    seeds = [
        STAPLE,
        staple(status=REVOKED),
        staple(status=UNKNOWN, days=None),
        staple(signer=helper, attached=[helper]),
        together(staple(INTERMEDIATE, ROOT), STAPLE),
        with_scts(STAPLE, sct("a"), sct("b")),
    ]
    verdicts: Counter[str] = Counter()
    for _ in range(5_000):
        mutant = _mutant_staple(chance.choice(seeds), chance.choice(seeds), chance)
        found = read_staple(mutant, GOOD.der, ders(INTERMEDIATE))
        plain(found)
        verdicts["unreadable" if "cannot be read" in found.fault else found.verdict(NOW).status] += 1
        assert found.verdict(NOW).sentence.isprintable()
    assert verdicts[StapleStatus.BAD] > 1_000
    assert verdicts[StapleStatus.GOOD] > 100


def test_five_thousand_lists() -> None:
    chance = random.Random(20261123)  # noqa: S311 - the same mutants in each run
    many = [server(INTERMEDIATE, starts=-30 - number) for number in range(10)]
    seeds = [
        crl(*many, GOOD),
        crl(GOOD, *many, reason=None, extensions=[scope(URL, users=True), (x509.CRLNumber(7), False)]),
        endless(crl(GOOD)),
        crl(GOOD, extensions=[scope(indirect=True)]),
    ]
    serial = read(GOOD.der).serial
    found: Counter[str] = Counter()
    for _ in range(5_000):
        mutant = _mutant(chance.choice(seeds), INTERMEDIATE, chance.choice(seeds), chance)
        try:
            listed = read_crl(mutant, INTERMEDIATE.der)
        except ValueError:
            found["refused"] += 1
            continue
        found["read"] += 1
        found["revoked"] += listed.find(serial) is not None
    assert found["read"] > 500
    assert found["revoked"] > 200
