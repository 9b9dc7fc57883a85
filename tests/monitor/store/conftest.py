"""A store per database that the suite runs on: another database is another parameter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.sql import open_store
from monitor.store.store import Store


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty database may be."""
    return {"sqlite": f"sqlite:///{tmp_path / 'store.db'}"}[request.param]


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()
