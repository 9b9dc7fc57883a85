"""A platform that cannot be read as a whole: found in what is watched, told once, and told to who looks on demand."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from checks.check import all_checks
from checks.model import Failure, Observation, Reason, State, Target
from checks.status.known import Known
from checks.status.platform import Page
from checks.values import Url
from checks.vendor import Vendor
from monitor.correlate import PageLook, Sight, Unreadable
from monitor.platforms import Platforms
from monitor.report import Look, by_vendor, document
from monitor.show import show_reports
from monitor.snapshot import Entry, page_looks
from monitor.state import Held
from tests.support.build import T0, targets, vendor
from tests.support.status import look as read
from tests.support.status import page, recording

GOOD = read(page("statuspage"), recording("statuspage/calm.json"))
BROKEN = Unreadable(platform="statuspage", pages=4, failed=3, reason=Reason.PARSE)


def seen(target: Target[Any], reason: Reason | None) -> Observation[Any]:
    """A look at *target* that failed for *reason*, or a good one."""
    failure = Failure(reason, "...") if reason else None
    return Observation(key=target.key, at=T0, seconds=0.1, facts=None if reason else GOOD, failure=failure)


def watched(platform: str = "statuspage", memo: str = "") -> Entry:
    """A status page that nobody looked at yet."""
    (target,) = targets(vendor(url=None, page="https://status.acme.test/"))
    page_settings = replace(target.settings, platform=platform)
    held = Held(State.UNKNOWN, T0, memo=memo)
    return Entry(target=replace(target, settings=page_settings), check=all_checks()["status"], held=held)


def why(entry: Entry) -> list[PageLook]:
    return list(page_looks([entry]))


def test_the_newest_look_at_each_page_counts() -> None:
    entry = watched()
    page_look = PageLook(platform="statuspage", url="https://status.acme.test")
    assert why(entry) == [page_look]
    failed = entry.after(seen(entry.target, Reason.PARSE), entry.held)
    assert why(failed) == [replace(page_look, why=Reason.PARSE)]
    assert why(failed.after(seen(entry.target, None), entry.held)) == [page_look]


def test_a_failure_counts_when_something_else_could_be_seen() -> None:
    entry = watched()
    for sight, reason in {Sight.BLIND: None, Sight.UNSURE: None, Sight.CLEAR: Reason.TIMEOUT}.items():
        assert [each.why for each in why(entry.after(seen(entry.target, Reason.TIMEOUT), entry.held, sight))] == [reason]


KNOWN = Known(platform="instatus", url="https://status.acme.test/", address="https://status.acme.test/")


def test_a_page_without_a_configured_platform_is_of_that_which_was_found_last() -> None:
    assert [each.platform for each in why(watched(platform="", memo=str(KNOWN)))] == ["instatus"]
    assert why(watched(platform="")) == []


def test_what_is_no_status_page_is_no_page() -> None:
    (target,) = targets(vendor(), check="endpoint")
    entry = Entry(target=target, check=all_checks()["endpoint"], held=Held.initial(T0))
    assert why(entry.after(seen(target, Reason.PARSE), entry.held)) == []


def test_it_is_logged_when_it_begins_and_when_it_ends_and_never_in_between(caplog: pytest.LogCaptureFixture) -> None:
    platforms = Platforms()
    with caplog.at_level(logging.INFO):
        for found in (None, BROKEN, BROKEN, replace(BROKEN, failed=4), None, None, BROKEN):
            platforms.take_in({"aws": None, "statuspage": found})
        platforms.take_in({"aws": None})
    began, ended = "a platform is unreadable", "a platform can be read again"
    assert [record.getMessage() for record in caplog.records] == [began, ended, began]
    first = vars(caplog.records[0])
    assert {name: first[name] for name in ("platform", "pages", "failed", "reason")} == {
        "platform": "statuspage",
        "pages": 4,
        "failed": 3,
        "reason": "parse",
    }


def looks(
    *reasons: Reason | None, platform: str = "statuspage", sight: Sight = Sight.CLEAR
) -> tuple[list[Vendor], list[Look]]:
    """A look at the page of as many vendors."""
    vendors = [vendor(f"v{number}", url=None, page=f"https://status.v{number}.test") for number in range(len(reasons))]
    found = []
    for target, reason in zip(targets(*vendors), reasons, strict=True):
        told = replace(target, settings=Page(url=Url(target.settings.url), platform=platform))
        found.append(Look(target=told, check=all_checks()["status"], observation=seen(told, reason), sight=sight))
    return vendors, found


def shown(*reasons: Reason | None, **how: Any) -> tuple[str, Any]:
    """What a look at these pages prints, and its document."""
    reports = by_vendor(*looks(*reasons, **how))
    out = Console(file=io.StringIO(), width=200)
    show_reports(reports, out)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue(), document(reports)["platforms_unreadable"]


def test_who_looks_on_demand_is_told_once() -> None:
    text, told = shown(Reason.PARSE, Reason.PARSE, Reason.BLOCKED, None)
    assert text.count("Platform unreadable") == 1
    assert "3 of 4 pages of Atlassian Statuspage could not be read, most for the reason parse" in text
    assert told == [{"platform": "statuspage", "pages": 4, "failed": 3, "reason": "parse"}]


@pytest.mark.parametrize(
    ("reasons", "how"),
    [
        ((Reason.PARSE, Reason.PARSE), {}),
        ((Reason.PARSE, Reason.PARSE, None), {}),
        ((Reason.TIMEOUT,) * 3, {"sight": Sight.BLIND}),
        ((Reason.TIMEOUT,) * 3, {"sight": Sight.UNSURE}),
        ((Reason.PARSE,) * 3, {"platform": ""}),
    ],
)
def test_nothing_is_told_of_what_is_chance_or_ours(reasons: tuple[Reason | None, ...], how: dict[str, Any]) -> None:
    text, told = shown(*reasons, **how)
    assert "Platform unreadable" not in text
    assert told == []


def test_on_demand_a_page_is_of_the_platform_that_read_it() -> None:
    _, told = shown(None, None, None, platform="")
    assert told == []
    vendors, found = looks(None, Reason.PARSE, Reason.PARSE, Reason.PARSE)
    found[0] = replace(found[0], target=replace(found[0].target, settings=Page(url=Url("https://status.v0.test"))))
    assert document(by_vendor(vendors, found))["platforms_unreadable"] == [
        {"platform": "statuspage", "pages": 4, "failed": 3, "reason": "parse"}
    ]
