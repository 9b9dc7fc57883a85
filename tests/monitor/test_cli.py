"""The command, as a person or a script runs it: a process of its own against simulated vendors."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.vendors import SimulatedVendor
from tests.support.programs import free_address
from tests.support.servers import ca_file
from tests.support.vendors import simulated, write_config

COMMAND = str(Path(sys.executable).with_name("vendorwatch"))
PROMISED = {"key", "check", "severity", "observed_at", "duration_seconds", "failure", "findings", "facts"}


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int | None
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    def rows(self) -> list[str]:
        """The lines of a table, blanks folded."""
        return [re.sub(r"\s+", " ", line).strip() for line in self.out.splitlines()]


async def run(*arguments: str, folder: Path, **environment: str) -> Ended:
    """Run the command in *folder*, without a terminal."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND, *arguments, cwd=folder, stdout=pipe, stderr=pipe, env={**os.environ, **environment}
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())


@asynccontextmanager
async def two_vendors(folder: Path) -> AsyncIterator[tuple[SimulatedVendor, SimulatedVendor]]:
    """Two vendors that are well, in the configuration that the command finds by itself."""
    async with AsyncExitStack() as stack:
        acme = await stack.enter_async_context(simulated("acme", "127.0.0.2"))
        bolt = await stack.enter_async_context(simulated("bolt", "127.0.0.3"))
        write_config(folder, "127.0.0.1:9877", ca_file(folder), acme, bolt)
        yield acme, bolt


def files_in(folder: Path) -> dict[Path, int]:
    """Everything below a folder, and when it was last changed."""
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*")}


Story = Callable[[SimulatedVendor, SimulatedVendor], Awaitable[None]]


def tell(folder: Path, story: Story) -> None:
    async def told() -> None:
        async with two_vendors(folder) as vendors:
            await story(*vendors)

    asyncio.run(told())


@pytest.mark.slow
def test_all_well_exits_with_0_and_keeps_the_promised_shape(tmp_path: Path) -> None:
    async def story(_: SimulatedVendor, __: SimulatedVendor) -> None:
        ended = await run("check", "--format", "json", folder=tmp_path)
        assert (ended.code, ended.err) == (0, "")
        document = ended.document
        assert (document["version"], document["severity"]) == (1, "ok")
        assert [(v["vendor"], v["state"], v["claim"]) for v in document["vendors"]] == [
            ("acme", "up", "operational"),
            ("bolt", "up", "operational"),
        ]
        targets = [target for vendor in document["vendors"] for target in vendor["targets"]]
        assert {target["check"] for target in targets} == {"status", "endpoint", "certificate", "tls"}
        assert all(target.keys() >= PROMISED for target in targets)
        assert all(target["failure"] is None and target["findings"] and target["facts"] for target in targets)

    tell(tmp_path, story)


@pytest.mark.slow
def test_what_is_bad_stands_first_and_sets_the_exit_code(tmp_path: Path) -> None:
    async def story(_: SimulatedVendor, bolt: SimulatedVendor) -> None:
        bolt.api_status = 503
        ended = await run("check", folder=tmp_path)
        rows = ended.rows()
        assert ended.code == 2
        assert rows[1].startswith("down Bolt operational down for us, and its status page says operational")
        assert rows[2].startswith("critical endpoint api 503")
        assert "2 vendors: 1 down, 1 up; 8 looks: 1 critical, 7 ok" in rows
        assert not any(line != line.rstrip() for line in ended.out.splitlines())

    tell(tmp_path, story)


@pytest.mark.slow
def test_a_page_that_cannot_be_read_exits_with_3(tmp_path: Path) -> None:
    async def story(acme: SimulatedVendor, _: SimulatedVendor) -> None:
        acme.page_is_html = True
        ended = await run("check", "acme", "--format", "json", folder=tmp_path)
        (vendor,) = ended.document["vendors"]
        assert (ended.code, vendor["state"], vendor["claim"]) == (3, "up", "unknown")
        assert vendor["targets"][0]["failure"]["reason"] == "parse"

    tell(tmp_path, story)


