"""``report`` and ``looks`` on a database as the daemon writes it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.model import Failure, Finding, Reason, Severity, State
from monitor import cli
from monitor.store.sql import SqlStore, open_store
from tests.support.compacting import compacted, present, stretch
from tests.support.consequences import aside, outage
from tests.support.records import NOON, record

API = "acme/endpoint/api"
MARCH = ("--from", "2026-03", "--to", "2026-03", "--zone", "UTC")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the configuration of two vendors, where the command runs; there is no database yet."""
    vendors = tmp_path / "config" / "vendors"
    vendors.mkdir(parents=True)
    for slug in ("acme", "bolt"):
        (vendors / f"{slug}.yaml").write_text(f"name: {slug.title()}\nobjective: 99.9\ntls: ['smtp.{slug}.test:465']\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    """The daemon's store: Acme was watched for a day in March, and down for ten minutes of it."""
    with closing(open_store(f"sqlite:///{folder / 'vendorwatch.db'}")) as opened:
        refused = Failure(Reason.REFUSED, "by 192.0.2.7\x1b[2J")
        odd = Finding("endpoint.slow", Severity.WARNING, "took 3 s")
        opened.write([
            record(API, second=0, findings=(odd,)),
            *(record(API, second=60 * minute, failure=refused) for minute in range(10, 20)),
            *(record(API, second=60 * minute) for minute in range(20, 40)),
            record("gone/endpoint/api"),
            present(NOON, NOON + timedelta(days=1)),
            stretch("acme", NOON, State.UP), stretch(API, NOON, State.UP),
            stretch("acme", NOON + timedelta(minutes=10), State.DOWN),
            stretch("acme", NOON + timedelta(minutes=20), State.UP),
            aside(outages=(outage(opened=600, closed=1_200),)),
        ])  # fmt: skip
        yield opened


def run(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_report_says_what_was_counted(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    compacted(store, NOON + timedelta(days=2))
    assert run("report", "acme", *MARCH) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    told = " ".join(out.split())
    assert "(86,400 - 600) / 86,400 s = 99.305 %" in told
    assert "of 86,400 s counted 86 s may be down, 600 s were" in told
    assert "seen only" in out
    assert "31 looks, 10 failed: 10 refused" in told
    assert f"vendorwatch looks {API} --at 2026-03-01T12:10:00Z" in out


def test_without_a_name_all_vendors_that_have_a_file_are_reviewed(
    store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.close()
    assert run("report", *MARCH, "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["vendor"] for each in told["vendors"]] == ["acme", "bolt"]
    assert [each["has_history"] for each in told["vendors"]] == [True, False]
    assert told["vendors"][0]["months"][0]["objective"]["verdict"] == "undecided"
    assert told["database"].endswith("/vendorwatch.db")


def test_a_vendor_without_a_file_is_reviewed_by_its_name(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    assert run("report", "gone", *MARCH) == 0
    assert "has no file any more" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["md", "html", "csv"])
def test_a_report_is_written_to_a_file(store: SqlStore, folder: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    assert run("report", *MARCH, "--format", kind, "--output", str(folder / "march")) == 0
    assert not capsys.readouterr().out
    written = (folder / "march").read_bytes()
    assert b"acme" in written
    if kind == "csv":
        assert written.count(b"\r\n") == 3
        assert len(list(csv.DictReader(written.decode().splitlines()))) == 2
    assert run("report", *MARCH, "--output", str(folder / "none" / "march")) == 69
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("report", "acne"), "no vendor is called 'acne'; did you mean acme?"),
        (("report", "--from", "soon"), '--from "soon": is no time; say 2026, 2026-01'),
        (("report", "--zone", "berlin"), "did you mean Europe/Berlin?"),
        (("report", "--from", "2999-01"), "is still to come"),
        (("looks", "acme"), f"did you mean {API}?"),
        (("looks", API, "--at", "noon"), '--at "noon": is no time'),
        (("looks", API, "--limit", "0"), "--limit: must be from 1 to 1,000"),
    ],
)
def test_what_was_typed_wrongly_is_told_with_the_cure(
    arguments: tuple[str, ...], said: str, store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.close()
    assert run(*arguments) == 64
    assert said in capsys.readouterr().err


def test_without_a_database_nothing_is_reviewed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report") == 69
    assert "vendorwatch.db" in capsys.readouterr().err
    assert not (folder / "vendorwatch.db").exists()


def test_a_report_names_its_database_and_not_how_it_is_reached(
    folder: Path, store: SqlStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    monkeypatch.setenv("HISTORY", "sqlite:///vendorwatch.db?timeout=7")
    (folder / "config" / "monitor.yaml").write_text("database: env:HISTORY\n")
    assert run("report", *MARCH) == 0
    assert "The store is vendorwatch.db." in capsys.readouterr().out


def test_the_looks_around_a_time_are_shown(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    compacted(store, NOON + timedelta(days=2))
    assert run("looks", API, "--at", "2026-03-01T12:10:00Z", "--zone", "Europe/Berlin", "--limit", "4") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert [line.split("  ")[0] for line in out.splitlines()[2:]] == [
        "2026-03-01 13:12:00",
        "2026-03-01 13:11:00",
        "2026-03-01 13:10:00",
        "2026-03-01 13:00:00",
    ]
    assert "refused: by 192.0.2.7 [2J" in out
    assert "took 3 s" in out


@pytest.mark.parametrize(
    ("minute", "limit", "minutes"),
    [
        (5, 6, [12, 11, 10, 0]),
        (5, 4, [11, 10, 0]),
        (25, 4, [27, 26, 25, 24]),
        (39, 4, [39, 38]),
        (-30, 4, [10, 0]),
    ],
)
def test_a_gap_hides_no_look_after_a_time(store: SqlStore, minute: int, limit: int, minutes: list[int]) -> None:
    from monitor.commands.recalling import around  # noqa: PLC0415 - it loads the database's driver

    # Two hours later there are more, so that a day from then on has too many, and the half of it none.
    store.write([record(API, second=7_200 + second) for second in range(900)])
    found = around(store, API, NOON + timedelta(minutes=minute), limit)
    assert [(each.at - NOON) // timedelta(minutes=1) for each in found][-len(minutes) :] == minutes
    after = [each for each in found if each.at > NOON + timedelta(minutes=minute)]
    assert len(after) == limit // 2


@pytest.mark.usefixtures("store")
def test_a_day_shows_the_looks_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("looks", API, "--at", "2026-03-01", "--zone", "UTC", "--limit", "100", "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)["looks"]) == 31
    assert run("looks", API, "--at", "2026-03-02", "--zone", "UTC") == 1
    capsys.readouterr()
    assert run("looks", API, "--at", "2026-03-01T18:00Z", "--zone", "UTC") == 0
    assert "the nearest look is 5 h 21 min earlier than that time" in capsys.readouterr().err


def test_a_report_is_not_written_over(store: SqlStore, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    (folder / "march").write_text("dear")
    assert run("report", *MARCH, "--output", "march") == 69
    assert "march is there already; name another file" in capsys.readouterr().err
    assert (folder / "march").read_text() == "dear"
    assert run("report", *MARCH, "--output", "/dev/null") == 0
    if Path("/dev/full").exists():
        assert run("report", *MARCH, "--output", "/dev/full") == 69
        assert "/dev/full cannot be written: No space left on device" in capsys.readouterr().err


def test_what_is_not_counted_yet_is_no_zero(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    assert run("report", "acme", *MARCH, "--format", "csv") == 0
    [line] = csv.DictReader(capsys.readouterr().out.splitlines())
    assert (line["looks"], line["looks_failed"], line["looks_counted_until"]) == ("", "", "")


def test_the_newest_looks_are_shown_with_their_facts(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    store.close()
    assert run("looks", API, "--limit", "2", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["at"] for each in told["looks"]] == ["2026-03-01T12:39:00Z", "2026-03-01T12:38:00Z"]
    assert told["looks"][0]["facts"] == {"status": 200}
    assert run("looks", API, "--at", "2020-01-01") == 1
    assert "is stored of that time" in capsys.readouterr().err


def test_the_months_are_those_of_the_machine_where_none_is_named(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store.close()
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    assert run("report", "acme", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["zone"] == {"name": "Asia/Kolkata", "offset_at_begin": "+05:30", "offset_at_end": "+05:30"}
    begins = datetime.fromisoformat(told["begins"])
    assert begins.astimezone(UTC).strftime("%H:%M") == "18:30"
    assert [each["is_running"] for each in told["months"]] == [False, True]
