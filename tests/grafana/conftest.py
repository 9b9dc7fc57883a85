"""What the tests of dashboards share: a Prometheus with a month of a fleet, which takes a minute to build."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.support.backfill import FleetDatabase, fleet_database

_PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetDatabase]:
    """The month, and a present that has begun."""
    with fleet_database(tmp_path_factory.mktemp("fleet")) as database:
        end = time.monotonic() + _PATIENCE_SECONDS
        while not database.instant(
            "time() - min(timestamp(up)) < 10 and time() - min(timestamp(vendor:vendor_state:ordinal)) < 10"
        ):
            assert time.monotonic() < end, "nothing is scraped or ruled"
            time.sleep(0.2)
        yield database
