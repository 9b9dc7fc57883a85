"""The handshake as the control: what it agreed on is accepted, and a scan at odds with it has refused nothing."""

from __future__ import annotations

from checks.tls.control import controlled
from checks.tls.posture import Answered
from tests.support.tlsfacts import NO, UNKNOWN, YES, posture

VERSIONS = {"TLSv1.0": NO, "TLSv1.2": YES, "TLSv1.3": NO}


def test_a_scan_that_agrees_stays_as_it_is() -> None:
    assert controlled(posture(), "TLSv1.3", "X25519MLKEM768") == posture()


def test_what_the_handshake_agreed_on_is_accepted() -> None:
    found = controlled(posture(versions={"TLSv1.3": UNKNOWN}, pq=UNKNOWN), "TLSv1.3", "X25519MLKEM768")
    assert (found.versions["TLSv1.3"], found.pq, found.notes) == (YES, YES, ())


def test_where_the_scan_was_refused_that_other_refusals_prove_nothing() -> None:
    found = controlled(
        posture(versions=VERSIONS, weak={"rc4": NO, "no_fs": YES}, complete=("TLSv1.2",), pq=NO), "TLSv1.3", "x25519"
    )
    assert dict(found.versions) == {"TLSv1.0": UNKNOWN, "TLSv1.2": YES, "TLSv1.3": YES}
    assert dict(found.weak) == {"rc4": UNKNOWN, "no_fs": YES}
    assert (found.pq, found.complete) == (UNKNOWN, ())
    assert found.notes[0].startswith("refused in the scan what it accepted in the handshake")


def test_a_group_is_a_control_like_a_version() -> None:
    found = controlled(posture(pq=NO), "TLSv1.3", "X25519MLKEM768")
    assert found.pq is YES
    assert found.versions["TLSv1.0"] is UNKNOWN


def test_a_scan_that_was_not_heard_learns_nothing() -> None:
    deaf = posture(answered=Answered.NOTHING, versions={})
    assert controlled(deaf, "TLSv1.3", "x25519") == deaf
