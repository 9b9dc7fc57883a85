"""Every chain the certificate checks must tell apart, with what each must get at `certlab.NOW`.

A case says the fault of its chain, the codes of all its findings without their prefix, and the state they amount to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from checks.model import State
from checks.network import TrustFault
from tests.support.certlab import (
    CLIENT,
    GOOD,
    HOST,
    INTERMEDIATE,
    NO_NAMES,
    ROOT,
    SERVER,
    STRANGER,
    Issued,
    authority,
    ders,
    issue,
    key,
    server,
    weakly_signed,
)


@dataclass(frozen=True)
class Case:
    chain: tuple[bytes, ...]
    codes: tuple[str, ...] = ("ok",)
    state: State = State.UP
    fault: TrustFault | None = None
    host: str = HOST


def _bad(*chain: Issued, codes: tuple[str, ...], host: str = HOST) -> Case:
    return Case(ders(*chain), codes, State.DOWN, host=host)


def _faulty(fault: TrustFault, *chain: Issued) -> Case:
    state = State.DEGRADED if fault is TrustFault.CHAIN_INCOMPLETE else State.DOWN
    return Case(ders(*chain), (fault.value,), state, fault)


def _named(*names: str, host: str) -> Case:
    return Case(ders(server(INTERMEDIATE, *names), INTERMEDIATE), host=host)


def _misnamed(*names: str, host: str = HOST) -> Case:
    return _bad(server(INTERMEDIATE, *names), INTERMEDIATE, codes=("name_mismatch",), host=host)


@cache
def cases() -> Mapping[str, Case]:
    """All cases by name."""
    return {**_dates(), **_names(), **_chains(), **_authorities(), **_keys()}


def _dates() -> dict[str, Case]:
    return {
        "good": Case(ders(GOOD, INTERMEDIATE)),
        "expired": _bad(server(INTERMEDIATE, starts=-100), INTERMEDIATE, codes=("expired",)),
        "expired an hour ago": _bad(server(INTERMEDIATE, starts=-90 - 1 / 24), INTERMEDIATE, codes=("expired",)),
        "ends this second": Case(ders(server(INTERMEDIATE, starts=-90), INTERMEDIATE), ("expiring",)),
        "not yet valid": _bad(server(INTERMEDIATE, starts=2), INTERMEDIATE, codes=("not_yet_valid",)),
        "near its end": Case(ders(server(INTERMEDIATE, starts=-80), INTERMEDIATE), ("expiring",)),
        "six days long, two old": Case(ders(server(INTERMEDIATE, starts=-2, days=6), INTERMEDIATE)),
        "intermediate younger than an expired leaf": _bad(server(_younger(), starts=-400), _younger(), codes=("expired",)),
    }


def _younger() -> Issued:
    """The intermediate renewed with the same key."""
    return authority("Lab Intermediate", ROOT, starts=-10, days=900)


def _names() -> dict[str, Case]:
    wildcard = "*.vendor.example"
    return {
        "wrong host": _misnamed("other.example"),
        "common name only": _misnamed(NO_NAMES),
        "wildcard": _named(wildcard, host="api.vendor.example"),
        "wildcard for two labels": _misnamed(wildcard, host="a.b.vendor.example"),
        "wildcard for none": _misnamed(wildcard),
        "wildcard in part of a label": _misnamed("a*.vendor.example", host="api.vendor.example"),
        "wildcard below a top-level domain": _misnamed("*.example"),
        "internationalised": _named("xn--bcher-kva.example", host="bücher.example"),
        "in capitals": _named("Vendor.EXAMPLE", host="VENDOR.example"),
        "host with the root's dot": _named(HOST, host=HOST + "."),
        "IPv4 address": _named("192.0.2.7", host="192.0.2.7"),
        "IPv6 address": _named("2001:db8::7", host="2001:db8:0::7"),
        "another address": _misnamed("192.0.2.8", host="192.0.2.7"),
        "address written as a name": _bad(_address_as_name(), INTERMEDIATE, codes=("name_mismatch",), host="192.0.2.7"),
        "name that ends in a zero byte": _misnamed("vendor.example\0.evil.example"),
        "a thousand names": _named(*(f"h{number}.example" for number in range(999)), HOST, host=HOST),
        "a thousand other names": _misnamed(*(f"h{number}.example" for number in range(1000))),
    }


def _address_as_name() -> Issued:
    names = x509.SubjectAlternativeName([x509.DNSName("192.0.2.7")])
    return server(INTERMEDIATE, NO_NAMES, extra=[(names, False)])


def _chains() -> dict[str, Case]:
    first = authority("Lab First", ROOT)
    second = authority("Lab Second", first)
    deep = server(second)
    old = authority("Lab Old", ROOT, starts=-310, days=300)
    coming = authority("Lab Coming", ROOT, starts=5, days=300)
    crossed = authority("Lab Intermediate", STRANGER, starts=-310, days=300)
    impostor = Issued(INTERMEDIATE.certificate, key("impostor"))
    return {
        "root sent too": Case(ders(GOOD, INTERMEDIATE, ROOT), ("ok", "chain_root_sent")),
        "two intermediates": Case(ders(deep, second, first)),
        "wrong order": Case(ders(deep, first, second), ("ok", "chain_order")),
        "sent twice": Case(ders(GOOD, GOOD, INTERMEDIATE, INTERMEDIATE), ("ok", "chain_extra")),
        "one too many": Case(ders(GOOD, INTERMEDIATE, STRANGER), ("ok", "chain_extra")),
        "garbage beside it": Case((GOOD.der, b"\x30\x03\x02\x01\x00", INTERMEDIATE.der), ("chain_unreadable",)),
        "expired cross-sign beside a good path": Case(ders(GOOD, crossed, INTERMEDIATE)),
        "the root itself": Case(ders(ROOT), ("name_mismatch",), State.DOWN),
        "self-signed": _faulty(TrustFault.SELF_SIGNED, server(None)),
        "untrusted root": _faulty(TrustFault.UNTRUSTED_ROOT, server(STRANGER), STRANGER),
        "same name, other key": _faulty(TrustFault.UNTRUSTED, server(impostor), INTERMEDIATE),
        "the root's name, other key": _faulty(TrustFault.UNTRUSTED, server(Issued(ROOT.certificate, key("impostor")))),
        "incomplete": _faulty(TrustFault.CHAIN_INCOMPLETE, GOOD),
        "the middle missing": _faulty(TrustFault.CHAIN_INCOMPLETE, deep, first),
        "only an unreadable intermediate": Case(
            (GOOD.der, b"\x30\x80"), ("chain_incomplete", "chain_unreadable"), State.DEGRADED, TrustFault.CHAIN_INCOMPLETE
        ),
        "expired intermediate": _faulty(TrustFault.CHAIN_EXPIRED, server(old), old),
        "intermediate of next week": _faulty(TrustFault.CHAIN_EXPIRED, server(coming), coming),
        "expired intermediate of nobody known": _faulty(TrustFault.CHAIN_EXPIRED, GOOD, crossed),
        "intermediate near its end": Case(
            ders(*_with(authority("Lab Soon", ROOT, starts=-290, days=300))), ("chain_expiring",)
        ),
        "intermediate that ends first": Case(
            ders(*_with(authority("Lab Brief", ROOT, starts=-290, days=340))), ("chain_expiring",)
        ),
        "nothing": Case((), ("unreadable",), State.DOWN, TrustFault.UNREADABLE),
        "garbage": Case((b"hello",), ("unreadable",), State.DOWN, TrustFault.UNREADABLE),
        "too long": Case((b"\x30\x83\x0f\xff\xff" + bytes(70_000),), ("unreadable",), State.DOWN, TrustFault.UNREADABLE),
    }


def _with(intermediate: Issued) -> tuple[Issued, Issued]:
    return server(intermediate), intermediate


def _authorities() -> dict[str, Case]:
    narrow = authority("Narrow", ROOT, constraints=x509.NameConstraints([x509.DNSName("allowed.example")], None))
    excluding = authority("Excluding", ROOT, constraints=x509.NameConstraints(None, [x509.DNSName("example")]))
    allowed = server(narrow, "api.allowed.example", common_name="api.allowed.example")
    below = authority("Below", INTERMEDIATE)
    return {
        "within its issuer's names": Case(ders(allowed, narrow), host="api.allowed.example"),
        "outside its issuer's names": _faulty(TrustFault.NAME_CONSTRAINT, *_with(narrow)),
        "among its issuer's forbidden names": _faulty(TrustFault.NAME_CONSTRAINT, *_with(excluding)),
        "longer than allowed": _faulty(TrustFault.UNTRUSTED, server(below), below, INTERMEDIATE),
        "issuer is no authority": _faulty(TrustFault.UNTRUSTED, *_with(server(ROOT, "x.example", common_name="x"))),
        "issuer says nothing of itself": _faulty(TrustFault.UNTRUSTED, *_with(issue("Silent", ROOT, days=900))),
        "issuer may not sign": _faulty(TrustFault.UNTRUSTED, *_with(authority("Mute", ROOT, may_sign=False))),
        "issuer for clients only": _faulty(TrustFault.EKU, *_with(authority("Clients", ROOT, usages=[CLIENT]))),
        "issuer for servers": Case(ders(*_with(authority("Servers", ROOT, usages=[SERVER])))),
        "authority as a server": Case(ders(server(INTERMEDIATE, is_ca=True), INTERMEDIATE), ("leaf_is_ca",), State.DEGRADED),
        "for clients only": _faulty(TrustFault.EKU, server(INTERMEDIATE, usages=[CLIENT]), INTERMEDIATE),
        "for both": Case(ders(server(INTERMEDIATE, usages=[SERVER, CLIENT]), INTERMEDIATE)),
        "for no stated purpose": Case(ders(server(INTERMEDIATE, usages=()), INTERMEDIATE)),
        "critical extension nobody knows": _faulty(TrustFault.UNTRUSTED, _mysterious(), INTERMEDIATE),
    }


def _mysterious() -> Issued:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    return server(INTERMEDIATE, extra=[(unknown, True)])


def _keys() -> dict[str, Case]:
    weak_kinds = ("1024", "p224")
    kinds = ("2048", "p521", "ed25519")
    weak = authority("Weak", ROOT, with_key=key("Weak", "1024"))
    curved = authority("Curved", ROOT, with_key=key("Curved", "p224"))
    rare = authority("Rare", ROOT, with_key=key("Rare", "ed25519"))
    rsa = authority("Lab RSA", ROOT, with_key=key("Lab RSA", "2048"))
    poor = {
        f"signed with {algorithm.name}": Case(
            (weakly_signed(rsa, algorithm), rsa.der), ("sig_weak",), State.DOWN, TrustFault.SIG_WEAK
        )
        for algorithm in (hashes.SHA1(), hashes.MD5())  # noqa: S303 - they are weak on purpose
    }
    return {
        **{kind: Case(_bearing(kind)) for kind in kinds},
        **{kind: Case(_bearing(kind), ("key_weak",), State.DEGRADED) for kind in weak_kinds},
        **poor,
        "issuer with a weak key": _faulty(TrustFault.KEY_WEAK, *_with(weak)),
        "issuer on a small curve": _faulty(TrustFault.KEY_WEAK, *_with(curved)),
        "issuer with a key that is only rare": _faulty(TrustFault.UNTRUSTED, *_with(rare)),
    }


def _bearing(kind: str) -> tuple[bytes, ...]:
    """The chain of a server with a key of a kind."""
    return ders(server(INTERMEDIATE, with_key=key("server", kind)), INTERMEDIATE)
