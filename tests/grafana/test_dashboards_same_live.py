"""What dashboards show is of those that were chosen, of one daemon or of two, and there for every span of time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from tests.support.answers import Fault, Viewer, opened
from tests.support.backfill import FIRST, Database, FleetDatabase
from tests.support.expressions import selectors
from tests.support.fieldnames import given, shown_as
from tests.support.panels import Document, Query, notes, panels, plain, queries
from tests.support.truths import Truth, truths
from tests.support.vocabulary import vocabulary

pytestmark = pytest.mark.slow

ABOUT_VENDORS = ("vendor-overview", "vendor-detail", "vendor-slo", "vendor-tls")
SLUGS = ("lumen", "quayside", "pinemail", "orchid", "brass", "marl", "tallow")
CHOSEN = {"vendor-detail": ("quayside",)}
"""Where one vendor is chosen: one that is down."""
SOON = 60.0
"""Seconds by which what was scraped of one daemon may be older."""
SPANS = ("15m", "6h", "24h", "30d")
RARE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("Changes of state", "Missed, and bugs", "Errors and losses", "Messages"), ("15m",)),
    "Starts": ("15m",),
    "Own network in doubt": ("15m", "6h"),
    "Renewed in the time shown": ("15m", "6h", "24h"),
    "Looks that saw nothing, an hour, by reason": ("15m", "6h", "24h"),
    "Outages in this range": ("30d",),
    "Certificates": SPANS,
    "Maintenance": SPANS,
}
"""Panels and notes that are rightly empty over some spans: of what did not happen lately, or never to this vendor, and
outages that are shorter than a step."""


def is_rare(fault: Fault, span: str) -> bool:
    """Whether there is rightly nothing."""
    _, panel, last = fault.what.split(" / ")
    return fault.why == "empty" and span in RARE.get(last if panel == "annotation" else panel, ())


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("uid", [*ABOUT_VENDORS, "vendorwatch"])
def test_panels_have_answers_over_every_span(uid: str, span: str, fleet: FleetDatabase) -> None:
    seen = opened(fleet, uid, *CHOSEN.get(uid, ()), span=span)
    assert [fault for fault in seen.faults() if not is_rare(fault, span)] == []


ANNOTATIONS: Mapping[str, Callable[[Truth], bool]] = {
    "Outages": lambda truth: truth.standing.outage is not None,
    "Maintenance": lambda truth: bool(truth.standing.works),
}


@pytest.mark.parametrize("name", ANNOTATIONS)
@pytest.mark.parametrize("uid", ABOUT_VENDORS)
def test_notes_are_there_while_what_they_note_is(uid: str, name: str, fleet: FleetDatabase) -> None:
    expression = dict(notes(opened(fleet, uid).document))[name].replace("$vendor", ".*")
    true = {slug for slug, truth in truths(fleet.fleet).items() if ANNOTATIONS[name](truth)}
    assert {each["metric"]["vendor"] for each in fleet.instant(expression)} == true


@pytest.mark.parametrize("uid", ABOUT_VENDORS)
def test_who_chooses_a_vendor_sees_that_one_alone(uid: str, fleet: FleetDatabase) -> None:
    for slug in SLUGS:
        seen = opened(fleet, uid, slug)
        for query in queries(seen.document):
            found = {each["metric"].get("vendor", slug) for each in seen.ask(query)}
            assert found <= {slug}, query.name


@pytest.mark.parametrize("uid", ABOUT_VENDORS)
def test_two_daemons_give_the_numbers_of_one(uid: str, fleet: FleetDatabase) -> None:
    """But for what daemons count: each of them looks."""
    both = opened(fleet, uid, *CHOSEN.get(uid, ()))
    one = Viewer(OfOne(fleet.address), both.document, both.window, both.wanted)
    for query in queries(both.document):
        if query.is_instant and not counts(plain(query.expression, both.document)):
            is_shown = has_number(both.document, query)
            # A look may end between the two; not each time.
            pairs = ((told(both.ask(query), is_shown=is_shown), told(one.ask(query), is_shown=is_shown)) for _ in range(3))
            assert any(of_both == of_one for of_both, of_one in pairs), query.name


def has_number(document: Document, query: Query) -> bool:
    """Whether the number of *query* is shown, and not only its labels."""
    panel = next(each for each in panels(document) if each.get("title") == query.panel)
    fields = given(panel, document, vocabulary())
    assert fields is not None
    return panel["type"] != "table" or bool({"Value", f"Value #{query.ref}"} & shown_as(panel, fields).keys())


def counts(expression: str) -> bool:
    """Whether a counter is asked for."""
    return any(vocabulary().is_counter(each.name) for each in selectors(expression))


def told(answer: Sequence[Mapping[str, Any]], *, is_shown: bool) -> dict[str, object]:
    """The numbers of an answer by the labels of their series; what is long ago may be scraped later."""
    found = {json.dumps(each["metric"], sort_keys=True): float(each["value"][1]) for each in answer}
    return {
        name: pytest.approx(number, abs=SOON if abs(number) > 2 * SOON else 0.01) if is_shown else None
        for name, number in found.items()
    }


class OfOne(Database):
    """The same database as if it knew one daemon only."""

    def instant(self, query: str, at: float | None = None) -> list[dict[str, Any]]:
        """The result of an instant query."""
        names = "|".join(sorted(vocabulary().families, key=len, reverse=True))
        return super().instant(re.sub(rf"(?<![:\w])({names})(?![:\w])(\{{)?", _of_one, query), at)


def _of_one(found: re.Match[str]) -> str:
    return f'{found[1]}{{instance="{FIRST}"' + (", " if found[2] else "}")
