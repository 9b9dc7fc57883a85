"""Better Stack: what is too long for a recording."""

from __future__ import annotations

import json

from checks.model import Claim
from checks.status.platform import Page
from checks.values import Url
from tests.support.network import answer
from tests.support.status import Heard, network, observe, recording

INDEX = "https://status.heronvision.test/index.json"


def test_more_open_reports_than_are_read_leave_others_unknown() -> None:
    document = json.loads(recording("betterstack/index.json"))
    document["included"] += [
        {"id": f"r{number}", "type": "status_report", "attributes": {"title": "Note", "aggregate_state": "operational"}}
        for number in range(101)
    ]
    settings = Page(url=Url(INDEX), platform="betterstack")
    heard = Heard(observe(settings, network({INDEX: answer(json.dumps(document).encode(), url=INDEX)})), settings)
    assert heard.facts.report.cut_events == ("the first 100 of 101 open reports",)
    assert heard.claim is Claim.UNKNOWN
