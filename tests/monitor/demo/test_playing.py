"""What is told of what the daemon says: what is new, how long it took, what was not seen, and who was blamed for us."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain, count, repeat
from pathlib import Path
from typing import cast

import pytest

from monitor.clock import Clock
from monitor.demo import playing
from monitor.demo.playing import Play
from monitor.demo.script import Act
from monitor.demo.sights import OURSELVES, Fact, leads, sights
from monitor.demo.watcher import PREFERRED, Watcher, WatcherEnded, free_address, watching
from monitor.demo.world import World
from monitor.show.story import Story
from tests.support.programs import free_address as some_address

UP = 'vendor_state{vendor="mail",state="up"} 1\nvendor_state{vendor="mail",state="down"} 0\n'
DOWN = 'vendor_state{vendor="mail",state="up"} 0\nvendor_state{vendor="mail",state="down"} 1\n'
EXPECTED = {Fact("mail", "state"): frozenset({"down"})}


class Pages:
    """A daemon whose page of metrics is one of *pages* after the other, and the last one from then on."""

    def __init__(self, *pages: str) -> None:
        self._pages = chain(pages, repeat(pages[-1]))

    async def metrics(self) -> str:
        return next(self._pages)


class Stage:
    """A world in which a minute of the script takes a second."""

    minute = timedelta(seconds=1)


async def nothing(_: World) -> None:
    pass


def played(pages: Iterable[str], *acts: Act, monkeypatch: pytest.MonkeyPatch) -> Play:
    """A play of *acts* by a clock that goes on by a second whenever it is asked."""
    monkeypatch.setattr(playing, "_LOOK_SECONDS", 0)
    seconds = count()
    clock = Clock(now=lambda: datetime.now(UTC), monotonic=lambda: float(next(seconds)))
    play = Play(cast("World", Stage()), cast("Watcher", Pages(*pages)), Story(), clock)
    asyncio.run(play.run(acts))
    return play


def test_what_is_new_is_told_and_what_was_expected_is_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    play = played([UP, UP, DOWN], Act(12, "mail fails", nothing, EXPECTED), monkeypatch=monkeypatch)
    play.add_up()
    (outcome,) = play.outcomes
    assert outcome.is_well
    assert outcome.seconds == 6.0
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "09:12  mail fails"
    assert lines[1].split() == ["mail", "state", "up", "->", "down", "(6.0", "s)"]
    assert lines[2:] == ["", "09:12  mail fails: seen in 6.0 s"]


def test_what_is_never_seen_is_told_after_a_while(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    play = played([UP], Act(58, "mail fails", nothing, EXPECTED), Act(59, "no more", nothing), monkeypatch=monkeypatch)
    play.add_up()
    assert [outcome.is_well for outcome in play.outcomes] == [False, True]
    assert "09:58  mail fails: not seen within 60 s" in capsys.readouterr().out


def test_an_act_that_takes_longer_waits_longer_and_says_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stage, "minute", timedelta(seconds=78))
    (outcome,) = played([UP], Act(59, "mail fails", nothing, EXPECTED), monkeypatch=monkeypatch).outcomes
    assert str(outcome) == "mail fails: not seen within 78 s"


@pytest.mark.parametrize(("lead", "told"), [("7.5", "admitted it: mail 7.5 s"), ("-5.9", ""), ("0", "")])
def test_only_what_we_knew_before_is_told_as_that(
    lead: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = f'{UP}vendor_outage_lead_seconds{{vendor="mail"}} {lead}\n'
    played([page], Act(59, "nothing", nothing), monkeypatch=monkeypatch).add_up()
    assert capsys.readouterr().out.partition("known before the vendor ")[2].strip() == told


def test_whoever_is_down_for_what_was_ours_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    act = Act(54, "we fail", nothing, {}, spares=True)
    (blamed,) = played([UP, DOWN, UP], act, monkeypatch=monkeypatch).outcomes
    assert not blamed.is_well
    assert str(blamed).endswith("blamed for it: mail")
    (spared,) = played([UP], act, monkeypatch=monkeypatch).outcomes
    assert spared.is_well
    assert str(spared).endswith("no vendor is blamed")


def test_a_page_that_cannot_be_had_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played([DOWN, "", DOWN], Act(30, "nothing", nothing), monkeypatch=monkeypatch)
    assert "->" not in capsys.readouterr().out


def test_facts_are_read_from_metrics() -> None:
    page = (
        "# HELP vendor_state words\n" + UP + 'vendor_claim_state{vendor="mail",state="degraded"} 1\n'
        'vendor_disagreement{vendor="mail",kind="probe_down_claim_ok"} 0\n'
        'vendor_disagreement{vendor="maps",kind="probe_down_claim_ok"} 1\n'
        'vendor_tls_grade{vendor="mail",check="tls",target="127.0.0.1:1",grade="A+"} 1\n'
        'vendor_tls_grade{vendor="mail",check="tls",target="127.0.0.1:1",grade="B"} 0\n'
        'vendor_target_findings{vendor="mail",check="certificate",target="127.0.0.1:1",severity="ok"} 2\n'
        'vendor_target_findings{vendor="mail",check="certificate",target="127.0.0.1:1",severity="critical"} 1\n'
        'vendor_target_findings{vendor="mail",check="certificate",target="127.0.0.1:1",severity="unknown"} 0\n'
        'vendor_target_findings{vendor="mail",check="endpoint",target="api",severity="critical"} 1\n'
        'vendorwatch_egress_state{state="ok"} 1\n'
        'vendor_outage_lead_seconds{vendor="mail"} 7.5\nprocess_cpu_seconds_total 3\n'
    )
    assert sights(page) == {
        ("mail", "state"): "up",
        ("mail", "claim"): "degraded",
        ("mail", "disagreement"): "none",
        ("maps", "disagreement"): "probe_down_claim_ok",
        ("mail", "grade"): "A+",
        ("mail", "certificate"): "critical",
        (OURSELVES, "state"): "ok",
    }
    assert leads(page) == {"mail": 7.5}


def test_where_the_usual_port_is_taken_another_is() -> None:
    async def story() -> None:
        host, _, port = PREFERRED.rpartition(":")
        try:
            server = await asyncio.start_server(lambda *_: None, host, int(port))
        except OSError:
            assert free_address() != PREFERRED
            return
        async with server:
            assert free_address() not in {PREFERRED, f"{host}:0"}

    asyncio.run(story())


@pytest.mark.slow
def test_a_daemon_that_does_not_start_says_why(tmp_path: Path) -> None:
    directory = tmp_path / "config"
    directory.mkdir()
    (directory / "monitor.yaml").write_text("listening: 127.0.0.1:9877\n")

    async def story() -> None:
        async with watching(directory, some_address()) as watcher:
            await watcher.ready()

    with pytest.raises(WatcherEnded, match=r"(?s)ended with 78:.*did you mean listen"):
        asyncio.run(story())
