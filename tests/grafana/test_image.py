"""The image of vendorwatch: what the Dockerfile takes from the checkout, and what it starts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor.cli import parse
from tests.support.compose import GRAFANA, PORTS, shipped
from tests.support.contained import entry

ROOT = GRAFANA.parent
TEXT = (GRAFANA / "Dockerfile").read_text()
IGNORED = [line for line in (GRAFANA / "Dockerfile.dockerignore").read_text().splitlines() if not line.startswith("#")]
ALLOWED = {line[1:] for line in IGNORED if line.startswith("!")}


def faults(text: str) -> list[str]:
    """What of a Dockerfile could not be built, or would not be what the checkout says."""
    copied = {name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()}
    packages = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    )
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    uv = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    syncs = re.findall(r"^RUN uv sync (.+)$", text, re.MULTILINE)
    told = {
        "copies what is not there": any(not (ROOT / name).exists() for name in copied),
        "copies what .dockerignore keeps out": bool(copied - ALLOWED),
        "lacks a package": bool(packages - copied),
        "builds on another Python than it runs on": len(set(bases)) != 1,
        "rests on no exact version": any(not re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", base) for base in bases),
        "has another uv than the Makefile": not uv or f"uv=={uv[1]}\n" not in text,
        "installs what is not locked": not syncs or any("--locked --no-dev" not in each for each in syncs),
        "runs as root": not re.search(r"^USER [1-9]\d*:[1-9]\d*$", text, re.MULTILINE),
    }
    return [fault for fault, is_so in told.items() if is_so]


def test_it_can_be_built_of_what_is_here() -> None:
    assert faults(TEXT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("COPY checks checks", "COPY check checks", "copies what is not there"),
        ("COPY checks checks", "COPY checks tests checks", "copies what .dockerignore keeps out"),
        ("COPY checks checks\n", "", "lacks a package"),
        (
            "FROM python:3.13.14-slim-trixie\n",
            "FROM python:3.12.1-slim-trixie\n",
            "builds on another Python than it runs on",
        ),
        ("3.13.14", "3.13", "rests on no exact version"),
        ("uv==0.13.9", "uv==0.13.8", "has another uv than the Makefile"),
        ("uv==0.13.9", "uv", "has another uv than the Makefile"),
        ("--locked --no-dev --no-cache --no-editable", "--no-dev --no-editable", "installs what is not locked"),
        ("USER 10001:10001", "USER root", "runs as root"),
        ("USER 10001:10001", "USER 0:0", "runs as root"),
    ],
)
def test_what_cannot_be_built_of_it_is_noticed(right: str, wrong: str, told: str) -> None:
    assert right in TEXT
    assert told in faults(TEXT.replace(right, wrong))


def test_nothing_of_the_checkout_gets_into_it_unnamed() -> None:
    assert (IGNORED[0], IGNORED[-1]) == ("*", "**/__pycache__"), "of rules that fit the last one counts"
    assert {f"!{name}" for name in ALLOWED} == {*IGNORED[1:-1]}


def test_it_starts_the_daemon_on_what_is_mounted_and_lets_others_in() -> None:
    program, *arguments = entry()
    flags = parse(arguments)
    assert (program, flags.command, flags.config) == ("vendorwatch", "run", Path("config"))
    assert flags.listen == f"0.0.0.0:{PORTS['vendorwatch']}"
    home = re.findall(r"^WORKDIR (\S+)$", TEXT, re.MULTILINE)[-1]
    volumes = shipped()["services"]["vendorwatch"]["volumes"]
    assert volumes == [f"vendorwatch:{home}", f"../config:{home}/{flags.config}:ro"], "the database is beside the folder"


def test_it_runs_as_the_user_that_owns_the_volume() -> None:
    user = re.findall(r"^USER (\S+)$", TEXT, re.MULTILINE)
    assert user == [shipped()["services"]["vendorwatch"]["user"]]
    assert f"useradd --uid {user[0].partition(':')[0]} --user-group" in TEXT
