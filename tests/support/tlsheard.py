"""A hello, what a scripted server or anything else says to it, and what is read in that: all in memory."""

from __future__ import annotations

from typing import Any

from checks.tls.codes import TLS12, TLS12_GROUPS, TLS13, TLS13_GROUPS
from checks.tls.flight import Flight, Want
from checks.tls.hello import Hello
from checks.tls.suites import TLS13_SUITES, Strength, suites
from tests.support.tlsscript import Policy, answer
from tests.support.tlswire import HANDSHAKE, RANDOM, RETRY, message, number, record, vector


def hello(version: int = TLS12, **others: Any) -> Hello:
    """All there is to offer in a version, unless *others* say otherwise."""
    offer: dict[str, Any] = {
        "version": version,
        "suites": tuple(TLS13_SUITES) if version == TLS13 else suites(Strength, version),
        "groups": TLS13_GROUPS if version == TLS13 else TLS12_GROUPS,
        "random": bytes(32),
        "server_name": "vendor.example",
        "staple": True,
        "scts": True,
    }
    return Hello(**{**offer, **others})


def heard(content: bytes, offered: Hello | None = None, want: Want = Want.FLIGHT, piece: int = 1 << 20) -> Flight:
    """What is read in an answer that comes in pieces."""
    flight = Flight(want, offered or hello())
    for at in range(0, len(content), piece):
        flight.feed(content[at : at + piece])
    return flight


def asked(policy: Policy, offered: Hello | None = None, want: Want = Want.FLIGHT) -> Flight:
    """What is read in the answer of a server that answers."""
    said = answer(policy, (offered or hello()).encode())
    assert isinstance(said, bytes)
    return heard(said, offered, want)


def only(version: int, *codes: int, **others: Any) -> Policy:
    """A server of one version, with these suites."""
    return Policy(versions=(version,), suites={version: codes}, **others)


def chosen(
    version: int = TLS12,
    suite: int = 0xC02F,
    tail: bytes = b"",
    *,
    nonce: bytes = RANDOM,
    session: bytes = b"",
    compression: int = 0,
) -> bytes:
    """A ServerHello as a message."""
    return message(2, number(version, 2) + nonce + vector(1, session) + number(suite, 2) + bytes([compression]) + tail)


def chosen13(*extensions: bytes, suite: int = 0x1301, nonce: bytes = RETRY, compression: int = 0) -> bytes:
    """A HelloRetryRequest as a record, or a ServerHello with another random."""
    return record(HANDSHAKE, chosen(TLS12, suite, vector(2, b"".join(extensions)), nonce=nonce, compression=compression))
