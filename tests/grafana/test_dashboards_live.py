"""Everything that the dashboards ask, asked of a real Prometheus with thirty days of a fleet in it, and live since.

The fleet is built once for all of these tests: by the name of this file they stay in one process of pytest-xdist.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import Fault, Viewer, wrong
from tests.support.backfill import Database, serving
from tests.support.crowd import crowd_database
from tests.support.expressions import selectors
from tests.support.panels import Choices, Document, notes, plain, queries, shown_from, variables

pytestmark = pytest.mark.slow

FILES = sorted((Path(__file__).parents[2] / "grafana/dashboards").glob("*.json"))


def choosing(file: Path) -> Mapping[str, Any]:
    """The variable of vendors, where a dashboard has one."""
    return variables(json.loads(file.read_text())).get("vendor", {})


each_dashboard = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
each_of_all = pytest.mark.parametrize(
    "file", [file for file in FILES if choosing(file).get("includeAll") or not choosing(file)], ids=lambda file: file.stem
)
each_of_one = pytest.mark.parametrize("file", [file for file in FILES if choosing(file)], ids=lambda file: file.stem)
SCRAPE_SECONDS = 60.0
"""How often the fleet is scraped in the last hours of its past, as the data source would say."""
EMPTY: Mapping[str, str] = {}
"""Queries that rightly have no answer, by the name of the dashboard and the panel, and why."""
MOST_SECONDS = 20.0
"""How long all questions of the overview may take of 300 vendors, one after the other, on a busy machine."""


def viewer(file: Path, database: Database, wanted: Choices | None = None) -> Viewer:
    """Somebody who opens the dashboard in *file* now."""
    document = json.loads(file.read_text())
    return Viewer(database, document, shown_from(document, time.time(), SCRAPE_SECONDS), wanted or {})


def unexpected(faults: Iterator[Fault]) -> list[Fault]:
    """*faults* but for what is rightly empty."""
    return [fault for fault in faults if not (fault.why == "empty" and fault.what.rpartition(" / ")[0] in EMPTY)]


@each_of_all
def test_every_query_has_an_answer_for_all_vendors(file: Path, fleet: Database) -> None:
    assert unexpected(viewer(file, fleet).faults()) == []


@each_of_one
def test_every_query_has_an_answer_for_some_vendor_alone(file: Path, fleet: Database) -> None:
    """A vendor has not all facts at once, and some panels are empty for it; none is for all of them."""
    slugs = fleet.label_values("vendor", "vendor_info", time.time() - 3600, time.time())
    faults = [fault for slug in slugs for fault in unexpected(viewer(file, fleet, {"vendor": [slug]}).faults())]
    times = Counter(faults)
    assert {fault for fault, number in times.items() if fault.why != "empty" or number == len(slugs)} == set()


def test_now_is_now(fleet: Database) -> None:
    (beat,) = fleet.instant("time() - min(vendorwatch_scheduler_heartbeat_timestamp_seconds)")
    assert float(beat["value"][1]) < 30
    assert fleet.instant('ALERTS{alertname="VendorDown", alertstate="firing", vendor="quayside"}')


def test_the_past_has_everything_in_it(fleet: Database) -> None:
    """What dashboards are proved with: each of these has been, for some vendor, within the month."""
    facts = [
        *(f'vendor_state{{state="{state}"}}' for state in ("up", "degraded", "down", "unknown", "maintenance")),
        *(f'vendor_disagreement{{kind="{kind}"}}' for kind in ("probe_down_claim_ok", "probe_ok_claim_down")),
        *(f'vendor_maintenance_active{{source="{source}"}}' for source in ("own", "announced")),
        'vendor_claim_state{state="unknown"}',
        "vendor_muted",
        'vendorwatch_egress_state{state="offline"}',
        "up == bool 0",
        "vendor:vendor_slo_burn:fast",
        "vendor:vendor_slo_burn:slow",
    ]
    assert [fact for fact in facts if not fleet.instant(f"max(max_over_time(({fact})[30d:20m])) == 1")] == []
    assert fleet.instant("max_over_time(vendor_target_flapping[1d]) == 1")
    assert fleet.instant("max_over_time(vendor_outage_lead_seconds[30d]) > 1800")
    assert fleet.instant("vendor_certificate_not_after_timestamp_seconds < time() + 7 * 86400")


def test_alerts_have_a_past(fleet: Database) -> None:
    past = fleet.over("count by (alertname) (ALERTS)", time.time() - 30 * 86_400, time.time() - 86_400, 900)
    names = {each["metric"]["alertname"] for each in past}
    assert names >= {"VendorDown", "VendorDisagreement", "VendorwatchEgressSuspect", "VendorwatchDown", "VendorSLOFastBurn"}


# That the answers above are looked at: queries that fail in each way, put into a good dashboard.

BLUNDERS = {
    "max(vendor_state{": "parse error",
    'max by (vendor) (vendor_state{vendor="nobody"})': "empty",
    "max by (vendor) (vendor_state) / 0 * 0": "no number",
    "vendor_state * on (vendor) vendor_info * on (vendor) vendor_target_state": "many-to-",
}


@pytest.mark.parametrize("expression", BLUNDERS)
@pytest.mark.parametrize("is_instant", [True, False])
def test_a_query_without_an_answer_is_noticed(expression: str, is_instant: bool, fleet: Database) -> None:  # noqa: FBT001 - both ways
    seen = viewer(FILES[0], fleet)
    document: dict[str, Any] = deepcopy(dict(seen.document))
    target = next(target for panel in document["panels"] for target in panel.get("targets", ()))
    target |= {"expr": expression, "instant": is_instant, "range": not is_instant}
    name = next(queries(document)).name
    seen.document = document
    faults = {fault.what: fault.why for fault in seen.faults()}
    assert BLUNDERS[expression] in faults[name]


def test_a_variable_without_values_is_noticed(fleet: Database) -> None:
    seen = viewer(FILES[0], fleet)
    document: dict[str, Any] = deepcopy(dict(seen.document))
    next(each for each in document["templating"]["list"] if each["type"] == "query")["query"] = (
        "label_values(vendor_inf, vendor)"
    )
    faults = Viewer(fleet, document, seen.window).faults()
    assert any(fault.what.startswith("$") and fault.why == "empty" for fault in faults)


def test_what_is_no_number_is_told_from_what_is_there() -> None:
    assert wrong([]) == "empty"
    assert wrong([{"value": [0, "NaN"]}, {"values": [[0, "NaN"], [60, "+Inf"]]}]) == "no number"
    assert wrong([{"values": [[0, "NaN"], [60, "0"]]}]) == ""


@each_dashboard
def test_nothing_fails_in_a_catalogue_of_one(file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    seen = viewer_of_crowd(file, tmp_path_factory.mktemp("one"), 1)
    assert {fault.why for fault in seen.faults} <= {"empty"}
    assert len(seen.faults) < seen.asked, "most of what there is of a vendor is there"


def test_the_overview_of_three_hundred_vendors_is_there_soon(tmp_path: Path) -> None:
    (file,) = (file for file in FILES if file.stem == "vendor-overview")
    seen = viewer_of_crowd(file, tmp_path, 300)
    assert {fault.why for fault in seen.faults} <= {"empty"}
    assert seen.seconds < MOST_SECONDS


@dataclass(frozen=True)
class Seen:
    """How looking at a dashboard went: what had no answer of how many questions, and how long all of them took."""

    faults: list[Fault]
    asked: int
    seconds: float


def viewer_of_crowd(file: Path, folder: Path, count: int) -> Seen:
    """Look at the dashboard in *file* with so many vendors in the catalogue."""
    document = json.loads(file.read_text())
    with crowd_database(folder, count, read_by(document)) as (database, end):
        began = time.monotonic()
        seen = Viewer(database, document, shown_from(document, end, SCRAPE_SECONDS))
        return Seen(list(seen.faults()), len(list(seen.asked())), time.monotonic() - began)


def read_by(document: Document) -> set[str]:
    """The names of all series that a dashboard reads."""
    texts = [query.expression for query in queries(document)] + [text for _, text in notes(document)]
    asked = (each for text in texts for each in selectors(plain(text, document)))
    return {"vendor_info", *(each.name for each in asked)}


@each_dashboard
def test_nothing_fails_where_nothing_is(file: Path, tmp_path: Path) -> None:
    with serving(tmp_path) as database:
        assert {fault.why for fault in viewer(file, database).faults()} <= {"empty"}


def test_the_only_panels_that_may_be_empty_are_there() -> None:
    asked = {query.name.rpartition(" / ")[0] for file in FILES for query in queries(json.loads(file.read_text()))}
    assert EMPTY.keys() <= asked
