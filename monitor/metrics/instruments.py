"""What the daemon says of itself, in its own words: the methods of `Instruments` are what happened.

What the daemon counts is declared and counted here. What is counted elsewhere, by the store, by those who tell people and by
the canaries, is declared in a module of its own and read when it is shown. The methods may be called from any thread.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Literal, get_args

from checks.model import State
from checks.shared import SharedKind
from monitor.egress import View
from monitor.metrics import compacting, own_network, storing, telling
from monitor.metrics.families import Family
from monitor.metrics.registry import Registry

MissedReason = Literal["overrun", "suspend", "shutdown"]
"""Why a due probe did not run: the one before had not ended, the machine slept, the daemon stopped."""

_PROBE_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_DELAY_BUCKETS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0)


class Instruments:
    """The daemon's own metrics. *checks* are the names of all checks, whose series start at 0."""

    def __init__(self, version: str, checks: Iterable[str]) -> None:
        self._registry = Registry()
        self._declare_daemon(version)
        self._declare_probes(tuple(checks))
        self._declare_pages()
        self._store = self._registry.reader(storing.readings)
        self._compaction = self._registry.reader(compacting.readings)
        self._telling, self._network = self._registry.reader(), self._registry.reader()
        self._declare_page()

    def _declare_daemon(self, version: str) -> None:
        build = self._registry.gauge("build_info", "The running program; always 1.", "version", "python")
        build.labels(version, platform.python_version()).set(1)
        self._reload_worked = self._registry.gauge(
            "config_last_reload_successful", "1 if the configuration was last read without a mistake."
        )
        self._reloaded_at = self._registry.gauge(
            "config_last_reload_success_timestamp_seconds", "When the running configuration was read, as Unix time."
        )
        self._heartbeat = self._registry.gauge(
            "scheduler_heartbeat_timestamp_seconds", "When the scheduler last went round, as Unix time."
        )
        self._vendors = self._registry.gauge("vendors", "Vendors in the catalogue.")
        self._targets = self._registry.gauge("targets", "Targets in the catalogue.")

    def _declare_probes(self, checks: tuple[str, ...]) -> None:
        self._in_flight = self._registry.gauge("probes_in_flight", "Probes under way.")
        self._durations = self._registry.histogram(
            "probe_duration_seconds", "How long probes took.", _PROBE_BUCKETS, "check"
        )
        self._delays = self._registry.histogram(
            "probe_delay_seconds", "From when a probe was due to when it began.", _DELAY_BUCKETS
        )
        self._missed = self._registry.counter("missed_runs_total", "Due probes that did not run.", "reason")
        self._jumps = self._registry.counter("clock_jumps_total", "Times the clock was set or the machine had slept.")
        self._behind = self._registry.gauge(
            "clock_behind", "1 while the clock is more than a day behind what is stored, and no history is put down."
        )
        self._bugs = self._registry.counter("internal_errors_total", "Probes that ended in a bug of ours.", "check")
        self._transitions = self._registry.counter(
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
        self._resting = self._registry.gauge(
            "origins_resting", "Origins of pages left alone because they said 429 or Retry-After."
        )
        self._unreadable = self._registry.gauge(
            "platform_unreadable", "1 while most pages of a platform fail together; for platforms in use.", "platform"
        )
        self._platforms: frozenset[str] = frozenset()
        self._failing_together = self._registry.gauge(
            "shared_cause_vendors", "Vendors that fail together by one thing they share, at the most; 0 if none.", "kind"
        )
        self.causes_are(dict.fromkeys(SharedKind, 0))

    def _declare_page(self) -> None:
        self._series = self._registry.gauge("series", "Series of vendors and targets on this page.")
        self._collect_seconds = self._registry.gauge(
            "collect_duration_seconds", "How long those series took to collect for this page."
        )
        self._collect_errors = self._registry.counter(
            "collect_errors_total", "Parts of a vendor or target left out because of a bug of ours."
        )

    @property
    def families(self) -> tuple[Family, ...]:
        """What is declared here; the process's and Python's own come beside it."""
        return (*self._registry.families, *storing.FAMILIES, *compacting.FAMILIES, *telling.FAMILIES, *own_network.FAMILIES)

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

    def clock_is(self, *, behind: bool) -> None:
        """Whether the wall clock is too far *behind* what is stored for history to be put down."""
        self._behind.set(behind)

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

    def store_is(self, stats: storing.StoreStats) -> None:
        """How the store is doing at this moment."""
        self._store.read = partial(storing.readings, stats)

    def compaction_is(self, stats: compacting.CompactionStats) -> None:
        """How large the store is, and how it is kept small."""
        self._compaction.read = partial(compacting.readings, stats)

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
        return self._registry.exposition()
