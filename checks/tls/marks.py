"""What of a scan deserves a word: one mark for each thing that a client, or a reader of the vendor's papers, should know.

Only what was answered makes a mark: *unknown* makes none. Lists of suites and groups are told after a deep scan only, since
a quick one has not asked for them all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from checks.model import Severity
from checks.rules import BROKEN_DH, LEAST_DH
from checks.tls.grading import Grade, Mark
from checks.tls.posture import Posture, Verdict
from checks.tls.suites import BROKEN, Strength, strength_named

_OLD_VERSIONS = (
    ("SSLv2", "tls.version.ssl2", Grade.F),
    ("SSLv3", "tls.version.ssl3", Grade.F),
    ("TLSv1.0", "tls.version.1_0", Grade.C),
    ("TLSv1.1", "tls.version.1_1", Grade.C),
)
_AGEING = (
    ("tls.suite.cbc", (Strength.ECDHE_CBC, Strength.DHE_CBC), "without authenticated encryption (CBC)"),
    ("tls.suite.dhe", (Strength.DHE_AEAD, Strength.DHE_CBC), "with finite-field Diffie-Hellman (DHE)"),
    ("tls.suite.rare", (Strength.RARE, Strength.OTHER), "that hardly any client uses"),
)
_NAMED = 3


def posture_marks(posture: Posture) -> Iterator[Mark]:
    """Everything, the worst kinds first."""
    yield from _versions(posture)
    yield from _weak_suites(posture)
    yield from _ageing_suites(posture)
    yield from _key_exchange(posture)
    yield from _extensions(posture)
    if posture.deep:
        yield from _inventory(posture)


def accepted(posture: Posture) -> list[str]:
    """The versions that are surely accepted, oldest first."""
    return [version for version, said in sorted(posture.versions.items()) if said is Verdict.YES]


def suites_of(posture: Posture, strengths: Collection[Strength]) -> list[str]:
    """The accepted suites of some strengths, each once. Those of SSL 2.0 are told with it: no word is worse."""
    every = dict.fromkeys(suite for version, suites in posture.suites.items() if version != "SSLv2" for suite in suites)
    return [suite for suite in every if strength_named(suite) in strengths]


def _versions(posture: Posture) -> Iterator[Mark]:
    for version, code, cap in _OLD_VERSIONS:
        if posture.versions.get(version) is Verdict.YES:
            yield Mark(code, f"accepts {version}", cap)
    if posture.versions.get("TLSv1.3") is Verdict.NO:
        yield Mark("tls.version.1_3", "does not accept TLSv1.3", Grade.A_MINUS)


def _weak_suites(posture: Posture) -> Iterator[Mark]:
    """Suites that nobody should accept, and those without forward secrecy: worse where there is no other."""
    if _accepts(posture, BROKEN):
        yield Mark("tls.suite.broken", f"accepts broken suites: {_named(posture, BROKEN)}", Grade.F)
    if _accepts(posture, (Strength.BLOCK64,)):
        sentence = f"accepts ciphers with blocks of 64 bits: {_named(posture, (Strength.BLOCK64,))}"
        yield Mark("tls.suite.block64", sentence, Grade.C)
    if _accepts(posture, (Strength.NO_FS,)):
        named = _named(posture, (Strength.NO_FS,))
        if posture.forward_secrecy is Verdict.NO:
            yield Mark("tls.suite.nofs", f"has no forward secrecy at all: {named}", Grade.D)
        else:
            yield Mark("tls.suite.nofs", f"accepts suites without forward secrecy: {named}", Grade.B)


def _accepts(posture: Posture, strengths: Collection[Strength]) -> bool:
    said = (posture.weak.get(strength) for strength in strengths)
    return Verdict.YES in said or bool(suites_of(posture, strengths))


def _ageing_suites(posture: Posture) -> Iterator[Mark]:
    for code, strengths, what in _AGEING:
        if _accepts(posture, strengths):
            yield Mark(code, f"accepts suites {what}: {_named(posture, strengths)}", Grade.A_MINUS)


def _named(posture: Posture, strengths: Collection[Strength]) -> str:
    """A few of the suites by name, and how many more there are."""
    found = suites_of(posture, strengths)
    if not found:
        return ", ".join(strength.value for strength in strengths if posture.weak.get(strength) is Verdict.YES)
    return few(found)


def few(names: Sequence[str]) -> str:
    """The first of *names*, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _key_exchange(posture: Posture) -> Iterator[Mark]:
    bits = posture.dh_bits
    if bits is not None and bits < LEAST_DH.bits:
        is_broken = bits < BROKEN_DH.bits
        severity, cap = (Severity.CRITICAL, Grade.F) if is_broken else (Severity.WARNING, Grade.C)
        yield Mark("tls.dh_bits", f"uses a Diffie-Hellman group of {bits} bits", cap, severity)
    if posture.pq is Verdict.NO:
        yield Mark("tls.group.pq", "accepts no post-quantum key exchange", Grade.A)


def _extensions(posture: Posture) -> Iterator[Mark]:
    if posture.compression is Verdict.YES:
        yield Mark("tls.compression", "compresses inside TLS", Grade.C)
    if posture.renegotiation_info is Verdict.NO:
        yield Mark("tls.renegotiation_info", "does not protect renegotiation (RFC 5746)")
    if posture.extended_master_secret is Verdict.NO:
        yield Mark("tls.ems", "does not bind the master secret to the handshake (RFC 7627)")
    if posture.fallback_scsv is Verdict.NO:
        yield Mark("tls.fallback_scsv", "lets a client be talked down to an older version (RFC 7507)")


def _inventory(posture: Posture) -> Iterator[Mark]:
    """What is no fault but belongs in a list of what is in use (PCI DSS 12.3.3)."""
    if posture.suites:
        yield Mark("tls.suite.list", f"suites: {', '.join(_counted(posture))}")
    deciding = [(whose, [v for v, who in posture.preference.items() if who == whose]) for whose in ("server", "client")]
    told = [f"the {whose} in {', '.join(versions)}" for whose, versions in deciding if versions]
    if told:
        yield Mark("tls.suite.preference", f"which suite is used is decided by {' and by '.join(told)}")
    if posture.groups:
        yield Mark("tls.group.list", f"groups: {', '.join(posture.groups)}")
    if posture.without_name:
        yield Mark("tls.sni.absent", f"a client that names no host: {posture.without_name}")
    if posture.wrong_name:
        yield Mark("tls.sni.wrong", f"a client that names another host: {posture.wrong_name}")


def _counted(posture: Posture) -> Iterator[str]:
    """How many suites there are of each version; which ones is in the facts."""
    for version, suites in posture.suites.items():
        least = "" if version in posture.complete else "at least "
        yield f"{least}{len(suites)} of {version}"
