"""What the tests of dashboards share: a Prometheus with a month of a fleet, which takes a minute to build.

The fleet lives on in this process, with sockets and threads of its own, and must not be beside tests of something else,
which count theirs: it ends with the last of the tests that follow one another (see ``tests/conftest.py``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.conftest import is_live
from tests.support.backfill import FleetDatabase, fleet_database

_PATIENCE_SECONDS = 30.0
_OPEN = ExitStack()


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetDatabase]:
    """The month, and a present that has begun."""
    database = _OPEN.enter_context(fleet_database(tmp_path_factory.mktemp("fleet")))
    end = time.monotonic() + _PATIENCE_SECONDS
    while not database.instant(
        "time() - min(timestamp(up)) < 10 and time() - min(timestamp(vendor:vendor_state:ordinal)) < 10"
    ):
        assert time.monotonic() < end, "nothing is scraped or ruled"
        time.sleep(0.2)
    yield database
    _OPEN.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """End the fleet where no test that asks for it follows."""
    if nextitem is None or not is_live(nextitem):
        _OPEN.close()
