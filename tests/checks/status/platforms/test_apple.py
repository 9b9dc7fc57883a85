from __future__ import annotations

import json

from checks.status.platform import Page
from checks.values import Url
from tests.support.status import look

PAGE = Page(url=Url("https://www.apple.com/support/systemstatus/data/system_status_en_US.js"), platform="apple")


def service(number: int, events: int) -> dict[str, object]:
    event = {"statusType": "Issue", "eventStatus": "ongoing", "message": f"event of {number}"}
    return {"serviceName": f"s{number}", "events": [event | {"messageId": f"{number}-{index}"} for index in range(events)]}


def test_more_events_than_are_kept_are_told_as_cut() -> None:
    many = {"services": [service(number, 1) for number in range(120)]}
    report = look(PAGE, {PAGE.url: json.dumps(many).encode()}).report
    assert len(report.incidents) == 100
    assert report.cut_events == ("the first 100 events",)


def test_more_events_of_one_service_than_are_read_are_told_as_cut() -> None:
    report = look(PAGE, {PAGE.url: json.dumps({"services": [service(1, 40)]}).encode()}).report
    assert len(report.incidents) == 30
    assert report.cut_events == ("$.services[0].events: the first 30 of 40",)


def test_events_of_all_services_together_are_cut_too() -> None:
    many = {"services": [service(number, 30) for number in range(100)]}
    cut = look(PAGE, {PAGE.url: json.dumps(many).encode()}).report.cut_events
    assert cut[0] == "$.services[66].events: the first 20 of 30"
    assert cut[1] == "$.services[67].events: the first 0 of 30"
