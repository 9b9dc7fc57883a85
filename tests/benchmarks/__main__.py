"""Runs benchmarks and prints what they measured: ``python -m tests.benchmarks [TOPIC ...] [--quick] [--json]``.

Each topic runs in a process of its own. Nothing but loopback is talked to.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.measuring import Absent, Number, apart, measured

TOPICS = {
    "probe": "an HTTPS probe on a new connection",
    "tls": "looks at a server's TLS: certificate, quick scan, deep scan",
    "status": "a status poll on a kept connection",
    "schedule": "lateness, CPU and memory of scheduled probes over a network that answers from a table",
    "metrics": "a scrape, and how long it holds up the event loop",
    "board": "the board's pages, and how much the event loop notices that people reload them",
    "reading": "two megabytes of each platform's documents",
    "store": "writing observations",
    "history": "keeping the past small: bytes, CPU and reading",
    "postgres": "the same to a PostgreSQL server on this machine",
    "report": "reviewing a year of vendors, and a month of many series",
    "alerting": "how soon outages are told, and how often none is, in virtual time",
    "kills": "messages lost or doubled while the daemon is killed again and again",
    "start": "starting the command",
    "daemon": "the whole daemon against a server on loopback",
}

Results = dict[str, list[Number] | str]
"""By topic: its numbers, or why there are none."""


def main() -> None:
    """Measure what the command line names, all of it for no name."""
    flags = _flags()
    _compile()
    results: Results = {}
    for topic in flags.topics or TOPICS:
        sys.stderr.write(f"{topic}: {TOPICS[topic]} ...\n")
        try:
            results[topic] = apart(measured, topic, quick=flags.quick)
        except Absent as absent:
            results[topic] = str(absent)
    if flags.json:
        sys.stdout.write(json.dumps(_document(results), indent=1) + "\n")
    else:
        _show(results)


def _compile() -> None:
    """Have bytecode kept and written once, whatever the environment says: compiling costs a program time and memory."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / f"vendorwatch-benchmarks-{os.getuid()}")
    modules = [f"tests.benchmarks.{topic}" for topic in TOPICS]
    subprocess.run([sys.executable, "-c", f"import monitor.cli, monitor.starting, {', '.join(modules)}"], check=True)


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure what vendorwatch costs.")
    parser.add_argument("topics", metavar="TOPIC", nargs="*", choices=[[], *TOPICS], help=", ".join(TOPICS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, for a first impression")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


def _machine() -> str:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} CPUs, load {load}"


def _document(results: Results) -> dict[str, object]:
    topics = {topic: told if isinstance(told, str) else [asdict(each) for each in told] for topic, told in results.items()}
    return {"machine": _machine(), "topics": topics}


def _written(value: float) -> str:
    """Three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _show(results: Results) -> None:
    table = Table(title=_machine(), title_justify="left")
    for name in ("", "what", "value", "unit", "n", "how"):
        table.add_column(name, justify="right" if name in {"value", "n"} else "left", overflow="fold")
    for topic, told in results.items():
        if isinstance(told, str):
            table.add_row(topic, f"skipped: {told}")
            continue
        for row, each in enumerate(told):
            table.add_row("" if row else topic, each.what, _written(each.value), each.unit, f"{each.n:,}", each.how)
        table.add_section()
    Console(width=None if sys.stdout.isatty() else 180).print(table)


if __name__ == "__main__":
    main()
