from __future__ import annotations

from time import process_time

from checks.status.platform import Page
from checks.values import Url
from tests.support.status import look

PAGE = Page(url=Url("https://mirror.acme.test/en-us/status/feed/"), platform="azure")


def feed(entries: int, categories: list[str]) -> bytes:
    named = "".join(f"<category>{name}</category>" for name in categories)
    items = "".join(f"<item><title>Slow</title><guid>{number}</guid>{named}</item>" for number in range(entries))
    return f"<rss><channel><title>Azure Status</title>{items}</channel></rss>".encode()


def test_categories_that_repeat_are_read_once_and_cost_little() -> None:
    body = feed(100, ["Virtual Machines", "West Europe"] * 50)
    began = process_time()
    report = look(PAGE, {PAGE.url: body}).report
    assert process_time() - began < 2, "measured at 40 ms, most of it for reading XML; the rest is for a busy machine"
    assert [component.label for component in report.components] == ["Virtual Machines (West Europe)"]
    assert len(report.incidents) == 100


def test_more_places_than_are_read_are_told_as_cut_also_where_they_are_the_same() -> None:
    services = [f"Service {number}" for number in range(90)]
    report = look(PAGE, {PAGE.url: feed(60, [*services, "West Europe"])}).report
    assert report.component_count == 90
    assert report.cut_events == ("no more than 5000 places of services are read",)
