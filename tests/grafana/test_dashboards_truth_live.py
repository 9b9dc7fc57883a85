"""What dashboards show of the fleet now is true: read off them panel by panel, and compared with what the fleet's parts say.

See `tests.support.truths`. The present is scraped every five seconds, and availability is of samples, so moments and shares
are only about right: a wrong sign, window, unit or selector is far beyond that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from monitor.correlate import Disagreement
from monitor.standing import Work
from tests.support.answers import opened
from tests.support.backfill import FleetDatabase
from tests.support.displays import Cell, Row, lines, number, rows, series
from tests.support.panels import panels
from tests.support.truths import Truth, truths

pytestmark = pytest.mark.slow

SOON = 60.0
"""Seconds by which what is shown may be late, or the test itself."""
NEAR = 0.002
"""By how much a share of thirty days may differ: half an hour is less than a thousandth of it."""
APART = {None: "no", Disagreement.PROBE_DOWN_CLAIM_OK: "they deny it", Disagreement.PROBE_OK_CLAIM_DOWN: "fine for us"}
SLUGS = ("lumen", "quayside", "pinemail", "orchid", "brass", "marl", "tallow")


def word(found: Row, column: str) -> str:
    """The text of a cell."""
    cell = found.get(column, "")
    return cell.word if isinstance(cell, Cell) else cell


def value(found: Row, column: str) -> float | None:
    """The number of a cell; None where there is none, or a word for it."""
    cell = found.get(column)
    return cell.value if isinstance(cell, Cell) and not cell.word else None


def near(expected: float | None, tolerance: float) -> object:
    """Equal to what is about *expected*."""
    return None if expected is None else pytest.approx(expected, abs=tolerance)


def apart(truth: Truth) -> str:
    """What is said of word and measurement, where both are known."""
    is_known = truth.claim not in {"no page", "cannot be read"} and truth.state not in {"unknown", "page only"}
    return APART[truth.standing.apart] if is_known else ""


def availability(truth: Truth) -> float | None:
    """Of thirty days."""
    return truth.tally().availability


def is_left(shown: Row, truth: Truth) -> bool:
    """Whether the budget that is left follows from the availability beside it, down to -10."""
    left, available = value(shown, "Budget left"), value(shown, AVAILABLE)
    if truth.vendor.objective is None or available is None:
        return left is None
    return left == pytest.approx(max(1 - (1 - available) / (1 - truth.vendor.objective / 100), -10), abs=0.01)


AVAILABLE = "Available"
Facts = Mapping[str, Callable[[Truth], object]]
WHO: Facts = {
    "Name": lambda truth: truth.vendor.name,
    "Team": lambda truth: truth.vendor.owner,
    "Tier": lambda truth: truth.vendor.tier.value,
}
WORDS: Facts = {
    **WHO,
    "State": lambda truth: truth.state,
    "They say": lambda truth: truth.claim,
    "TLS": lambda truth: truth.grade or "",
    "Certificate": lambda truth: truth.band,
    "Muted": lambda truth: "muted" if truth.standing.is_muted else "no",
}


@pytest.mark.parametrize("slug", ["", *SLUGS])
def test_the_table_of_vendors_tells_the_truth(slug: str, fleet: FleetDatabase) -> None:
    true = {name: truth for name, truth in truths(fleet.fleet).items() if slug in {"", name}}
    shown = rows(opened(fleet, "vendor-overview", *filter(None, [slug])), "Vendors", "vendor")
    assert shown.keys() == {(name,) for name in true}
    for name, truth in true.items():
        found = shown[name,]
        assert {column: word(found, column) for column in WORDS} == {column: fact(truth) for column, fact in WORDS.items()}
        assert word(found, "Disagree") == apart(truth) or not apart(truth)
        assert value(found, AVAILABLE) == near(availability(truth), NEAR)
        assert is_left(found, truth)
        assert value(found, "Incidents") == truth.incidents


def test_open_outages_are_those_that_are_open(fleet: FleetDatabase) -> None:
    true = {name: truth for name, truth in truths(fleet.fleet).items() if truth.standing.outage}
    shown = rows(opened(fleet, "vendor-overview"), "Open outages", "vendor")
    assert shown.keys() == {(name,) for name in true}
    for name, truth in true.items():
        found, outage = shown[name,], truth.standing.outage
        assert outage is not None
        assert {column: word(found, column) for column in WHO} == {column: fact(truth) for column, fact in WHO.items()}
        assert value(found, "For") == near((truth.at - outage.opened_at).total_seconds(), SOON)
        assert value(found, "Since") == near(outage.opened_at.timestamp() * 1000, 1)
        assert value(found, "Targets down") == truth.targets_down
        assert word(found, "Admitted") == ("yes" if outage.claimed_at else "no")
        assert value(found, "Admitted after") == near(outage.lead.total_seconds() if outage.lead else None, 1)


COUNTS: Mapping[str, tuple[str, Callable[[Truth], bool]]] = {
    "Down": ("red", lambda truth: truth.state == "down"),
    "Degraded": ("yellow", lambda truth: truth.state == "degraded"),
    "Unknown": ("purple", lambda truth: truth.state == "unknown"),
    "Maintenance": ("blue", lambda truth: truth.state == "maintenance"),
    "Disagree": ("orange", lambda truth: apart(truth) not in {"", "no"}),
    "Watched": ("text", lambda _: True),
}


@pytest.mark.parametrize("slug", ["", *SLUGS])
@pytest.mark.parametrize("title", COUNTS)
def test_counts_are_right_and_coloured_once_there_is_one(title: str, slug: str, fleet: FleetDatabase) -> None:
    colour, is_so = COUNTS[title]
    true = sum(is_so(truth) for name, truth in truths(fleet.fleet).items() if slug in {"", name})
    shown = number(opened(fleet, "vendor-overview", *filter(None, [slug])), title)
    assert (shown.value, shown.colour) == (true, colour if true else "green")


@pytest.mark.parametrize("slug", SLUGS)
def test_the_head_of_a_vendor_tells_the_truth(slug: str, fleet: FleetDatabase) -> None:
    truth = truths(fleet.fleet)[slug]
    shown: dict[str, Cell] = {}
    seen = opened(fleet, "vendor-detail", slug)
    for panel in panels(seen.document):
        if panel["type"] == "stat":
            shown[panel["title"]] = number(seen, panel["title"])
    outage, standing = truth.standing.outage, truth.standing
    assert word(shown, "State") == truth.state
    assert word(shown, "They say") == truth.claim
    assert word(shown, "TLS grade") == (truth.grade or "no look yet")
    assert word(shown, "Certificate") == (truth.band or "no look yet")
    assert word(shown, "Disagree") == apart(truth) or not apart(truth)
    assert value(shown, "Down for") == near((truth.at - outage.opened_at).total_seconds() if outage else None, SOON)
    assert value(shown, "Available, 30 d") == near(availability(truth), NEAR)
    assert is_left({**shown, AVAILABLE: shown["Available, 30 d"]}, truth)
    (who,) = rows(seen, "Who", "vendor").values()
    assert {column: word(who, column) for column in WHO} == {column: fact(truth) for column, fact in WHO.items()}
    assert value(who, "Objective") == near(truth.vendor.objective and truth.vendor.objective / 100, 1e-9)
    assert word(who, "Our own work") == ("under way" if Work.OWN in standing.works else "no")
    assert word(who, "Announced work") == ("under way" if Work.ANNOUNCED in standing.works else "no")
    assert (word(who, "Muted") == "yes") is standing.is_muted
    assert (word(who, "Flapping") == "yes") is standing.is_flapping


@pytest.mark.parametrize("slug", SLUGS)
def test_lines_of_states_say_what_they_are_called_after(slug: str, fleet: FleetDatabase) -> None:
    truth = truths(fleet.fleet)[slug]
    seen = opened(fleet, "vendor-detail", slug, span="15m")
    shown = lines(seen, "What they say against what we measure")
    if truth.standing.claim:
        assert shown["they say"].word == truth.claim
    if truth.is_measured:
        assert shown["we measure"].word == truth.state
    assert (shown["outage"].word == "outage") is (truth.standing.outage is not None)
    overview = lines(opened(fleet, "vendor-overview", slug, span="6h"), "States")
    assert overview[slug if truth.is_measured else f"{slug} (its page)"].word in {truth.state, truth.claim, "unknown"}
    assert not truth.is_measured or overview[slug].word == truth.state


def test_budgets_are_spent_as_fast_as_the_past_says(fleet: FleetDatabase) -> None:
    """Three hours after an outage of seventy minutes: it is in the window of six hours, and no more in that of one."""
    truth, ago = truths(fleet.fleet)["lumen"], timedelta(days=2.4) - timedelta(hours=3)
    seen = opened(fleet, "vendor-detail", "lumen", span="3d")
    shown = series(seen, "How fast the budget is spent")
    for name, window in {"an hour": 1, "6 hours": 6, "3 days": 72, "30 days": 720}.items():
        available = truth.tally(timedelta(hours=window), before=ago).availability
        assert available is not None
        at, pace = min(shown[name], key=lambda point: abs(point[0] - (seen.window.end - ago.total_seconds())))
        assert abs(at - (seen.window.end - ago.total_seconds())) < 3600
        assert float(pace) == near(min((1 - available) / 0.001, 30), 4), name


def test_objectives_are_judged_by_the_past(fleet: FleetDatabase) -> None:
    promised = {name: truth for name, truth in truths(fleet.fleet).items() if truth.vendor.objective}
    seen = opened(fleet, "vendor-slo")
    shown = rows(seen, "Objectives, the least budget left on top", "vendor")
    assert shown.keys() == {(name,) for name in promised}
    for name, truth in promised.items():
        found = shown[name,]
        available = availability(truth)
        assert value(found, "Available") == near(available, NEAR)
        assert value(found, "Objective") == near((truth.vendor.objective or 0) / 100, 1e-9)
        spent = (1 - (value(found, "Available") or 0)) * 30 * 86_400
        assert value(found, "Time left") == near((1 - (truth.vendor.objective or 0) / 100) * 30 * 86_400 - spent, SOON)
    below = sum((value(row, "Budget left") or 0) < 0 for row in shown.values())
    assert number(seen, "Below objective") == Cell(below, "", "red" if below else "green")
    assert number(seen, "With objective").value == len(promised)
    assert number(seen, "Without").value == len(SLUGS) - len(promised)


def test_certificates_are_those_that_were_seen(fleet: FleetDatabase) -> None:
    true = {name: truth for name, truth in truths(fleet.fleet).items() if truth.certificates}
    seen = opened(fleet, "vendor-tls")
    shown = rows(seen, "Certificates, those that end first on top", "vendor")
    assert shown.keys() == {(name,) for name in true}
    for name, truth in true.items():
        found, (facts,) = shown[name,], truth.certificates
        assert word(found, "Ends") == truth.band
        assert value(found, "Days left") == near(truth.days_left, 0.01)
        assert value(found, "Chain's days left") == near(truth.days_left, 0.01)
        assert word(found, "Trusted") == ("no" if facts.fault else "yes")
        (alone,) = rows(opened(fleet, "vendor-detail", name), "Certificates", "vendor").values()
        assert word(alone, "Ends") == truth.band
        assert value(alone, "Days") == near(truth.leaf_days_left, 0.01)
        assert value(alone, "Chain's days") == near(truth.days_left, 0.01)
    assert {at[0]: word(row, "Grade") for at, row in rows(seen, "Addresses, the worst grade on top", "vendor").items()} == {
        name: truth.grade for name, truth in true.items()
    }
    bands = Counter(truth.band for truth in true.values())
    assert [number(seen, title).value for title in ("Ends soon", "Ends very soon", "Expired", "Addresses")] == [
        bands["ends soon"], bands["ends very soon"], bands["expired"], len(true)
    ]  # fmt: skip
