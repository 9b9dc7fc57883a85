"""The Prometheus rules that are shipped: valid, tested both ways, and true to the code, the runbook and each other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.check import all_checks
from monitor.metrics import Family, Instruments, declared
from tests.support.tools import require_tool

GRAFANA = Path(__file__).parents[2] / "grafana"
PROMETHEUS = GRAFANA / "prometheus"
RULE_FILES = sorted(PROMETHEUS.glob("rules/*.yml"))
TEST_FILES = sorted(PROMETHEUS.glob("tests/*.yml"))
RUNBOOK = (GRAFANA / "runbook.md").read_text()
RUNBOOK_URL = "https://github.com/vendorwatch/vendorwatch/blob/main/grafana/runbook.md#"
DASHBOARDS = {"vendor-overview", "vendor-detail", "vendor-tls", "vendor-slo", "vendorwatch"}

OF_VENDORS = frozenset({
    "VendorDown", "VendorFlapping", "VendorDegraded", "VendorMajorIncident", "VendorDisagreement", "VendorUnknown",
    "VendorCheckFailing", "VendorCheckStale", "VendorCheckSlow",
    "VendorCertificateExpiring", "VendorCertificateExpired", "VendorCertificateUntrusted",
    "VendorFindingCritical", "VendorTLSGradeLow", "VendorSLOFastBurn", "VendorSLOSlowBurn",
    "VendorMaintenanceActive", "VendorMuted",
})  # fmt: skip
OF_US = frozenset({
    "VendorwatchEgressSuspect", "VendorwatchSharedCause", "VendorwatchPlatformUnreadable",
    "VendorwatchDown", "VendorwatchInstanceDown", "VendorwatchSchedulerStalled", "VendorwatchStoreFailing",
    "VendorwatchStoreTooLarge", "VendorwatchClockBehind",
    "VendorwatchNotificationsFailing", "VendorwatchReloadFailed", "VendorwatchMissedRuns", "VendorwatchInternalErrors",
    "Watchdog",
})  # fmt: skip
BY_TIER = frozenset({
    ("VendorDown", None), ("VendorFlapping", None), ("VendorMajorIncident", None),
    ("VendorCertificateExpiring", "critical"), ("VendorCertificateExpired", None), ("VendorCertificateUntrusted", None),
})  # fmt: skip
"""Name and band of what may wake somebody, by how much depends on the vendor."""
NEVER_SENT = frozenset({"VendorMaintenanceActive", "VendorMuted", "Watchdog"})
OTHERS = frozenset({"up", "process_start_time_seconds", "ALERTS"})
"""What the rules read beside our own families and recordings."""
WHERE = frozenset({"job", "instance"})
"""The labels that Prometheus adds to what it scrapes."""


def _groups(file: Path) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load(file.read_text())["groups"]
    return groups


RULES = [rule for file in RULE_FILES for group in _groups(file) for rule in group["rules"]]
ALERTS = [rule for rule in RULES if "alert" in rule]
RECORDED = [rule["record"] for rule in RULES if "record" in rule]


def _name(rule: Mapping[str, Any]) -> str:
    return str(rule["alert"])


@pytest.fixture(scope="module")
def families() -> Mapping[str, Family]:
    """Everything that the daemon may show, by name."""
    instruments = Instruments("1.0", all_checks())
    return {family.name: family for family in declared(all_checks().values(), instruments)}


def _promtool(*arguments: str | Path) -> str:
    command = [require_tool("promtool"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROMETHEUS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_promtool_accepts_the_rules_and_the_configuration() -> None:
    assert "SUCCESS" in _promtool("check", "rules", *RULE_FILES)
    assert f"{len(RULE_FILES)} rule files found" in _promtool("check", "config", "prometheus.yml")


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: file.stem)
@pytest.mark.slow
def test_the_rules_do_what_their_cases_say(file: Path) -> None:
    assert "SUCCESS" in _promtool("test", "rules", file)


def test_the_alerts_are_the_ones_that_are_promised() -> None:
    assert {_name(rule) for rule in ALERTS} == OF_VENDORS | OF_US


def _expected(file: Path) -> Iterator[tuple[str, bool]]:
    """Each alert that a case of *file* asks for, and whether it is to fire."""
    for case in yaml.safe_load(file.read_text())["tests"]:
        for asked in case.get("alert_rule_test", ()):
            yield asked["alertname"], bool(asked["exp_alerts"])


def test_every_alert_has_cases_in_which_it_fires_and_others_in_which_it_does_not() -> None:
    expected = {found for file in TEST_FILES for found in _expected(file)}
    both = {(_name(rule), fires) for rule in ALERTS for fires in (True, False)}
    assert both - expected == {("Watchdog", False)}, "it always fires, which is what it is for"


def test_every_group_is_evaluated_in_the_order_of_the_files() -> None:
    for file in TEST_FILES:
        tests = yaml.safe_load(file.read_text())
        files = [path for pattern in tests["rule_files"] for path in PROMETHEUS.glob(pattern.removeprefix("../"))]
        groups = [group["name"] for path in files for group in _groups(path)]
        assert sorted(tests["group_eval_order"]) == sorted(groups)
        assert tests["group_eval_order"][0] == "vendorwatch-common", "the others read what it records"


def test_every_alert_says_what_it_is_and_where_to_go_on() -> None:
    for rule in ALERTS:
        notes = rule["annotations"]
        assert set(notes) == {"summary", "description", "runbook_url", "dashboard_url"}, rule
        assert notes["runbook_url"] == RUNBOOK_URL + _name(rule).lower()
        path, _, query = notes["dashboard_url"].partition("?")
        assert path.removeprefix("/d/") in DASHBOARDS
        assert query == ("var-vendor={{ $labels.vendor }}" if _name(rule) in OF_VENDORS else "")


def _severities(rule: Mapping[str, Any]) -> set[str]:
    """What the label may become: all that stands outside of the template's own words."""
    return set(re.sub(r"\{\{.*?\}\}", " ", rule["labels"]["severity"]).split())


