"""A simulated vendor answers as it is told to, shows certificates that clients accept, and has a file that is right."""

from __future__ import annotations

import asyncio
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.vendor import Tier
from checks.x509 import read, roots
from monitor.catalogue import load
from monitor.clock import SYSTEM_CLOCK
from monitor.demo.authority import OwnAuthority
from monitor.demo.pages import HTML, START_PATHS
from monitor.demo.serving import Asked, Reply
from monitor.demo.vendors import SimulatedVendor, running
from monitor.demo.watcher import write_config
from monitor.demo.world import CANARIES, World, cast
from tests.support.vendors import well

HOST = "127.0.0.11"


def ask(vendor: SimulatedVendor, path: str) -> Reply:
    return vendor.answer(Asked("GET", path, {}, b""))


@asynccontextmanager
async def certified(folder: Path) -> AsyncIterator[tuple[SimulatedVendor, OwnAuthority]]:
    """A vendor that runs, and the authority that certified it."""
    vendor, authority = well("payments", HOST), OwnAuthority(folder, SYSTEM_CLOCK)
    vendor.certify(authority)
    vendor.harden()
    async with running(vendor):
        yield vendor, authority


async def shaken(vendor: SimulatedVendor, authority: OwnAuthority) -> tuple[bytes, str, str]:
    """The certificate, version and suite that a client meets who trusts *authority* and insists on the name."""
    assert vendor.where
    context = ssl.create_default_context(cafile=authority.ca_file)
    context.set_ciphers("DEFAULT")
    _, writer = await asyncio.open_connection(vendor.host, vendor.where.port, ssl=context, server_hostname=vendor.host)
    connection = writer.get_extra_info("ssl_object")
    writer.close()
    await writer.wait_closed()
    return connection.getpeercert(binary_form=True), connection.version(), connection.cipher()[0]


def test_a_vendor_answers_as_it_is_told_to() -> None:
    vendor = well("acme", HOST)
    page = "/api/v2/summary.json"
    assert (ask(vendor, "/health").status, ask(vendor, page).status, ask(vendor, "/none").status) == (200, 200, 404)
    assert ask(vendor, "/").body.startswith(b"<!doctype html>")
    assert ask(vendor, "/").headers["Content-Type"] == "text/html; charset=utf-8"
    vendor.api_status, vendor.slow_seconds, vendor.page_is_html = 503, 0.8, True
    assert (ask(vendor, "/health").status, ask(vendor, "/health").after) == (503, 0.8)
    assert ask(vendor, page).body == HTML
    assert ask(vendor, page).headers["Content-Type"] == "text/html; charset=utf-8"
    vendor.platform = ""
    assert [ask(vendor, path).status for path in (page, "/")] == [404, 404]


def test_certificates_are_accepted_and_the_newest_is_shown(tmp_path: Path) -> None:
    async def story() -> None:
        async with certified(tmp_path) as (vendor, authority):
            vendor.certify(authority, timedelta(days=3))
            first, _, _ = await shaken(vendor, authority)
            vendor.certify(authority, timedelta(days=90))
            second, _, _ = await shaken(vendor, authority)
            now = datetime.now(UTC)
            assert [(read(each).not_after - now).days for each in (first, second)] == [2, 89]
            trust = roots(authority.ca_file.read_bytes()).trust([second], HOST, now)
            assert trust.fault is None, trust
            assert len(trust.path) == 2

    asyncio.run(story())


def test_keys_are_for_nobody_else(tmp_path: Path) -> None:
    vendor = well("payments", HOST)
    vendor.certify(OwnAuthority(tmp_path, SYSTEM_CLOCK))
    assert stat.S_IMODE((tmp_path / f"{HOST}.pem").stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in (tmp_path / "ca.pem").read_bytes()


def test_a_vendor_takes_servers_of_before_and_gives_them_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with certified(tmp_path) as (vendor, authority):
            assert (await shaken(vendor, authority))[1] == "TLSv1.3"
            vendor.weaken()
            _, version, suite = await shaken(vendor, authority)
            assert (version, suite) == ("TLSv1.2", "AES128-GCM-SHA256")
            vendor.harden()
            assert (await shaken(vendor, authority))[1] == "TLSv1.3"

    asyncio.run(story())


def test_the_cast_stands_in_files_that_the_daemon_takes(tmp_path: Path) -> None:
    async def story() -> None:
        world = World(SYSTEM_CLOCK, OwnAuthority(tmp_path, SYSTEM_CLOCK), timedelta(seconds=1))
        await world.appear()
        try:
            every = {"endpoint": "2s", "certificate": "3s", "tls": "3s"}
            catalogue = load(write_config(tmp_path, "127.0.0.1:9877", world, every))
        finally:
            await world.vanish()
        assert {vendor.slug for vendor in catalogue.vendors} == world.vendors.keys()
        assert {vendor.tier for vendor in catalogue.vendors} == set(Tier)
        assert [canary.operator for canary in catalogue.settings.canaries.ask] == [*CANARIES]
        assert {target.every for target in catalogue.targets if target.check in {"status", "endpoint"}} == {2.0}

    asyncio.run(story())


def test_the_cast_is_told_apart() -> None:
    vendors = cast(datetime(2026, 5, 4, 9, tzinfo=UTC))
    for values in ([each.slug for each in vendors], [each.host for each in vendors], [each.says.name for each in vendors]):
        assert len({*values}) == len(vendors)
    assert {each.platform for each in vendors} >= {"statuspage", "incidentio", "instatus", *START_PATHS}
    assert not {each.host for each in vendors} & {*CANARIES.values()}


def test_what_vanished_comes_back_where_it_was(tmp_path: Path) -> None:
    async def story() -> None:
        world = World(SYSTEM_CLOCK, OwnAuthority(tmp_path, SYSTEM_CLOCK), timedelta(seconds=1))
        await world.appear()
        before = {**world.canaries}, [vendor.where for vendor in world.vendors.values()]
        await world.vanish()
        for where in (
            *world.canaries.values(),
            *(vendor.where.authority for vendor in world.vendors.values() if vendor.where),
        ):
            host, _, port = where.rpartition(":")
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(host, int(port))
        await world.appear()
        assert before == ({**world.canaries}, [vendor.where for vendor in world.vendors.values()])
        await world.vanish()

    asyncio.run(story())
