"""The look at a host's surroundings over the real network: a name server, and addresses that do not agree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

from checks.dns import CHECK
from checks.dns.looking import Facts, Settings, observe
from checks.model import Failure, Reason
from checks.values import Address
from monitor.network.network import LiveNetwork
from tests.support.nameserver import Script, addresses, by_family, name_server, records, refusal
from tests.support.servers import authority, free_port, silent
from tests.support.servers import settings as allowed

HOST = "api.vendor.test"


@cache
def context(_: str) -> SSLContext:
    """The host's server side of TLS: another certificate for each word."""
    made = SSLContext(PROTOCOL_TLS_SERVER)
    authority().issue_cert(HOST).configure_cert(made)
    return made


@asynccontextmanager
async def speaking(host: str, port: int, tls: SSLContext | None) -> AsyncIterator[None]:
    """A server at a certain address: of TLS, or of nothing at all."""

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read() if tls else await silent(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(wait, host, port, ssl=tls)
    try:
        yield
    finally:
        server.close()


def zone(*ips: str) -> dict[str, Script]:
    host = addresses(*ips)
    https = records("HTTPS", '1 . alpn="h2" ech="AAT+DQAA"')
    return {
        HOST: by_family(A=host, AAAA=host, CAA=records("CAA"), HTTPS=https),
        "vendor.test": records("CAA", '0 issue "letsencrypt.org"'),
        "test": records("CAA"),
    }


async def look(folder: Path, port: int, scripts: dict[str, Script]) -> Facts:
    async with name_server(scripts) as names:
        network = LiveNetwork(allowed(folder, resolvers=(names.address,)), handshake_seconds=0.3)
        async with network:
            return await observe(Settings(Address(HOST, port)), network)


def told(facts: Facts) -> dict[str, str]:
    settings = Settings(Address(HOST, 443))
    return {
        finding.code: finding.message for finding in CHECK.judge(facts, settings, datetime(2026, 11, 21, tzinfo=UTC), None)
    }


def test_a_host_is_looked_at_with_its_zone_and_at_each_of_its_addresses(tmp_path: Path) -> None:
    async def main() -> Facts:
        port = free_port()
        async with speaking("127.0.0.1", port, context("first")), speaking("127.0.0.2", port, context("other")):
            return await look(tmp_path, port, zone("127.0.0.1", "127.0.0.2"))

    found = told(asyncio.run(main()))
    assert set(found) == {"cert.differs_by_address", "dns.caa", "dns.https_ech"}
    assert found["dns.caa"] == "only letsencrypt.org may issue certificates (CAA at vendor.test)"
    assert found["dns.https_ech"].startswith("the HTTPS record (h2) has a key for ECH")
    assert found["cert.differs_by_address"].startswith("addresses of the host show 2 different certificates: 127.0.0.1 with")


def test_a_dead_address_holds_up_nothing_but_itself(tmp_path: Path) -> None:
    async def main() -> Facts:
        port = free_port()
        async with speaking("127.0.0.1", port, None), speaking("127.0.0.2", port, context("first")):
            return await look(tmp_path, port, zone("127.0.0.1", "127.0.0.2"))

    facts = asyncio.run(main())
    assert isinstance(facts.shown, tuple)
    assert [isinstance(each.leaf, Failure) for each in facts.shown] == [True, False]
    assert f"{HOST}" in told(facts)["dns.ok"]
    assert "no handshake within 0.3 s" in told(facts)["dns.ok"]


def test_a_zone_that_is_broken_leaves_the_addresses(tmp_path: Path) -> None:
    async def main() -> Facts:
        port = free_port()
        broken = refusal("SERVFAIL")
        scripts = {HOST: by_family(A=addresses("127.0.0.1"), AAAA=addresses("127.0.0.1"), CAA=broken, HTTPS=broken)}
        async with speaking("127.0.0.1", port, context("first")):
            return await look(tmp_path, port, scripts)

    facts = asyncio.run(main())
    assert isinstance(facts.issuing, Failure)
    assert isinstance(facts.web, Failure)
    assert {facts.issuing.reason, facts.web.reason} == {Reason.RESOLVER}
    assert len(facts.certificates) == 1
