"""What vendors that fail have in common: from their looks to a sentence, a number and the log."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import pytest

from checks.certificate.facts import Facts
from checks.check import all_checks
from checks.endpoint.facts import EndpointFacts, observe
from checks.model import Failure, Finding, Observation, Reason, Severity, State, Target
from checks.shared import SharedKind, Trait
from monitor.correlate import Sight
from monitor.explanations import Explanations, common_look
from monitor.snapshot import Entry
from monitor.state import Held
from tests.support.build import T0, targets, vendor
from tests.support.certlab import GOOD, INTERMEDIATE, ders, shown
from tests.support.certlooks import observed
from tests.support.network import FakeNetwork, answer

URL = "https://api.acme.test/health"
HELD = Held(State.UP, T0)
REFUSED = Failure(Reason.REFUSED, "nobody listens")
HERE, THERE = "203.0.113.{}", "198.51.100.{}"
NET = Trait(SharedKind.NETWORK, "203.0.113.0/24")
OK = (Finding("endpoint.ok", Severity.OK, "fine"),)
BAD = (Finding("endpoint.status", Severity.CRITICAL, "503"),)


def answered(address: str) -> EndpointFacts:
    """The facts of an endpoint at *address*."""
    (target,) = targets(vendor(), check="endpoint")
    facts = asyncio.run(observe(target.settings, FakeNetwork({URL: answer(b"ok", url=URL)})))
    return replace(facts, address=address)


def certified(address: str) -> Facts:
    """The facts of a good certificate served at *address*."""
    return replace(observed(shown(ders(GOOD, INTERMEDIATE))), address=address)


def seen(target: Target[Any], facts: Any, *findings: Finding) -> Observation[Any]:
    return Observation(key=target.key, at=T0, seconds=0.1, facts=facts, findings=findings)


def missed(target: Target[Any], failure: Failure = REFUSED) -> Observation[Any]:
    return Observation(key=target.key, at=T0, seconds=0.1, failure=failure)


def watched(slug: str, address: str, check: str = "endpoint") -> Entry:
    """A target at *address* whose first look was good."""
    (target,) = targets(vendor(slug, url=f"https://api.{slug}.test/"), check=check)
    entry = Entry(target=target, check=all_checks()[check], held=HELD)
    facts = answered(address) if check == "endpoint" else certified(address)
    return entry.after(seen(target, facts, *OK), HELD)


def failing(entry: Entry, failure: Failure = REFUSED, sight: Sight = Sight.CLEAR, held: Held = HELD) -> Entry:
    """The same after a look that failed."""
    return entry.after(missed(entry.target, failure), held, sight)


def told(*entries: Entry) -> Explanations:
    """What is known after the looks of *entries*."""
    explanations = Explanations()
    for entry in entries:
        explanations.note(entry)
    explanations.compare()
    return explanations


THREE = [watched(slug, HERE.format(number)) for number, slug in enumerate(("zig", "acme", "bolt"), start=1)]
APART = watched("far", THERE.format(1))
SENTENCE = "3 vendors behind 203.0.113.0/24 fail together: acme, bolt, zig"


def test_vendors_that_fail_behind_one_network_are_told_it() -> None:
    explanations = told(*map(failing, THREE), APART)
    assert [explanations.cause_of(slug) for slug in ("acme", "bolt", "zig", "far", "nobody")] == [SENTENCE] * 3 + ["", ""]
    assert explanations.sizes == {SharedKind.NETWORK: 3, SharedKind.ISSUER: 0, SharedKind.STATUS_HOST: 0}
    assert [str(cause) for cause in explanations.causes] == [SENTENCE]


def test_while_all_is_well_nothing_is_told() -> None:
    explanations = told(*THREE, APART)
    assert (explanations.causes, set(explanations.sizes.values()), explanations.cause_of("acme")) == ((), {0}, "")


@pytest.mark.parametrize("sight", [Sight.UNSURE, Sight.BLIND])
def test_what_may_be_our_own_failing_is_nobodys_cause(sight: Sight) -> None:
    assert told(*(failing(entry, sight=sight) for entry in THREE), APART).causes == ()


def test_what_is_held_to_be_down_fails_until_it_is_believed_to_be_up() -> None:
    down = Held(State.DOWN, T0, "refused")
    recovering = [entry.after(seen(entry.target, answered(HERE.format(9)), *OK), down) for entry in THREE]
    assert told(*recovering, APART).cause_of("acme") == SENTENCE
    blind = [failing(entry, sight=Sight.BLIND, held=down) for entry in THREE]
    assert told(*blind, APART).cause_of("acme") == SENTENCE


def test_an_answer_may_be_a_failing_too() -> None:
    broken = [entry.after(seen(entry.target, entry.good and entry.good.facts, *BAD), HELD) for entry in THREE]
    assert told(*broken, APART).cause_of("bolt") == SENTENCE


@pytest.mark.parametrize(
    ("failure", "is_issuers"), [(REFUSED, False), (Failure(Reason.TLS, "it expired"), True), (None, True)]
)
def test_an_issuer_is_suspected_only_where_there_was_a_certificate_to_refuse(
    failure: Failure | None, *, is_issuers: bool
) -> None:
    entry = watched("acme", HERE.format(1), "certificate")
    facts = entry.good.facts if entry.good else None
    look = common_look(failing(entry, failure) if failure else entry.after(seen(entry.target, facts, *BAD), HELD))
    assert {trait.kind for trait in look.traits} == {SharedKind.NETWORK, SharedKind.ISSUER}
    assert {trait.kind for trait in look.suspects} == {SharedKind.NETWORK, *([SharedKind.ISSUER] if is_issuers else [])}
    assert NET in look.suspects


def page_of(slug: str, host: str, failure: Failure | None) -> Entry:
    """The look at a status page."""
    (target,) = targets(vendor(slug, url=None, page=f"https://{host}/"), check="status")
    entry = Entry(target=target, check=all_checks()["status"], held=HELD)
    return failing(entry, failure) if failure else entry


def test_pages_on_one_host_that_cannot_be_read_explain_no_outage() -> None:
    unread = Failure(Reason.PARSE, "HTML instead of JSON")
    pages = [page_of(slug, "status.shared.test", unread) for slug in ("acme", "bolt", "zig")]
    explanations = told(*pages, page_of("far", "status.far.test", None))
    assert explanations.sizes[SharedKind.STATUS_HOST] == 3
    assert explanations.cause_of("acme") == ""


def test_of_a_target_that_was_never_seen_nothing_is_known() -> None:
    (target,) = targets(vendor(), check="endpoint")
    entry = Entry(target=target, check=all_checks()["endpoint"], held=HELD)
    assert common_look(failing(entry)).traits == ()
    assert common_look(entry).suspects == ()


def test_a_bug_in_telling_what_is_shared_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> list[Trait]:
        msg = "a bug"
        raise ZeroDivisionError(msg)

    entry = replace(THREE[0], check=replace(THREE[0].check, shares=broken))
    assert common_look(failing(entry)).traits == ()
    assert "a bug in telling what it shares" in caplog.text


def test_what_is_watched_no_more_is_forgotten() -> None:
    explanations = told(*map(failing, THREE), APART)
    explanations.forget_all_but({APART.target.key, THREE[0].target.key, THREE[1].target.key})
    explanations.compare()
    assert (explanations.causes, explanations.cause_of("acme")) == ((), "")


def test_it_is_logged_when_it_begins_and_when_it_ends_and_never_in_between(caplog: pytest.LogCaptureFixture) -> None:
    explanations = Explanations()
    with caplog.at_level(logging.INFO):
        for entries in (THREE, list(map(failing, THREE)), [], [THREE[0]], [failing(THREE[0])]):
            for entry in (*entries, APART):
                explanations.note(entry)
            explanations.compare()
    began, ended = "vendors fail together", "vendors fail together no more"
    assert [record.getMessage() for record in caplog.records] == [began, ended, began]
    first = vars(caplog.records[0])
    assert {name: first[name] for name in ("kind", "shared", "vendors")} == {
        "kind": "network",
        "shared": "203.0.113.0/24",
        "vendors": 3,
    }