@pytest.mark.slow
def test_names_narrow_what_is_looked_at(tmp_path: Path) -> None:
    async def story(_: SimulatedVendor, __: SimulatedVendor) -> None:
        async def keys(*arguments: str) -> set[str]:
            ended = await run("check", *arguments, "--format", "json", folder=tmp_path)
            return {target["key"] for vendor in ended.document["vendors"] for target in vendor["targets"]}

        assert await keys("acme/status/page") == {"acme/status/page"}
        assert await keys("acme/endpoint", "bolt", "--check", "endpoint") == {"acme/endpoint/api", "bolt/endpoint/api"}

    tell(tmp_path, story)


@pytest.mark.slow
def test_addresses_that_no_file_knows_are_looked_at_too(tmp_path: Path) -> None:
    async def story(acme: SimulatedVendor, _: SimulatedVendor) -> None:
        assert acme.where
        page = await run("check", acme.where.url(), "--format", "json", folder=tmp_path)
        (vendor,) = page.document["vendors"]
        assert vendor["claim"] == "operational", "the page was recognised"
        assert {target["check"] for target in vendor["targets"]} == {"status"}
        chain = await run("check", f"127.0.0.2:{acme.where.port}", "--format", "json", folder=tmp_path)
        (vendor,) = chain.document["vendors"]
        assert [target["check"] for target in vendor["targets"]] == ["certificate", "tls"]
        assert chain.code == 0

    tell(tmp_path, story)


@pytest.mark.slow
def test_looking_writes_nothing(tmp_path: Path) -> None:
    async def story(_: SimulatedVendor, __: SimulatedVendor) -> None:
        before = files_in(tmp_path)
        await run("check", folder=tmp_path)
        assert files_in(tmp_path) == before

    tell(tmp_path, story)


