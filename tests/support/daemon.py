"""The real daemon, as a test runs it, and what can be seen of it from outside: its metrics, log and store."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.support.programs import Program, running
from tests.support.waiting import until

COMMAND = str(Path(sys.executable).with_name("vendorwatch"))

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass
class Daemon(Program):
    """A daemon that runs."""

    async def series(self) -> Series:
        """Every sample of ``/metrics``."""
        _, text = await self.get("/metrics")
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}

    async def until(self, what: str, holds: Callable[[Series], object]) -> Series:
        """Scrape until *holds*; fails with the log when it never does."""
        return await until(what, self.series, holds, lambda _: self.said())

    async def until_counted(self, which: str, vendors: int) -> None:
        """Wait until so many vendors are in one state; unlike `until` this reads large pages without being in the way."""

        async def count() -> int:
            _, text = await self.get("/metrics")
            states = (line for line in text.splitlines() if line.startswith("vendor_state{"))
            return sum(f'state="{which}"' in line and float(line.split()[-1]) == 1 for line in states)

        await until(f"{vendors} vendors are {which}", count, lambda found: found == vendors, lambda _: self.said())

    def events(self) -> list[dict[str, object]]:
        """What it logged, one JSON object a line."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Rows of its store."""
        store = self.log.with_name("vendorwatch.db")
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


def daemon(
    directory: Path, listen: str, environment: Mapping[str, str] | None = None
) -> AbstractAsyncContextManager[Daemon]:
    """A daemon on the configuration in *directory*, which says that it listens on *listen*; ended with its context."""
    command = [COMMAND, "run", "--config", str(directory)]
    return running(Daemon(command, listen, directory.with_name("log"), environment or {}))


def value(series: Series, name: str, **labels: str) -> float | None:
    """One sample, None where there is none."""
    return series.get((name, frozenset(labels.items())))


def state(series: Series, vendor: str) -> str | None:
    """What we measured of a vendor."""
    return which(series, "vendor_state", vendor=vendor)


def claim(series: Series, vendor: str) -> str | None:
    """What a vendor says."""
    return which(series, "vendor_claim_state", vendor=vendor)


def which(series: Series, name: str, **labels: str) -> str | None:
    """The one state of a set of 0/1 series that is 1."""
    wanted = set(labels.items())
    ones = [
        dict(pairs)["state"] for (found, pairs), is_it in series.items() if found == name and wanted <= pairs and is_it == 1
    ]
    assert len(ones) <= 1, f"{name}{labels} is several things at once: {ones}"
    return ones[0] if ones else None
