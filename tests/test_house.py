"""The house checks itself: what the documents promise, what is where, who may know which library."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import checks.status.platforms
from checks.check import all_checks
from checks.status.platform import all_platforms
from monitor.catalogue import load
from tests.support.readme import renewed

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
COMMAND = str(Path(sys.executable).with_name("vendorwatch"))

KNOWN_BY = {
    "alembic": ("monitor/store/migrations/",),
    "apscheduler": ("monitor/schedule.py",),
    "certifi": ("monitor/network/trust.py",),
    "cryptography": ("checks/x509/", "monitor/network/trust.py", "monitor/demo/authority.py"),
    "dateutil": ("monitor/recurring.py",),
    "dns": ("monitor/network/dns/",),
    "h11": ("monitor/network/exchange.py",),
    "httpx": ("monitor/network/http.py",),
    "idna": ("checks/hosts.py",),
    "OpenSSL": ("monitor/network/tls/",),
    "prometheus_client": ("monitor/metrics/registry.py",),
    "psycopg": ("monitor/store/postgres.py",),
    "pydantic": ("monitor/loading/border.py",),
    "pydantic_core": ("monitor/loading/border.py",),
    "rich": ("monitor/show/",),
    "sqlalchemy": ("monitor/store/",),
    "sqlmodel": ("monitor/store/",),
    "yaml": ("monitor/loading/composing.py",),
}
"""Each third-party library, and the one place that may know it."""


def sources(package: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of a package: its path from the root, and its syntax."""
    for file in sorted((ROOT / package).rglob("*.py")):
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def imported(tree: ast.Module) -> set[str]:
    """The top-level names of all that a module imports, wherever it does."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_each_library_is_known_by_one_module() -> None:
    ours = sys.stdlib_module_names | {"checks", "monitor"}
    known = [
        (file, library)
        for package in ("checks", "monitor")
        for file, tree in sources(package)
        for library in imported(tree) - ours
    ]
    assert not [(file, library) for file, library in known if not file.startswith(KNOWN_BY.get(library, ()))]


def test_each_known_library_is_used() -> None:
    used = set().union(*(imported(tree) for package in ("checks", "monitor") for _, tree in sources(package)))
    assert set(KNOWN_BY) <= used


def test_checks_ask_no_clock_and_open_nothing() -> None:
    forbidden = {"open", "now", "utcnow", "today", "print", "input", "eval", "exec", "breakpoint"}
    found = []
    for file, tree in sources("checks"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                found += [f"{file}:{node.lineno} calls {name}"] if name in forbidden else []
    assert not found


def test_every_module_says_its_rules_first() -> None:
    silent = [file for package in ("checks", "monitor") for file, tree in sources(package) if not ast.get_docstring(tree)]
    assert not silent


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3)
    files = [file for top in ("checks", "monitor", "tests", "config") for file in (ROOT / top).rglob("*.py")]
    assert not [f"{file}: {mark}" for file in files for mark in marks if mark in file.read_text()]


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_each_check_has_its_tests_and_its_row_in_the_readme(name: str) -> None:
    tests = ROOT / "tests" / "checks"
    assert (tests / f"test_{name}.py").exists() or (tests / name).is_dir()
    assert f"\n| `{name}` |" in README


@pytest.mark.parametrize("name", sorted(all_checks()))
def test_each_metric_of_a_check_stands_in_the_readme(name: str) -> None:
    assert not [metric.name for metric in all_checks()[name].metrics if f"`{metric.name}`" not in README]


@pytest.mark.parametrize("name", sorted(all_platforms()))
def test_each_platform_has_its_cases(name: str) -> None:
    assert (ROOT / "tests" / "recordings" / name / "cases.yaml").exists()


def test_the_readme_lists_the_platforms_as_they_are() -> None:
    assert renewed(README) == README, "write it anew: make readme"


def test_a_platform_is_named_like_its_file() -> None:
    files = {module.name for module in pkgutil.iter_modules(checks.status.platforms.__path__)}
    assert files == {platform.name for platform in all_platforms().values()}


def test_each_check_is_in_a_module_of_its_name() -> None:
    for name, check in all_checks().items():
        assert importlib.import_module(f"checks.{name}").CHECK is check


@pytest.mark.parametrize("command", ["", "demo", "check", "outages", "report", "looks", "mute"])
def test_the_readme_shows_the_help_as_it_is(command: str) -> None:
    arguments = [COMMAND, *command.split(), "--help"]
    help_text = subprocess.run(
        arguments, capture_output=True, text=True, check=True, env={"COLUMNS": "100", "NO_COLOR": "1"}
    ).stdout
    assert help_text.strip() in README


def test_the_targets_that_are_named_as_examples_are_among_the_shipped_ones() -> None:
    files = [ROOT / "README.md", *(ROOT / "monitor" / "commands").glob("*.py")]
    named = {name for file in files for name in re.findall(r"\bgithub/[a-z]+/[\w./]*\w", file.read_text())}
    assert len(named) > 1
    assert named <= {target.key for target in load(ROOT / "config").targets}


def test_what_the_readme_names_exists() -> None:
    for path in ("config/monitor.yaml", "config/vendors", "checks/status/platforms", ".ci/run", "LICENSE"):
        assert (ROOT / path).exists()


def loaded_by(code: str) -> set[str]:
    """The modules that are loaded after *code*, in an interpreter of its own."""
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(result.stdout.split())


def test_looking_on_demand_loads_neither_the_store_nor_the_scheduler() -> None:
    loaded = loaded_by("import monitor.cli, monitor.ondemand, monitor.show, monitor.report")
    assert not {"sqlmodel", "sqlalchemy", "alembic", "apscheduler", "prometheus_client", "monitor.store"} & loaded


def test_help_loads_next_to_nothing() -> None:
    loaded = loaded_by("import monitor.cli")
    assert not {"httpx", "pydantic", "rich", "cryptography", "asyncio", "yaml"} & loaded


@pytest.mark.slow
def test_help_is_there_at_once() -> None:
    def seconds() -> float:
        began = time.perf_counter()
        subprocess.run([COMMAND, "--help"], capture_output=True, check=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) < 0.3
