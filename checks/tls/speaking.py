"""The hellos of a scan: who asks, and which suites are offered together.

Their randoms are no secret and need not be: no handshake is ever finished, so that no key depends on them. They are made of
what is asked and of whom, so that a scan is the same each time.

No hello offers more than `MOST_SUITES`: some servers hang up on 128 and more. All suites of TLS 1.1 fit into one hello, so
that one refusal settles that version. What filters between us and a server take offence at is offered apart from what must
be known: the first hellos of TLS 1.3 and 1.2 offer few suites and none without encryption, and one hello alone compression.
Protocols are named in every hello (ALPN), since some servers want that, until one refuses those that we name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from checks.hosts import a_labels, is_address
from checks.tls.asking import Ask, Topic
from checks.tls.codes import SSL3, TLS12, TLS12_GROUPS, TLS13, TLS13_GROUPS
from checks.tls.flight import Want
from checks.tls.hello import Hello
from checks.tls.suites import AGEING, BROKEN, STRONG, TLS13_SUITES, WEAK, Strength, strength, suites

MOST_SUITES = 125
_FEW_SUITES = 60
ALPN = ("h2", "http/1.1")
CLEAR_VERSIONS = (TLS12, 0x0302, 0x0301, SSL3)
"""The versions, newest first, of which a server shows its choice, certificates and key exchange in the clear."""


def every_suite(version: int) -> tuple[int, ...]:
    """All suites of a version, the worst first: a client-ordered server then shows the worst it has."""
    return suites((*BROKEN, *WEAK, *AGEING, *STRONG), version)


MODERN = tuple(code for code in TLS13_SUITES if strength(code) is not Strength.NULL)
BARE = tuple(code for code in TLS13_SUITES if strength(code) is Strength.NULL)
"""The suites of TLS 1.3 that encrypt nothing (RFC 9150)."""
TYPICAL = suites((*STRONG, *AGEING, Strength.NO_FS), TLS12)[:_FEW_SUITES]
"""What clients offer, the most common first."""
_POOR = suites((*BROKEN, Strength.BLOCK64), TLS12)
POOR = (*_POOR, *suites((Strength.NO_FS,), TLS12)[: MOST_SUITES - len(_POOR)])
"""What no client should get: all that is broken or has small blocks, and what is in use without forward secrecy."""
DHE = suites((Strength.DHE_AEAD, Strength.DHE_CBC), TLS12)
AGED = (*DHE, *suites((Strength.ECDHE_CBC,), TLS12))
"""What better suites hide in a server that has an order of its own, and what costs it a better grade."""
FORWARD = suites((*STRONG, *AGEING), TLS12)
"""Everything with forward secrecy that clients of TLS 1.2 offer."""
LEGACY = every_suite(TLS12 - 1)
REST = tuple(code for code in suites(Strength, TLS12) if code not in {*POOR})
"""What `POOR` has not."""


def in_hellos(codes: Iterable[int]) -> list[tuple[int, ...]]:
    """*codes* cut into what one hello may offer."""
    offered = tuple(codes)
    return [offered[start : start + MOST_SUITES] for start in range(0, len(offered), MOST_SUITES)]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Makes the questions for one server, *name*d as `server_name` says, that name the protocols *alpn*."""

    name: str
    alpn: tuple[str, ...] = ALPN

    def ask(
        self, version: int, offered: Iterable[int], *, want: Want = Want.HELLO, topic: Topic = Topic.CHOICE, **rest: Any
    ) -> Ask:
        """Whether *version* or below is spoken, with one of the suites *offered*. *rest* are other fields of `Hello`."""
        codes = tuple(offered)
        seed = repr((self.name, topic, version, len(codes), codes[:4])).encode()
        hello = Hello(
            version=version,
            suites=codes,
            random=hashlib.sha256(seed).digest(),
            session_id=hashlib.sha256(b"session" + seed).digest() if version == TLS13 else b"",
            **{"server_name": self.name, "groups": _groups(version), "alpn": self.alpn} | rest,
        )
        return Ask(topic, hello, want)

    def modern(self, offered: Iterable[int] = MODERN, **rest: Any) -> Ask:
        """Whether TLS 1.3 is spoken."""
        return self.ask(TLS13, offered, **rest)

    def whole(self, version: int, offered: Iterable[int], **rest: Any) -> Ask:
        """The same, but for versions below TLS 1.3 only, and the whole flight is read."""
        return self.ask(version, offered, **{"want": Want.FLIGHT} | rest)

    def typical(self, **rest: Any) -> Ask:
        """What a client is told that speaks TLS 1.2 at best. This is the hello that offers compression."""
        return self.whole(TLS12, TYPICAL, **{"staple": True, "scts": True, "compression": True} | rest)


def _groups(version: int) -> tuple[int, ...]:
    """All groups of a version; SSL 3.0 has no word for them."""
    return TLS13_GROUPS if version == TLS13 else TLS12_GROUPS if version > SSL3 else ()


def server_name(host: str) -> str:
    """How *host* is called in a hello: in A-labels without the root's dot; an address, which never is, not at all."""
    if is_address(host):
        return ""
    try:
        return a_labels(host).removesuffix(".")
    except ValueError:
        return ""
