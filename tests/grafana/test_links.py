"""From an alert to its dashboard: the paths that the rules name are there, and a message makes links of them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.grafana.test_rules import ALERTS
from tests.support.alertmanager import SHIPPED
from tests.support.compose import GRAFANA
from tests.support.tools import require_tool

PATHS = sorted({rule["annotations"]["dashboard_url"] for rule in ALERTS})


@pytest.mark.parametrize("path", PATHS)
def test_each_dashboard_that_an_alert_names_is_there_and_knows_its_variables(path: str) -> None:
    where = urlsplit(path)
    dashboard = json.loads((GRAFANA / f"dashboards/{where.path.removeprefix('/d/')}.json").read_text())
    assert where.path == f"/d/{dashboard['uid']}"
    known = {f"var-{variable['name']}" for variable in dashboard["templating"]["list"]}
    assert set(parse_qs(where.query)) <= known


def _rendered(template: str, alerts: Sequence[Mapping[str, object]], folder: Path) -> str:
    """What Alertmanager makes of *template* for *alerts*."""
    (folder / "data.json").write_text(json.dumps({"alerts": alerts}))
    (folder / "none.tmpl").write_text("")
    arguments = [f"--template.glob={folder}/*.tmpl", f"--template.text={template}", f"--template.data={folder}/data.json"]
    command = [require_tool("amtool"), "template", "render", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_message_leads_to_the_dashboard_of_each_alert(tmp_path: Path) -> None:
    receivers = {each["name"]: each for each in yaml.safe_load(SHIPPED.read_text())["receivers"]}
    text = receivers["chat"]["slack_configs"][0]["text"]
    told = [
        {
            "status": "firing",
            "annotations": {"summary": "Acme is down", "dashboard_url": "/d/vendor-detail?var-vendor=acme"},
        },
        {"status": "firing", "annotations": {"summary": "of another rule"}},
    ]
    assert _rendered(text, told, tmp_path).splitlines() == [
        "Acme is down https://grafana.example.com/d/vendor-detail?var-vendor=acme",
        "of another rule",
    ]
