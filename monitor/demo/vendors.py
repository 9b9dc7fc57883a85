"""A simulated vendor: an API and a status page behind one certificate, that somebody makes good or bad.

Each has an address of its own in 127.0.0.0/8, so that hosts can be told apart as real ones are; Linux has all of them on its
loopback.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath

from monitor.demo.authority import Authority
from monitor.demo.pages import HTML, START_PATHS, TYPES, WRITERS, Saying, readable
from monitor.demo.serving import Asked, Reply, Site, site

GOOD_FOR = timedelta(days=80)
"""How long the certificate of a vendor that is well is still valid."""
_MOMENTARY = {"Cache-Control": "no-store"}
"""The daemon shares a page it has read for a while; a page that changes every few seconds forbids it."""
_OLD_SUITES = "AES128-GCM-SHA256:AES256-SHA"
_SUITES = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass
class SimulatedVendor:
    """What a vendor answers from now on: somebody changes the fields. Without a *platform* it has no status page.

    *slow_seconds* is how long the API takes to answer; *owner*, *tier*, *objective* and *max_seconds* are for its file.
    """

    slug: str
    host: str
    says: Saying
    platform: str = "statuspage"
    owner: str = "sre"
    tier: str = "critical"
    objective: float | None = None
    max_seconds: float | None = None
    api_status: int = 200
    slow_seconds: float = 0.0
    page_is_html: bool = False
    context: ssl.SSLContext = field(default_factory=lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    where: Site | None = None

    def certify(self, by: Authority, lasting: timedelta = GOOD_FOR) -> None:
        """Show a certificate that lasts so long from now, to every handshake that follows."""
        by.certify(self.context, self.host, lasting)

    def harden(self) -> None:
        """Speak TLS as one should: up to the newest version, and none without forward secrecy."""
        self.context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED
        self.context.set_ciphers(_SUITES)

    def weaken(self) -> None:
        """Speak nothing newer than TLS 1.2, and without forward secrecy."""
        self.context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_ciphers(_OLD_SUITES)

    def answer(self, asked: Asked) -> Reply:
        """The API at ``/health``, and the page: its documents, and at ``/`` what people read."""
        if asked.target == "/health":
            return Reply(self.api_status, b'{"status": "ok"}', {"Content-Type": "application/json"}, self.slow_seconds)
        documents = {"/": readable(self.says), **WRITERS[self.platform](self.says)} if self.platform else {}
        if asked.target not in documents:
            return Reply(404)
        document = HTML if self.page_is_html else documents[asked.target]
        type_ = TYPES["" if self.page_is_html else PurePosixPath(asked.target).suffix]
        return Reply(200, document, _MOMENTARY | {"Content-Type": type_})

    def file(self, every: str) -> str:
        """The vendor's configuration file, in which everything is looked at so often. It must be somewhere."""
        assert self.where  # noqa: S101 - a vendor that is nowhere has no address to write down
        lines = [f"name: {self.says.name}", f"owner: {self.owner}", f"tier: {self.tier}"]
        if self.objective is not None:
            lines.append(f"objective: {self.objective}")
        if self.platform:
            page = self.where.url(START_PATHS.get(self.platform, "/"))
            scope = f", components: [{self.says.components[0]}]" if self.says.components else ""
            lines.append(f"status: {{url: '{page}', platform: {self.platform}, every: {every}{scope}}}")
        limit = f", expect: {{max_seconds: {self.max_seconds}}}" if self.max_seconds else ""
        lines.append(f"endpoints: [{{url: '{self.where.url('/health')}', name: api, every: {every}{limit}}}]")
        return "".join(f"{line}\n" for line in lines)


@asynccontextmanager
async def running(vendor: SimulatedVendor, port: int = 0) -> AsyncIterator[SimulatedVendor]:
    """*vendor*, which has a certificate, answering while the context is open."""
    async with site(vendor.answer, tls=vendor.context, host=vendor.host, port=port) as vendor.where:
        yield vendor
