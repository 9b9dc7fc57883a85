"""A Prometheus with thirty days of a fleet in it, and the fleet alive behind it.

    python -m tests.support.backfill FOLDER [--port 19090] [--days 30]

leaves one running in the foreground, for whoever wants to look at dashboards with data in them.

The past was scraped every twenty minutes, so this Prometheus looks back for `LOOKBACK` instead of five minutes: what
ended in the past ends up to so much later. The present is scraped and ruled as shipped, only faster.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import yaml

from tests.support.fleet import DAY, Fleet
from tests.support.fleetlife import living
from tests.support.fleetstory import DAYS
from tests.support.openmetrics import OpenMetricsFile, make_blocks
from tests.support.programs import free_address
from tests.support.prometheus import RULES
from tests.support.recorded import load_rules, record_past
from tests.support.tools import require_tool

LOOKBACK = "21m"
JOB = "vendorwatch"
FIRST, SECOND = "north:9877", "south:9877"
"""Two daemons that watch the same: the second one since `SECOND_SECONDS` before now, with the very words of the first."""
SECOND_SECONDS = 2 * 3600.0
SCRAPE_SECONDS = 5.0
RULE_INTERVAL = "5s"
_PATIENCE_SECONDS = 60.0
_START = re.compile(rb"^process_start_time_seconds .*$", re.MULTILINE)
RESTART_SECONDS = 3 * 3600.0
"""So long before now the daemon began anew, as far as its process tells."""


@dataclass(frozen=True)
class Database:
    """A Prometheus that runs on *address*."""

    address: str

    def get(self, path: str, **parameters: object) -> Any:
        """The ``data`` of an answer of its API. Raises `AssertionError` with what it says is wrong."""
        body = urlencode({name: str(value) for name, value in parameters.items()}).encode()
        request = Request(f"http://{self.address}/api/v1/{path}", body or None)
        try:
            with urlopen(request, timeout=60) as response:  # noqa: S310 - it is http
                return json.load(response)["data"]
        except HTTPError as error:
            with error:
                said = error.read().decode()
            msg = f"{parameters.get('query', path)}: {said}"
            raise AssertionError(msg) from error

    def label_values(self, label: str, selector: str | None, start: float, end: float) -> list[str]:
        """The values of a label, of series that meet a selector."""
        about = {"start": str(start), "end": str(end), **({"match[]": selector} if selector else {})}
        with urlopen(f"http://{self.address}/api/v1/label/{label}/values?{urlencode(about)}", timeout=60) as response:
            found: list[str] = json.load(response)["data"]
        return found

    def instant(self, query: str, at: float | None = None) -> list[dict[str, Any]]:
        """The result of an instant query."""
        found: list[dict[str, Any]] = self.get("query", query=query, **({"time": at} if at else {}))["result"]
        return found

    def over(self, query: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """The result of a query over a range."""
        found: list[dict[str, Any]] = self.get("query_range", query=query, start=start, end=end, step=step)["result"]
        return found


@dataclass(frozen=True)
class FleetDatabase(Database):
    """One that knows the fleet it is of."""

    fleet: Fleet


@contextmanager
def serving(folder: Path, address: str = "", configuration: Mapping[str, Any] | None = None) -> Iterator[Database]:
    """A Prometheus over the blocks below *folder*, until the end of the context."""
    listen = address or free_address()
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(dict(configuration or {})))
    command = [
        require_tool("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={listen}",
        f"--query.lookback-delta={LOOKBACK}",
        "--storage.tsdb.retention.time=400d",
        "--rules.alert.for-grace-period=0s",
        "--log.level=warn",
    ]
    with (folder / "prometheus.log").open("a") as log, subprocess.Popen(command, stdout=log, stderr=log) as program:
        try:
            _await(listen, program)
            yield Database(listen)
        finally:
            program.terminate()


def _await(listen: str, program: subprocess.Popen[bytes]) -> None:
    """Wait until it answers."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end and program.poll() is None:
        with suppress(URLError, ConnectionError), urlopen(f"http://{listen}/-/ready", timeout=5):
            return
        time.sleep(0.05)
    msg = "Prometheus did not start"
    raise AssertionError(msg)


def live_configuration(scraped: str, rules: str) -> dict[str, Any]:
    """Scrape the fleet as if it were the daemon, and rule by the files below *rules*."""
    targets = [{"targets": [scraped], "labels": {"instance": instance}} for instance in (FIRST, SECOND)]
    scraping = {"job_name": JOB, "scrape_interval": f"{SCRAPE_SECONDS:.0f}s", "scrape_timeout": "4s"}
    return {
        "global": {"evaluation_interval": RULE_INTERVAL},
        "rule_files": [rules],
        "scrape_configs": [{**scraping, "static_configs": targets}],
    }


@contextmanager
def fleet_database(folder: Path, address: str = "", days: float = DAYS) -> Iterator[FleetDatabase]:
    """The fleet's whole past and its present, in a new Prometheus below *folder*."""
    with ExitStack() as stack:
        first, second = (OpenMetricsFile(folder / f"{each}.om", {"job": JOB, "instance": each}) for each in (FIRST, SECOND))
        now = time.time()

        def sink(at: float, page: bytes) -> None:
            seen = _START.sub(_started(at, now, days), page) + _of_the_scrape(page)
            for file in (first, second) if at > now - SECOND_SECONDS else (first,):
                file.scraped(at, seen)

        with first, second:
            life = stack.enter_context(living(days, sink))
        make_blocks([first.path, second.path], folder / "tsdb")
        record_past(folder, load_rules(RULES), life.ended_at, lambda: serving(folder))
        for file in folder.glob("*.om"):
            file.unlink()
        scraping = live_configuration(life.address, str(RULES / "*.yml"))
        yield FleetDatabase(stack.enter_context(serving(folder, address, scraping)).address, life.fleet)


def _of_the_scrape(page: bytes) -> bytes:
    """What Prometheus adds itself."""
    told = {"up": int(bool(page)), "scrape_duration_seconds": 0.02, "scrape_samples_scraped": page.count(b"\n")}
    return "".join(f"{name} {value}\n" for name, value in told.items()).encode()


def _started(at: float, now: float, days: float) -> bytes:
    """When the process began that was scraped *at* a time: at the beginning, or some hours before *now*, anew."""
    restarted = now - RESTART_SECONDS
    return f"process_start_time_seconds {restarted if at > restarted else now - days * DAY:.2f}".encode()


def main() -> None:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(description="A Prometheus with a month of a fleet in it.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=19090)
    parser.add_argument("--days", type=float, default=DAYS)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked.folder.mkdir(parents=True, exist_ok=True)
    with suppress(KeyboardInterrupt), fleet_database(asked.folder, f"127.0.0.1:{asked.port}", asked.days) as database:
        print(f"http://{database.address}", flush=True)  # noqa: T201 - that is what it is for
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
