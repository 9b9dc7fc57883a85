from __future__ import annotations

import json

from checks.status.platform import Page
from checks.values import Url
from checks.vendor import ComponentRef
from tests.support.status import look

PAGE = Page(
    url=Url("https://ocistatus.acme.test/api/v2/components.json"), platform="oracle", scope=(ComponentRef(region="r1"),)
)


def region(number: int, services: int) -> dict[str, object]:
    listed = [{"serviceName": f"S{index}", "serviceStatus": "NormalPerformance"} for index in range(services)]
    return {"regionName": f"r{number}", "serviceHealthReports": listed}


def test_more_services_in_regions_than_are_kept_are_told_as_cut() -> None:
    document = {"regionHealthReports": [region(number, 400) for number in range(21)]}
    report = look(PAGE, {PAGE.url: json.dumps(document).encode()}).report
    assert report.component_count == 8000
    assert report.cut == ("no more than 8000 services in regions are read",)
