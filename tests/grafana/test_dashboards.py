"""The dashboards as they are written: valid, whole, true to the code and to each other, and each check of that can fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checks.check import all_checks
from grafana.generate.__main__ import documents
from monitor.metrics import Family, Instruments, declared
from tests.support.dashboards import CHECKS, Known, problems
from tests.support.expressions import Vocabulary, selectors
from tests.support.panels import Window, notes, panels, queries, referred, substituted, variables
from tests.support.prometheus import RULES
from tests.support.recorded import load_rules

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


@cache
def vocabulary() -> Vocabulary:
    """What may be asked for."""
    families = declared(all_checks().values(), Instruments("1.0", all_checks()))
    recorded = {rule["record"] for rule in load_rules(RULES) if "record" in rule}
    return Vocabulary({family.name: family for family in families}, recorded)


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
        words = {**Window(0, 86_400, 15).words(), **dict.fromkeys(variables(document), "word")}
        texts = [query.expression for query in queries(document)] + [text for _, text in notes(document)]
        yield from (substituted(text, document, {}, {}, words) for text in texts)
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
    assert unread(Vocabulary({**known.families, more.name: more}, known.recorded)) == {*UNUSED, more.name}


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


# What follows are mistakes, each made in a good dashboard, and the one check that has to see it.


def panel_of(document: Document, kind: str) -> Any:
    """The first panel of a kind that asks for something of a vendor."""
    found = (each for each in panels(document) if each["type"] == kind and "$vendor" in each["targets"][0]["expr"])
    return next(found)


def target_of(document: Document) -> Any:
    """A question about vendors."""
    return panel_of(document, "stat")["targets"][0]


def put(place: Callable[[Document], dict[str, Any]], name: str, value: object) -> Callable[[Document], None]:
    """Writes *value* somewhere."""

    def act(document: Document) -> None:
        place(document)[name] = value

    return act


def _drop(place: Callable[[Document], dict[str, Any]], name: str) -> Callable[[Document], None]:
    def act(document: Document) -> None:
        del place(document)[name]

    return act


def stat(document: Document) -> Any:
    """A panel with one number."""
    return panel_of(document, "stat")


def _overlap(document: Document) -> None:
    first, second = document["panels"][:2]
    second["gridPos"] = dict(first["gridPos"])


def _same_id(document: Document) -> None:
    document["panels"][1]["id"] = document["panels"][0]["id"]


def _dead_variable(document: Document) -> None:
    choices = document["templating"]["list"]
    choices.append({**deepcopy(variables(document)["team"]), "name": "landlord"})


def _stale_variable(document: Document) -> None:
    document["templating"]["list"][1]["refresh"] = 1


def _same_ref(document: Document) -> None:
    stat(document)["targets"] *= 2


MISTAKES: Mapping[str, tuple[str, Callable[[Document], None]]] = {
    "a word that is none of an enumeration": ("words", put(lambda d: stat(d)["options"], "colorMode", "backgruond")),
    "an option that there is not": ("schema", put(lambda d: stat(d)["options"], "colourMode", "value")),
    "a key that there is not": ("schema", put(stat, "descripton", "red is bad")),
    "no version of the schema": ("schema", _drop(lambda d: d, "schemaVersion")),
    "a misspelt metric": ("metrics", put(target_of, "expr", 'max(vendor_sate{vendor=~"$vendor"})')),
    "a misspelt label": ("labels", put(target_of, "expr", 'max(vendor_state{vendr=~"$vendor"})')),
    "a broken expression": ("syntax", put(target_of, "expr", 'max(vendor_state{vendor=~"$vendor"}')),
    "a function of another type": (
        "syntax",
        put(target_of, "expr", 'max(rate(vendor_probe_runs_total{vendor=~"$vendor"}))'),
    ),
    "a counter without a rate": ("counters", put(target_of, "expr", 'sum(vendor_probe_runs_total{vendor=~"$vendor"})')),
    "a rate over a fixed time": (
        "rate intervals",
        put(target_of, "expr", 'sum(rate(vendor_probe_runs_total{vendor=~"$vendor"}[5m]))'),
    ),
    "one daemon's word": ("unaggregated", put(target_of, "expr", 'vendor_muted{vendor=~"$vendor"}')),
    "a variable that is none": ("variables", put(target_of, "expr", 'max(vendor_state{vendor=~"$vender"})')),
    "a variable that nothing uses": ("variables", _dead_variable),
    "a variable with old values": ("refresh", _stale_variable),
    "panels that overlap": ("layout", _overlap),
    "a panel that stands outside": ("layout", put(lambda d: stat(d)["gridPos"], "x", 23)),
    "a unit that there is not": ("units", put(lambda d: stat(d)["fieldConfig"]["defaults"], "unit", "secnods")),
    "no unit": ("units", _drop(lambda d: stat(d)["fieldConfig"]["defaults"], "unit")),
    "no id": ("ids", _drop(stat, "id")),
    "an id twice": ("ids", _same_id),
    "no description": ("texts", put(stat, "description", " ")),
    "no title": ("texts", put(stat, "title", "")),
    "a panel that asks nothing": ("targets", put(stat, "targets", [])),
    "two queries of one name": ("targets", _same_ref),
    "another source": ("sources", put(stat, "datasource", {"type": "prometheus", "uid": "PBFA97CFB590B2093"})),
    "another source of a query": ("sources", put(target_of, "datasource", {"type": "loki", "uid": "${datasource}"})),
    "a link to nowhere": ("links", put(lambda d: d["links"][0], "url", "/d/vendor-detials")),
    "a link with a variable that is none": ("links", put(lambda d: d["links"][0], "url", "/d/vendor-detail?var-vender=x")),
    "a dashboard that can be edited": ("editable", put(lambda d: d, "editable", value=True)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_seen_by_the_check_for_it_alone(mistake: str) -> None:
    check, make = MISTAKES[mistake]
    document = deepcopy(loaded()["vendor-overview"])
    assert found(document) == set()
    make(document)
    assert found(document) == {check}


def test_every_check_has_its_mistake() -> None:
    assert {check for check, _ in MISTAKES.values()} == CHECKS.keys()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("$a ${b} [[c]] ${d:regex} ${e.fields.f}", {"a", "b", "c", "d", "e"}),
        ("$1 ${2} \\$", set()),
        ("$__range", {"__range"}),
    ],
)
def test_variables_are_found_as_grafana_finds_them(text: str, names: set[str]) -> None:
    assert referred(text) == names


@pytest.mark.parametrize(
    ("text", "chosen", "said"),
    [
        ('x{v=~"$v"}', ["a"], 'x{v=~"a"}'),
        ('x{v=~"$v"}', ["a", "b"], 'x{v=~"(a|b)"}'),
        ('x{v=~"$v"}', ["$__all"], 'x{v=~"(a|b|c\\\\.d)"}'),
        ('x{v=~"$v"}', ["c.d"], 'x{v=~"c\\\\.d"}'),
        ("${v:regex}", ["c.d", "a"], "(c\\.d|a)"),
        ("${v:pipe} ${v:csv}", ["a", "b"], "a|b a,b"),
        ("x[$__range] [[v]] $1", ["a"], "x[60s] a $1"),
    ],
)
def test_variables_become_what_grafana_makes_of_them(text: str, chosen: list[str], said: str) -> None:
    document = {"templating": {"list": [{"name": "v", "type": "query", "multi": True, "includeAll": True}]}}
    assert substituted(text, document, {"v": chosen}, {"v": ["a", "b", "c.d"]}, Window(0, 60, 15).words()) == said


def test_all_is_what_its_variable_says() -> None:
    document = {"templating": {"list": [{"name": "v", "type": "query", "includeAll": True, "allValue": ".*"}]}}
    assert substituted("$v", document, {"v": ["$__all"]}, {"v": ["a.b"]}, {}) == ".*"


@pytest.mark.parametrize(("hours", "interval", "rate"), [(1, 15, 60), (24, 60, 75), (24 * 30, 1800, 1815)])
def test_the_interval_is_a_point_for_each_pixel_and_no_finer_than_scrapes(hours: int, interval: int, rate: int) -> None:
    words = Window(0, hours * 3600, 15).words()
    assert (words["__interval"], words["__rate_interval"]) == (f"{interval}s", f"{rate}s")
