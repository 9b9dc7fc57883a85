"""What the checks measured: their declared metrics as families, and their samples as text.

A check declares a metric with the labels of its own; here ``vendor``, ``check`` and ``target`` come before them. Samples
are those of the newest look that saw something. While the target's state is unknown, what the check says for want of facts
takes the place of what it measured; the rest stays, because a date stays true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain

from checks.check import AnyCheck
from checks.model import Metric, Sample, State
from monitor.metrics.families import TARGET_LABELS, Family, Pieces
from monitor.metrics.text import labels, piece
from monitor.snapshot import Entry


def declared_metrics(checks: Iterable[AnyCheck]) -> Mapping[str, Metric]:
    """The metrics of *checks* by name, in the order of names.

    Raises `ValueError` when two of them declare one name differently.
    """
    found: dict[str, Metric] = {}
    for check in checks:
        for metric in check.metrics:
            if found.setdefault(metric.name, metric) != metric:
                msg = f"check {check.name} declares {metric.name} otherwise than another check does"
                raise ValueError(msg)
    return dict(sorted(found.items()))


def family_of(metric: Metric) -> Family:
    """A check's metric with the labels it is exposed under."""
    return Family(metric.name, metric.type.value, metric.help, (*TARGET_LABELS, *metric.labels))


def measured_part(entry: Entry, metrics: Mapping[str, Metric]) -> Pieces:
    """What a target's check says.

    Raises `ValueError` for a sample whose metric is not among *metrics* or whose labels are not those it declares; of two
    samples of one series the later one stands.
    """
    rows: dict[str, dict[str, float]] = {}
    for sample in _samples(entry):
        rows.setdefault(sample.metric.name, {})[_own_labels(sample, metrics)] = sample.value
    return {name: piece(name, *values.items()) for name, values in rows.items()}


def _samples(entry: Entry) -> Iterable[Sample]:
    measured = entry.good.samples if entry.good else ()
    was_seen = entry.latest is not None and entry.latest.failure is None
    if was_seen or entry.held.state is not State.UNKNOWN:
        return measured
    return chain(measured, entry.check.measure(None, entry.target.settings, entry.held.since))


def _own_labels(sample: Sample, metrics: Mapping[str, Metric]) -> str:
    metric = sample.metric
    known = metrics.get(metric.name)
    if known is not metric and known != metric:
        msg = f"{metric.name} is not declared"
        raise ValueError(msg)
    if sample.labels.keys() != set(metric.labels):
        msg = f"{metric.name} has the labels {', '.join(metric.labels) or 'none'}, not {', '.join(sample.labels) or 'none'}"
        raise ValueError(msg)
    return _label_text(metric.labels, tuple(sample.labels[name] for name in metric.labels)) if metric.labels else ""


@lru_cache(maxsize=8192)
def _label_text(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    return labels(names, values)
