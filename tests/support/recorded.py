"""What our rules would have recorded and alerted, had they been loaded in the past: asked of its history, level by level.

A rule that reads recorded series can only be asked once those are there, so each level becomes blocks before the next.
The expressions are the shipped ones; where samples stand for a time and are counted, they are as dense as in life. What is
not Prometheus' own here: how `for` and `keep_firing_for` hold an alert back and on is worked out from when its expression
had a result, and what an alert asks of its own firing is not there yet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

from tests.support.openmetrics import OpenMetricsFile, make_blocks, series

SPANS = ((30 * 86_400.0, 600.0), (3 * 86_400.0, 240.0), (6 * 3600.0, 60.0))
"""So long before the end a span begins, and so many seconds stand from sample to sample in it."""
LONG_SPANS = ((30 * 86_400.0, 1200.0), (6 * 3600.0, 240.0))
"""The same for what reads days at once: as wide as the lookback allows, for each sample costs thousands."""
_MOST_POINTS = 10_000
"""So many a query may have of each series; Prometheus allows 11,000."""

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}


class Asked(Protocol):
    """A database that answers."""

    def over(self, query: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """The result of a query over a range."""


class Opening(Protocol):
    """Opens the database as it is by now."""

    def __call__(self) -> AbstractContextManager[Asked]:
        """For the length of a context."""


@dataclass(frozen=True)
class Samples:
    """One series: its labels, its times and its values."""

    labels: Mapping[str, str]
    times: Sequence[float]
    values: Sequence[float]


def load_rules(folder: Path) -> list[dict[str, Any]]:
    """All rules of a folder in the order of its files, each with the ``interval`` of its group, if that has one."""
    groups = [group for file in sorted(folder.glob("*.yml")) for group in yaml.safe_load(file.read_text())["groups"]]
    return [{"interval": group.get("interval", ""), **rule} for group in groups for rule in group["rules"]]


def levels(rules: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The recording *rules*, each behind all that it reads."""
    waiting = {rule["record"]: rule for rule in rules if "record" in rule}
    found: list[list[Mapping[str, Any]]] = []
    while waiting:
        ready = [rule for name, rule in waiting.items() if not (_read(rule) & waiting.keys()) - {name}]
        assert ready, f"recorded in a circle: {', '.join(waiting)}"
        found.append(ready)
        waiting = {name: rule for name, rule in waiting.items() if rule not in ready}
    return found


def _read(rule: Mapping[str, Any]) -> set[str]:
    return set(re.findall(r"[a-zA-Z_:][\w:]*", re.sub(r'"[^"]*"', "", rule["expr"])))


def record_past(folder: Path, rules: Sequence[Mapping[str, Any]], end: float, opened: Opening) -> None:
    """Add to the database below *folder* what *rules* would have made of it until the Unix time *end*."""
    counted = _counted(rules)
    for level in levels(rules):
        with opened() as database, OpenMetricsFile(folder / "level.om", {}) as file:
            for rule in level:
                spans = _spans(rule, is_counted=rule["record"] in counted)
                _write(file, (_named(each, rule) for each in _asked(database, rule["expr"], end, spans)))
        make_blocks([file.path], folder / "tsdb")
    with opened() as database, OpenMetricsFile(folder / "alerts.om", {}) as file:
        for rule in (rule for rule in rules if "alert" in rule):
            for each in _asked(database, rule["expr"], end, SPANS):
                _write(file, alerted(rule, each, end))
    make_blocks([file.path], folder / "tsdb")


def _counted(rules: Iterable[Mapping[str, Any]]) -> set[str]:
    """Series whose samples are counted or added up, so that each of them stands for a time."""
    return {name for rule in rules for name in re.findall(r"(?:sum|count)_over_time\(([\w:]+)\[\w+\]\)", rule["expr"])}


