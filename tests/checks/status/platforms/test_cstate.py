"""What a cState page may have at most."""

from __future__ import annotations

import json

from tests.support.cases import Loopback, cases, read
from tests.support.network import answer

CALM = next(case for case in cases("cstate") if case.name == "all well")


def test_more_open_issues_than_any_page_has_are_cut_and_that_is_told() -> None:
    def system(number: int) -> dict[str, object]:
        issues = [{"title": f"I{number}-{at}", "severity": "down"} for at in range(60)]
        return {"name": f"S{number}", "status": "down", "unresolvedIssues": issues}

    head = {"is": "index", "cStateVersion": "6.0", "title": "Acme", "summaryStatus": "down"}
    body = {**head, "systems": [system(1), system(2)]}
    report = read(CALM, Loopback(otherwise=answer(json.dumps(body).encode())))
    assert len(report.incidents) == 100
    assert report.cut_events == ("the first 100 of 120 open issues",)
