"""Simulated vendors on loopback: an API and a status page behind one certificate, that a test makes good or bad.

Each vendor has an address of its own in 127.0.0.0/8, so that hosts can be told apart as real ones are.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.support.servers import Asked, Reply, Site, authority, site

_MOMENTARY = {"Cache-Control": "no-store"}
"""The daemon shares a page it has read for a while; a page that changes several times a second forbids it."""

NOBODY = "{ask: []}"
"""The canaries of tests, which leave loopback alone."""


@dataclass
class SimulatedVendor:
    """What a vendor answers from now on; a test changes the fields."""

    slug: str
    host: str
    api_status: int = 200
    indicator: str = "none"
    page_is_html: bool = False
    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    where: Site | None = None

    def certify(self, lasting: timedelta) -> None:
        """Serve a certificate that lasts so long from now, to every handshake that follows."""
        authority().issue_cert(self.host, not_after=datetime.now(UTC) + lasting).configure_cert(self.context)

    def answer(self, asked: Asked) -> Reply:
        """The API at ``/health``, and a Statuspage below ``/api/v2``."""
        if asked.target == "/health":
            return Reply(self.api_status, b'{"status": "ok"}', {"Content-Type": "application/json"})
        if asked.target != "/api/v2/summary.json":
            return Reply(404)
        if self.page_is_html:
            return Reply(200, b"<!doctype html><title>Welcome</title>", _MOMENTARY | {"Content-Type": "text/html"})
        return Reply(200, self._summary(), _MOMENTARY | {"Content-Type": "application/json"})

    def _summary(self) -> bytes:
        page = {"id": "k3v9q0zx1m2n", "name": self.slug, "url": f"https://{self.host}", "updated_at": "2026-05-04T08:15:30Z"}
        status = {"indicator": self.indicator, "description": "as it is"}
        nothing: list[object] = []
        summary = {"page": page, "status": status, "components": nothing, "incidents": nothing}
        return json.dumps(summary | {"scheduled_maintenances": nothing}).encode()

    def file(self, every: str) -> str:
        """The vendor's configuration file."""
        assert self.where
        return (
            f"name: {self.slug.title()}\nowner: sre\ntier: critical\n"
            f"status: {{url: '{self.where.url()}', platform: statuspage, every: {every}}}\n"
            f"endpoints: [{{url: '{self.where.url('/health')}', name: api, every: {every}}}]\n"
        )


@asynccontextmanager
async def simulated(slug: str, host: str, port: int = 0) -> AsyncIterator[SimulatedVendor]:
    """A vendor that is well, with a certificate for a year, on a free port unless told otherwise."""
    vendor = SimulatedVendor(slug, host)
    vendor.certify(timedelta(days=365))
    async with site(vendor.answer, tls=vendor.context, host=host, port=port) as vendor.where:
        yield vendor


def write_config(
    folder: Path, listen: str, ca_file: Path, *vendors: SimulatedVendor, every: str = "300ms", canaries: str = NOBODY
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
