"""What a waiver does to a finding, up to its last day and after it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Finding, Severity, State
from checks.values import Day
from checks.vendor import Waiver
from checks.waivers import apply_waivers, is_waived

END = datetime(2027, 4, 1, tzinfo=UTC)
BEFORE = END - timedelta(microseconds=1)
WAIVER = Waiver(finding="cert.expired", reason="they know\nand renew", until=Day(2027, 3, 31))
EXPIRED = Finding("cert.expired", Severity.CRITICAL, "the certificate expired", implies=State.DOWN, transient=True)
SCT = Finding("cert.sct", Severity.WARNING, "no timestamps", implies=State.UP)


def test_a_waived_finding_is_a_note_that_says_why() -> None:
    (waived,) = apply_waivers([EXPIRED], [WAIVER], BEFORE)
    message = "the certificate expired (waived until 2027-03-31: they know and renew)"
    assert waived == Finding("cert.expired", Severity.OK, message)
    assert waived.state is State.UP


def test_a_finding_counts_again_when_its_day_has_passed_and_says_so() -> None:
    (finding,) = apply_waivers([EXPIRED], [WAIVER], END)
    message = "the certificate expired (its waiver ended on 2027-03-31)"
    assert finding == Finding("cert.expired", Severity.CRITICAL, message, State.DOWN, transient=True)


@pytest.mark.parametrize("at", [BEFORE, END])
def test_what_nobody_waived_stays_as_it_is(at: datetime) -> None:
    assert list(apply_waivers([SCT], [WAIVER], at)) == [SCT]


def test_a_waiver_that_nothing_needs_says_nothing() -> None:
    assert list(apply_waivers([], [WAIVER], BEFORE)) == []


def test_every_finding_of_the_code_is_waived_and_the_order_stays() -> None:
    waived = list(apply_waivers([EXPIRED, SCT, EXPIRED], [WAIVER], BEFORE))
    assert [finding.code for finding in waived] == ["cert.expired", "cert.sct", "cert.expired"]
    assert [finding.severity for finding in waived] == [Severity.OK, Severity.WARNING, Severity.OK]


def test_a_waiver_counts_to_the_end_of_its_day() -> None:
    assert is_waived(WAIVER, BEFORE)
    assert not is_waived(WAIVER, END)
