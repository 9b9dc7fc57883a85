"""Mistakes, each to be made in a good dashboard, and the one check of `tests.support.dashboards` that has to see it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from tests.support.panels import panels, variables

Document = dict[str, Any]


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


def _defaults(document: Document) -> Any:
    return stat(document)["fieldConfig"]["defaults"]


def _green_nothing(document: Document) -> None:
    special = next(each for each in _defaults(document)["mappings"] if each["type"] == "special")
    special["options"]["result"]["color"] = "green"


def _columns(document: Document) -> Any:
    """The columns of a table that has words in colours."""
    return panel_of(document, "table")["fieldConfig"]["overrides"]


def _plain_column(document: Document) -> None:
    """Its words stay, and the colours of them."""
    found = next(each for each in _columns(document) if any(one["id"] == "mappings" for one in each["properties"]))
    mappings = next(one for one in found["properties"] if one["id"] == "mappings")
    mappings["value"] = [each for each in mappings["value"] if each["type"] != "special"]


def _only_query(document: Document) -> None:
    table = panel_of(document, "table")
    table["targets"], table["transformations"] = table["targets"][:1], table["transformations"][1:2]
    table["transformations"][0]["options"] = {"include": {"names": ["vendor", "Value #A"]}}


def _no_query(document: Document) -> None:
    names = panel_of(document, "table")["transformations"][1]["options"]["include"]["names"]
    names.append("Value #Z")


def _timeline(document: Document) -> Any:
    """The states of vendors over time; its second question has a series for each."""
    return next(each for each in panels(document) if each["type"] == "state-timeline")


def _table(document: Document) -> Any:
    return panel_of(document, "table")


def _vendors_line(document: Document) -> Any:
    return next(each for each in _timeline(document)["targets"] if "{{" in each["legendFormat"])


def _all_is_well(document: Document) -> None:
    words = _timeline(document)["fieldConfig"]["defaults"]["mappings"][0]["options"]
    down, up = (next(each for each in words if words[each]["text"] == word) for word in ("down", "up"))
    words[down], words[up] = words[up], words[down]


def _red_is_well(document: Document) -> None:
    steps = _defaults(document)["thresholds"]["steps"]
    steps[0]["color"], steps[1]["color"] = steps[1]["color"], steps[0]["color"]


def _replaced(place: Callable[[Document], dict[str, Any]], old: str, new: str) -> Callable[[Document], None]:
    """Writes *new* for *old* wherever it stands below a place."""

    def act(document: Document) -> None:
        found = place(document)
        text = json.dumps(found)
        assert old in text
        found.update(json.loads(text.replace(old, new)))

    return act


def _seconds_of(document: Document) -> Any:
    """The column that says for how long somebody is down."""
    found = next(each for each in _columns(document) if each["matcher"]["options"] == "For")
    return next(each for each in found["properties"] if each["id"] == "unit")


def _asking(expression: str) -> Callable[[Document], None]:
    """Asks for something else of vendors; ``$V`` is their selector."""
    return put(target_of, "expr", expression.replace("$V", 'vendor=~"$vendor"'))


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
    "a number that is green where nothing is known": ("green unknowns", put(_defaults, "mappings", [])),
    "a number whose missing data are green": ("green unknowns", _green_nothing),
    "a column that is green where nothing is known": ("green unknowns", _plain_column),
    "the number of an only query, called after it": ("fields", _only_query),
    "the number of a query that there is not": ("fields", _no_query),
    "a table without the column of an override": ("fields", _replaced(_table, '"options": "Tier"', '"options": "Tear"')),
    "a table sorted by no column": ("fields", lambda d: _table(d)["options"]["sortBy"][0].update(displayName="Fro")),
    "a link with a field that is none": ("fields", _replaced(_table, "__data.fields.vendor", "__data.fields.vendr")),
    "a link with a label that is none": ("fields", _replaced(_timeline, "__field.labels.vendor", "__field.labels.vendr")),
    "a legend with a label that is none": ("legends", put(_vendors_line, "legendFormat", "{{vendr}}")),
    "a note with a label that is none": (
        "legends",
        put(lambda d: d["annotations"]["list"][1], "titleFormat", "{{vendr}}"),
    ),
    "grouped by a label that is none": ("labels", _asking("max(max by (raeson) (vendor_muted{$V}))")),
    "matched by a label that is gone": (
        "labels",
        _asking("count(max by (vendor) (vendor_state{$V}) and on (job) vendorwatch_vendors)"),
    ),
    "a state that is none": ("values", _asking('max(vendor_state{$V, state=~"up|dwon"})')),
    "a recorded series as one Prometheus has it": ("unaggregated", _asking("vendor:vendor_state:down_avg30d{$V}")),
    "seconds as milliseconds": ("measures", put(_seconds_of, "value", "ms")),
    "seconds as a count": ("measures", _asking("max(time() - vendor_outage_started_timestamp_seconds{$V})")),
    "a share as percent": ("measures", put(_defaults, "unit", "percent")),
    "what is down in the colour of what is up": ("mappings", _all_is_well),
    "red where all is well": ("limits", _red_is_well),
    "a colour that is never seen": ("spoken colours", put(stat, "description", "Red: look. Yellow: wait.")),
    "a dashboard that can be edited": ("editable", put(lambda d: d, "editable", value=True)),
}
