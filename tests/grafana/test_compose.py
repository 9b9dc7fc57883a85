"""The compose file: sound by the specification, and by what no specification knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.support.compose import GRAFANA, PORTS, faults, seen, shipped
from tests.support.schemas import faults as faults_by
from tests.support.schemas import schema

Change = Callable[[dict[str, Any]], object]
SERVICES = shipped()["services"]


def test_it_is_a_compose_file() -> None:
    assert faults_by(shipped(), schema("compose")) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: s["grafana"].update(healtcheck={}), "properties are not allowed ('healtcheck'"),
        (lambda s: s["grafana"].update(restart=7), "services.grafana.restart: 7 is not"),
        (lambda s: s["grafana"].update(ports={"3000": 3000}), "services.grafana.ports: "),
        (
            lambda s: s["prometheus"]["depends_on"].update(grafana={"condition": "service_well"}),
            "services.prometheus.depends_on: ",
        ),
        (lambda s: s["vendorwatch"]["build"].update(dockerfil="x"), "services.vendorwatch.build: "),
    ],
)
def test_what_the_specification_does_not_know_is_noticed(change: Change, told: str) -> None:
    document = shipped()
    change(document["services"])
    assert told in "\n".join(faults_by(document, schema("compose")))


def test_nothing_in_it_leads_nowhere_or_lets_anybody_in() -> None:
    assert faults(shipped()) == []
    assert set(SERVICES) == set(PORTS)
    assert all("healthcheck" in service for service in SERVICES.values())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda s: s["grafana"].update(image="grafana/grafana:latest"),
            "grafana: grafana/grafana:latest is no exact version",
        ),
        (lambda s: s["grafana"].update(image="grafana/grafana:12"), "grafana: grafana/grafana:12 is no exact version"),
        (lambda s: s["vendorwatch"]["build"].update(context="."), "vendorwatch: the Dockerfile is not there"),
        (lambda s: s["vendorwatch"].pop("init"), "vendorwatch: may miss that it shall end"),
        (lambda s: s["vendorwatch"].update(stop_grace_period="10s"), "vendorwatch: may be killed before it ends"),
        (lambda s: s["prometheus"].update(user="1000:1000"), "prometheus: is not the user that owns its volume"),
        (
            lambda s: s["grafana"]["volumes"].__setitem__(0, "grafana:/var/lib/grafanas"),
            "grafana: /var/lib/grafanas is not where it writes",
        ),
        (lambda s: s["vendorwatch"].pop("tmpfs"), "vendorwatch: has no /tmp to write to"),
        (lambda s: s["grafana"].update(tmpfs=["/run"]), "grafana: has no /tmp to write to"),
        (
            lambda s: s["grafana"]["healthcheck"]["test"].__setitem__(-1, "http://127.0.0.1:3000/healthy"),
            "grafana: does not ask itself how it is",
        ),
        (lambda s: s["prometheus"]["healthcheck"]["test"].remove("-Y"), "prometheus: asks a proxy how it is"),
        (lambda s: s["grafana"]["environment"].pop("NO_PROXY"), "grafana: asks its neighbours by a proxy"),
        (lambda s: s["grafana"]["environment"].update(NO_PROXY="prometheus"), "grafana: asks its neighbours by a proxy"),
        (lambda s: s["prometheus"].update(read_only=False), "prometheus: may write to its image"),
        (lambda s: s["prometheus"].pop("cap_drop"), "prometheus: may come by more rights"),
        (lambda s: s["prometheus"].update(security_opt=[]), "prometheus: may come by more rights"),
        (
            lambda s: s["grafana"]["environment"].update(GF_SECURITY_ADMIN_PASSWORD="admin"),
            "grafana: GF_SECURITY_ADMIN_PASSWORD is told to everybody, or may be missing",
        ),
        (
            lambda s: s["grafana"]["environment"].update(GF_SECURITY_ADMIN_PASSWORD="${PASSWORD:-admin}"),
            "grafana: GF_SECURITY_ADMIN_PASSWORD is told to everybody, or may be missing",
        ),
        (lambda s: s["grafana"].update(ports=["3000:3000"]), "grafana: 3000:3000 is not its port on loopback"),
        (
            lambda s: s["grafana"].update(ports=["127.0.0.1:3000:3001"]),
            "grafana: 127.0.0.1:3000:3001 is not its port on loopback",
        ),
        (lambda s: s["grafana"]["volumes"].append("./dashboard:/etc/x:ro"), "grafana: ./dashboard is not there"),
        (lambda s: s["grafana"]["volumes"].append("./dashboards:/etc/x"), "grafana: may write to ./dashboards"),
        (
            lambda s: s["prometheus"]["volumes"].pop(1),
            "prometheus: /etc/prometheus/prometheus.yml is not mounted",
        ),
        (
            lambda s: s["grafana"]["environment"].update(GF_X="/etc/grafana/dashboards/none.json"),
            "grafana: /etc/grafana/dashboards/none.json is not mounted",
        ),
        (
            lambda s: s["grafana"]["environment"].update(PROMETHEUS_URL="http://prometheus:9091"),
            "grafana: http://prometheus:9091 is nobody's",
        ),
        (
            lambda s: s["grafana"]["environment"].update(PROMETHEUS_URL="http://prom:9090"),
            "grafana: http://prom:9090 is nobody's",
        ),
        (
            lambda s: s["prometheus"]["volumes"].pop(0),
            "the volume prometheus is declared and not used, or used and not declared",
        ),
    ],
)
def test_what_leads_nowhere_or_lets_somebody_in_is_noticed(change: Change, told: str) -> None:
    document = shipped()
    change(document["services"])
    assert faults(document) == [told]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: s["grafana"].update(user="root"), "grafana: runs as root, or as nobody knows whom"),
        (lambda s: s["grafana"].pop("user"), "grafana: runs as root, or as nobody knows whom"),
        (lambda s: s["prometheus"].pop("healthcheck"), "grafana: waits for the health of prometheus, which has none"),
    ],
)
def test_what_is_wrong_in_more_than_one_way_is_told_in_each(change: Change, told: str) -> None:
    document = shipped()
    change(document["services"])
    assert told in faults(document)
    assert len(faults(document)) > 1


def test_prometheus_has_the_same_configuration_in_it_as_outside() -> None:
    outside = (GRAFANA / "prometheus/prometheus.yml").read_text()
    inside = (GRAFANA / "compose/prometheus.yml").read_text()
    assert yaml.safe_load(_addresses_in(outside)) == yaml.safe_load(inside)
    assert yaml.safe_load(outside) != yaml.safe_load(inside)


def _addresses_in(outside: str) -> str:
    return re.sub(r"127\.0\.0\.1:(\d+)", lambda found: f"{_service(int(found[1]))}:{found[1]}", outside)


def _service(port: int) -> str:
    return next(name for name, its in PORTS.items() if its == port)


def test_prometheus_keeps_what_objectives_are_counted_over() -> None:
    flags = dict(flag.split("=", 1) for flag in SERVICES["prometheus"]["command"])
    days = int(flags["--storage.tsdb.retention.time"].removesuffix("d"))
    windows = re.findall(r"\[(\d+)d\]", (GRAFANA / "prometheus/rules/slo.yml").read_text())
    assert days > max(map(int, windows)) == 30


def test_grafana_opens_with_a_dashboard_that_is_there() -> None:
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert seen(SERVICES["grafana"], home) == GRAFANA / "dashboards/vendor-overview.json"


def test_the_password_of_grafana_has_no_default() -> None:
    assert re.findall(r"\$\{(\w+):\?", (GRAFANA / "docker-compose.yml").read_text()) == ["GRAFANA_ADMIN_PASSWORD"]
    ignored = (GRAFANA.parent / ".gitignore").read_text().splitlines()
    assert {".env", "secrets/"} <= set(ignored), "nobody commits theirs by accident"
