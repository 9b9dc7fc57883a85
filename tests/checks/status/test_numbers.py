from __future__ import annotations

from datetime import UTC, datetime

from checks.model import Claim
from checks.status import CHECK
from checks.status.report import Impact
from checks.vendor import ComponentRef
from tests.support.status import NOW, hear, page, recording

MIXED = recording("statuspage/mixed.json")
TRACKING = ComponentRef(group="Europe", name="Tracking")
STATE, OPEN = "vendor_component_state", "vendor_incidents_open"
UPDATED = "vendor_status_page_updated_timestamp_seconds"


def states(component: str, claim: Claim) -> dict[tuple[str, ...], float]:
    return {(STATE, component, state.value): state is claim for state in Claim}


def test_only_configured_components_have_a_state_and_all_of_its_values() -> None:
    samples = hear(page("statuspage", TRACKING, ComponentRef(id="cmp000000006")), MIXED).samples()
    wanted = states("Europe / Tracking", Claim.DEGRADED) | states("cmp000000006", Claim.OPERATIONAL)
    assert {key: value for key, value in samples.items() if key[0] == STATE} == wanted


def test_a_group_has_the_worst_state_of_its_members() -> None:
    samples = hear(page("statuspage", ComponentRef(name="Americas")), MIXED).samples()
    assert samples[STATE, "Americas", "major_outage"] == 1


def test_what_cannot_be_matched_is_unknown() -> None:
    samples = hear(page("statuspage", ComponentRef(name="Tracking"), ComponentRef(name="Gone")), MIXED).samples()
    assert samples.items() >= states("Tracking", Claim.UNKNOWN).items()
    assert samples.items() >= states("Gone", Claim.UNKNOWN).items()


def test_incidents_are_counted_by_impact_and_every_impact_has_a_number() -> None:
    samples = hear(page("statuspage"), MIXED).samples()
    counts = {impact: samples[OPEN, impact.value] for impact in Impact}
    assert counts == dict.fromkeys(Impact, 0) | {Impact.MINOR: 1, Impact.CRITICAL: 1}
    scoped = hear(page("statuspage", TRACKING), MIXED).samples()
    assert (scoped[OPEN, "minor"], scoped[OPEN, "critical"]) == (1, 0)


def test_the_page_is_dated_where_it_says_a_date() -> None:
    assert hear(page("statuspage"), MIXED).samples()[UPDATED,] == datetime(2026, 5, 4, 8, 15, 30, 123000, UTC).timestamp()
    undated = hear(page("feed"), b"<rss><channel><title>x</title></channel></rss>")
    assert (UPDATED,) not in undated.samples()


def test_of_a_page_that_cannot_be_read_only_the_states_are_told_and_are_unknown() -> None:
    samples = CHECK.measure(None, page("statuspage", TRACKING), NOW)
    found = {(sample.metric.name, *sample.labels.values()): sample.value for sample in samples}
    assert found == states("Europe / Tracking", Claim.UNKNOWN)
    assert list(CHECK.measure(None, page("statuspage"), NOW)) == []


def test_of_another_page_no_more_is_told() -> None:
    heard = hear(page("statuspage", TRACKING, page_id="another"), MIXED)
    assert heard.samples() == states("Europe / Tracking", Claim.UNKNOWN)


def test_every_sample_is_of_a_declared_metric_with_its_labels() -> None:
    settings = page("statuspage", TRACKING)
    samples = list(CHECK.measure(hear(settings, MIXED).facts, settings, NOW))
    assert {sample.metric for sample in samples} == set(CHECK.metrics)
    assert all(tuple(sample.labels) == sample.metric.labels for sample in samples)


def test_references_that_read_alike_have_series_of_their_own() -> None:
    settings = page("statuspage", ComponentRef(id="Portal"), ComponentRef(name="Portal"))
    samples = hear(settings, MIXED).samples()
    wanted = states("{id: Portal}", Claim.UNKNOWN) | states("{name: Portal}", Claim.OPERATIONAL)
    assert {key: value for key, value in samples.items() if key[0] == STATE} == wanted
