from __future__ import annotations

import pytest

from checks.status.platform import Page
from checks.values import Url
from tests.support.status import look

PAGE = Page(url=Url("https://mirror.acme.test/status/api/notifications/feed.rss"), platform="ibm")


def feed(entries: int, resources: int) -> bytes:
    listed = ",".join(f"res{number}" for number in range(resources))
    items = "".join(
        f"<item><title>Slow</title><guid>{number}</guid><description>Type: incident Resources: {listed}</description></item>"
        for number in range(entries)
    )
    return f"<rss><channel><title>IBM Cloud</title>{items}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("entries", "resources", "is_cut"), [(1, 499, False), (1, 600, True), (8, 400, True), (7, 400, False)]
)
def test_more_resources_than_are_read_are_told_as_cut_also_where_they_are_the_same(
    entries: int,
    resources: int,
    is_cut: bool,  # noqa: FBT001 - a column of the table
) -> None:
    report = look(PAGE, {PAGE.url: feed(entries, resources)}).report
    assert bool(report.cut_events) is is_cut
