"""The dashboards as they are written: valid, whole, true to the code and to each other, and each check of that can fail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from grafana.generate.__main__ import documents
from monitor.metrics import Family
from tests.support.colours import MEANT, TABLES
from tests.support.dashboards import CHECKS, Known, problems
from tests.support.expressions import selectors
from tests.support.members import unthought
from tests.support.mistakes import MISTAKES
from tests.support.panels import notes, plain, queries, variables
from tests.support.prometheus import RULES
from tests.support.recorded import load_rules
from tests.support.vocabulary import Vocabulary, vocabulary

FOLDER = Path(__file__).parents[2] / "grafana/dashboards"
FILES = sorted(FOLDER.glob("*.json"))
UIDS = {"vendor-overview", "vendor-detail", "vendor-tls", "vendor-slo", "vendorwatch"}
UNUSED: Mapping[str, str] = {}
"""Metrics that nothing in grafana/ reads, and why that is right."""

Document = dict[str, Any]


@cache
def loaded() -> Mapping[str, Document]:
    """The committed dashboards by uid."""
    found = [json.loads(file.read_text()) for file in FILES]
    return {each["uid"]: each for each in found}


def found(document: Document) -> set[str]:
    """The names of the checks that find something wrong with *document*."""
    known = Known({**loaded(), document["uid"]: document}, vocabulary())
    return {problem.check for problem in problems(document, known)}


def test_the_set_is_the_one_that_is_promised() -> None:
    assert {file.stem for file in FILES} == UIDS
    assert loaded().keys() == UIDS
    assert len({document["title"] for document in loaded().values()}) == len(UIDS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("check", CHECKS)
def test_there_is_nothing_wrong(file: Path, check: str) -> None:
    assert problems(json.loads(file.read_text()), Known(loaded(), vocabulary()), [check]) == []


def test_what_is_committed_is_what_the_generator_writes() -> None:
    assert differing({file.name: file.read_text() for file in FILES}) == set()


def differing(committed: Mapping[str, str]) -> set[str]:
    """The files that are not as the generator would write them, or that are there on one side only."""
    made = documents()
    return {name for name in made.keys() | committed.keys() if made.get(name) != committed.get(name)}


def test_a_file_that_was_changed_missing_or_left_over_is_noticed() -> None:
    committed = dict(documents())
    name = "vendor-slo.json"
    assert differing(committed | {name: committed[name].replace('"editable": false', '"editable": true')}) == {name}
    assert differing({other: text for other, text in committed.items() if other != name}) == {name}
    assert differing(committed | {"left-over.json": "{}"}) == {"left-over.json"}


def asked_somewhere() -> Iterator[str]:
    """Every expression of dashboards and rules."""
    for document in loaded().values():
        texts = [query.expression for query in queries(document)] + [text for _, text in notes(document)]
        yield from (plain(text, document) for text in texts)
    yield from (rule["expr"] for rule in load_rules(RULES))


def unread(known: Vocabulary) -> set[str]:
    """The families that no dashboard and no rule asks for."""
    families = [known.family(each.name) for text in asked_somewhere() for each in selectors(text)]
    return known.families.keys() - {family.name for family in families if family}


def test_every_metric_is_read_by_a_dashboard_or_a_rule() -> None:
    assert unread(vocabulary()) == UNUSED.keys()


def test_a_metric_that_nobody_reads_is_noticed() -> None:
    known = vocabulary()
    more = Family("vendor_unheard_of", "gauge", "What nobody asks for.")
    assert unread(Vocabulary({**known.families, more.name: more}, known.recorded)) == unread(known) | {more.name}


def test_every_recorded_series_is_read() -> None:
    read = {each.name for text in asked_somewhere() for each in selectors(text)}
    in_words = " ".join(text for rule in load_rules(RULES) for text in rule.get("annotations", {}).values())
    assert [name for name in vocabulary().recorded if name not in read and f"{name}{{" not in in_words] == []


def test_alerts_lead_to_dashboards_that_take_what_they_are_given() -> None:
    for rule in load_rules(RULES):
        path, _, query = rule.get("annotations", {}).get("dashboard_url", "/d/vendorwatch").partition("?")
        document = loaded()[path.removeprefix("/d/")]
        assert not query or query.partition("=")[0].removeprefix("var-") in variables(document), rule


def test_every_dashboard_can_be_reached_from_the_overview() -> None:
    reached, waiting = set[str](), ["vendor-overview"]
    while waiting:
        uid = waiting.pop()
        reached.add(uid)
        text = json.dumps(loaded()[uid])
        waiting += [other for other in UIDS - reached if f"/d/{other}?" in text or f'/d/{other}"' in text]
    assert reached == UIDS


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_seen_by_the_check_for_it_alone(mistake: str) -> None:
    check, make = MISTAKES[mistake]
    document = deepcopy(loaded()["vendor-overview"])
    assert found(document) == set()
    make(document)
    assert found(document) == {check}


def test_every_label_is_known_to_be_closed_or_free() -> None:
    assert unthought(vocabulary()) == set()


def test_words_that_all_dashboards_share_have_the_colours_that_they_mean() -> None:
    shown = {word: colour for table in TABLES for word, colour in table.values()}
    assert {word: shown[word] for word in MEANT} == MEANT


def test_every_check_has_its_mistake() -> None:
    assert {check for check, _ in MISTAKES.values()} == CHECKS.keys()
