"""``db`` on a database as the daemon writes it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor import cli
from monitor.store import figures
from monitor.store.sql import SqlStore, open_store
from tests.support import stored

SCHEMAS = Path(__file__).parent / "store" / "schemas"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration, where the command runs; there is no database yet."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "monitor.yaml").write_text("history: {observations: 7d, hours: 90d, size: 512MB}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    """The daemon's store, which has it open, with something in it."""
    with closing(open_store(f"sqlite:///{folder / 'vendorwatch.db'}")) as opened:
        stored.fill(opened)
        yield opened


def old(folder: Path, revision: str) -> None:
    with closing(sqlite3.connect(folder / "vendorwatch.db")) as connection:
        connection.executescript((SCHEMAS / f"{revision}.sql").read_text())


def run(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(("db", *arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_an_upgrade_says_from_what_to_what_and_then_that_nothing_was_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old(folder, "0003")
    assert run("upgrade") == 0
    newest = max(file.stem for file in SCHEMAS.glob("*.sql"))
    assert capsys.readouterr().out.endswith(f"vendorwatch.db: from schema 0003 to {newest}\n")
    assert run("upgrade") == 0
    assert capsys.readouterr().out.endswith(f"schema {newest} is that of this release; there was nothing to do\n")


def test_an_upgrade_under_a_daemon_is_refused(folder: Path, store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    del store
    with closing(sqlite3.connect(folder / "vendorwatch.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0003'")
    assert run("upgrade") == 69
    assert "another vendorwatch keeps its store here" in capsys.readouterr().err


@pytest.mark.parametrize("act", ["upgrade", "check", "stats", "backup copy.db"])
def test_a_database_that_is_not_there_is_not_made(folder: Path, capsys: pytest.CaptureFixture[str], act: str) -> None:
    assert run(*act.split()) == 69
    assert "vendorwatch.db: there is no database yet" in capsys.readouterr().err
    assert [file.name for file in folder.iterdir()] == ["config"]


@pytest.mark.usefixtures("store")
def test_a_check_beside_the_daemon_finds_it_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    out = capsys.readouterr().out
    assert out.endswith("vendorwatch.db is sound\n")
    for part in ("pages", "references"):
        [looked_at] = re.findall(rf"^{part}: ([0-9]+) looked at, nothing is wrong$", out, re.MULTILINE)
        assert int(looked_at) > 10
    assert run("check", "--all", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sound"], told["schema"]) == (True, told["newest_schema"])
    assert {part["name"] for part in told["parts"]} >= {"pages", "references", "transitions", "hours", "days", "packs"}


@pytest.mark.usefixtures("store")
def test_a_check_of_what_is_damaged_says_where_and_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(folder / "vendorwatch.db")) as connection, connection:
        connection.execute("UPDATE outage SET closed_at = NULL, vendor = 'ac' || char(10) || 'me'")
    assert run("check") == 2
    out = capsys.readouterr().out
    assert "outages: 2 looked at, 2 wrong\n  ac me: 2 outages go on at once" in out
    assert "vendorwatch.db is damaged: stop the daemon and put back a backup" in out
    assert run("check", "--format", "json") == 2
    assert json.loads(capsys.readouterr().out)["sound"] is False


@pytest.mark.usefixtures("store")
def test_stats_say_what_takes_how_much_and_what_it_comes_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("stats") == 0
    out = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert rows["transition"][1] == "4"
    assert rows["outage"][4:6] == ["2026-03-01", "12:00"]
    assert "looks kept 7 d and hours 90 d" in out
    assert "1 message waits for ops" in out


@pytest.mark.usefixtures("store")
def test_stats_as_json_have_the_same_numbers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("stats", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    tables = {table["name"]: table for table in told["tables"]}
    assert (tables["transition"]["rows"], tables["outage"]["oldest"]) == (4, "2026-03-01T12:00:20Z")
    with closing(sqlite3.connect(folder / "vendorwatch.db")) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert {*tables} == names - {"alembic_version"}, "no table is left out"
    assert 0 < sum(table["bytes"] for table in tables.values()) < told["bytes"]
    assert told["limit_bytes"] == 512 << 20
    assert told["looks_per_day"] > 0
    assert told["bytes_per_look"] > 0
    assert told["settles_at_bytes"] > 7 * told["looks_per_day"] * told["bytes_per_look"]
    assert told["waiting"]["ops"] == 1


def test_stats_of_an_empty_database_claim_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_store(f"sqlite:///{folder / 'vendorwatch.db'}").close()
    assert run("stats", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["looks_per_day"], told["bytes_per_look"], told["settles_at_bytes"]) == (None, None, None)
    assert told["lasting_bytes_per_year"] is None
    assert run("stats") == 0
    out = capsys.readouterr().out
    assert out.endswith("\nhow it grows is known once a full hour was looked at\n")
    assert "a year" not in out


@pytest.mark.usefixtures("store")
def test_stats_of_an_sqlite_that_does_not_count_pages_are_estimates(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "_sizes", lambda _: {})
    assert run("stats") == 0
    out = capsys.readouterr().out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert re.fullmatch(r"~[0-9]\.[0-9]", rows["transition"][2])
    assert "~ is estimated from a sample of rows" in out
    assert "?" not in out


@pytest.mark.usefixtures("store")
def test_a_backup_says_its_size_and_writes_over_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("backup", "copy.db") == 0
    assert capsys.readouterr().out.startswith("copy.db: 0.")
    content = (folder / "copy.db").read_bytes()
    assert run("backup", "copy.db") == 69
    assert capsys.readouterr().err == "vendorwatch: copy.db: is there already, and is not written over\n"
    assert (folder / "copy.db").read_bytes() == content
    assert run("backup", "nowhere/copy.db") == 69
    assert "nowhere/copy.db.partial: No such file or directory" in capsys.readouterr().err


def test_a_servers_database_is_copied_by_the_server(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config" / "monitor.yaml").write_text("database: postgresql://me@127.0.0.1:1/watch\n")
    assert run("backup", "copy.dump") == 64
    told = "pg_dump --format=custom --file=copy.dump '--dbname=host=127.0.0.1 dbname=watch user=me port=1'"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("arguments", ["", "look", "backup", "check now"])
def test_wrong_usage_exits_with_64(folder: Path, capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    del folder
    assert run(*arguments.split()) == 64
    assert "usage: vendorwatch db" in capsys.readouterr().err
