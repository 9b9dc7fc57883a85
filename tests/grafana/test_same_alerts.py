"""The rules and the daemon's own push make the same alert of the same trouble: name, labels and severity are one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import yaml

from checks.model import Claim, State
from checks.vendor import Tier, Vendor
from monitor.alerting import conditions, offline
from monitor.standing import follow
from tests.grafana.test_rules import ALERTS, TEST_FILES, severity
from tests.monitor.test_standing import at, entry, minute, page

Labels = Mapping[str, str]


def _pushed(tier: Tier) -> list[Labels]:
    """The labels of every alert that the daemon tells of by itself: what holds has the same as what nobody can tell."""
    vendor = Vendor(slug="acme", name="Acme", owner="pay", tier=tier)
    never_seen = replace(entry(State.UNKNOWN), good=None, latest=None)
    excused = at(60, works_until=minute(90), muted_until=minute(90))
    stories = [
        (at(60), [entry(State.DOWN), page(Claim.MAJOR_OUTAGE)]),
        (excused, [never_seen, page(Claim.UNKNOWN)]),
    ]
    found = [
        condition.labels
        for now, entries in stories
        for condition in conditions(vendor, follow(None, vendor.slug, entries, now), entries, now.at)
    ]
    return [*found, offline(minute(1), holds=True, troubles="").labels]


PUSHED = {tier.value: _pushed(tier) for tier in Tier}
SHARED = {labels["alertname"] for labels in PUSHED["critical"]}


def _told() -> Iterator[Labels]:
    """The labels of every alert that a case of the rules expects, of those that the daemon tells of too."""
    for file in TEST_FILES:
        for case in yaml.safe_load(file.read_text())["tests"]:
            for asked in case.get("alert_rule_test", ()):
                if asked["alertname"] in SHARED:
                    yield from ({"alertname": asked["alertname"]} | alert["exp_labels"] for alert in asked["exp_alerts"])


def _shape(labels: Labels) -> tuple[frozenset[str], Labels]:
    """What the labels are called, and the values that are not a vendor's own. A vendor may be nobody's."""
    fixed = ("alertname", "severity", "tier", "band", "kind")
    return frozenset(labels) | {"team"}, {name: labels[name] for name in fixed if name in labels}


def test_what_both_tell_of_is_most_of_what_concerns_a_vendor() -> None:
    assert {labels["alertname"] for labels in _told()} == SHARED
    assert {
        *("VendorDown", "VendorFlapping", "VendorDegraded", "VendorUnknown", "VendorMajorIncident", "VendorDisagreement"),
        *("VendorCertificateExpiring", "VendorCertificateExpired", "VendorCertificateUntrusted", "VendorFindingCritical"),
        *("VendorMaintenanceActive", "VendorMuted", "VendorwatchEgressSuspect"),
    } <= SHARED


def test_an_alert_has_the_same_labels_by_either_way() -> None:
    for told in _told():
        assert _shape(told) in [_shape(labels) for labels in PUSHED[told.get("tier", "critical")]]


@pytest.mark.parametrize("tier", [tier.value for tier in Tier])
def test_who_is_woken_is_the_same_by_either_way(tier: str) -> None:
    rules = [(rule["alert"], rule["labels"].get("band"), severity(rule, tier)) for rule in ALERTS]
    pushed = {(labels["alertname"], labels.get("band"), labels["severity"]) for labels in PUSHED[tier]}
    assert {alert for alert in rules if alert[0] in SHARED} == pushed
