"""The simulated vendors of the demo as tests have them: certified by the tests' authority, and watched very often."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.demo.pages import Saying
from monitor.demo.vendors import SimulatedVendor, running
from tests.support.servers import authority

NOBODY = "{ask: []}"
"""The canaries of tests, which leave loopback alone."""


class Trustme:
    """The one authority of all tests that do not need another, as vendors know it."""

    def certify(self, context: ssl.SSLContext, host: str, lasting: timedelta) -> None:
        """See `monitor.demo.authority.Authority`."""
        authority().issue_cert(host, not_after=datetime.now(UTC) + lasting).configure_cert(context)


def certify(vendor: SimulatedVendor, lasting: timedelta = timedelta(days=365)) -> None:
    """Have *vendor* show a certificate that lasts so long from now, to every handshake that follows."""
    vendor.certify(Trustme(), lasting)


def well(slug: str, host: str) -> SimulatedVendor:
    """A vendor that is well, has a Statuspage, and is nowhere yet."""
    return SimulatedVendor(slug, host, Saying(slug.title(), datetime.now(UTC)))


@asynccontextmanager
async def simulated(slug: str, host: str, port: int = 0) -> AsyncIterator[SimulatedVendor]:
    """A vendor that is well, with a certificate for a year, on a free port unless told otherwise."""
    vendor = well(slug, host)
    certify(vendor)
    async with running(vendor, port):
        yield vendor


def write_config(
    folder: Path, listen: str, ca_file: Path, *vendors: SimulatedVendor, every: str = "500ms", canaries: str = NOBODY
) -> Path:
    """A configuration folder that watches *vendors*; *canaries* is that section, in which nobody is asked."""
    directory = folder / "config"
    (directory / "vendors").mkdir(parents=True, exist_ok=True)
    (directory / "monitor.yaml").write_text(
        f"listen: {listen}\n"
        f"checks: {{certificate: {{every: {every}}}, tls: {{every: {every}}}}}\n"
        "confirm: {fall: 2, rise: 2, after: 100ms}\n"
        f"network: {{ca_file: {ca_file}, allow: [127.0.0.0/8]}}\n"
        f"canaries: {canaries}\n"
    )
    for vendor in vendors:
        (directory / "vendors" / f"{vendor.slug}.yaml").write_text(vendor.file(every))
    return directory
