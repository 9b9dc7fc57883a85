"""``outages``, ``mute`` and ``unmute`` on a database as the daemon writes it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import cli, show
from monitor.clock import SYSTEM_CLOCK
from monitor.outage import Outage
from monitor.store.sql import SqlStore, open_store
from tests.support.consequences import aside, message, outage
from tests.support.records import record

VENDORS = ("acme", "bolt")
PAGE = "status: {url: 'https://status.acme.test', platform: statuspage}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the configuration of two vendors, where the command runs; there is no database yet."""
    vendors = tmp_path / "config" / "vendors"
    vendors.mkdir(parents=True)
    for slug in VENDORS:
        (vendors / f"{slug}.yaml").write_text(f"name: {slug.title()}\ntls: ['smtp.{slug}.test:465']\n{PAGE}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    """The daemon's store."""
    with closing(open_store(f"sqlite:///{folder / 'vendorwatch.db'}")) as opened:
        yield opened


def run(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


def outage_of(vendor: str, began: float, *, lasted: float | None = None, lead: float | None = None) -> Outage:
    """One that began so many hours ago and lasted so many; *lead* in hours, too."""
    opened = ago(began)
    closed_at = None if lasted is None else opened + timedelta(hours=lasted)
    claimed_at = None if lead is None else opened + timedelta(hours=lead)
    confirmed_at = opened + timedelta(seconds=15)
    return replace(outage(vendor), opened_at=opened, confirmed_at=confirmed_at, claimed_at=claimed_at, closed_at=closed_at)


def rows(out: str) -> list[list[str]]:
    """The cells of a table's lines; two blanks part them."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in out.splitlines()]


def test_outages_say_when_for_how_long_and_whether_the_vendor_admitted_it(
    store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    running, admitted = outage_of("acme", 1.8), outage_of("bolt", 30, lasted=0.8, lead=0.2)
    told_first = replace(outage_of("acme", 80, lasted=5, lead=-0.5), shared="", cause="503\x1b[2J instead of a 2xx")
    silent = outage_of("bolt", 90, lasted=100)
    store.write([aside(outages=(running, admitted, told_first, silent))])
    assert run("outages") == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    found = [row for row in rows(out) if row[0] in VENDORS]
    assert [row[0] for row in found] == ["acme", "bolt", "acme", "bolt"]
    assert found[0][1:] == [
        f"{running.opened_at:%Y-%m-%d %H:%M:%S}", "1 h 48 min, goes on", "after 15 s", "not yet", "refused: by 192.0.2.7",
    ]  # fmt: skip
    assert [row[2:5] for row in found[1:]] == [
        ["48 min", "after 15 s", "after 12 min"],
        ["5 h", "after 15 s", "30 min before"],
        ["4 d 4 h", "after 15 s", "never"],
    ]
    assert ["endpoint/api, tls/api"] in rows(out)
    assert ["with others: the network 192.0.2.0/24"] in rows(out)
    assert out.splitlines()[0].split()[:3] == ["VENDOR", "BEGAN", "(UTC)"]
    assert out.splitlines()[-1].endswith("UTC, 1 still open")


def test_outages_can_be_narrowed_and_are_an_end_of_a_pipe(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    old, open_one = outage_of("acme", 24 * 40, lasted=1), outage_of("bolt", 24 * 50)
    store.write([aside(outages=(old, open_one, outage_of("acme", 5, lasted=1, lead=0.5)))])

    def found(*arguments: str) -> list[tuple[str, float | None]]:
        assert run("outages", "--format", "json", *arguments) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["version"] == 1
        return [(one["vendor"], one["lead_seconds"]) for one in document["outages"]]

    assert found() == [("acme", 1_800), ("bolt", None)]
    assert found("--since", "45d") == [("acme", 1_800), ("acme", None), ("bolt", None)]
    assert found("--open") == [("bolt", None)]
    assert found("bolt") == found("bolt", "bolt") == [("bolt", None)]
    assert found("bolt", "acme", "--since", "1h") == [("bolt", None)]


def test_no_outage_is_said(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert store.outages() == []
    assert run("outages", "acme") == 0
    assert capsys.readouterr().out.startswith("no outages since 20")
    assert run("outages", "--open") == 0
    assert capsys.readouterr().out == "no outages go on\n"


def test_the_outages_of_a_vendor_that_is_watched_no_more_are_shown(
    store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.write([aside(outages=(outage_of("gone", 3, lasted=1),))])
    assert run("outages", "gone") == 0
    assert "gone" in capsys.readouterr().out


def shown(outages: list[Outage], width: int, capsys: pytest.CaptureFixture[str], **options: Collection[str]) -> str:
    """What a terminal of some *width* shows of *outages*."""
    out = show.console()
    out.width = width
    show.show_outages(outages, outages[0].opened_at + timedelta(minutes=65), out, **options)
    said = capsys.readouterr().out
    assert all(len(line) <= width for line in said.splitlines())
    return said


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 140, 240])
@pytest.mark.parametrize("vendor", ["acme", "salesforce-commerce-cloud-eu"])
def test_of_an_outage_nothing_is_cut_however_narrow_the_terminal(
    capsys: pytest.CaptureFixture[str], vendor: str, width: int
) -> None:
    cause = f"timeout: no answer from https://login.{vendor}.test/{'@' * 60} {'#' * 30}"
    many = replace(outage(vendor), targets=tuple(f"{vendor}/endpoint/{n}" for n in range(9)), cause=cause, shared="~" * 50)
    said = shown([many], width, capsys)
    assert [said.count(letter) for letter in "@#~"] == [60, 30, 50]
    words = (vendor, f"{many.opened_at:%H:%M}", "1 h 5 min, goes on", "after 10 s", "not yet", "and 5 more")
    apart = "" if width < 100 else " "  # On a narrow terminal a line may wrap between any two words, or in one.
    assert [word for word in words if apart.join(word.split()) not in apart.join(said.split())] == []


def test_what_failed_stands_below_where_there_is_no_room_beside(capsys: pytest.CaptureFixture[str]) -> None:
    failed = replace(outage("acme"), cause="503 instead of a 2xx", shared="", claimed_at=outage("acme").opened_at)
    assert shown([failed], 80, capsys).splitlines() == [
        f"acme  {failed.opened_at:%Y-%m-%d %H:%M:%S} UTC, for 1 h 5 min, goes on",
        "  noticed after 10 s; admitted: at once",
        "  503 instead of a 2xx",
        "  endpoint/api, tls/api",
    ]


@pytest.mark.parametrize(
    ("page", "said"),
    [("", "no page"), (PAGE, "never"), ("status: {url: 'https://status.acme.test', platform: nobodys}", "never")],
)
def test_who_has_no_page_cannot_admit_anything(
    folder: Path, store: SqlStore, capsys: pytest.CaptureFixture[str], page: str, said: str
) -> None:
    (folder / "config" / "vendors" / "bolt.yaml").write_text(f"name: Bolt\ntls: ['smtp.bolt.test:465']\n{page}")
    store.write([aside(outages=(outage_of("bolt", 3, lasted=1), outage_of("gone", 4, lasted=1)))])
    assert run("outages") == 0
    assert [row[4] for row in rows(capsys.readouterr().out) if row[0] in {"bolt", "gone"}] == [said, "never"]


def test_a_mute_is_stored_listed_and_ended(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("mute") == 0
    assert capsys.readouterr().out == "no vendor is muted\n"
    assert run("mute", "acme", "--for", "2h", "--why", "their\nmove \x1b[2J") == 0
    said = capsys.readouterr().out
    assert said.startswith("nobody is told of acme until ")
    assert said.endswith(", for 2 h: their move [2J\n")
    (held,) = store.mutes(SYSTEM_CLOCK.now())
    assert (held.vendor, held.until - held.since, held.why) == ("acme", timedelta(hours=2), "their move [2J")
    assert run("mute") == 0
    left, why = rows(capsys.readouterr().out)[1][-2:]
    assert (left in {"2 h", "1 h 59 min"}, why) == (True, "their move [2J")
    assert run("unmute", "acme") == 0
    assert capsys.readouterr().out == "people are told of acme again\n"
    assert store.mutes(SYSTEM_CLOCK.now()) == []
    assert run("unmute", "acme") == 0
    assert capsys.readouterr().out == "acme was not muted\n"


def test_the_mute_of_a_vendor_that_is_watched_no_more_can_be_ended(store: SqlStore, folder: Path) -> None:
    assert run("mute", "acme", "--for", "30d", "--why", "x") == 0
    (folder / "config" / "vendors" / "acme.yaml").unlink()
    assert run("unmute", "acme") == 0
    assert store.mutes(SYSTEM_CLOCK.now()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("mute acme", "say for how long and why, like --for 2h --why"),
        ("mute acme --for 2h", "say for how long and why"),
        ("mute acme --why x", "say for how long and why"),
        ("mute --for 2h --why x", "name the vendor that is to be muted"),
        ("mute acme --for 31d --why x", "--for: a mute lasts from 1 min to 30 d"),
        ("mute acme --for 59s --why x", "--for: a mute lasts from 1 min to 30 d"),
        ("mute acme --for ever --why x", "--for: is not a duration: write a number with its unit"),
        ("mute acme --for 2h --why \t", "--why is empty"),
        ("mute acne --for 2h --why x", "no vendor is called 'acne'; did you mean acme?"),
        ("mute zzz --for 2h --why x", "a vendor is called as its file in vendors/ is"),
        ("unmute acne", "no vendor is called 'acne'; did you mean acme?"),
        ("outages acme bold", "no vendor is called 'bold'; did you mean bolt?"),
        ("outages --since 0d", "--since: '0d' is no time at all"),
    ],
)
def test_wrong_usage_exits_with_64_and_changes_nothing(
    store: SqlStore, capsys: pytest.CaptureFixture[str], arguments: str, said: str
) -> None:
    assert run(*arguments.split(" ")) == 64
    assert said in capsys.readouterr().err
    assert store.mutes(SYSTEM_CLOCK.now()) == []


@pytest.mark.parametrize("arguments", ["outages", "mute", "mute acme --for 2h --why x", "unmute acme"])
def test_a_database_that_is_not_there_is_not_made(folder: Path, capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    assert run(*arguments.split()) == 69
    assert "vendorwatch.db: there is no database yet; `vendorwatch run` makes it" in capsys.readouterr().err
    assert [file.name for file in folder.iterdir()] == ["config"]


def test_a_database_that_is_not_as_this_release_writes_it_is_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "vendorwatch.db").touch()
    assert run("outages") == 69
    assert "is empty or of an older release; start the daemon" in capsys.readouterr().err
    assert (folder / "vendorwatch.db").read_bytes() == b""


BROKEN = "name: Acme\nendpoint: 5\n"
"""A vendor's file with a mistake."""


def test_a_mistake_in_a_file_that_is_not_needed_is_a_warning(
    folder: Path, store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config" / "vendors" / "acme.yaml").write_text(BROKEN)
    (folder / "config" / "monitor.yaml").write_text("confirm: {fall: -1}\nnotify: {webhooks: [{name: ops}]}\n")
    store.write([aside(outages=(outage_of("acme", 3, lasted=1),))])
    for arguments in ("mute acme --for 2h --why x", "unmute acme", "mute", "outages acme"):
        assert run(*arguments.split()) == 0
        assert (
            capsys.readouterr().err == "vendorwatch: the configuration has 3 mistakes: `vendorwatch validate` tells them\n"
        )
    assert run("validate") == 1
    assert len(capsys.readouterr().err.splitlines()) == 3
    (folder / "config" / "monitor.yaml").unlink()
    assert run("outages", "--config", "config") == 0
    assert capsys.readouterr().err.endswith("has 1 mistake: `vendorwatch validate --config config` tells it\n")


@pytest.mark.parametrize(
    "settings",
    [
        "database: 5",
        "database: sqlite:///a.db\ndatabase: sqlite:///b.db",
        "databse: sqlite:///elsewhere.db",
        "listen: '[",
        "notify:\n  webhooks: [}",
        "- database",
    ],
)
def test_nothing_is_asked_of_a_store_that_may_be_another(
    folder: Path, store: SqlStore, capsys: pytest.CaptureFixture[str], settings: str
) -> None:
    (folder / "config" / "monitor.yaml").write_text(settings)
    assert run("mute", "acme", "--for", "2h", "--why", "x") == 78
    assert "config/monitor.yaml:" in capsys.readouterr().err
    assert store.mutes(SYSTEM_CLOCK.now()) == []


def test_a_folder_that_is_not_there_is_a_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("outages", "--config", str(folder / "conf")) == 78
    assert "there is no configuration that can be read here" in capsys.readouterr().err


def test_who_was_watched_once_can_be_muted(store: SqlStore, capsys: pytest.CaptureFixture[str]) -> None:
    store.write([record("gone/tls/smtp")])
    assert run("mute", "gone", "--for", "2h", "--why", "x") == 0
    assert run("mute", "gome", "--for", "2h", "--why", "x") == 64
    assert "did you mean gone?" in capsys.readouterr().err
    assert [one.vendor for one in store.mutes(SYSTEM_CLOCK.now())] == ["gone"]


HOOK = "{name: ops, url: 'http://127.0.0.1:1/'}"


def test_people_can_be_tried_while_a_vendors_file_is_broken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "config" / "vendors" / "acme.yaml").write_text(BROKEN)
    (folder / "config" / "monitor.yaml").write_text(f"notify: {{webhooks: [{HOOK}]}}\n")
    assert run("notify", "test") == 2
    tried = capsys.readouterr()
    assert tried.out.startswith("ops: not told: 127.0.0.1:1 refused the connection")
    assert tried.err == "vendorwatch: the configuration has 1 mistake: `vendorwatch validate` tells it\n"
    (folder / "config" / "monitor.yaml").write_text(f"notify: {{webhooks: [{HOOK}, {{name: chat}}]}}\n")
    assert run("notify", "test", "ops") == 78


def test_what_waits_can_be_seen_while_nobody_knows_who_is_to_be_told(
    folder: Path, store: SqlStore, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config" / "monitor.yaml").write_text(f"notify: {{webhooks: [{HOOK}, {{nam: chat}}]}}\n")
    assert run("notify", "status") == 0
    assert "nobody is told" not in capsys.readouterr().err
    store.write([aside(message(channel="ops"))])
    assert run("notify", "status", "--format", "json") == 0
    (ops,) = json.loads(capsys.readouterr().out)["channels"]
    assert (ops["channel"], ops["waiting"], ops["configured"]) == ("ops", 1, None)
    assert run("notify", "status") == 0
    assert "monitor.yaml" not in capsys.readouterr().out
    assert run("notify", "forget", "ops") == 0
