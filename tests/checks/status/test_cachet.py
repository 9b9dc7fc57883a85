"""The pages of Cachet's lists: to the end, but not without end."""

from __future__ import annotations

import json

from checks.network import Answer, Request
from checks.status.cachet import read_pages, rows_of
from checks.status.node import Node, Notes
from tests.support.network import answer

LIST = "https://status.cooper.test/api/components"


def test_a_list_that_never_ends_is_cut_and_that_is_noted() -> None:
    notes = Notes()
    reading, asked = read_pages(LIST, notes, lambda _page: True), list[str]()
    request: Request = next(reading)
    pages: list[Node] = []
    try:
        while True:
            asked.append(request.url)
            request = reading.send(page(request.url, len(asked)))
    except StopIteration as end:
        pages = end.value
    assert asked == [f"{LIST}?per_page=100", *(f"{LIST}?per_page=100&page={number}" for number in range(2, 11))]
    assert [row.value for row in rows_of(*pages)] == list(range(1, 11))
    assert notes.cut == [f"the first 10 pages of the list at {LIST}"]


def page(url: str, number: int) -> Answer:
    return answer(json.dumps({"data": [number]}).encode(), url=url)
