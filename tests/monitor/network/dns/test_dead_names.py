"""The trap this package is built around: a few names nobody answers for, among many that are fine.

With ``getaddrinfo`` in the event loop's default threads, half a percent of dead names was enough to make most of the
healthy ones time out.
"""

import asyncio
import time
from pathlib import Path

import pytest

from checks.model import Reason, Unseen
from monitor.network.dns import Resolver
from tests.support.nameserver import addresses, name_server, silence

LOOK_UPS = 450
PER_SECOND = 150
GOOD = addresses("192.0.2.1", "2001:db8::1")


async def seconds(resolver: Resolver, name: str) -> float:
    began = time.perf_counter()
    await resolver.resolve(name)
    return time.perf_counter() - began


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.005, 0.02])
def test_dead_names_among_healthy_ones_delay_nobody(share: float) -> None:
    async def main() -> None:
        every = round(1 / share)
        names = [f"api{n}.{'dead' if n % every == 0 else f'vendor{n % 100}'}.test" for n in range(LOOK_UPS)]
        zone = {f"*.vendor{n}.test": GOOD for n in range(100)} | {"*.dead.test": silence()}
        looks: dict[str, asyncio.Task[float]] = {}
        async with name_server(zone) as server:
            resolver = Resolver([server.address], hosts_file=Path("/nonexistent"))
            began, late = time.perf_counter(), 0.0
            for number, name in enumerate(names):
                due = began + number / PER_SECOND
                await asyncio.sleep(due - time.perf_counter())
                late = max(late, time.perf_counter() - due)
                looks[name] = asyncio.create_task(seconds(resolver, name))
            healthy = sorted([await look for name, look in looks.items() if "dead" not in name])
            dead = [look for name, look in looks.items() if "dead" in name]
            await resolver.aclose()
            await asyncio.wait(dead)
        assert len(healthy) + len(dead) == LOOK_UPS
        assert len(dead) == pytest.approx(share * LOOK_UPS, abs=1)
        assert healthy[-1] < 0.5 + 3 * late, "nobody waits for longer than a busy machine makes everybody wait"
        assert healthy[len(healthy) // 2] < 0.1 + late

    asyncio.run(main())


@pytest.mark.slow
def test_a_dead_name_ends_as_unresolved_before_a_probe_of_five_seconds_does() -> None:
    async def main() -> None:
        async with name_server({"*.dead.test": silence()}) as server, asyncio.timeout(5):
            resolver = Resolver([server.address], hosts_file=Path("/nonexistent"))
            with pytest.raises(Unseen) as unseen:
                await resolver.resolve("api.dead.test")
        assert unseen.value.failure.reason is Reason.RESOLVER

    asyncio.run(main())
