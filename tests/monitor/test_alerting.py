"""Which alerts a vendor deserves by how it stands, and how open ones follow that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.foreign import one_line
from checks.model import Claim, Finding, Observation, Severity, State
from checks.vendor import Tier, Vendor
from monitor.alert import NO_ALERTS, Alert, Condition, Reconciled, reconcile
from monitor.alerting import DEGRADED_AFTER, UNKNOWN_AFTER, conditions, next_moment, offline
from monitor.snapshot import Entry
from monitor.standing import Circumstances, follow
from tests.monitor.test_standing import at, entry, minute, page

ACME = Vendor(slug="acme", name="Acme Payments", owner="payments", tier=Tier.CRITICAL)


def told(*entries: Entry, when: float = 60, vendor: Vendor = ACME) -> dict[str, Condition]:
    """The conditions of a vendor by alert, that of a disagreement by its kind, of findings by the target."""
    standing = follow(None, vendor.slug, entries, at(when))
    found = conditions(vendor, standing, entries, minute(when))
    return {_called(condition.labels): condition for condition in found}


def _called(labels: Mapping[str, str]) -> str:
    return "/".join(labels[name] for name in ("alertname", "kind", "target") if name in labels)


def holding(found: dict[str, Condition]) -> set[str]:
    return {name for name, condition in found.items() if condition.holds}


def with_finding(severity: Severity, implies: State | None, code: str = "tls.rc4") -> Entry:
    bare = entry(State.UP, name="cert")
    found = Finding(code, severity, "it expires in 3 days", implies=implies)
    look = Observation(key=bare.target.key, at=minute(1), seconds=0.1, facts="seen", findings=(found,))
    return bare.after(look, bare.held)


def test_a_vendor_that_is_well_deserves_none() -> None:
    assert holding(told(entry(State.UP), page(Claim.OPERATIONAL))) == set()


def test_down_says_since_when_how_we_know_and_what_the_vendor_claims() -> None:
    down = told(entry(State.DOWN, 1), page(Claim.OPERATIONAL), when=2)["VendorDown"]
    assert down.labels == {
        "alertname": "VendorDown",
        "severity": "page",
        "team": "payments",
        "tier": "critical",
        "vendor": "acme",
    }
    assert list(down.labels) == sorted(down.labels)
    assert down.since == minute(1)
    assert down.annotations["summary"] == "Acme Payments is down for us, and its status page says operational"
    for part in (
        "2026-01-01 00:01 UTC",
        "confirmed by further looks within 1 min",
        "refused",
        "acme/endpoint/api",
        "page says operational",
    ):
        assert part in down.annotations["description"]
    assert down.annotations["runbook_url"].endswith("runbook.md#vendordown")


@pytest.mark.parametrize(("tier", "severity"), [(Tier.CRITICAL, "page"), (Tier.STANDARD, "ticket"), (Tier.LOW, "info")])
def test_how_much_depends_on_a_vendor_decides_who_is_woken(tier: Tier, severity: str) -> None:
    found = told(entry(State.DOWN), vendor=replace(ACME, tier=tier))
    assert found["VendorDown"].labels["severity"] == severity


def test_an_empty_label_is_none() -> None:
    assert "team" not in told(entry(State.DOWN), vendor=replace(ACME, owner=""))["VendorDown"].labels


def test_the_team_is_one_harmless_line_as_in_the_metrics() -> None:
    odd = replace(ACME, owner="pay\u202ements\nteam")
    assert told(entry(State.DOWN), vendor=odd)["VendorDown"].labels["team"] == one_line(odd.owner) != odd.owner


@pytest.mark.parametrize(
    ("state", "after", "name"),
    [(State.DEGRADED, DEGRADED_AFTER, "VendorDegraded"), (State.UNKNOWN, UNKNOWN_AFTER, "VendorUnknown")],
)
def test_what_lasts_is_told_once_it_has_lasted(state: State, after: timedelta, name: str) -> None:
    minutes = after / timedelta(minutes=1)
    early, late = told(seen_again(state, minutes - 0.1), when=minutes - 0.1), told(seen_again(state, minutes), when=minutes)
    assert name not in early
    assert late[name].holds is True
    assert late[name].since == minute(0)


def seen_again(state: State, when: float) -> Entry:
    """A target that is in *state* since the beginning, and was last looked at some minutes later."""
    bare = entry(state)
    look = Observation(key=bare.target.key, at=minute(when), seconds=0.1, facts="seen")
    return bare.after(look, bare.held)


def test_time_in_which_nobody_looked_is_no_time_of_being_degraded() -> None:
    assert "VendorDegraded" not in told(entry(State.DEGRADED), when=600)


def test_nobody_need_look_for_it_to_be_unseen() -> None:
    standing = follow(None, "acme", [entry(State.UNKNOWN)], at(1))
    late = UNKNOWN_AFTER / timedelta(minutes=1)
    assert next_moment(standing, minute(1)) == minute(late)
    assert next_moment(standing, minute(late)) is None
    assert next_moment(follow(None, "acme", [entry(State.UP)], at(1)), minute(1)) is None


def test_a_vendor_that_nothing_measures_is_not_missing_and_after_a_start_nobody_has_looked() -> None:
    assert "VendorUnknown" not in told(page(Claim.OPERATIONAL), when=600)
    unlooked = replace(entry(State.UNKNOWN), good=None, latest=None)
    assert told(unlooked, when=600)["VendorUnknown"].holds is None


def test_what_flaps_is_told_as_that_and_not_as_degraded() -> None:
    calm = entry(State.DEGRADED)
    restless = replace(calm, held=replace(calm.held, flapping=True))
    assert holding(told(restless)) == {"VendorFlapping"}


def test_a_disagreement_is_an_alert_of_its_kind() -> None:
    found = told(entry(State.UP), page(Claim.MAJOR_OUTAGE, state=State.DOWN))
    assert holding(found) == {"VendorMajorIncident", "VendorDisagreement/probe_ok_claim_down"}


def test_nothing_is_louder_than_an_outage_of_the_vendor() -> None:
    low = replace(ACME, tier=Tier.LOW)
    degraded, apart = seen_again(State.DEGRADED, 60), [entry(State.UP), page(Claim.MAJOR_OUTAGE, state=State.DOWN)]
    found = (
        told(degraded, vendor=low) | told(*apart, vendor=low) | told(with_finding(Severity.CRITICAL, State.UP), vendor=low)
    )
    assert {condition.labels["severity"] for condition in found.values() if condition.holds} == {"info"}


def test_what_a_page_says_is_repeated() -> None:
    said = Finding("status.incident", Severity.CRITICAL, "an open incident: API errors")
    speaking = page(Claim.MAJOR_OUTAGE, state=State.DOWN)
    assert speaking.good is not None
    speaking = replace(speaking, good=replace(speaking.good, findings=(said,)))
    found = told(entry(State.UP), speaking)
    for name in ("VendorMajorIncident", "VendorDisagreement/probe_ok_claim_down"):
        assert "says major outage: an open incident: API errors." in found[name].annotations["description"]


def test_what_the_look_at_tls_says_of_a_certificate_is_said_by_that_of_certificates() -> None:
    bare = with_finding(Severity.CRITICAL, State.UP, "cert.chain_incomplete")
    tls = replace(bare, check=replace(bare.check, name="tls"))
    assert holding(told(tls)) == set()


def test_a_finding_that_is_no_outage_is_somebodys_work() -> None:
    assert holding(told(with_finding(Severity.CRITICAL, State.UP))) == {"VendorFindingCritical/cert"}
    assert holding(told(with_finding(Severity.WARNING, State.UP))) == set()
    assert holding(told(with_finding(Severity.CRITICAL, None))) == set()


@pytest.mark.parametrize(
    ("found", "labels"),
    [
        (("cert.expiring", Severity.WARNING, State.UP), ("VendorCertificateExpiring", "ticket", "warning")),
        (("cert.expiring", Severity.CRITICAL, State.UP), ("VendorCertificateExpiring", "page", "critical")),
        (("cert.expired", Severity.CRITICAL, None), ("VendorCertificateExpired", "page", None)),
        (("cert.name_mismatch", Severity.CRITICAL, None), ("VendorCertificateUntrusted", "page", None)),
        (("cert.chain_incomplete", Severity.CRITICAL, State.UP), ("VendorCertificateUntrusted", "page", None)),
    ],
)
def test_a_certificate_has_alerts_of_its_own(
    found: tuple[str, Severity, State | None], labels: tuple[str, str, str | None]
) -> None:
    code, severity, implies = found
    (condition,) = (each for each in told(with_finding(severity, implies, code)).values() if each.holds)
    assert tuple(condition.labels.get(name) for name in ("alertname", "severity", "band")) == labels


def test_a_certificate_that_nears_its_end_wakes_nobody_for_a_vendor_of_less_weight() -> None:
    near = with_finding(Severity.CRITICAL, State.UP, "cert.expiring")
    (condition,) = (each for each in told(near, vendor=replace(ACME, tier=Tier.STANDARD)).values() if each.holds)
    assert condition.labels["severity"] == "ticket"


def test_what_was_not_seen_yet_is_not_known_to_be_well() -> None:
    unlooked = replace(entry(State.UP), good=None, latest=None)
    assert told(unlooked)["VendorFindingCritical/api"].holds is None
    assert told(entry(State.UNKNOWN), when=1)["VendorDegraded"].holds is None
    assert told(entry(State.UP), page(Claim.UNKNOWN))["VendorMajorIncident"].holds is None


@pytest.mark.parametrize("changes", [{"works_until": minute(90)}, {"muted_until": minute(90)}])
def test_work_and_mutes_silence(changes: dict[str, datetime]) -> None:
    entries = [seen_again(State.DEGRADED, 60)]
    standing = follow(None, "acme", entries, Circumstances(at=minute(60), grace_seconds=0, **changes))  # type: ignore[arg-type]
    found = {each.labels["alertname"]: each for each in conditions(ACME, standing, entries, minute(60))}
    assert found.pop("VendorDegraded").is_silenced
    (silence,) = (each for each in found.values() if each.holds)
    assert silence.labels["severity"] == "none"
    assert not silence.is_silenced


def test_our_own_network_is_an_alert_of_no_vendor() -> None:
    own = offline(minute(1), holds=True, troubles="cloudflare: timeout, quad9: refused")
    assert own.labels == {"alertname": "VendorwatchEgressSuspect", "severity": "page"}
    assert "cloudflare: timeout, quad9: refused" in own.annotations["description"]
    restless = offline(minute(1), holds=True, troubles="", comes_and_goes=True)
    assert (restless.labels, "comes and goes" in restless.annotations["summary"]) == (own.labels, True)


def condition(
    name: str = "A", *, holds: bool | None = True, since: float = 1, is_silenced: bool = False, text: str = "one"
) -> Condition:
    labels = {"alertname": name, "severity": "page"}
    return Condition(labels=labels, holds=holds, since=minute(since), annotations={"summary": text}, is_silenced=is_silenced)


def opened(*found: Condition) -> Reconciled:
    return reconcile(NO_ALERTS, found, minute(5))


def test_what_holds_opens_once_and_began_when_it_began() -> None:
    first = reconcile(NO_ALERTS, [condition()], minute(5))
    assert [(alert.starts_at, alert.ends_at) for alert in first.changed] == [(minute(1), None)]
    again = reconcile(first, [condition(since=4)], minute(6))
    assert (again.open, again.changed, again.reworded) == (first.open, (), ())


def test_what_holds_no_more_ends_once() -> None:
    ended = reconcile(opened(condition()), [condition(holds=False)], minute(7))
    assert ended.open == {}
    assert [(alert.starts_at, alert.ends_at) for alert in ended.changed] == [(minute(1), minute(7))]
    assert reconcile(ended, [condition(holds=False)], minute(8)).changed == ()


def test_what_opens_again_is_another_alert_than_the_one_that_ended() -> None:
    ended = reconcile(opened(condition()), [condition(holds=False)], minute(7))
    again = reconcile(ended, [condition(since=1)], minute(8))
    assert [alert.starts_at for alert in again.changed] == [minute(7)]


def test_what_nobody_can_tell_neither_opens_nor_ends() -> None:
    assert reconcile(NO_ALERTS, [condition(holds=None)], minute(5)).changed == ()
    before = opened(condition())
    dark = reconcile(before, [replace(condition(holds=None), annotations={})], minute(7))
    assert (dark.open, dark.changed, dark.reworded) == (before.open, (), ())


def test_what_is_silenced_opens_nothing_and_goes_on_with_what_is_open() -> None:
    assert reconcile(NO_ALERTS, [condition(is_silenced=True)], minute(5)).changed == ()
    before = opened(condition())
    assert reconcile(before, [condition(is_silenced=True)], minute(6)).changed == ()
    assert len(reconcile(before, [condition(holds=False, is_silenced=True)], minute(6)).changed) == 1


def test_what_is_not_watched_any_more_has_ended() -> None:
    assert [
        alert.name for alert in reconcile(opened(condition("A"), condition("B")), [condition("B")], minute(7)).changed
    ] == ["A"]


def test_other_words_are_no_news_but_kept() -> None:
    found = reconcile(opened(condition(text="one")), [condition(text="two")], minute(6))
    assert found.changed == ()
    assert [alert.annotations["summary"] for alert in found.reworded] == ["two"]


def test_the_same_labels_are_the_same_alert_in_any_order() -> None:
    one = Alert(labels={"a": "1", "b": "2"}, starts_at=minute(1))
    assert one.fingerprint == replace(one, labels={"b": "2", "a": "1"}, starts_at=minute(2)).fingerprint
    assert one.fingerprint != replace(one, labels={"a": "12", "b": ""}).fingerprint


STEPS = st.lists(
    st.dictionaries(st.sampled_from("ABC"), st.tuples(st.sampled_from([True, False, None]), st.booleans())), max_size=30
)


@given(STEPS)
def test_openings_and_endings_take_turns(steps: Iterable[dict[str, tuple[bool | None, bool]]]) -> None:
    is_open: set[str] = set()
    alerts = NO_ALERTS
    for number, step in enumerate(steps):
        found = reconcile(
            alerts,
            [condition(name, holds=holds, since=number, is_silenced=hush) for name, (holds, hush) in step.items()],
            minute(number),
        )
        alerts = found
        for alert in found.changed:
            assert (alert.name in is_open) is not alert.is_open
            is_open ^= {alert.name}
            holds, hush = step.get(alert.name, (False, False))
            assert (holds, hush) == (True, False) if alert.is_open else holds is False
        assert {alert.name for alert in alerts.open.values()} == is_open
