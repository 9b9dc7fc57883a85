"""A TLS server that only makes its choice and never shakes hands: from a policy and a hello to the bytes of an answer.

It needs no keys and no cryptography, so that it can pose as what no stack serves any more: SSL 2.0 and 3.0, EXPORT, NULL,
anonymous suites, a prime of 512 bits, a group that nobody else has. Its signatures are zeroes; whoever never finishes a
handshake does not notice. `answer` is pure, for scans in memory; `scripted` is the same on a socket of `servers.serving`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from checks.tls.codes import ALERT_INAPPROPRIATE_FALLBACK, RENEGOTIATION_SCSV, SCHEME_NAMES, SCSV, SSL2, TLS12, TLS13
from checks.tls.hello import ALPN, KEY_SHARE, MASTER_SECRET, RENEGOTIATION, STATUS_REQUEST, TIMESTAMPS, VERSIONS
from checks.tls.suites import authentication, suite_name
from tests.support.servers import Script, cut, silent
from tests.support.tlswire import (
    ALERT,
    CHANGE_CIPHER_SPEC,
    HANDSHAKE,
    RANDOM,
    RETRY,
    SEALED,
    Asked,
    extension,
    message,
    number,
    read_hello,
    record,
    vector,
)

_OVER_CURVES = ("TLS_ECDHE_", "TLS_ECDH_anon_", "TLS_CECPQ1_")


class Refusal(StrEnum):
    """How a server says no. As what `answer` returns: nothing is sent, and the connection ends like this."""

    ALERT = "alert"
    RESET = "reset"
    CLOSE = "close"
    SILENCE = "silence"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a server takes. *suites* are those of a version, in the server's order; a version without some has common ones.

    *chains* are certificates by what suites authenticate with (RSA, ECDSA), and stand instead of *chain*; what none is for
    cannot be chosen. *stranger* is the chain for whoever names another host than *server_name* or none; without it they are
    refused. *intolerant_above* and *most_suites* make it hang up on hellos that say a higher version or more suites.
    """

    versions: tuple[int, ...] = (TLS12, TLS13)
    suites: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    server_order: bool = True
    groups: tuple[int, ...] = (29, 23)
    chain: tuple[bytes, ...] = (b"leaf", b"intermediate")
    chains: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    stranger: tuple[bytes, ...] = ()
    server_name: str = ""
    staple: bytes = b""
    scts: bytes = b""
    dh_bits: int = 2048
    ssl2: tuple[int, ...] = ()
    refuse: Refusal = Refusal.ALERT
    asks_for_certificate: bool = False
    scsv: bool = True
    alpn: tuple[str, ...] = ()
    compression: bool = False
    renegotiation: bool = True
    master_secret: bool = True
    intolerant_above: int | None = None
    most_suites: int | None = None

    def suites_of(self, version: int) -> tuple[int, ...]:
        """The suites it takes in *version*."""
        common = (0x1301, 0x1302, 0x1303) if version == TLS13 else (0xC02F, 0xC030) if version == TLS12 else (0xC013, 0xC014)
        return self.suites.get(version, common)


def answer(policy: Policy, hello: bytes) -> bytes | Refusal:
    """What a server with *policy* sends back for *hello*, one that `checks.tls` wrote for any version."""
    if hello[0] & 0x80:
        return _answer_ssl2(policy, hello)
    asked = read_hello(hello)
    if asked.version > (policy.intolerant_above or TLS13) or len(asked.suites) > (policy.most_suites or 1 << 16):
        return Refusal.RESET
    if policy.server_name and asked.server_name != policy.server_name and not policy.stranger:
        return _refuse(policy, 112)
    version = max({*policy.versions} & {*asked.versions}, default=None)
    if version is None:
        return _refuse(policy, 70)
    if SCSV in asked.suites and policy.scsv and version < max(policy.versions):
        return _refuse(policy, ALERT_INAPPROPRIATE_FALLBACK)
    group = next(iter(_common(policy, policy.groups, asked.groups)), None)
    suites = _common(policy, policy.suites_of(version), asked.suites)
    suite = next((code for code in suites if _is_possible(policy, asked, version, code, group)), None)
    if suite is None:
        return _refuse(policy, 40)
    return _choice(policy, asked, version, suite, group or 0)


def _answer_ssl2(policy: Policy, hello: bytes) -> bytes | Refusal:
    if not policy.ssl2:
        return _refuse(policy, 70)
    specs = hello[11 : 11 + int.from_bytes(hello[5:7])]
    offered = {int.from_bytes(specs[at : at + 3]) for at in range(0, len(specs), 3)}
    taken = b"".join(code.to_bytes(3, "big") for code in policy.ssl2 if code in offered)
    certificate = policy.chain[0]
    lengths = b"".join(number(value, 2) for value in (SSL2, len(certificate), len(taken), 16))
    body = b"\x04\x00\x01" + lengths + certificate + taken + bytes(16)
    return number(0x8000 | len(body), 2) + body


def _refuse(policy: Policy, alert: int) -> bytes | Refusal:
    return record(ALERT, bytes([2, alert])) if policy.refuse is Refusal.ALERT else policy.refuse


def _common(policy: Policy, ours: Sequence[int], theirs: Sequence[int]) -> list[int]:
    first, second = (ours, theirs) if policy.server_order else (theirs, ours)
    return [code for code in first if code in second]


