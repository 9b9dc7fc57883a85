"""What a Freshstatus account may have at most."""

from __future__ import annotations

import json

from tests.support.cases import Loopback, cases, read
from tests.support.network import answer

CALM = next(case for case in cases("freshstatus") if case.name == "all well")


def test_more_components_than_anybody_has_are_cut_and_that_is_told() -> None:
    def group(number: int) -> dict[str, object]:
        leaves = [{"id": number * 1000 + at, "name": f"C{at}", "status": "OP"} for at in range(450)]
        return {"id": number, "name": f"G{number}", "components": leaves}

    body = {"components": [group(number) for number in range(1, 6)]}
    report = read(CALM, Loopback(otherwise=answer(json.dumps(body).encode())))
    assert len(report.components) == 2000
    assert report.cut_events == ("no more than 2000 components are read",)
