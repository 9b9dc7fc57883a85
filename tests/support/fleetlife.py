"""The fleet on a thread of its own: its month first, then its present, served as ``/metrics`` on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from tests.support.catchup import CatchingUpLoop
from tests.support.fleet import DAY, Fleet
from tests.support.fleetstory import Sink, live_through, story
from tests.support.fleetvendors import Certificates, sites, vendors
from tests.support.fleetworld import FleetNetwork

_LONGEST_SECONDS = 300


@dataclass
class Life:
    """A fleet that lives. *ended_at* is the Unix time at which its past ended, *address* where it is scraped since."""

    fleet: Fleet
    loop: CatchingUpLoop
    ended_at: float
    address: str = ""


def _settled(days: float) -> tuple[Life, Certificates]:
    """A fleet as it is so many *days* ago."""
    loop = CatchingUpLoop(days * DAY)
    start = loop.clock.now()
    now = start + timedelta(days=days)
    made = Certificates(now)
    network = FleetNetwork(clock=loop.clock, sites=sites(made), roots=made.roots)
    return Life(Fleet(vendors(start), network, loop.clock), loop, now.timestamp()), made


@contextmanager
def living(days: float, sink: Sink) -> Iterator[Life]:
    """A fleet whose past of so many *days* went to *sink*, and which lives on until the end of the context."""
    life, made = _settled(days)
    caught_up, stop = Event(), asyncio.Event()

    async def live() -> None:
        watching = asyncio.ensure_future(live_through(life.fleet, story(life.fleet, made), sink, caught_up.set, days))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (watching, stopping):
            task.cancel()
        await asyncio.wait({watching, stopping})

    with asyncio.Runner(loop_factory=lambda: life.loop) as runner:
        thread = Thread(target=runner.run, args=(live(),), daemon=True)
        thread.start()
        try:
            assert caught_up.wait(_LONGEST_SECONDS), "the fleet never caught up"
            with _served(life.fleet) as life.address:
                yield life
        finally:
            life.loop.call_soon_threadsafe(stop.set)
            thread.join()


@contextmanager
def _served(fleet: Fleet) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = b"".join(fleet.page())
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