def test_severities_are_of_the_closed_set() -> None:
    for rule in ALERTS:
        severities = _severities(rule)
        assert severities <= {"page", "ticket", "info", "none"}, rule
        assert (severities == {"page", "ticket", "info"}) == ((_name(rule), rule["labels"].get("band")) in BY_TIER), rule
        assert (severities == {"none"}) == (_name(rule) in NEVER_SENT), rule


def severity(rule: Mapping[str, Any], tier: str) -> str:
    """What the label becomes for a vendor of *tier*: a word, or a choice between words by the tier."""
    template = rule["labels"]["severity"]
    by_tier = dict(re.findall(r'if eq \$labels\.tier "(\w+)" \}\}(\w+)', template))
    return by_tier.get(tier) or re.sub(r".*\{\{ else \}\}|\{\{ end \}\}", "", template)


def test_nothing_that_is_said_of_a_vendor_is_more_urgent_than_its_outage() -> None:
    said = [rule for rule in ALERTS if _name(rule) in OF_VENDORS - NEVER_SENT]
    assert {severity(rule, "low") for rule in said} == {"info"}
    assert {severity(rule, "standard") for rule in said} == {"ticket", "info"}


def test_times_are_to_the_minute_and_name_their_zone() -> None:
    texts = [text for rule in ALERTS for text in rule["annotations"].values()]
    assert not [text for text in texts if "humanizeTimestamp" in text]
    layouts = {layout for text in texts for layout in re.findall(r'\.Format "([^"]*)"', text)}
    assert layouts == {"2006-01-02 15:04 UTC"}


def test_every_alert_about_a_vendor_says_whose_it_is_and_ends_when_it_is_no_longer_watched() -> None:
    joins = ("vendor:vendor_info:known", "target:vendor_info:known")
    for rule in ALERTS:
        if _name(rule) in OF_VENDORS:
            assert "group_left (name, team, tier)" in rule["expr"], rule
            assert rule["expr"].strip().endswith(joins), rule
            assert rule["labels"]["name"] == "", "what a vendor is called is for the words and no part of what an alert is"


def _promql(rule: Mapping[str, Any]) -> Iterator[str]:
    """Every expression of a rule: its own, and those that its words ask."""
    yield rule["expr"]
    for text in rule.get("annotations", {}).values():
        yield from re.findall(r"`([^`]+)`", text)


def _identifiers(expression: str) -> set[str]:
    return set(re.findall(r"[a-zA-Z_:][\w:]*", re.sub(r'"[^"]*"|\[[^]]*\]', "", expression)))


def test_everything_the_rules_read_is_declared_or_recorded(families: Mapping[str, Family]) -> None:
    used = {name for rule in RULES for text in _promql(rule) for name in _identifiers(text)}
    ours = {name for name in used if ":" in name or name.startswith(("vendor_", "vendorwatch_"))}
    assert ours - families.keys() - set(RECORDED) == set()


def test_every_label_the_rules_select_by_is_one_of_the_metric(families: Mapping[str, Family]) -> None:
    selectors = {found for rule in RULES for text in _promql(rule) for found in re.findall(r"([\w:]+)\{([^}]*)\}", text)}
    foreign = {
        (name, label)
        for name, matchers in selectors
        if name in families
        for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)
        if label not in WHERE | set(families[name].labels)
    }
    assert foreign == set()
    assert {name for name, _ in selectors if name not in families and ":" not in name} <= OTHERS


def test_nothing_is_recorded_twice() -> None:
    assert [name for name, times in Counter(RECORDED).items() if times > 1] == []


def test_the_runbook_has_a_heading_for_each_alert_and_no_other() -> None:
    headings = re.findall(r"^### (.+)$", RUNBOOK, re.MULTILINE)
    assert sorted(headings) == sorted(OF_VENDORS | OF_US)


def test_the_runbook_names_only_commands_that_exist() -> None:
    named = set(re.findall(r"`vendorwatch ([a-z]+)", RUNBOOK))
    command = str(Path(sys.executable).with_name("vendorwatch"))
    help_text = subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    assert named
    assert named - set(re.findall(r"^    ([a-z]+) ", help_text, re.MULTILINE)) == set()
