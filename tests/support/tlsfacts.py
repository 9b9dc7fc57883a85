"""Facts about a server's TLS, as a look would bring them, with what a test does not care about filled in."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from checks import certificate
from checks.model import Finding
from checks.network import Connection
from checks.tls.facts import Facts, Settings
from checks.tls.judging import judge
from checks.tls.posture import Answered, Posture, Verdict
from checks.tls.web import Web
from checks.values import Address
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, NOW, ders, shown
from tests.support.network import FakeNetwork

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
ADDRESS = Address(HOST, 443)
MODERN: dict[str, Any] = {
    "answered": Answered.TLS,
    "versions": {"TLSv1.0": NO, "TLSv1.1": NO, "TLSv1.2": YES, "TLSv1.3": YES},
    "suites": {"TLSv1.2": ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",), "TLSv1.3": ("TLS_AES_128_GCM_SHA256",)},
    "group": "X25519MLKEM768",
    "groups": ("X25519MLKEM768",),
    "pq": YES,
    "renegotiation_info": YES,
    "extended_master_secret": YES,
    "connections": 4,
}
"""A server at which there is nothing to find."""


def posture(**others: Any) -> Posture:
    """`MODERN`, but for *others*."""
    return Posture(**{**MODERN, **others})


def certified(chain: Connection | None = None) -> certificate.Facts:
    """What the certificate check makes of a handshake; by default of a good one."""
    network = FakeNetwork(connections={ADDRESS: chain or shown(ders(GOOD, INTERMEDIATE))})
    return asyncio.run(certificate.observe(certificate.Settings(ADDRESS), network))


def facts(**others: Any) -> Facts:
    """A look at a server at which there is nothing to find, but for *others*; those of `Posture` go there."""
    own: dict[str, Any] = {
        name: others.pop(name) for name in ("certificate", "refusal", "others", "web", "alpn") if name in others
    }
    known: dict[str, Any] = {
        "certificate": certified(),
        "refusal": "",
        "others": (),
        "web": Web(hsts=63_072_000, redirects=YES),
        **own,
    }
    shown = known["certificate"]
    known.setdefault("alpn", shown.alpn if shown else None)
    return Facts(posture=posture(**others), received=5_600, **known)


def judged(found: Facts, at: datetime = NOW, **asked: Any) -> dict[str, Finding]:
    """The findings by their codes."""
    return {finding.code: finding for finding in judge(found, Settings(address=ADDRESS, **asked), at, None)}
