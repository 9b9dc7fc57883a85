"""Two megabytes made to be slow to read: they are read or refused in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest

from checks.model import Failure, Unseen
from checks.status.facts import StatusFacts
from checks.status.platform import Page, all_platforms
from tests.support.growth import MEGABYTES, Cost, costs, growing
from tests.support.status import look, page


def look_or_failure(target: Page, body: bytes) -> StatusFacts | Failure:
    try:
        return look(target, body)
    except Unseen as unseen:
        return unseen.failure


def _json(**members: Any) -> bytes:
    return json.dumps({"page": {"id": "p"}, "status": {"indicator": "none"}, **members}).encode()


def _links(count: int, key: str) -> list[dict[str, Any]]:
    return [{key: str(number)} for number in range(count)]


def _statusio(**members: Any) -> bytes:
    return json.dumps({"result": {"status_overall": {"status_code": 100}, **members}}).encode()


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "components": ("statuspage", lambda: _json(components=[{"id": "c", "name": "n", "status": "operational"}] * 45_000)),
    "places": (
        "statusio",
        lambda: _statusio(
            status=[
                {
                    "id": "c",
                    "name": "n",
                    "status_code": 100,
                    "containers": [{"id": "r", "name": "r", "status_code": 100}] * 100,
                }
            ]
            * 300
        ),
    ),
    "links": (
        "statusio",
        lambda: _statusio(incidents=[{"_id": "i", "name": "n", "components_affected": _links(1000, "_id")}] * 100),
    ),
    "touched": (
        "statuspage",
        lambda: _json(incidents=[{"id": "i", "name": "n", "components": _links(1000, "id")}] * 100),
    ),
    "attributes": (
        "feed",
        lambda: b"<feed " + b" ".join(b'a%d="1"' % number for number in range(MEGABYTES // 13)) + b"/>",
    ),
    "nested": ("statuspage", lambda: b"[" * MEGABYTES),
    "elements": ("feed", lambda: b"<feed>" + b"<a/>" * (MEGABYTES // 4)),
    "entries": ("feed", lambda: b"<feed>" + b"<entry><title>x</title></entry>" * 16_000 + b"</feed>"),
    "text": ("feed", lambda: b"<feed><title>" + b"x&amp;" * (MEGABYTES // 6) + b"</title></feed>"),
    "prose": (
        "feed",
        lambda: b"<feed>" + b"<entry><title>%s</title></entry>" % (b"not resolved " * 150) * 1000 + b"</feed>",
    ),
}


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b'{"id": "x", "a": [{"b": [1]}]}', ["a", "a/*", "a/* in each", "a/*/b", "a/*/b in each"]),
        (
            b'{"id": "x", "beats": {"7": [1], "9": [2]}}',
            ["beats", "beats/*", "beats/* in each"],
        ),
        (b"<p>(1)</p><span>[1]</span>", ["$"]),
        (
            b"<rss><item><title>t</title><category>c</category></item></rss>",
            ["entries", "title in one entry", "title in each entry", "category in one entry", "category in each entry"],
        ),
        (b"nothing", []),
    ],
)
def test_every_repetition_of_a_document_grows(body: bytes, places: list[str]) -> None:
    grown = {place: grow() for place, grow in growing(body)}
    assert list(grown) == places
    assert all(MEGABYTES * 0.7 < len(each) < MEGABYTES * 1.3 for each in grown.values())


@pytest.mark.slow
@pytest.mark.parametrize("platform", all_platforms())
def test_two_megabytes_of_a_platforms_own_lists_are_read_in_time(platform: str) -> None:
    """In time is some fifty milliseconds beside those that decoding takes, on a machine that has nothing else to do.

    One that had something else to do is asked again: a reader that is slow is slow each time.
    """
    worst = [max(costs(platform, every=5), default=Cost(0, 0, "nothing grows"))]
    while not _is_in_time(worst[-1]) and len(worst) < 4:
        worst.append(max(costs(platform, every=5)))
    assert _is_in_time(worst[-1]), worst


def _is_in_time(cost: Cost) -> bool:
    return cost.read < 0.3 + 6 * cost.decode


@pytest.mark.parametrize("name", HOSTILE)
def test_two_hostile_megabytes_are_read_or_refused_in_time(name: str) -> None:
    platform, make = HOSTILE[name]
    body = make()
    began = perf_counter()
    look_or_failure(page(platform), body)
    assert perf_counter() - began < 2, "measured at 20 to 100 ms; the rest is for a busy machine"