def _is_possible(policy: Policy, asked: Asked, version: int, suite: int, group: int | None) -> bool:
    """Whether there is a group, a certificate and a way to sign for *suite*."""
    name, proof = suite_name(suite), authentication(suite)
    if group is None and (version == TLS13 or name.startswith(_OVER_CURVES)):
        return False
    if policy.chains and proof in ("RSA", "ECDSA", "DSS") and proof not in policy.chains:
        return False
    signs = version == TLS12 and name.startswith(("TLS_ECDHE_", "TLS_DHE_"))
    return not signs or _scheme(asked, proof) is not None


def _scheme(asked: Asked, proof: str) -> int | None:
    marks = {"RSA": ("rsa_",), "ECDSA": ("ecdsa_", "ed"), "DSS": ("dsa_",)}.get(proof, ("",))
    return next((code for code in asked.schemes if SCHEME_NAMES.get(code, "").startswith(marks)), None)


def _choice(policy: Policy, asked: Asked, version: int, suite: int, group: int) -> bytes:
    if version == TLS13:
        return _choice_of_tls13(asked, suite, group)
    flight = _server_hello(policy, asked, version, suite) + _behind_hello(policy, asked, version, suite, group)
    return b"".join(record(HANDSHAKE, flight[at : at + 16_384], version) for at in range(0, len(flight), 16_384))


def _choice_of_tls13(asked: Asked, suite: int, group: int) -> bytes:
    """A request for the group's key, or the beginning of a sealed flight where it was sent at once."""
    shared = group in asked.shared_groups
    key = vector(2, bytes(32)) if shared else b""
    extensions = extension(VERSIONS, number(TLS13, 2)) + extension(KEY_SHARE, number(group, 2) + key)
    body = _chosen(TLS12, RANDOM if shared else RETRY, asked.session_id, suite) + vector(2, extensions)
    sealed = record(CHANGE_CIPHER_SPEC, b"\x01") + record(SEALED, bytes(64)) if shared else b""
    return record(HANDSHAKE, message(2, body)) + sealed


def _chosen(version: int, random: bytes, session_id: bytes, suite: int, compression: int = 0) -> bytes:
    return number(version, 2) + random + vector(1, session_id) + number(suite, 2) + bytes([compression])


def _server_hello(policy: Policy, asked: Asked, version: int, suite: int) -> bytes:
    compression = int(policy.compression and 1 in asked.compression)
    extensions = {
        RENEGOTIATION: b"\x00" if policy.renegotiation else None,
        MASTER_SECRET: b"" if policy.master_secret else None,
        STATUS_REQUEST: b"" if policy.staple else None,
        TIMESTAMPS: policy.scts or None,
        ALPN: _protocol(policy, asked),
    }
    wanted = {*asked.extensions, *([RENEGOTIATION] if RENEGOTIATION_SCSV in asked.suites else [])}
    sent = [extension(kind, said) for kind, said in extensions.items() if said is not None and kind in wanted]
    body = _chosen(version, RANDOM, b"", suite, compression)
    return message(2, body + (vector(2, b"".join(sent)) if sent else b""))


def _protocol(policy: Policy, asked: Asked) -> bytes | None:
    chosen = next((name for name in policy.alpn if name in asked.protocols), None)
    return vector(2, vector(1, chosen.encode())) if chosen else None


def _behind_hello(policy: Policy, asked: Asked, version: int, suite: int, group: int) -> bytes:
    proof = authentication(suite)
    flight = b""
    if proof != "anon":
        is_strange = policy.server_name and asked.server_name != policy.server_name
        chain = policy.stranger if is_strange else policy.chains.get(proof, policy.chain)
        flight += message(11, vector(3, b"".join(vector(3, certificate) for certificate in chain)))
        if policy.staple and STATUS_REQUEST in asked.extensions:
            flight += message(22, b"\x01" + vector(3, policy.staple))
    signature = number(_scheme(asked, proof) or 0x0401, 2) if version == TLS12 else b""
    parameters = _parameters(policy, suite_name(suite), group)
    if parameters:
        flight += message(12, parameters + (signature + vector(2, bytes(64)) if proof != "anon" else b""))
    if policy.asks_for_certificate:
        flight += message(13, b"\x01\x01" + (vector(2, b"\x08\x04") if version == TLS12 else b"") + vector(2, b""))
    return flight + message(14, b"")


def _parameters(policy: Policy, name: str, group: int) -> bytes:
    """What a ServerKeyExchange says before its signature; empty for suites that have none."""
    if name.startswith(_OVER_CURVES):
        return b"\x03" + number(group, 2) + vector(1, bytes(32))
    if name.startswith(("TLS_DHE_", "TLS_DH_anon")):
        prime = number(1 << (policy.dh_bits - 1) | 1, (policy.dh_bits + 7) // 8)
        return vector(2, prime) + vector(2, b"\x02") + vector(2, prime)
    return vector(2, b"\x80" + bytes(63)) + vector(2, b"\x01\x00\x01") if name.startswith("TLS_RSA_EXPORT") else b""


def scripted(policy: Policy) -> Script:
    """A server with *policy*, for `tests.support.servers.serving`: one hello, one answer."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(5)
        length = (int.from_bytes(head[:2]) & 0x7FFF) - 3 if head[0] & 0x80 else int.from_bytes(head[3:])
        said = answer(policy, head + await reader.readexactly(length))
        if isinstance(said, bytes):
            writer.write(said)
            await writer.drain()
            await reader.read()
        elif said is Refusal.RESET:
            cut(writer)
        elif said is Refusal.SILENCE:
            await silent(reader, writer)

    return script
