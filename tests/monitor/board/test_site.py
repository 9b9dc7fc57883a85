"""The addresses of the board, as `monitor.board.openapi` tells of them, asked of a server and of a daemon."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.values import Address, Secret
from checks.vendor import Vendor
from monitor.access import Access
from monitor.board.gathering import Gathering, Present
from monitor.board.html.head import POLICY
from monitor.board.memory import Memory
from monitor.board.site import PLACES, BoardSite
from monitor.clock import Clock
from monitor.snapshot import Snapshot
from monitor.store.sql import open_store
from monitor.web import WebServer
from monitor.web.site import Asked
from tests.support.daemon import daemon, state, value
from tests.support.openapi import DETAILS, DOCUMENT, OVERVIEW, PROBLEM
from tests.support.programs import free_address
from tests.support.servers import ca_file
from tests.support.vendors import simulated, write_config
from tests.support.web import ask, served

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
HOSTS = {"acme": "127.0.0.2", "bolt": "127.0.0.3"}
JSON, HTML = "application/json", "text/html"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[BoardSite]:
    vendors = (Vendor(slug="acme", name="Acme <b>"), Vendor(slug="bolt", name="Bolt"))
    clock = Clock(now=lambda: NOON)
    with closing(open_store("sqlite:///store.db", tmp_path)) as store:
        present = Present(lambda: Snapshot(vendors, {}, NOON), dict, lambda: False, lambda: True, list)
        yield BoardSite(Gathering(present, Memory(store, clock, 10), clock), "1.2.3")


@pytest.fixture
def server(site: BoardSite) -> Iterator[WebServer]:
    with served(site=site, places=PLACES) as running:
        yield running


def test_a_page_comes_in_both_forms(server: WebServer) -> None:
    for path, described in (("/", OVERVIEW), ("/vendors/acme", DETAILS)):
        answer, body = ask(server.address, path, Accept=JSON)
        assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)
        described.validate(json.loads(body))
        answer, body = ask(server.address, path, Accept=HTML)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert b"Acme &lt;b&gt;" in body


@pytest.mark.parametrize("path", ["/vendors/ACME", "/vendors/nobody", "/vendors", "/vendors/acme/", "/vendors/acme/x", "/x"])
def test_there_is_no_other_page(server: WebServer, path: str) -> None:
    answer, body = ask(server.address, path, Accept=JSON)
    assert answer.status == 404
    PROBLEM.validate(json.loads(body))
    named = re.findall(r"/[A-Za-z./-]*\b|/", json.loads(body)["detail"])
    described = [path.replace("{slug}", "NAME") for path in DOCUMENT["paths"]]
    assert sorted(named) == sorted(described), "just what there is"


def test_what_is_served_is_what_openapi_tells_of(site: BoardSite) -> None:
    """Each address, each answer to a client that prefers JSON: its status is described, and so is what it says."""
    with served(site=site, ready=lambda: False) as server:
        document: dict[str, Any] = json.loads(ask(server.address, "/openapi.json")[1])
        assert document == DOCUMENT
        for path, item in document["paths"].items():
            for method in ("GET", "HEAD"):
                answer, _ = ask(server.address, path.format(slug="acme"), method, Accept=JSON)
                described = item["get"]["responses"][str(answer.status)]
                assert answer.headers["Content-Type"] in described["content"], path


def test_who_is_not_let_in_is_told_as_openapi_tells(site: BoardSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOARD_TOKEN", "t" * 40)
    with served(site=site, access=Access(bearer=Secret("env", "BOARD_TOKEN"))) as server:
        for path, item in DOCUMENT["paths"].items():
            answer, body = ask(server.address, path.format(slug="acme"), Accept=JSON)
            if item["get"].get("security") == []:
                assert answer.status == 200, path
                continue
            assert answer.status == 401, path
            assert answer.headers["WWW-Authenticate"]
            PROBLEM.validate(json.loads(body))
            answer, _ = ask(server.address, path.format(slug="acme"), Authorization=f"Bearer {'t' * 40}")
            assert answer.status == 200, path


def test_slugs_are_taken_to_the_letter(site: BoardSite) -> None:
    paths = ["/vendors/acme ", "/vendors/", "/vendors/acme/", "/Vendors/acme", "/vendors/%61cme", "vendors/acme"]
    assert [site(Asked(path, wants_json)) for path in paths for wants_json in (True, False)] == [None] * 12


@pytest.mark.slow
def test_a_daemon_serves_its_board_and_forgets_who_is_no_longer_watched(tmp_path: Path) -> None:
    async def story() -> None:
        async with AsyncExitStack() as stack:
            vendors = [await stack.enter_async_context(simulated(slug, host)) for slug, host in HOSTS.items()]
            listen = free_address()
            where = Address.parse(listen)
            directory = write_config(tmp_path, listen, ca_file(tmp_path), *vendors)
            watching = await stack.enter_async_context(daemon(directory, listen))
            vendors[0].api_status = 503
            await watching.until("one is down", lambda s: (state(s, "acme"), state(s, "bolt")) == ("down", "up"))
            await watching.until("its outage is open", lambda s: value(s, "vendor_outage_active", vendor="acme"))

            _, body = await asyncio.to_thread(ask, where, "/", Accept=JSON)
            told = json.loads(body)
            OVERVIEW.validate(told)
            assert (told["past"], told["counts"]["down"], told["is_starting"]) == ("done", 1, False)
            acme, bolt = told["vendors"]
            assert (acme["vendor"], acme["claim"], acme["outage"]["closed_at"]) == ("acme", "operational", None)
            assert (bolt["vendor"], bolt["state"]) == ("bolt", "up")
            assert len(bolt["history"]["days"]["up"]) == 90

            bolt_file = (directory / "vendors" / "bolt.yaml").read_text()
            (directory / "vendors" / "bolt.yaml").unlink()
            await watching.until("only one is watched", lambda s: state(s, "bolt") is None)
            assert (await watching.get("/vendors/bolt"))[0] == 404
            _, body = await asyncio.to_thread(ask, where, "/vendors/acme", Accept=JSON)
            told = json.loads(body)
            DETAILS.validate(told)
            assert told["outages"] == [acme["outage"]]

            with closing(sqlite3.connect(watching.log.with_name("vendorwatch.db"))) as store:
                store.execute("ALTER TABLE presence RENAME TO gone")
            (directory / "vendors" / "cold.yaml").write_text(bolt_file)  # one of whom nothing is remembered
            await watching.until("both are watched", lambda s: state(s, "cold") == "up")
            _, body = await asyncio.to_thread(ask, where, "/", Accept=JSON)
            assert (json.loads(body)["past"], json.loads(body)["vendors"][1]["vendor"]) == ("failed", "cold")
            failed = {"operation": "read", "reason": "other"}
            await watching.until("it is counted", lambda s: value(s, "vendorwatch_store_errors_total", **failed))
            with closing(sqlite3.connect(watching.log.with_name("vendorwatch.db"))) as store:
                store.execute("ALTER TABLE gone RENAME TO presence")
            assert await watching.stop() == 0

    asyncio.run(story())
