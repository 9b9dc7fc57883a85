"""incident.io: what is too long for a recording."""

from __future__ import annotations

import json
from typing import Any

from checks.model import Claim
from checks.status.platform import Page
from checks.values import Url
from tests.support.network import answer
from tests.support.status import Heard, network, observe

WIDGET = "https://status.ternledger.test/api/v1/summary"
NATIVE = "https://status.ternledger.test/proxy/status.ternledger.test"


def hear(url: str, document: dict[str, Any]) -> Heard:
    settings = Page(url=Url(url), platform="incidentio")
    return Heard(observe(settings, network({url: answer(json.dumps(document).encode(), url=url)})), settings)


def test_an_incident_among_more_components_than_are_read_leaves_others_unknown() -> None:
    named = [{"id": f"c{number}", "name": f"Part {number}", "current_status": "operational"} for number in range(2001)]
    events = [
        {"id": f"i{start}", "name": "Moved", "status": "monitoring", "affected_components": named[start : start + 500]}
        for start in range(0, 2001, 500)
    ]
    heard = hear(
        WIDGET, {"page_title": "Tern Ledger", "page_url": "https://status.ternledger.test", "ongoing_incidents": events}
    )
    assert len(heard.facts.report.components) == 0
    assert heard.facts.report.component_count == 2000
    assert heard.claim is Claim.UNKNOWN
    assert "no more than 2000 components are read" in heard.message("status.cut")


def test_a_structure_with_more_components_than_are_read_says_so() -> None:
    shown = [{"component_id": f"c{number}", "name": f"Part {number}"} for number in range(2000)]
    groups = [{"group": {"id": name, "name": name, "components": shown}} for name in ("Day", "Night")]
    heard = hear(NATIVE, {"summary": {"id": "x", "name": "Tern Ledger", "structure": {"items": groups}}})
    assert heard.facts.report.component_count == 2000
    assert heard.facts.report.cut == ("no more than 2000 components are read",)
    assert heard.claim is Claim.OPERATIONAL
