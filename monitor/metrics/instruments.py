"""What the daemon says of itself, on prometheus-client; nothing of that library leaves this module.

The methods of `Instruments` are what happened, in the words of the daemon. They may be called from any thread.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal, Protocol, get_args

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

from checks.model import State
from checks.shared import SharedKind
from monitor.egress import View
from monitor.metrics import own_network, telling
from monitor.metrics.families import Family

MissedReason = Literal["overrun", "suspend", "shutdown"]
"""Why a due probe did not run: the one before had not ended, the machine slept, the daemon stopped."""
StoreOperation = Literal["open", "read", "write"]
"""What the store was asked to do."""


class StoreStats(Protocol):
    """How the store is doing: what waits to be written now, and what was counted since the start."""

    @property
    def queued(self) -> int:
        """Records that wait."""

    @property
    def dropped(self) -> int:
        """Records that will never be written."""

    @property
    def errors(self) -> Mapping[Any, int]:
        """Failures by operation: a `StoreOperation`, or an enumeration with those values."""

    @property
    def last_success(self) -> datetime | None:
        """When the store last wrote."""


_STORE_ERRORS = Family("vendorwatch_store_errors_total", "counter", "Times the store failed.", ("operation",))
_STORE_DROPPED = Family("vendorwatch_store_dropped_total", "counter", "Records given up because too many waited.")
_STORE_QUEUE = Family("vendorwatch_store_queue_length", "gauge", "Records that wait to be written.")
_STORED_AT = Family(
    "vendorwatch_store_last_success_timestamp_seconds", "gauge", "When the store last wrote, as Unix time; absent before."
)

_PROBE_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DELAY_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)


class Instruments:
    """The daemon's own metrics. *checks* are the names of all checks, whose series start at 0."""

    def __init__(self, version: str, checks: Iterable[str]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library types all but this one
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._families: list[Family] = []
        self._declare_daemon(version)
        self._declare_probes(tuple(checks))
        self._declare_pages()
        self._store = _StoreCollector()
        self._registry.register(self._store)
        self._telling, self._network = _ReadingCollector(), _ReadingCollector()
        self._registry.register(self._telling)
        self._registry.register(self._network)
        self._declare_page()

    def _declare_daemon(self, version: str) -> None:
        build = self._gauge("build_info", "The running program; always 1.", "version", "python")
        build.labels(version, platform.python_version()).set(1)
        self._reload_worked = self._gauge(
            "config_last_reload_successful", "1 if the configuration was last read without a mistake."
        )
        self._reloaded_at = self._gauge(
            "config_last_reload_success_timestamp_seconds", "When the running configuration was read, as Unix time."
        )
        self._heartbeat = self._gauge(
            "scheduler_heartbeat_timestamp_seconds", "When the scheduler last went round, as Unix time."
        )
        self._vendors = self._gauge("vendors", "Vendors in the catalogue.")
        self._targets = self._gauge("targets", "Targets in the catalogue.")

    def _declare_probes(self, checks: tuple[str, ...]) -> None:
        self._in_flight = self._gauge("probes_in_flight", "Probes under way.")
        self._durations = self._histogram("probe_duration_seconds", "How long probes took.", _PROBE_BUCKETS, "check")
        self._delays = self._histogram("probe_delay_seconds", "From when a probe was due to when it began.", _DELAY_BUCKETS)
        self._missed = self._counter("missed_runs_total", "Due probes that did not run.", "reason")
        self._jumps = self._counter("clock_jumps_total", "Times the clock was set or the machine had slept.")
        self._bugs = self._counter("internal_errors_total", "Probes that ended in a bug of ours.", "check")
        self._transitions = self._counter(
            "transitions_total", "Changes of a target's state, by the state after.", "check", "state"
        )
        for reason in get_args(MissedReason):
            self._missed.labels(reason)
        for check in checks:
            self._durations.labels(check)
            self._bugs.labels(check)
            for state in State:
                self._transitions.labels(check, state.value)

    def _declare_pages(self) -> None:
        self._resting = self._gauge("origins_resting", "Origins of pages left alone because they said 429 or Retry-After.")
        self._unreadable = self._gauge(
            "platform_unreadable", "1 while most pages of a platform fail together; for platforms in use.", "platform"
        )
        self._platforms: frozenset[str] = frozenset()
        self._failing_together = self._gauge(
            "shared_cause_vendors", "Vendors that fail together by one thing they share, at the most; 0 if none.", "kind"
        )
        self.causes_are(dict.fromkeys(SharedKind, 0))

    def _declare_page(self) -> None:
        self._series = self._gauge("series", "Series of vendors and targets on this page.")
        self._collect_seconds = self._gauge(
            "collect_duration_seconds", "How long those series took to collect for this page."
        )
        self._collect_errors = self._counter(
            "collect_errors_total", "Parts of a vendor or target left out because of a bug of ours."
        )

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(self._declared(name, "gauge", help_text, labels), help_text, labels, registry=self._registry)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(self._declared(name, "counter", help_text, labels), help_text, labels, registry=self._registry)

    def _histogram(self, name: str, help_text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        full_name = self._declared(name, "histogram", help_text, labels)
        return Histogram(full_name, help_text, labels, buckets=buckets, registry=self._registry)

    def _declared(self, name: str, kind: str, help_text: str, labels: tuple[str, ...]) -> str:
        family = Family(f"vendorwatch_{name}", kind, help_text, labels)
        self._families.append(family)
        return family.name

    @property
    def families(self) -> tuple[Family, ...]:
        """What is declared here; the process's and Python's own come beside it."""
        return (
            *self._families,
            _STORE_ERRORS,
            _STORE_DROPPED,
            _STORE_QUEUE,
            _STORED_AT,
            *telling.FAMILIES,
            *own_network.FAMILIES,
        )

    def reloaded(self, at: datetime, vendors: int, targets: int) -> None:
        """A configuration read without a mistake *at* that time is in force: so many *vendors*, so many *targets*."""
        self._reload_worked.set(1)
        self._reloaded_at.set(at.timestamp())
        self._vendors.set(vendors)
        self._targets.set(targets)

    def reload_refused(self) -> None:
        """A configuration was read and had mistakes; the one before stays in force."""
        self._reload_worked.set(0)

    def beat(self, at: datetime) -> None:
        """The scheduler went round *at* that time."""
        self._heartbeat.set(at.timestamp())

    def in_flight(self, probes: int) -> None:
        """So many *probes* are under way."""
        self._in_flight.set(probes)

    def probed(self, check: str, seconds: float, delay: float) -> None:
        """A probe of *check* ended after *seconds*; it had begun *delay* seconds after it was due."""
        self._durations.labels(check).observe(seconds)
        self._delays.observe(max(delay, 0.0))

    def missed(self, reason: MissedReason, runs: int = 1) -> None:
        """So many due *runs* did not happen."""
        self._missed.labels(reason).inc(runs)

    def jumped(self) -> None:
        """The wall clock and the monotonic one went apart: a clock that was set, or a machine that slept."""
        self._jumps.inc()

    def erred(self, check: str) -> None:
        """A probe of *check* ended in a bug of ours."""
        self._bugs.labels(check).inc()

    def moved(self, check: str, state: State) -> None:
        """A target of *check* changed to *state*."""
        self._transitions.labels(check, state.value).inc()

    def resting(self, origins: int) -> None:
        """So many *origins* of pages are left alone at the moment."""
        self._resting.set(origins)

    def platforms_are(self, unreadable: Mapping[str, bool]) -> None:
        """Which of the platforms in use is *unreadable* as a whole; those that are not named are in use no more."""
        for name in self._platforms - unreadable.keys():
            self._unreadable.remove(name)
        for name, is_it in unreadable.items():
            self._unreadable.labels(name).set(is_it)
        self._platforms = frozenset(unreadable)

    def causes_are(self, vendors: Mapping[SharedKind, int]) -> None:
        """How many *vendors* fail together at the most by one thing of each kind."""
        for kind, count in vendors.items():
            self._failing_together.labels(kind.value).set(count)

    def store_is(self, stats: StoreStats) -> None:
        """How the store is doing at this moment."""
        self._store.stats = stats

    def notifications_are(self, stats: telling.TellingStats) -> None:
        """Where it is counted, from now on, what was told and what was not."""
        self._telling.read = partial(telling.readings, stats)

    def egress_is(self, view: View, at: float) -> None:
        """What is known of our own network at this moment, *at* a monotonic time."""
        self._network.read = partial(own_network.readings, view, at)

    def collected(self, series: int, seconds: float) -> None:
        """So many *series* of the snapshot were rendered in so many *seconds*."""
        self._series.set(series)
        self._collect_seconds.set(seconds)

    def collect_failed(self) -> None:
        """A part of a vendor or target could not be rendered and was left out."""
        self._collect_errors.inc()

    def exposition(self) -> bytes:
        """All of the above in the text format 0.0.4."""
        return generate_latest(self._registry)


class _ReadingCollector(Collector):
    """Numbers that are counted elsewhere, and *read* there each time they are shown."""

    def __init__(self) -> None:
        self.read: Callable[[], Iterable[tuple[Family, telling.Values]]] = tuple

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        for family, values in self.read():
            shape = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            shown = shape(family.name, family.help, labels=family.labels)
            for labels, value in values.items():
                shown.add_metric(labels, value)
            if values:
                yield shown


class _StoreCollector(Collector):
    """The store's numbers as they were last told: the store counts them itself."""

    def __init__(self) -> None:
        self.stats: StoreStats | None = None

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        stats = self.stats
        counts = {str(operation): count for operation, count in stats.errors.items()} if stats else {}
        errors = CounterMetricFamily(_STORE_ERRORS.name, _STORE_ERRORS.help, labels=_STORE_ERRORS.labels)
        for operation in get_args(StoreOperation):
            errors.add_metric([operation], counts.get(operation, 0))
        yield errors
        yield CounterMetricFamily(_STORE_DROPPED.name, _STORE_DROPPED.help, value=stats.dropped if stats else 0)
        yield GaugeMetricFamily(_STORE_QUEUE.name, _STORE_QUEUE.help, value=stats.queued if stats else 0)
        if stats and stats.last_success:
            yield GaugeMetricFamily(_STORED_AT.name, _STORED_AT.help, value=stats.last_success.timestamp())
