"""What stories of alerts are played on: vendors, and a daemon that watches them and tells of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from monitor.demo.vendors import SimulatedVendor
from tests.support.alertmanager import SHIPPED
from tests.support.daemon import Daemon, Series, daemon, state, value
from tests.support.programs import free_address
from tests.support.receiver import Receiver
from tests.support.servers import Asked, Reply, Site, ca_file, free_port, serving, silent, site
from tests.support.vendors import simulated

ROUTES: Mapping[str, Any] = yaml.safe_load(SHIPPED.read_text())
"""The shipped Alertmanager configuration."""
CANARIES = {"north": "127.0.0.11", "south": "127.0.0.12", "west": "127.0.0.13"}
CROWD = "127.0.0.4"
EVERY = "2s"
"""How often the two are looked at: three times that may pass on a busy machine before a look counts as missed."""
RESEND = "3s"
_CHECKS = {"certificate": {"every": "2s"}, "tls": {"every": "2s"}}
"""A vendor is unknown until all of it was looked at."""


@dataclass
class World:
    """What there is to be seen: acme, a vendor to break, bolt, a vendor that stays well, and canaries of three operators.

    There may be a crowd that answers as acme does. All of it vanishes together, as when our own network is cut, and comes
    back on the ports it had.
    """

    vendors: list[SimulatedVendor] = field(default_factory=list)
    _crowd: Site | None = None
    _ports: dict[str, int] = field(default_factory=dict)
    _there: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def acme(self) -> SimulatedVendor:
        """The vendor to break."""
        return self.vendors[0]

    @property
    def canaries(self) -> Mapping[str, object]:
        """The section ``canaries`` of ``monitor.yaml``."""
        asked = [{"operator": operator, "tcp": [f"{host}:{self._port(host)}"]} for operator, host in CANARIES.items()]
        return {"every": "1s", "grace": "2s", "ask": asked}

    async def appear(self) -> None:
        """Be there."""
        hosts = {"acme": "127.0.0.2", "bolt": "127.0.0.3"}
        enter = self._there.enter_async_context
        self.vendors = [await enter(simulated(slug, host, self._port(host))) for slug, host in hosts.items()]
        crowd = site(self._answer, host=CROWD, port=self._port(CROWD), plain=True)
        self._crowd = await enter(crowd)
        for host in CANARIES.values():
            await enter(serving(silent, host=host, port=self._port(host)))

    async def vanish(self) -> None:
        """Be there no more."""
        await self._there.aclose()

    def files(self, crowd: int) -> Mapping[str, str]:
        """The vendor files by slug, with a *crowd* of so many."""
        assert self._crowd
        endpoint = f"endpoints: [{{url: '{self._crowd.url('/health')}', name: api, every: 5s}}]"
        many = {
            f"other-{number:03}": f"name: Other {number}\nowner: sre\ntier: critical\n{endpoint}\n"
            for number in range(crowd)
        }
        return {vendor.slug: vendor.file(EVERY) for vendor in self.vendors} | many

    def _answer(self, asked: Asked) -> Reply:
        return self.acme.answer(asked)

    def _port(self, host: str) -> int:
        return self._ports.setdefault(host, free_port(host))


@asynccontextmanager
async def watched(
    folder: Path,
    *,
    listen: str = "",
    environment: Mapping[str, str] | None = None,
    notify: object = None,
    crowd: int = 0,
) -> AsyncIterator[tuple[World, Daemon]]:
    """A world in which all is well, and a daemon that watches it and tells whom *notify* says.

    It watches a *crowd* of so many others as well, which fail when acme does.
    """
    world, listen = World(), listen or free_address()
    await world.appear()
    try:
        settings = {"listen": listen, "network": _reaching(folder), "canaries": world.canaries, "notify": notify or {}}
        directory = _written(folder, settings, world.files(crowd))
        async with daemon(directory, listen, environment) as watching:
            await watching.until_counted("up", len(world.vendors) + crowd)
            yield world, watching
    finally:
        await world.vanish()


def _reaching(folder: Path) -> Mapping[str, object]:
    return {"ca_file": str(ca_file(folder)), "allow": ["127.0.0.0/8"]}


def _written(folder: Path, settings: Mapping[str, object], vendors: Mapping[str, str]) -> Path:
    """A configuration folder with *settings*, and *vendors* by slug."""
    directory = folder / "config"
    (directory / "vendors").mkdir(parents=True)
    quickly = {"confirm": {"fall": 2, "rise": 2, "after": "100ms"}, "checks": _CHECKS}
    (directory / "monitor.yaml").write_text(yaml.safe_dump({**settings, **quickly}))
    for slug, text in vendors.items():
        (directory / "vendors" / f"{slug}.yaml").write_text(text)
    return directory


def pushing(*listens: str) -> dict[str, object]:
    """The setting that tells the Alertmanagers there of everything."""
    return {"alertmanager": {"urls": [f"http://{listen}" for listen in listens], "resend": RESEND}}


def posting(to: Receiver) -> dict[str, object]:
    """The setting that posts messages, signed with the key in HOOK_SECRET, to ``/hook``."""
    return {"webhooks": [{"name": "hook", "url": to.url("/hook"), "secret": "env:HOOK_SECRET"}]}


def is_well(series: Series) -> bool:
    """Whether both vendors are up."""
    return state(series, "acme") == state(series, "bolt") == "up"


def is_broken(series: Series) -> bool:
    """Whether acme is down."""
    return state(series, "acme") == "down"


def has_failed(channel: str) -> Callable[[Series], bool]:
    """Whether a message of *channel* was not taken."""
    return lambda series: (value(series, "vendorwatch_notification_failures_total", channel=channel) or 0) > 0


async def look_on(watching: Daemon, looks: int = 3) -> Series:
    """Let the daemon look at acme so many times more; what it says then."""
    before = _looks(await watching.series())
    return await watching.until("it looks on", lambda series: _looks(series) >= before + looks)


def _looks(series: Series) -> float:
    return value(series, "vendor_probe_runs_total", vendor="acme", check="endpoint", target="api") or 0
