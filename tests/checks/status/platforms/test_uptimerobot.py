"""How far a list of monitors is followed."""

from __future__ import annotations

import json

from checks.network import Answer
from tests.support.cases import Loopback, cases, read
from tests.support.network import answer

CALM = next(case for case in cases("uptimerobot") if case.name == "all well")
LIST = "https://stats.uptimerobot.com/api/getMonitorList/qWeRt12345"


def page(number: int, **frame: object) -> Answer:
    monitor = {"monitorId": number, "name": f"M{number}", "statusClass": "success"}
    body = {"status": "ok", "data": [monitor], **frame}
    return answer(json.dumps(body).encode(), url=LIST if number == 1 else f"{LIST}?page={number}")


def test_a_list_without_end_is_given_up_and_that_is_told() -> None:
    network = Loopback(
        answers={one.url: one for one in (page(number, psp={"totalMonitors": 99}) for number in range(1, 30))}
    )
    report = read(CALM, network)
    assert len(network.sent) == 10
    assert len(report.components) == 10
    assert report.component_count == 99
    assert report.cut_events == ("10 of 99 monitors",)


def test_so_is_one_that_does_not_say_how_long_it_is() -> None:
    network = Loopback(answers={one.url: one for one in map(page, range(1, 30))})
    report = read(CALM, network)
    assert len(network.sent) == 10
    assert report.component_count == 10
    assert report.cut_events == ("the first 10 pages of monitors",)
