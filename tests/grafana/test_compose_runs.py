"""What the compose file starts, started for real as it stands there, as far as that goes without containers."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import yaml

from tests.support.alertmanager import Alertmanager
from tests.support.contained import Contained, entry
from tests.support.daemon import Daemon
from tests.support.programs import running
from tests.support.prometheus import Prometheus
from tests.support.servers import ca_file
from tests.support.tools import require_tool
from tests.support.vendors import simulated, write_config
from tests.support.waiting import until

CONFIG = "/etc/prometheus/prometheus.yml"
SOON = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}


def _checked(tool: str, *arguments: str | Path) -> str:
    done = subprocess.run([require_tool(tool), *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_prometheus_finds_all_its_rules_where_they_are_mounted(tmp_path: Path) -> None:
    root = Contained(tmp_path).root("prometheus")
    told = _checked("promtool", "check", "config", root / "etc/prometheus/prometheus.yml")
    assert "6 rule files found" in told
    assert "FAILED" not in told
    shutil.rmtree(root / "etc/prometheus/rules")
    assert "rule files found" not in _checked("promtool", "check", "config", root / "etc/prometheus/prometheus.yml")


def test_alertmanager_takes_what_is_mounted(tmp_path: Path) -> None:
    file = Contained(tmp_path).root("alertmanager") / "etc/alertmanager/alertmanager.yml"
    assert "SUCCESS" in _checked("amtool", "check-config", file)
    file.write_text(file.read_text().replace("receiver: tickets", "receiver: nobody", 1))
    assert "FAILED" in _checked("amtool", "check-config", file)


@asynccontextmanager
async def _up(folder: Path) -> AsyncIterator[tuple[Contained, Daemon, Prometheus, Alertmanager]]:
    """The three, in the order of the compose file, and a simulated vendor for the daemon to watch."""
    here = Contained(folder)
    async with AsyncExitStack() as stack:
        acme = await stack.enter_async_context(simulated("acme", "127.0.0.2"))
        home = here.root("vendorwatch") / "var/lib/vendorwatch"
        shutil.rmtree(home / "config")
        write_config(home, "127.0.0.1:1", ca_file(home), acme)
        name, *arguments = here.words("vendorwatch", entry())
        command = [str(Path(sys.executable).with_name(name)), *arguments]
        watching = await stack.enter_async_context(running(Daemon(command, here.where["vendorwatch"], home / "log")))
        alerting = await stack.enter_async_context(running(_alertmanager(here)))
        yield here, watching, await stack.enter_async_context(running(_prometheus(here))), alerting


def _alertmanager(here: Contained) -> Alertmanager:
    root, path = here.root("alertmanager"), "/etc/alertmanager/alertmanager.yml"
    receivers = yaml.safe_load((root / path.lstrip("/")).read_text())["receivers"]
    here.rewrite("alertmanager", path, {"receivers": [{"name": each["name"]} for each in receivers]})
    return Alertmanager(_listening(here, "alertmanager"), here.where["alertmanager"], root / "log")


def _prometheus(here: Contained) -> Prometheus:
    root = here.root("prometheus")
    here.rewrite("prometheus", CONFIG, {"global": SOON})
    sooner = "--rules.alert.resend-delay=1s"  # what fires before Alertmanager is known is sent again after that
    return Prometheus([*_listening(here, "prometheus"), sooner], here.where["prometheus"], root / "log")


def _listening(here: Contained, name: str) -> list[str]:
    """The command of a service; in a container it listens on the port it has by itself."""
    command = here.words(name, here.services[name]["command"])
    program = {"prometheus": "prometheus", "alertmanager": "prometheus-alertmanager"}[name]
    return [require_tool(program), *command, f"--web.listen-address={here.where[name]}"]


@pytest.mark.slow
def test_the_daemon_is_scraped_and_its_alerts_arrive(tmp_path: Path) -> None:
    async def story() -> None:
        async with _up(tmp_path) as (here, watching, asked, alerting):

            async def vendors() -> list[tuple[dict[str, str], float]]:
                return await asked.query('vendor_info and on (job) up{job="vendorwatch"} == 1')

            found = await until("it was scraped", vendors, bool, lambda _: asked.said())
            assert [labels["vendor"] for labels, _ in found] == ["acme"]
            assert found[0][0]["instance"] == here.where["vendorwatch"]

            alerts = await alerting.until("an alert arrived", bool)
            assert "Watchdog" in {alert["labels"]["alertname"] for alert in alerts}
            assert alerts[0]["generatorURL"].startswith(f"http://{here.where['prometheus']}/"), "by --web.external-url"

            assert (tmp_path / "vendorwatch/var/lib/vendorwatch/vendorwatch.db").exists(), "in the volume"
            assert await _healthy(here, asked, alerting)
            await watching.stop()
            assert not await _is_well(here.health("vendorwatch"))

    asyncio.run(story())


async def _healthy(here: Contained, asked: Prometheus, alerting: Alertmanager) -> bool:
    """Whether each is well by its own check: the daemon's is run, of the others what they fetch is fetched."""
    fetched = [await each.get(_path(here, name)) for name, each in (("prometheus", asked), ("alertmanager", alerting))]
    return await _is_well(here.health("vendorwatch")) and {status for status, _ in fetched} == {200}


def _path(here: Contained, name: str) -> str:
    address = here.health(name)[-1]
    assert address.startswith(f"http://{here.where[name]}/"), "it asks itself"
    return address.removeprefix(f"http://{here.where[name]}")


async def _is_well(command: list[str]) -> bool:
    """Whether a check of health, in Python, says so, also where the environment has a proxy."""
    assert command[0] == "python"
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command[1:], stderr=asyncio.subprocess.DEVNULL, env={"http_proxy": "http://127.0.0.1:1"}
    )
    return await process.wait() == 0
