from __future__ import annotations

import json
from dataclasses import replace
from time import process_time

import pytest

from checks.model import Reason, Unseen
from checks.status import CHECK
from checks.status.platform import Page
from checks.status.platforms.aws import converse
from checks.values import Url
from checks.vendor import ComponentRef
from tests.support.network import answer
from tests.support.status import look

PAGE = Page(url=Url("https://mirror.acme.test/public/currentevents"), platform="aws")


def event(number: int, services: int, changes: int) -> dict[str, object]:
    change = {"service": "svc0-eu-west-1", "timestamp": 1777881700000}
    return {
        "date": "1777881600",
        "arn": f"arn:aws:health:eu-west-1::event/{number}",
        "status": "1",
        "service": "multipleservices-eu-west-1",
        "summary": f"Slow {number}",
        "impacted_services": {f"svc{index}-eu-west-1": {"current": "1"} for index in range(services)},
        "impacted_service_status_changes": [change] * changes,
        "event_log": [change] * changes,
    }


def test_more_services_of_events_than_are_read_are_told_as_cut_and_cost_little() -> None:
    body = json.dumps([event(number, 300, 1000) for number in range(60)]).encode()
    began = process_time()
    report = look(PAGE, {PAGE.url: body}).report
    assert process_time() - began < 4, "measured at 200 ms, most of it for reading JSON; the rest is for a busy machine"
    assert "no more than 4000 services of events are read" in report.cut_events
    assert report.component_count == 300


def test_a_catalogue_that_hangs_does_not_end_the_look() -> None:
    page = replace(PAGE, scope=(ComponentRef(name="AWS Lambda"),))
    conversation = converse(page)
    next(conversation)
    asked = conversation.send(answer(b"[]", url=page.url))
    assert asked.within is not None
    assert asked.within < CHECK.deadline
    with pytest.raises(StopIteration) as end:
        conversation.throw(Unseen(Reason.TIMEOUT, "no answer"))
    assert end.value.value.strange == {}
