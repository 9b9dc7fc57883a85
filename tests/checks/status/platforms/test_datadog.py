"""What data cannot show of Datadog's pages: a tree of thousands of components is read to a bound, and that is told."""

from __future__ import annotations

import json
from typing import Any

from checks.model import Claim
from checks.vendor import ComponentRef
from tests.support.status import Heard, look, page

URL = "https://status.routewell.test"


def group(number: int, size: int) -> dict[str, Any]:
    leaves = [{"id": f"{number}-{at}", "name": f"c{at}", "status": "operational", "type": "Component"} for at in range(size)]
    return {"id": f"g{number}", "name": f"Group {number}", "type": "ComponentGroup", "components": leaves}


def hear(*, groups: int, size: int, wanted: str) -> Heard:
    components = [group(number, size) for number in range(groups)]
    document = {"id": "p", "name": "Routewell", "components": components, "incidents": [], "maintenances": None}
    settings = page("datadog", ComponentRef(id=wanted), url=URL)
    return Heard(look(settings, {f"{URL}/config.json": json.dumps(document).encode()}), settings)


def test_what_is_within_the_bound_is_found_and_nothing_is_said_of_a_cut() -> None:
    heard = hear(groups=3, size=600, wanted="2-599")
    assert heard.claim is Claim.OPERATIONAL
    assert heard.facts.report.cut == ()


def test_a_tree_beyond_the_bound_is_cut_and_says_so() -> None:
    heard = hear(groups=4, size=600, wanted="3-599")
    assert heard.claim is Claim.UNKNOWN
    assert "no more than 2000 components" in heard.message("status.cut")
