"""The objects for Kubernetes: sound by the schemas of those who read them, and wired to each other and to the rest."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana.generate import prometheusrule
from monitor.catalogue import fingerprint, load
from monitor.cli import parse
from tests.support.compose import DATA, GRAFANA, HEALTH, PORTS, shipped
from tests.support.contained import entry
from tests.support.schemas import closed, faults, schema

Change = Callable[[dict[str, Any]], object]
FOLDER = GRAFANA / "kubernetes"
CONFIG = GRAFANA.parent / "config"
KINDS = {
    "Deployment": schema("kubernetes", "io.k8s.api.apps.v1.Deployment"),
    "Service": schema("kubernetes", "io.k8s.api.core.v1.Service"),
    "PersistentVolumeClaim": schema("kubernetes", "io.k8s.api.core.v1.PersistentVolumeClaim"),
    "ServiceMonitor": closed(schema("prometheus-operator", "ServiceMonitor")),
    "PrometheusRule": closed(schema("prometheus-operator", "PrometheusRule")),
}


def objects() -> list[dict[str, Any]]:
    """Every object; new ones each time, to be changed as one likes."""
    return [each for file in sorted(FOLDER.glob("*.yaml")) for each in yaml.safe_load_all(file.read_text())]


RULES = [each for each in objects() if each["kind"] == "PrometheusRule"]
OBJECTS = {each["kind"]: each for each in objects() if each not in RULES}
POD = OBJECTS["Deployment"]["spec"]["template"]["spec"]
CONTAINER = POD["containers"][0]


def test_each_is_what_its_reader_takes() -> None:
    assert {each["kind"] for each in objects()} == set(KINDS)
    assert [fault for each in objects() for fault in faults(each, KINDS[each["kind"]])] == []
    assert len({(each["kind"], each["metadata"]["name"]) for each in objects()}) == len(objects())


@pytest.mark.parametrize(
    ("kind", "change", "told"),
    [
        ("Deployment", lambda o: o["spec"].update(replica=1), "spec: "),
        ("Deployment", lambda o: o["spec"].pop("selector"), "spec: 'selector' is a required property"),
        ("Deployment", lambda o: _container(o).update(image=7), "spec.template.spec.containers.0.image: 7 is not of type"),
        ("Deployment", lambda o: _container(o)["livenessProbe"].update(httpget={}), "containers.0.livenessProbe: "),
        ("Deployment", lambda o: o.update(apiVersion="apps/v2"), "apiVersion: 'apps/v2' is not one of"),
        ("Service", lambda o: o["spec"]["ports"][0].pop("port"), "spec.ports.0: 'port' is a required property"),
        ("PersistentVolumeClaim", lambda o: o["spec"].update(size="2Gi"), "spec: "),
        ("ServiceMonitor", lambda o: o["spec"]["endpoints"][0].update(interval="15 s"), "spec.endpoints.0.interval: "),
        ("ServiceMonitor", lambda o: o["spec"]["endpoints"][0].update(intervall="15s"), "spec.endpoints.0: "),
        ("ServiceMonitor", lambda o: o["spec"].pop("selector"), "spec: 'selector' is a required property"),
        ("PrometheusRule", lambda o: o["spec"]["groups"][0]["rules"][0].pop("expr"), "'expr' is a required property"),
        ("PrometheusRule", lambda o: o["spec"]["groups"][0].update(interval=30), "spec.groups.0.interval: 30 is not"),
        ("PrometheusRule", lambda o: o["spec"]["groups"][0]["rules"][0].update({"For": "1m"}), "spec.groups.0.rules.0: "),
    ],
)
def test_what_its_reader_does_not_take_is_noticed(kind: str, change: Change, told: str) -> None:
    changed = next(each for each in objects() if each["kind"] == kind)
    change(changed)
    assert told in "\n".join(faults(changed, KINDS[kind]))


def _container(deployment: Mapping[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = deployment["spec"]["template"]["spec"]["containers"][0]
    return container


def test_the_rules_are_those_of_the_rule_files() -> None:
    files = sorted(prometheusrule.RULES.glob("*.yml"))
    assert prometheusrule.WRITTEN.read_text() == prometheusrule.document(files), "write it anew: make prometheusrule"
    assert [each["spec"] for each in RULES] == [yaml.safe_load(file.read_text()) for file in files]


def test_a_rule_that_was_changed_in_one_place_only_is_noticed(tmp_path: Path) -> None:
    changed = shutil.copytree(prometheusrule.RULES, tmp_path / "rules")
    file = changed / "checks.yml"
    file.write_text(file.read_text().replace("for: ", "for: 1", 1))
    assert prometheusrule.document(sorted(changed.glob("*.yml"))) != prometheusrule.WRITTEN.read_text()


def test_the_rules_fit_into_what_kubectl_notes_of_an_object() -> None:
    assert max(len(yaml.safe_dump(each)) for each in RULES) < 256 * 1024 / 2, "an annotation has 256 KiB"


def test_what_becomes_a_config_map_fits_into_one() -> None:
    for folder in (GRAFANA / "dashboards", CONFIG / "vendors"):
        assert 0 < sum(file.stat().st_size for file in folder.iterdir()) < 1024 * 1024, "an object has 1 MiB"


def test_each_is_found_by_the_labels_it_has() -> None:
    labels = {"app.kubernetes.io/name": "vendorwatch"}
    assert [each["kind"] for each in objects() if each["metadata"]["labels"] != labels] == []
    deployment = OBJECTS["Deployment"]["spec"]
    selectors = [deployment["selector"]["matchLabels"], OBJECTS["ServiceMonitor"]["spec"]["selector"]["matchLabels"]]
    assert [*selectors, OBJECTS["Service"]["spec"]["selector"]] == [labels] * 3
    assert deployment["template"]["metadata"]["labels"] == labels


def test_it_is_scraped_under_the_name_and_as_often_as_elsewhere() -> None:
    elsewhere = yaml.safe_load((GRAFANA / "prometheus/prometheus.yml").read_text())
    endpoint = OBJECTS["ServiceMonitor"]["spec"]["endpoints"][0]
    assert endpoint["interval"] == elsewhere["global"]["scrape_interval"]
    assert "jobLabel" not in OBJECTS["ServiceMonitor"]["spec"], "then a job is called as its Service is"
    assert OBJECTS["Service"]["metadata"]["name"] == elsewhere["scrape_configs"][0]["job_name"]


def test_the_port_has_one_number_and_one_name() -> None:
    port = OBJECTS["Service"]["spec"]["ports"][0]
    assert CONTAINER["ports"] == [{"name": port["targetPort"], "containerPort": PORTS["vendorwatch"]}]
    probes = {CONTAINER[f"{name}Probe"]["httpGet"]["port"] for name in ("liveness", "readiness", "startup")}
    assert probes == {port["name"], OBJECTS["ServiceMonitor"]["spec"]["endpoints"][0]["port"]} == {port["targetPort"]}


def test_it_starts_what_the_image_starts_as_the_user_of_the_image() -> None:
    assert ["vendorwatch", *CONTAINER["args"]] == entry()
    user = POD["securityContext"]
    assert f"{user['runAsUser']}:{user['runAsGroup']}" == shipped()["services"]["vendorwatch"]["user"]
    assert user["fsGroup"] == user["runAsGroup"], "who writes to the volume"


def test_what_it_starts_finds_its_files_where_they_are_mounted() -> None:
    home = Path(DATA["vendorwatch"])
    config = home / parse(CONTAINER["args"]).config
    mounts = {mount.pop("name"): mount for mount in [{**mount} for mount in CONTAINER["volumeMounts"]]}
    assert mounts == {
        "database": {"mountPath": str(home)},
        "vendors": {"mountPath": str(config / "vendors"), "readOnly": True},
        "settings": {"mountPath": str(config / "monitor.yaml"), "subPath": "monitor.yaml", "readOnly": True},
        "scratch": {"mountPath": "/tmp"},  # noqa: S108 - in a container
    }
    assert (CONFIG / "vendors").is_dir()
    assert (CONFIG / "monitor.yaml").is_file()


def test_it_is_asked_how_it_is_where_it_tells_and_has_the_time_to_end() -> None:
    asked = {name: CONTAINER[f"{name}Probe"]["httpGet"]["path"] for name in ("liveness", "readiness", "startup")}
    healthy = HEALTH["vendorwatch"]
    assert asked == {"liveness": healthy, "readiness": "/-/ready", "startup": healthy}
    assert f"{POD['terminationGracePeriodSeconds']}s" == shipped()["services"]["vendorwatch"]["stop_grace_period"]


def test_nobody_can_become_root_or_write_but_into_volumes() -> None:
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert POD["automountServiceAccountToken"] is False
    wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert CONTAINER["securityContext"] == wanted


def test_a_database_has_one_daemon() -> None:
    spec = OBJECTS["Deployment"]["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    assert OBJECTS["PersistentVolumeClaim"]["spec"]["accessModes"] == ["ReadWriteOncePod"]


def test_every_volume_is_mounted_and_the_claim_is_there() -> None:
    volumes = {volume["name"]: volume for volume in POD["volumes"]}
    assert {mount["name"] for mount in CONTAINER["volumeMounts"]} == set(volumes)
    assert volumes["database"]["persistentVolumeClaim"]["claimName"] == OBJECTS["PersistentVolumeClaim"]["metadata"]["name"]
    named = {volume["configMap"]["name"] for volume in volumes.values() if "configMap" in volume}
    commands = (FOLDER / "vendorwatch.yaml").read_text()
    assert all(
        f"# {line}" in commands.replace("#   ", "# ") for line in (f"kubectl create configmap {one} " for one in named)
    )


def _as_kubelet_lays_out(files: Mapping[str, str], folder: Path, version: str) -> None:
    """A ConfigMap as a volume: its files are links into a hidden folder, which is exchanged whole for a newer one."""
    (folder / version).mkdir(parents=True)
    for name, text in files.items():
        (folder / version / name).write_text(text)
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(Path("..data") / name)
    newer = folder / "..data_tmp"
    newer.symlink_to(version)
    newer.replace(folder / "..data")


def test_vendors_are_read_from_a_config_map_and_a_newer_one_is_noticed(tmp_path: Path) -> None:
    files = {file.name: file.read_text() for file in (CONFIG / "vendors").glob("*.yaml")}
    _as_kubelet_lays_out(files, tmp_path / "vendors", "..2026_11_22")
    assert {vendor.slug for vendor in load(tmp_path).vendors} == {name.removesuffix(".yaml") for name in files}
    before = fingerprint(tmp_path)
    _as_kubelet_lays_out(files | {"github.yaml": "name: The Hub\n"}, tmp_path / "vendors", "..2026_11_23")
    assert fingerprint(tmp_path) != before
    assert "The Hub" in {vendor.name for vendor in load(tmp_path).vendors}