@pytest.mark.slow
def test_explain_shows_settings_requests_answers_facts_findings_and_samples(tmp_path: Path) -> None:
    async def story(_: SimulatedVendor, __: SimulatedVendor) -> None:
        file = tmp_path / "config" / "vendors" / "acme.yaml"
        file.write_text(file.read_text().replace("name: api,", "name: api, auth: {bearer: env:ACME_TOKEN},"))
        ended = await run("explain", "acme/endpoint/api", folder=tmp_path, ACME_TOKEN="hunter2-hunter2")
        assert ended.code == 0
        for part in ("settings", "request 1", "> GET https://127.0.0.2", "< HTTP/1.1 200", "facts", "findings", "samples"):
            assert part in ended.out
        assert "endpoint.ok" in ended.out
        assert "vendor_endpoint_phase_seconds" in ended.out
        assert "ACME_TOKEN" in ended.out
        assert "hunter2" not in ended.out + ended.err
        certificate = await run("explain", "acme", "--check", "certificate", folder=tmp_path)
        assert "> TLS handshake with 127.0.0.2" in certificate.out

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "acmee"], "no vendor or target is called 'acmee'; did you mean acme"),
        (["check", "zzz"], "an address is written https://host/path or host:443"),
        (["check", "--check", "telepathy"], "there is no check 'telepathy'; known: certificate, dns, endpoint, status, tls"),
        (["check", "https://"], "names no host"),
        (["check", "https://me:hunter2@acme.test/"], "has a user or password in it"),
        (["check", "acme.test:99999"], "a port is between 1 and 65535"),
        (["check", "acme/status/page", "--check", "endpoint"], "none of that has the check endpoint"),
        (["check", "acme.test:443", "--check", "endpoint"], "there is nothing to look at"),
        (["run", "--listen", "9877"], "--listen: '9877' is not host:port"),
        (["frobnicate"], "invalid choice: 'frobnicate'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_wrong_usage_exits_with_64_and_says_the_cure(tmp_path: Path, arguments: list[str], said: str) -> None:
    vendors = tmp_path / "config" / "vendors"
    vendors.mkdir(parents=True)
    (vendors / "acme.yaml").write_text("name: Acme\nstatus: {url: 'https://status.acme.test', platform: statuspage}\n")
    ended = asyncio.run(run(*arguments, folder=tmp_path))
    assert ended.code == 64
    assert said in ended.err
    assert "hunter2" not in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", ["validate", "check", "run"])
def test_mistakes_in_the_configuration_exit_with_78_and_are_all_told(tmp_path: Path, command: str) -> None:
    vendors = tmp_path / "config" / "vendors"
    vendors.mkdir(parents=True)
    (vendors / "acme.yaml").write_text("name: Acme\ntear: critical\n")
    (vendors / "bolt.yaml").write_text("name: Bolt\nowner: no\nowner: me\n")
    ended = asyncio.run(run(command, folder=tmp_path))
    assert ended.code == (1 if command == "validate" else 78)
    lines = ended.err.splitlines()
    assert lines[0].startswith("config/vendors/acme.yaml:2: tear: unknown key (did you mean tier? ")
    assert lines[1].startswith("config/vendors/bolt.yaml:3: owner: ")


def test_validate_counts_what_is_well(tmp_path: Path) -> None:
    (tmp_path / "config" / "vendors").mkdir(parents=True)
    (tmp_path / "config" / "vendors" / "acme.yaml").write_text("name: Acme\ntls: ['smtp.acme.test:465']\n")
    ended = asyncio.run(run("validate", folder=tmp_path))
    assert (ended.code, ended.out) == (0, "1 vendor, 3 targets: no mistakes\n")


def test_a_folder_that_was_named_and_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    ended = asyncio.run(run("validate", "--config", "elsewhere", folder=tmp_path))
    assert ended.code == 1
    assert "elsewhere" in ended.err


def test_schema_is_what_is_committed(tmp_path: Path) -> None:
    ended = asyncio.run(run("schema", "vendor", folder=tmp_path))
    committed = Path(__file__).parents[2] / "config" / "schemas" / "vendor.schema.json"
    assert (ended.code, ended.document) == (0, json.loads(committed.read_text()))


def test_a_port_in_use_is_told_with_the_cure(tmp_path: Path) -> None:
    async def story() -> None:
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        async with taken:
            port = taken.sockets[0].getsockname()[1]
            (tmp_path / "config" / "vendors").mkdir(parents=True)
            (tmp_path / "config" / "monitor.yaml").write_text(f"listen: 127.0.0.1:{port}\n")
            ended = await run("run", folder=tmp_path)
        assert ended.code == 69
        assert "listen:" in ended.err
        assert "Traceback" not in ended.err

    asyncio.run(story())


def test_where_it_is_told_to_listen_goes_before_what_the_configuration_says(tmp_path: Path) -> None:
    async def story() -> None:
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
            where = f"127.0.0.1:{taken.sockets[0].getsockname()[1]}"
            (tmp_path / "config" / "vendors").mkdir(parents=True)
            (tmp_path / "config" / "monitor.yaml").write_text(f"listen: {free_address()}\n")
            ended = await run("run", "--listen", where, folder=tmp_path)
        assert ended.code == 69
        assert f"cannot listen on {where}" in ended.err

    asyncio.run(story())


@pytest.mark.parametrize("arguments", ["--version", "presets", "schema vendor", "validate --config none"])
def test_whose_words_nobody_reads_ends_like_any_other_program_then(tmp_path: Path, arguments: str) -> None:
    async def story() -> None:
        read, write = os.pipe()
        os.close(read)
        process = await asyncio.create_subprocess_exec(COMMAND, *arguments.split(), cwd=tmp_path, stdout=write, stderr=write)
        os.close(write)
        assert await process.wait() == 141, "as a shell says of SIGPIPE"

    asyncio.run(story())


_FIRST_PROCESS = """
import os, signal, sys
own = os.getpid()
os.getpid = lambda: int(sys.argv[1])
from monitor import cli
cli._act = lambda _: os.kill(own, signal.SIGTERM)
cli.main(["presets"])
"""


@pytest.mark.parametrize(("pid", "code"), [(1, 143), (2, -15)])
def test_the_first_process_of_a_container_ends_when_told_before_it_hears(pid: int, code: int) -> None:
    """It is the first only by its own account, so this shows that the signal is handled; the kernel drops it otherwise."""
    assert subprocess.run([sys.executable, "-c", _FIRST_PROCESS, str(pid)], check=False).returncode == code


def test_version(tmp_path: Path) -> None:
    assert re.fullmatch(r"vendorwatch \d+\.\d+\.\d+\n", asyncio.run(run("--version", folder=tmp_path)).out)
