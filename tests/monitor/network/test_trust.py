"""Verdicts on chains are judged once and remembered for a while, each for its host."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from checks.network import TrustFault
from monitor.clock import Clock
from monitor.network import trust as module
from monitor.network.trust import Judge
from tests.support.certlab import INTERMEDIATE, NOW, ROOT, STRANGER, authority, ders, key, server

GOOD = ders(server(INTERMEDIATE), INTERMEDIATE)
ALONE = GOOD[:1]


class Turned:
    """A clock that is turned by hand, and counts how often it was asked for the date."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.looks = 0
        self.clock = Clock(now=self.now, monotonic=lambda: self.seconds)

    def now(self) -> datetime:
        self.looks += 1
        return NOW


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "roots.pem"
    text = b"# " + b"an explanation\n".join(each.certificate.public_bytes(Encoding.PEM) for each in (STRANGER, ROOT))
    path.write_bytes(text)
    return path


def test_a_chain_is_judged_once_for_a_host(bundle: Path) -> None:
    turned = Turned()
    judge = Judge(bundle, turned.clock)
    first = judge.trust(GOOD, "a.test")
    assert first.fault is None
    assert judge.trust(GOOD, "a.test") is first
    assert turned.looks == 1
    judge.trust(GOOD, "b.test")
    assert judge.trust(ALONE, "a.test").fault is TrustFault.CHAIN_INCOMPLETE
    assert turned.looks == 3


def test_a_verdict_does_not_last(bundle: Path) -> None:
    turned = Turned()
    judge = Judge(bundle, turned.clock)
    judge.trust(GOOD, "a.test")
    turned.seconds = 600.0
    judge.trust(GOOD, "a.test")
    assert turned.looks == 2


def test_verdicts_are_bounded(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_JUDGED_CHAINS", 2)
    turned = Turned()
    judge = Judge(bundle, turned.clock)
    for host in ("a.test", "b.test", "c.test", "c.test", "a.test"):
        judge.trust(GOOD, host)
    assert turned.looks == 4


def test_chains_that_join_to_the_same_bytes_are_different_chains(bundle: Path) -> None:
    judge = Judge(bundle, Turned().clock)
    assert judge.trust(GOOD, "a.test").fault is None
    assert judge.trust((b"".join(GOOD),), "a.test").fault is TrustFault.UNREADABLE


def test_no_verdict_outlives_an_issuer_on_its_path(bundle: Path) -> None:
    brief = authority("Brief", ROOT, days=365 + 100 / 86_400)
    turned = Turned()
    judge = Judge(bundle, turned.clock)
    chain = ders(server(brief), brief)
    for seconds in (0.0, 99.0, 100.0):
        turned.seconds = seconds
        judge.trust(chain, "a.test")
    assert turned.looks == 2


def test_a_second_opinion_is_asked_where_the_verifier_refuses(tmp_path: Path) -> None:
    root = authority("Corp Root", with_key=key("Corp Root", "ed25519"))
    file = tmp_path / "corp.pem"
    file.write_bytes(root.certificate.public_bytes(Encoding.PEM))
    leaf = server(root)
    shown: list[Sequence[bytes]] = []

    def taken(path: Sequence[bytes]) -> bool:
        shown.append(path)
        return True

    assert Judge(file, Turned().clock).trust((leaf.der,), "a.test").fault is TrustFault.UNTRUSTED
    assert Judge(file, Turned().clock, taken).trust((leaf.der,), "a.test").path == ders(leaf, root)
    assert shown == [list(ders(leaf, root))]
