"""What Grafana is told when it starts: fields that it knows, and addresses, intervals and paths that are those of the rest.

Grafana says nothing of a field that it does not know, and does not do it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import yaml

from tests.support.compose import GRAFANA, seen, shipped

Change = Callable[[dict[str, Any]], object]
FOLDER = GRAFANA / "provisioning"
GRAFANA_SERVICE = shipped()["services"]["grafana"]

TOP = {
    "datasources": {"apiVersion", "datasources", "deleteDatasources", "prune"},
    "dashboards": {"apiVersion", "providers"},
}
DATASOURCE = {
    *("orgId", "orgName", "version", "name", "type", "access", "url", "user", "database", "basicAuth", "basicAuthUser"),
    *("withCredentials", "isDefault", "correlations", "jsonData", "secureJsonData", "editable", "uid"),
}
"""pkg/services/provisioning/datasources/types.go of grafana/grafana, upsertDataSourceFromConfigV1 (at 01c8342)."""
JSON_DATA = {
    "prometheus": {
        *("timeInterval", "queryTimeout", "httpMethod", "customQueryParameters", "disableMetricsLookup", "defaultEditor"),
        *("exemplarTraceIdDestinations", "prometheusType", "prometheusVersion", "cacheLevel", "incrementalQuerying"),
        *("incrementalQueryOverlapWindow", "disableRecordingRules", "allowAsRecordingRulesTarget", "sigV4Auth"),
        *("oauthPassThru", "codeModeMetricNamesSuggestionLimit", "seriesEndpoint", "manageAlerts", "alertmanagerUid"),
    },
    "alertmanager": {"implementation", "handleGrafanaManagedAlerts"},
}
"""packages/grafana-prometheus/src/types.ts, PromOptions (at 0e9025b), with what every source of alerts has; for the other:
https://grafana.com/docs/grafana/v12.4/datasources/alertmanager/ (read 2026-11-22)."""
PROVIDER = {
    *("name", "orgId", "folder", "folderUid", "type", "disableDeletion", "updateIntervalSeconds", "allowUiUpdates"),
    *("editable", "options"),
}
OPTIONS = {"path", "foldersFromFilesStructure"}
"""https://grafana.com/docs/grafana/v12.4/administration/provisioning/ (read 2026-11-22)."""
VERSIONS = {*(f"2.{minor}.0" for minor in range(14, 51)), "2.50.1"}
"""What Grafana calls versions of Prometheus: PromFlavorVersions.ts beside the types above (at 3af0110)."""


def _read(kind: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((FOLDER / kind / "vendorwatch.yaml").read_text())
    return document


def unknown(kind: str, document: Mapping[str, Any]) -> Iterator[str]:
    """The fields that Grafana does not know."""
    yield from document.keys() - TOP[kind]
    for source in document.get("datasources", ()):
        yield from source.keys() - DATASOURCE
        yield from source["jsonData"].keys() - JSON_DATA[source["type"]]
    for provider in document.get("providers", ()):
        yield from provider.keys() - PROVIDER
        yield from provider["options"].keys() - OPTIONS


@pytest.mark.parametrize("kind", TOP)
def test_grafana_knows_every_field(kind: str) -> None:
    assert list(unknown(kind, _read(kind))) == []
    assert _read(kind)["apiVersion"] == 1


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("datasources", lambda d: d.update(datasource=[]), "datasource"),
        ("datasources", lambda d: d["datasources"][0].update(default=True), "default"),
        ("datasources", lambda d: d["datasources"][0]["jsonData"].update(scrapeInterval="15s"), "scrapeInterval"),
        ("datasources", lambda d: d["datasources"][1]["jsonData"].update(timeInterval="15s"), "timeInterval"),
        ("dashboards", lambda d: d["providers"][0].update(allowUIUpdates=False), "allowUIUpdates"),
        ("dashboards", lambda d: d["providers"][0]["options"].update(folder="x"), "folder"),
    ],
)
def test_a_field_that_grafana_does_not_know_is_noticed(kind: str, change: Change, told: str) -> None:
    document = _read(kind)
    change(document)
    assert list(unknown(kind, document)) == [told]


SOURCES = {source["type"]: source for source in _read("datasources")["datasources"]}


def test_grafana_counts_on_the_interval_that_prometheus_scrapes_at() -> None:
    files = [GRAFANA / "prometheus/prometheus.yml", GRAFANA / "compose/prometheus.yml"]
    scraped = {yaml.safe_load(file.read_text())["global"]["scrape_interval"] for file in files}
    assert scraped == {SOURCES["prometheus"]["jsonData"]["timeInterval"]}


def test_the_sources_know_each_other_and_take_nothing_else_for_granted() -> None:
    facts = SOURCES["prometheus"]["jsonData"]
    assert facts["alertmanagerUid"] == SOURCES["alertmanager"]["uid"]
    assert facts["prometheusVersion"] in VERSIONS
    assert [source["uid"] for source in SOURCES.values() if source.get("isDefault")] == [SOURCES["prometheus"]["uid"]]
    assert not any(source["editable"] for source in SOURCES.values())


def test_every_variable_is_set_where_grafana_is_started() -> None:
    texts = [file.read_text() for file in FOLDER.rglob("*.yaml")]
    code = "\n".join(line for text in texts for line in text.splitlines() if not line.lstrip().startswith("#"))
    used = set(re.findall(r"\$\{?(\w+)", code))
    assert used == {"PROMETHEUS_URL", "ALERTMANAGER_URL"}
    assert used <= set(GRAFANA_SERVICE["environment"])


def test_grafana_reads_each_file_where_it_looks_for_them() -> None:
    for kind in TOP:
        there = seen(GRAFANA_SERVICE, f"/etc/grafana/provisioning/{kind}/vendorwatch.yaml")
        assert there == FOLDER / kind / "vendorwatch.yaml"


def test_the_dashboards_are_found_and_each_has_a_name_of_its_own() -> None:
    provider = _read("dashboards")["providers"][0]
    folder = seen(GRAFANA_SERVICE, provider["options"]["path"])
    assert folder == GRAFANA / "dashboards"
    assert provider["allowUiUpdates"] is False
    found = {file.stem: json.loads(file.read_text()) for file in folder.glob("*.json")}
    assert found
    assert {name: dashboard["uid"] for name, dashboard in found.items()} == {name: name for name in found}
    assert provider["folderUid"] not in found
    assert provider["folder"].lower() not in {dashboard["title"].lower() for dashboard in found.values()}
