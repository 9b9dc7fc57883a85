"""That what is held against the truth can fail: dashboards that lie in one place, each seen by the test that is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.grafana import test_dashboards_same_live as same
from tests.grafana import test_dashboards_truth_live as truth
from tests.support import answers
from tests.support.backfill import FleetDatabase
from tests.support.panels import panels

pytestmark = pytest.mark.slow

Test = Callable[[FleetDatabase], None]

_CERTIFICATES = "Certificates, those that end first on top"
_LINES = "What they say against what we measure"
_PACE = "How fast the budget is spent"


def _head(fleet: FleetDatabase) -> None:
    truth.test_the_head_of_a_vendor_tells_the_truth("quayside", fleet)


def _lines(fleet: FleetDatabase) -> None:
    truth.test_lines_of_states_say_what_they_are_called_after("orchid", fleet)


def _down(fleet: FleetDatabase) -> None:
    truth.test_counts_are_right_and_coloured_once_there_is_one("Down", "", fleet)


def _table(fleet: FleetDatabase) -> None:
    truth.test_the_table_of_vendors_tells_the_truth("", fleet)


def _outages(fleet: FleetDatabase) -> None:
    same.test_notes_are_there_while_what_they_note_is("vendor-overview", "Outages", fleet)


def _chosen(fleet: FleetDatabase) -> None:
    same.test_who_chooses_a_vendor_sees_that_one_alone("vendor-detail", fleet)


def _daemons(fleet: FleetDatabase) -> None:
    same.test_two_daemons_give_the_numbers_of_one("vendor-detail", fleet)


def _six_hours(fleet: FleetDatabase) -> None:
    same.test_panels_have_answers_over_every_span("vendor-slo", "6h", fleet)


LIES: dict[str, tuple[str, str, str, str, Test]] = {
    "a time before it began": ("vendor-detail", "Down for", r"time\(\) - ", "0 - time() + ", _head),
    "down for up": ("vendor-detail", "Available, 30 d", r"\(1 - max", "(0 + max", _head),
    "two daemons added up": ("vendor-detail", "State", r"5 \* max by", "5 * sum by", _head),
    "the same, told otherwise": ("vendor-detail", "State", r"5 \* max by", "5 * sum by", _daemons),
    "everybody's grade": ("vendor-detail", "TLS grade", r"vendor=~\\\"\$vendor\\\", ", "", _chosen),
    "lines that are called after each other": (
        "vendor-detail", _LINES, r"(?<=Format\": \")they say(.*?)we measure", r"we measure\1they say", _lines,
    ),
    "an hour called six": (
        "vendor-detail", _PACE, "down_avg6h", "down_avg1h", truth.test_budgets_are_spent_as_fast_as_the_past_says,
    ),
    "what is unknown among the down": ("vendor-overview", "Down", r"\) == 5", ") >= 2", _down),
    "the largest for the sum": ("vendor-overview", "Vendors", r"sum by \(vendor\) \(max", "max by (vendor) (max", _table),
    "targets of two daemons": (
        "vendor-overview", "Open outages", r"count by \(vendor\) \(max", "sum by (vendor) (sum",
        truth.test_open_outages_are_those_that_are_open,
    ),
    "outages while there is none": ("vendor-overview", "", r"== 1\", (.*?outage)", r'== 0", \1', _outages),
    "the leaf for its chain": (
        "vendor-tls", _CERTIFICATES, r"position=\\\"chain", r'position=\\"leaf',
        truth.test_certificates_are_those_that_were_seen,
    ),
    "points of a day": ("vendor-slo", "Down within a day", r"\"interval\": \"\w+\"", '"interval": "1d"', _six_hours),
}  # fmt: skip
"""The dashboard, the panel or else the notes, what stands there and what is put there instead, and who sees it."""


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_seen(lie: str, fleet: FleetDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid, title, old, new, seen_by = LIES[lie]
    copytree(answers.FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(answers, "FOLDER", tmp_path)
    seen_by(fleet)
    document: dict[str, Any] = json.loads((tmp_path / f"{uid}.json").read_text())
    place = next((panel for panel in panels(document) if panel.get("title") == title), document["annotations"])
    text, number = re.subn(old, new, json.dumps(place))
    assert number, "there is nothing to lie about"
    (tmp_path / f"{uid}.json").write_text(json.dumps(document).replace(json.dumps(place), text))
    with pytest.raises(AssertionError):
        seen_by(fleet)
