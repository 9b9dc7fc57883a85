"""What a StatusPal page may be at most."""

from __future__ import annotations

import json

from tests.support.cases import Loopback, cases, read
from tests.support.network import answer

CALM = next(case for case in cases("statuspal") if case.name == "all well")


def test_more_services_than_anybody_has_are_cut_and_that_is_told() -> None:
    def service(number: int, *children: object) -> dict[str, object]:
        return {"id": number, "name": f"S{number}", "current_incident_type": None, "children": children}

    groups = [service(group, *(service(group * 1000 + at) for at in range(900))) for group in (1, 2, 3)]
    body = {"status_page": {"name": "Acme", "subdomain": "acme", "current_incident_type": None}, "services": groups}
    report = read(CALM, Loopback(otherwise=answer(json.dumps(body).encode())))
    assert len(report.components) == 2000
    assert report.cut == ("no more than 2000 services are read",)
