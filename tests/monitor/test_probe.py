"""The one boundary where what a check does becomes a value."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from checks.check import Check
from checks.model import Finding, Metric, Observation, Reason, Sample, Severity, Target, Unseen
from checks.network import Network
from monitor.clock import Clock
from monitor.probe import Before, probe
from tests.support.network import FakeNetwork

AT = datetime(2026, 1, 1, tzinfo=UTC)
METRIC = Metric("vendor_scripted_value", "What the script says.")


def look(
    behaviour: object, *, judge_breaks: bool = False, deadline: float = 5.0, previous: str | None = None
) -> Observation[str]:
    """Probe with a check whose observation is *behaviour*: facts to return, an exception to raise, or seconds to hang."""

    async def observe(_: None, __: Network) -> str:
        if isinstance(behaviour, BaseException):
            raise behaviour
        if isinstance(behaviour, float):
            await asyncio.sleep(behaviour)
        return str(behaviour)

    def judge(facts: str, _: None, at: datetime, before: str | None) -> Iterable[Finding]:
        if judge_breaks:
            raise KeyError(facts)
        yield Finding("scripted.ok", Severity.OK, f"{before} → {facts} at {at:%Y}")

    check = Check(
        name="scripted",
        every=60,
        deadline=5,
        settings=type(None),
        derive=lambda _: [],
        observe=observe,
        judge=judge,
        measure=lambda facts, _settings, _at: [Sample(METRIC, float(len(facts or "")))],
        metrics=(METRIC,),
    )
    target = Target(vendor="acme", check="scripted", name="it", settings=None, every=60, deadline=deadline)
    ticks = iter([10.0, 10.25])
    clock = Clock(now=lambda: AT, monotonic=lambda: next(ticks))
    return asyncio.run(probe(check, target, FakeNetwork(), clock, Before(previous)))


def test_facts_are_judged_and_measured() -> None:
    seen = look("well", previous="ill")
    assert (seen.key, seen.at, seen.seconds) == ("acme/scripted/it", AT, 0.25)
    assert (seen.facts, seen.failure) == ("well", None)
    assert seen.findings == (Finding("scripted.ok", Severity.OK, "ill → well at 2026"),)
    assert seen.samples == (Sample(METRIC, 4.0),)


def test_what_could_not_be_seen_is_a_failure_with_its_reason() -> None:
    seen = look(Unseen(Reason.REFUSED, "nobody listens"))
    assert seen.failure is not None
    assert (seen.failure.reason, seen.failure.detail, seen.findings) == (Reason.REFUSED, "nobody listens", ())


def test_the_deadline_covers_everything() -> None:
    seen = look(60.0, deadline=0.05)
    assert seen.failure is not None
    assert (seen.failure.reason, seen.failure.detail) == (Reason.TIMEOUT, "no complete answer within 0.05 s")


@pytest.mark.parametrize("error", [ValueError("wrong"), RecursionError("deep"), TimeoutError("a check's own")])
def test_a_bug_is_told_and_stops_nobody(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        seen = look(error)
    assert seen.failure is not None
    assert seen.failure.reason is Reason.INTERNAL
    assert caplog.records[0].exc_info is not None


def test_a_bug_in_judging_is_one_too(caplog: pytest.LogCaptureFixture) -> None:
    seen = look("well", judge_breaks=True)
    assert seen.failure is not None
    assert seen.failure.reason is Reason.INTERNAL
    assert "KeyError" in caplog.text


def test_cancellation_is_never_caught() -> None:
    with pytest.raises(asyncio.CancelledError):
        look(asyncio.CancelledError())
