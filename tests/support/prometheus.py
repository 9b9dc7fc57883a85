"""The real Prometheus on loopback, with our rules as shipped but for their speed.

Its first scrape comes about five seconds after the start, whatever is configured: targets are discovered in batches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from tests.support.programs import Program, free_address, running
from tests.support.tools import require_tool

RULES = Path(__file__).parents[2] / "grafana/prometheus/rules"
SCRAPE_INTERVAL = "500ms"
EVALUATION_INTERVAL = "200ms"
TIMES_FASTER = 12
"""Three minutes without a daemon are fifteen seconds: longer than until the first scrape, where there is one."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass
class Prometheus(Program):
    """A Prometheus that runs."""

    async def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of each series of an instant query."""
        _, text = await self.get(f"/api/v1/query?query={quote(expression)}")
        found = json.loads(text)
        assert found["status"] == "success", text
        return [(each["metric"], float(each["value"][1])) for each in found["data"]["result"]]


def prometheus(
    folder: Path, scraped: str, alertmanagers: Iterable[str], rules: Iterable[Path]
) -> AbstractAsyncContextManager[Prometheus]:
    """A Prometheus that scrapes the daemon on *scraped*, evaluates *rules* sped up, and sends alerts to *alertmanagers*."""
    for file in rules:
        (folder / f"{file.stem}.rules.yml").write_text(yaml.safe_dump(sped_up(yaml.safe_load(file.read_text()))))
    configuration = folder / "prometheus.yml"
    configuration.write_text(yaml.safe_dump(_configuration(folder, scraped, list(alertmanagers))))
    listen = free_address()
    command = [
        require_tool("prometheus"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={listen}",
        "--log.level=warn",
        "--rules.alert.resend-delay=1s",
    ]
    return running(Prometheus(command, listen, folder / "prometheus.log"))


def _configuration(folder: Path, scraped: str, alertmanagers: list[str]) -> dict[str, Any]:
    return {
        "global": {"scrape_interval": SCRAPE_INTERVAL, "scrape_timeout": SCRAPE_INTERVAL},
        "rule_files": [str(folder / "*.rules.yml")],
        "scrape_configs": [{"job_name": "vendorwatch", "static_configs": [{"targets": [scraped]}]}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": alertmanagers}]}]},
    }


def sped_up(rules: Mapping[str, Any]) -> dict[str, Any]:
    """*rules* with the same expressions and labels, evaluated each `EVALUATION_INTERVAL`, holding on `TIMES_FASTER`.

    Ranges inside the expressions are left alone: they say how far back is looked, not how long is waited.
    """
    return {"groups": [_hastened(group) for group in rules["groups"]]}


def _hastened(group: Mapping[str, Any]) -> dict[str, Any]:
    hastened = [
        {**rule, **{name: _shorter(rule[name]) for name in ("for", "keep_firing_for") if name in rule}}
        for rule in group["rules"]
    ]
    return {**group, "interval": EVALUATION_INTERVAL, "rules": hastened}


def _shorter(duration: str) -> str:
    parts = re.findall(r"(\d+)(ms|[smhd])", duration)
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return f"{round(seconds * 1000 / TIMES_FASTER)}ms"
