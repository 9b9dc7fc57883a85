"""``check`` and ``explain`` with canaries, seen from outside: whose failure it is that names cannot be had."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitor.test_cli import Ended, run
from tests.support.nameserver import NameServer, name_server, records
from tests.support.servers import Listener, authority, ca_file, free_port, serving, silent, site

VENDORS = ("acme", "bolt")
CANARIES = {"north": "127.0.0.11", "south": "127.0.0.12", "west": "127.0.0.13"}
HERE = records("A", "127.0.0.1")
SUSPECT = "Our own network is the suspect, so nobody is called down"


class Watched:
    """Two vendors that answer, canaries that listen, and the name server that says where all of them are."""

    def __init__(self, folder: Path, names: NameServer, canaries: Mapping[str, Listener]) -> None:
        self.names = names
        self.canaries = canaries
        self._folder = folder

    @property
    def asked_canaries(self) -> tuple[int, int]:
        """How many connections they had, and how many of their names were asked for."""
        names = [name for name in self.names.names_asked() if name.startswith("www.")]
        return sum(each.connections for each in self.canaries.values()), len(names)

    async def told(self, *arguments: str) -> Ended:
        """What the command says."""
        return await run(*arguments, folder=self._folder)

    async def states(self) -> tuple[int | None, dict[str, str], dict[str, Any]]:
        """The exit code, each vendor's state, and what is said of our own network."""
        ended = await self.told("check", "--format", "json")
        vendors = {each["vendor"]: each["state"] for each in ended.document["vendors"]}
        return ended.code, vendors, ended.document["own_network"]


def watching(folder: Path, story: Callable[[Watched], Awaitable[None]], *, gone: bool = False, asks: bool = True) -> None:
    """Tell *story*, with nobody where canaries should be if they are *gone*, and none in the settings if it *asks* none."""

    async def told() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority().issue_cert(*(f"api.{slug}.test" for slug in VENDORS)).configure_cert(context)
        async with AsyncExitStack() as stack:
            names = await stack.enter_async_context(name_server({f"api.{slug}.test": HERE for slug in VENDORS}))
            names.zone |= {f"www.{operator}.test": HERE for operator in CANARIES}
            vendors = await stack.enter_async_context(site(tls=context))
            canaries = {operator: Listener(host, free_port(host)) for operator, host in CANARIES.items()}
            for operator, canary in () if gone else tuple(canaries.items()):
                canaries[operator] = await stack.enter_async_context(serving(silent, host=canary.host, port=canary.port))
            _write(folder, names, vendors.port, canaries if asks else {})
            await story(Watched(folder, names, canaries))

    asyncio.run(told())


def _write(folder: Path, names: NameServer, port: int, canaries: Mapping[str, Listener]) -> None:
    (folder / "config" / "vendors").mkdir(parents=True)
    asked = [
        {"operator": operator, "dns": f"www.{operator}.test", "tcp": [canary.authority]}
        for operator, canary in canaries.items()
    ]
    network = {"ca_file": str(ca_file(folder)), "allow": ["127.0.0.0/8"], "resolvers": [str(names.address)]}
    settings = {"network": network, "canaries": {"ask": asked}}
    (folder / "config" / "monitor.yaml").write_text(yaml.safe_dump(settings))
    for slug in VENDORS:
        endpoint = {"url": f"https://api.{slug}.test:{port}/health", "name": "api"}
        file = folder / "config" / "vendors" / f"{slug}.yaml"
        file.write_text(yaml.safe_dump({"name": slug.title(), "endpoints": [endpoint]}))


WELL = {"suspect": False, "troubles": []}


def test_where_all_is_well_no_canary_is_asked(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        _, states, own = await watched.states()
        assert (states, own) == ({"acme": "up", "bolt": "up"}, WELL)
        assert watched.asked_canaries == (0, 0)

    watching(tmp_path, story)


@pytest.mark.slow
def test_that_no_name_can_be_had_is_not_the_vendors_failure(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        watched.names.zone.clear()
        code, states, own = await watched.states()
        assert (code, set(states.values()), own["suspect"]) == (3, {"unknown"}, True)
        assert own["troubles"] == ["names: dns: www.north.test: no such name"]
        assert watched.asked_canaries == (len(CANARIES), len(CANARIES))

        for command in ("check", "explain"):
            ended = await watched.told(command, "acme")
            assert ended.code == 3
            assert SUSPECT in ended.out
            assert "  names: dns: www.north.test: no such name" in ended.out.splitlines()

    watching(tmp_path, story)


@pytest.mark.slow
def test_that_one_name_cannot_be_had_is_its_vendors_failure(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        del watched.names.zone["api.acme.test"]
        assert await watched.states() == (2, {"acme": "down", "bolt": "up"}, WELL)
        alone = await watched.told("check", "acme")
        assert alone.code == 2
        assert "network" not in alone.out

    watching(tmp_path, story)


def test_a_failure_while_no_canary_listens_is_not_the_vendors(tmp_path: Path) -> None:
    async def story(watched: Watched) -> None:
        del watched.names.zone["api.acme.test"]
        code, states, own = await watched.states()
        assert (code, states, own["suspect"]) == (3, {"acme": "unknown", "bolt": "up"}, True)
        assert [trouble.split(":")[:2] for trouble in own["troubles"]] == [[one, " refused"] for one in CANARIES]

    watching(tmp_path, story, gone=True)


@pytest.mark.parametrize("gone", [True, False])
def test_where_no_canary_is_to_be_asked_none_is(tmp_path: Path, *, gone: bool) -> None:
    async def story(watched: Watched) -> None:
        del watched.names.zone["api.acme.test"]
        assert await watched.states() == (2, {"acme": "down", "bolt": "up"}, WELL)
        assert watched.asked_canaries == (0, 0)

    watching(tmp_path, story, gone=gone, asks=False)
