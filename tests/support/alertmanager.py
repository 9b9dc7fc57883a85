"""The real Alertmanager on loopback, with our configuration as shipped but for its speed and for where messages go."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.programs import Program, free_address, running
from tests.support.tools import require_tool
from tests.support.waiting import until

SHIPPED = Path(__file__).parents[2] / "grafana/alertmanager/alertmanager.yml"

_WAIT = "200ms"
"""Long enough that what fires in one evaluation is one group, and short for a test."""

Alert = Mapping[str, Any]


@dataclass
class Alertmanager(Program):
    """An Alertmanager that runs."""

    async def alerts(self) -> list[Alert]:
        """What fires in it, inhibited or not."""
        status, text = await self.get("/api/v2/alerts")
        return list(json.loads(text)) if status == 200 else []

    async def until(self, what: str, holds: Callable[[list[Alert]], object]) -> list[Alert]:
        """Its alerts as soon as they are such that it *holds*."""
        return await until(what, self.alerts, holds, lambda found: "\n".join([*map(_told, found), self.said()]))

    async def until_received(self, status: str, count: float) -> float:
        """Wait until it was sent so many alerts of a *status* since it started; see `received`."""
        return await until(f"{count} alerts {status}", lambda: self.received(status), lambda found: found >= count)

    async def received(self, status: str) -> float:
        """How many alerts of a *status*, firing or resolved, it was sent since it started, repetitions included."""
        _, text = await self.get("/metrics")
        series = f'alertmanager_alerts_received_total{{status="{status}",version="v2"}} '
        return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(series)), 0.0)


def alertmanager(
    folder: Path, configuration: Mapping[str, Any], name: str = "alertmanager"
) -> AbstractAsyncContextManager[Alertmanager]:
    """An Alertmanager with *configuration*, which no other one knows; its files are in *folder*, by *name*."""
    file = folder / f"{name}.yml"
    file.write_text(yaml.safe_dump(configuration))
    listen = free_address()
    command = [
        require_tool("prometheus-alertmanager"),
        f"--config.file={file}",
        f"--storage.path={folder / name}",
        f"--web.listen-address={listen}",
        "--cluster.listen-address=",
    ]
    return running(Alertmanager(command, listen, folder / f"{name}.log"))


def sped_up(shipped: Mapping[str, Any], url: str, wait: str = _WAIT) -> dict[str, Any]:
    """*shipped* with the same routes and inhibitions, but waiting only *wait*, and sending all to *url* + ``/receiver``.

    Nothing is repeated, and a receiver without any place to send to stays as it is.
    """
    receivers = [
        {"name": one["name"], "webhook_configs": [{"url": f"{url}/{one['name']}"}]} if len(one) > 1 else one
        for one in shipped["receivers"]
    ]
    return {**shipped, "route": _hastened(shipped["route"], wait), "receivers": receivers}


def _hastened(route: Mapping[str, Any], wait: str) -> dict[str, Any]:
    """*route* and those below it; what a route leaves to its parent stays left to it."""
    waits = {"group_wait": wait, "group_interval": wait, "repeat_interval": "1h"}
    below = [_hastened(each, wait) for each in route.get("routes", ())]
    return {**route, **{name: value for name, value in waits.items() if name in route}, "routes": below}


def _told(alert: Alert) -> str:
    return f"{alert['labels']} {alert['status']['state']} since {alert['startsAt']}"
