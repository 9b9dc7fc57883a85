"""Metrics on prometheus-client; nothing of that library is known outside of this module.

What we count ourselves are gauges, counters and histograms, each declared as a `Family`. What is counted elsewhere has a
`Reader`, which asks there whenever the page is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.metrics.families import Family, Values


class Reader(Collector):
    """Numbers that are counted elsewhere, and *read* there each time they are shown."""

    def __init__(self, read: Callable[[], Iterable[tuple[Family, Values]]]) -> None:
        self.read = read

    def describe(self) -> Iterable[Metric]:
        """Nothing: so that nothing is read before it is shown."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What is read now; a family without values is left out."""
        for family, values in self.read():
            shape = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            shown = shape(family.name, family.help, labels=family.labels)
            for labels, value in values.items():
                shown.add_metric(labels, value)
            if values:
                yield shown


class Registry:
    """The metrics of one daemon: those of its process and of Python, and what is declared by the methods."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library types all but this one
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._families: list[Family] = []

    @property
    def families(self) -> tuple[Family, ...]:
        """What is declared here, in that order; what readers show comes beside it."""
        return tuple(self._families)

    def gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        """A new gauge, ``vendorwatch_`` *name*."""
        return Gauge(self._declared(name, "gauge", help_text, labels), help_text, labels, registry=self._registry)

    def counter(self, name: str, help_text: str, *labels: str) -> Counter:
        """A new counter, ``vendorwatch_`` *name*."""
        return Counter(self._declared(name, "counter", help_text, labels), help_text, labels, registry=self._registry)

    def histogram(self, name: str, help_text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        """A new histogram, ``vendorwatch_`` *name*, with the upper bounds of its *buckets* but for the infinite one."""
        full_name = self._declared(name, "histogram", help_text, labels)
        return Histogram(full_name, help_text, labels, buckets=buckets, registry=self._registry)

    def reader(self, read: Callable[[], Iterable[tuple[Family, Values]]] = tuple) -> Reader:
        """A new reader of what is counted elsewhere; it may be told later where to *read*."""
        reader = Reader(read)
        self._registry.register(reader)
        return reader

    def exposition(self) -> bytes:
        """All of the above in the text format 0.0.4."""
        return generate_latest(self._registry)

    def _declared(self, name: str, kind: str, help_text: str, labels: tuple[str, ...]) -> str:
        family = Family(f"vendorwatch_{name}", kind, help_text, labels)
        self._families.append(family)
        return family.name
