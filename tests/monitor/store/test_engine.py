"""A database by its URL, or by where its URL is."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from monitor.store.engine import make_engine, name_of
from monitor.store.sql import open_store
from monitor.store.store import Operation, StoreUnavailable
from tests.support.records import record


def test_a_url_may_be_kept_where_secrets_are(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f" {url}\n")
    (tmp_path / "url").write_text(f"{url}\n")
    with closing(open_store("env:DATABASE_URL")) as store:
        store.write([record()])
    with closing(open_store(f"file:{tmp_path / 'url'}")) as store:
        assert store.states().keys() == {"acme/endpoint/api"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "env:NOWHERE",
            r"^open: database: the secret env:NOWHERE is missing: the environment has no variable of this",
        ),
        ("file:/nowhere", r"^open: database: the secret file:/nowhere cannot be read: No such file or directory$"),
        ("env:HALF", r"^open: database: is not a URL; write it like [^']*$"),
        ("env:ODD", r"^open: database: oracle is not known here; write it like [^']*$"),
        ("env:BROKEN", r"^open: database: is not a URL; write it like [^']*$"),
    ],
)
def test_what_is_no_url_is_not_repeated(text: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HALF", "hunter2")
    monkeypatch.setenv("ODD", "oracle://me:hunter2@db/x")
    monkeypatch.setenv("BROKEN", "postgresql://me:hun@ter2@db/x")
    with pytest.raises(StoreUnavailable, match=told) as caught:
        make_engine(text, Path())
    assert caught.value.operation is Operation.OPEN


def test_a_database_is_called_by_what_is_no_secret() -> None:
    url = "postgresql://me:hunter2@db.example:6432/vendors?sslmode=verify-full&password=hunter2"
    assert name_of(make_engine(url, Path())) == "postgresql://me@db.example:6432/vendors"