def _spans(rule: Mapping[str, Any], *, is_counted: bool) -> tuple[tuple[float, float], ...]:
    """Spans of at most `_MOST_POINTS`, each with the spacing of its samples."""
    if is_counted and rule["interval"]:
        ago, step = SPANS[0][0], seconds(rule["interval"])
        spans = int(ago / step / _MOST_POINTS) + 1
        return tuple((ago - number * _MOST_POINTS * step, step) for number in range(spans))
    return LONG_SPANS if re.search(r"\[(?:30|3)d\]", rule["expr"]) else SPANS


def _asked(database: Asked, expression: str, end: float, spans: Sequence[tuple[float, float]]) -> list[Samples]:
    """All series that *expression* has, over all *spans*."""
    found: dict[str, tuple[dict[str, str], dict[float, float]]] = {}
    for (ago, step), (until, _) in zip(spans, (*spans[1:], (-1.0, 0.0)), strict=True):
        for each in database.over(expression, end - ago, end - until - 1, step):
            labels = {**each["metric"], "__name__": ""}  # Of two names in turn one series is recorded.
            _, values = found.setdefault(series(labels), (labels, {}))
            values |= {at: float(value) for at, value in each["values"]}
    return [Samples(labels, sorted(values), [values[at] for at in sorted(values)]) for labels, values in found.values()]


def _named(found: Samples, rule: Mapping[str, Any]) -> Samples:
    return Samples({**found.labels, **rule.get("labels", {}), "__name__": rule["record"]}, found.times, found.values)


def _write(file: OpenMetricsFile, found: Iterable[Samples]) -> None:
    for each in found:
        name = series(each.labels)
        for at, value in zip(each.times, each.values, strict=True):
            file.sample(at, name, value)


def alerted(rule: Mapping[str, Any], found: Samples, end: float) -> Iterator[Samples]:
    """``ALERTS`` of one alert while *found* had a value, and since when it was active, as Prometheus keeps that.

    Nothing is later than *end*: what a Prometheus is given live must not lie before the end of its blocks.
    """
    labels = _labels(rule, found.labels)
    held, kept = seconds(rule.get("for", "0s")), seconds(rule.get("keep_firing_for", "0s"))
    states: dict[str, list[float]] = defaultdict(list)
    active: list[float] = []
    for spell in _spells(found.times):
        began, step = spell[0], spell[1] - spell[0] if len(spell) > 1 else SPANS[0][1]
        on = [spell[-1] + step * n for n in range(1, int(kept / step) + 1)] if spell[-1] - began >= held else []
        for at in (at for at in (*spell, *on) if at <= end):
            states["firing" if at - began >= held else "pending"].append(at)
        active += [began] * len(spell)
    for state, times in states.items():
        ones = (1.0,) * len(times)
        yield Samples({**labels, "__name__": "ALERTS", "alertstate": state}, sorted(set(times)), ones[: len(set(times))])
    yield Samples({**labels, "__name__": "ALERTS_FOR_STATE"}, found.times, active)


def _spells(times: Sequence[float]) -> Iterator[list[float]]:
    """*times* that follow each other as samples do."""
    spell: list[float] = []
    for at in times:
        if spell and at - spell[-1] > SPANS[0][1] * 1.5:
            yield spell
            spell = []
        spell.append(at)
    if spell:
        yield spell


def _labels(rule: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, str]:
    own = {name: tiered(text, labels.get("tier", "")) for name, text in rule.get("labels", {}).items()}
    found = {**labels, **own, "alertname": rule["alert"]}
    return {name: value for name, value in found.items() if value or name == "__name__"}


def tiered(template: str, tier: str) -> str:
    """What a label becomes for *tier*: a word, or a choice between words by the tier, which is all that our rules ask."""
    by_tier = dict(re.findall(r'if eq \$labels\.tier "(\w+)" \}\}(\w+)', template))
    return by_tier.get(tier) or re.sub(r".*\{\{ else \}\}|\{\{ end \}\}", "", template)


def seconds(duration: str) -> float:
    """A duration as Prometheus writes it."""
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhd])", duration))
