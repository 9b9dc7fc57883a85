"""The real daemon, watching real servers over HTTPS on loopback, seen from outside: by its metrics, logs and store."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from checks.model import Claim
from monitor.demo.vendors import SimulatedVendor
from tests.support.daemon import Series, claim, daemon, state, value, which
from tests.support.programs import free_address
from tests.support.servers import ca_file, serving, silent
from tests.support.vendors import certify, simulated, write_config


def since(series: Series, vendor: str) -> float | None:
    return value(series, "vendor_target_state_since_timestamp_seconds", vendor=vendor, check="endpoint", target="api")


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[tuple[Path, str, SimulatedVendor, SimulatedVendor]]:
    """Two vendors that are well, and a configuration that watches them."""
    async with AsyncExitStack() as stack:
        acme = await stack.enter_async_context(simulated("acme", "127.0.0.2"))
        bolt = await stack.enter_async_context(simulated("bolt", "127.0.0.3"))
        listen = free_address()
        yield write_config(folder, listen, ca_file(folder), acme, bolt), listen, acme, bolt


@pytest.mark.slow
def test_a_vendor_goes_bad_and_recovers_and_everything_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, acme, _), daemon(directory, listen) as watching:
            await watching.until("all is well", lambda s: state(s, "acme") == state(s, "bolt") == "up")
            well = await watching.until("it says so too", lambda s: claim(s, "acme") == claim(s, "bolt") == "operational")
            up_since = since(well, "acme")

            acme.api_status = 503
            bad = await watching.until("the API is down", lambda s: state(s, "acme") == "down")
            assert claim(bad, "acme") == "operational", "the vendor's word is a fact of its own"
            assert state(bad, "bolt") == "up"
            down_since = since(bad, "acme")
            assert up_since is not None
            assert down_since is not None
            assert down_since > up_since

            acme.says.claim = Claim.PARTIAL_OUTAGE
            await watching.until("the vendor admits it", lambda s: claim(s, "acme") == "partial_outage")
            acme.api_status, acme.says.claim = 200, Claim.OPERATIONAL
            await watching.until(
                "all is well again", lambda s: (state(s, "acme"), claim(s, "acme")) == ("up", "operational")
            )

            assert await watching.stop() == 0
            told = [(e["before"], e["after"]) for e in watching.events() if e.get("target") == "acme/endpoint/api"]
            assert told == [("unknown", "up"), ("up", "down"), ("down", "up")]
            stored = watching.rows(
                "SELECT before, after FROM transition JOIN target ON target.id = target_id"
                " WHERE target.key = 'acme/endpoint/api' ORDER BY transition.id"
            )
            assert stored == told

    asyncio.run(story())


@pytest.mark.slow
def test_a_certificate_that_nears_its_end_is_told_and_is_no_outage(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, acme, _), daemon(directory, listen) as watching:
            await watching.until("all is well", lambda s: state(s, "acme") == "up")
            certify(acme, timedelta(days=3))

            def findings(series: Series, severity: str) -> float | None:
                target = f"127.0.0.2:{acme.where.port}" if acme.where else ""
                labels = {"vendor": "acme", "check": "certificate", "target": target, "severity": severity}
                return value(series, "vendor_target_findings", **labels)

            near = await watching.until("the certificate is about to end", lambda s: findings(s, "critical") == 1)
            assert state(near, "acme") == "up"
            certify(acme)
            await watching.until("it was renewed", lambda s: findings(s, "critical") == 0 and findings(s, "ok") == 1)
            assert await watching.stop() == 0

    asyncio.run(story())


@pytest.mark.slow
def test_a_page_that_turns_to_html_is_unknown_and_neither_fine_nor_down(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, acme, _), daemon(directory, listen) as watching:
            await watching.until("it says it is well", lambda s: claim(s, "acme") == "operational")
            acme.page_is_html = True
            blind = await watching.until("it cannot be read", lambda s: claim(s, "acme") == "unknown")
            assert state(blind, "acme") == "up"
            labels = {"vendor": "acme", "check": "status", "target": "page"}
            assert which(blind, "vendor_target_state", **labels) == "unknown"
            assert (value(blind, "vendor_probe_failures_total", **labels, reason="parse") or 0) >= 1
            acme.page_is_html = False
            await watching.until("it can be read again", lambda s: claim(s, "acme") == "operational")
            assert await watching.stop() == 0

    asyncio.run(story())


@pytest.mark.slow
def test_a_platform_whose_pages_fail_together_is_told_once_and_not_for_each_vendor(tmp_path: Path) -> None:
    def unreadable(series: Series) -> float | None:
        return value(series, "vendorwatch_platform_unreadable", platform="statuspage")

    async def story() -> None:
        async with AsyncExitStack() as stack:
            hosts = {"acme": "127.0.0.2", "bolt": "127.0.0.3", "cask": "127.0.0.4"}
            vendors = [await stack.enter_async_context(simulated(slug, host)) for slug, host in hosts.items()]
            listen = free_address()
            directory = write_config(tmp_path, listen, ca_file(tmp_path), *vendors, every="1s")
            watching = await stack.enter_async_context(daemon(directory, listen))
            well = await watching.until("all say they are well", lambda s: {claim(s, v) for v in hosts} == {"operational"})
            assert unreadable(well) == 0
            for vendor in vendors:
                vendor.page_is_html = True
            bad = await watching.until("the platform is unreadable", lambda s: unreadable(s) == 1)
            assert {state(bad, slug) for slug in hosts} == {"up"}
            vendors[0].page_is_html = False
            await watching.until("two of three are too few", lambda s: unreadable(s) == 0)
            assert await watching.stop() == 0
            told = [e for e in watching.events() if e.get("platform")]
            assert [(e["message"], e.get("failed"), e.get("reason")) for e in told] == [
                ("a platform is unreadable", 3, "parse"),
                ("a platform can be read again", None, None),
            ]

    asyncio.run(story())


@pytest.mark.slow
def test_a_killed_daemon_comes_back_with_its_states_and_makes_nothing_up(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, acme, _):
            async with daemon(directory, listen) as watching:
                await watching.until("all is well", lambda s: state(s, "acme") == state(s, "bolt") == "up")
                acme.api_status = 503
                before = await watching.until("it is down", lambda s: state(s, "acme") == "down")
                count = "SELECT count(*) FROM transition"
                await watching.until("it is written", lambda _: watching.rows(f"{count} WHERE after = 'down'") == [(1,)])
                assert await watching.stop(signal.SIGKILL) == -signal.SIGKILL
                made = watching.rows(count)
            async with daemon(directory, listen) as again:
                after = await again.series()
                assert state(after, "acme") == "down", "known before the first probe"
                assert since(after, "acme") == since(before, "acme")
                labels = {"vendor": "acme", "check": "endpoint", "target": "api"}
                await again.until("it was probed", lambda s: (value(s, "vendor_probe_runs_total", **labels) or 0) >= 3)
                assert since(await again.series(), "acme") == since(before, "acme")
                assert await again.stop() == 0
                assert again.rows(count) == made

    asyncio.run(story())


@pytest.mark.slow
def test_a_changed_configuration_is_taken_over_whole_or_not_at_all(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, _, _), daemon(directory, listen) as watching:
            await watching.until("all is well", lambda s: state(s, "acme") == state(s, "bolt") == "up")
            broken = directory / "vendors" / "acme.yaml"
            good = broken.read_text()
            broken.write_text(good + "tear: critical\n")
            (directory / "vendors" / "bolt.yaml").unlink()
            watching.process.send_signal(signal.SIGHUP)
            reload = "vendorwatch_config_last_reload_successful"
            kept = await watching.until("it was refused", lambda s: value(s, reload) == 0)
            assert state(kept, "bolt") == "up"
            assert any("did you mean tier" in str(event["message"]) for event in watching.events())

            broken.write_text(good)
            gone = await watching.until("the removed vendor is gone", lambda s: state(s, "bolt") is None)
            assert value(gone, reload) == 1
            assert not [name for name, labels in gone if ("vendor", "bolt") in labels]
            assert state(gone, "acme") == "up"
            assert await watching.stop() == 0

    asyncio.run(story())


@pytest.mark.slow
def test_what_hangs_does_not_keep_the_daemon_from_stopping(tmp_path: Path) -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            mute = await stack.enter_async_context(serving(silent, host="127.0.0.4"))
            acme = await stack.enter_async_context(simulated("acme", "127.0.0.2"))
            listen = free_address()
            directory = write_config(tmp_path, listen, ca_file(tmp_path), acme)
            (directory / "vendors" / "mute.yaml").write_text(
                f"name: Mute\nendpoints: [{{url: 'http://{mute.authority}/', every: 60s}}]\n"
            )
            watching = await stack.enter_async_context(daemon(directory, listen))
            await watching.until("a probe hangs", lambda s: (value(s, "vendorwatch_probes_in_flight") or 0) >= 1)
            assert await watching.stop() == 0

    asyncio.run(story())


@pytest.mark.slow
def test_signals_that_come_together_or_again_do_not_spoil_the_end(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, _, _), daemon(directory, listen) as watching:
            await watching.until("all is well", lambda s: state(s, "acme") == "up")
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
                watching.process.send_signal(number)
            assert await watching.stop() == 0
            assert [event["message"] for event in watching.events()][-1] == "stopped"

    asyncio.run(story())


@pytest.mark.slow
def test_a_vendor_that_leaves_the_configuration_and_returns_is_in_the_state_it_left_it_in(tmp_path: Path) -> None:
    async def story() -> None:
        async with watched(tmp_path) as (directory, listen, _, bolt), daemon(directory, listen) as watching:
            labels = {"vendor": "bolt", "check": "endpoint", "target": "api"}
            bolt.api_status = 503
            down = await watching.until("it is down", lambda s: state(s, "bolt") == "down")
            name = "vendor_target_state_since_timestamp_seconds"
            file = directory / "vendors" / "bolt.yaml"
            text = file.read_text()
            file.unlink()
            watching.process.send_signal(signal.SIGHUP)
            await watching.until("it is gone", lambda s: state(s, "bolt") is None)
            file.write_text(text)
            watching.process.send_signal(signal.SIGHUP)
            back = await watching.until("it is back", lambda s: state(s, "bolt") == "down")
            assert value(back, name, **labels) == value(down, name, **labels)
            assert await watching.stop() == 0

    asyncio.run(story())
