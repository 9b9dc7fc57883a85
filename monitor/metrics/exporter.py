"""The page itself: what the snapshot says, kept from scrape to scrape, then what the daemon says.

A target is rendered when its entry is another object than at the last scrape, which is what an immutable entry allows;
entries that are gone take their text with them. A part that cannot be rendered is left out, logged and
counted, once for each observation: one bad part must not blind every alert.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import is_
from threading import Lock

from checks.check import AnyCheck
from checks.model import Metric
from checks.vendor import Vendor
from monitor.metrics.families import SNAPSHOT_FAMILIES, TARGET_LABELS, Family, Pieces, claim_part, target_part, vendor_part
from monitor.metrics.instruments import Instruments
from monitor.metrics.measured import declared_metrics, family_of, measured_part
from monitor.metrics.text import LABELS, encoded, header, labels
from monitor.snapshot import Entry, Snapshot
from monitor.standing import Standing

_log = logging.getLogger(__name__)


def declared(checks: Iterable[AnyCheck], instruments: Instruments) -> tuple[Family, ...]:
    """Every family of ours in the order of the page: the snapshot's, the checks', the daemon's.

    Raises `ValueError` when two checks declare one name differently.
    """
    return (*_snapshot_families(declared_metrics(checks).values()), *instruments.families)


def _snapshot_families(metrics: Iterable[Metric]) -> tuple[Family, ...]:
    families = (*SNAPSHOT_FAMILIES, *map(family_of, metrics))
    names = [family.name for family in families]
    for name in names:
        if names.count(name) > 1:
            msg = f"{name} is the daemon's: a check may not declare it"
            raise ValueError(msg)
    return families


@dataclass(frozen=True, slots=True)
class _Part:
    """What is said of one vendor or target, the labels its lines begin with, and the objects it was rendered from."""

    labels: bytes
    pieces: Pieces
    source: tuple[object, ...]

    def is_of(self, source: tuple[object, ...]) -> bool:
        """Whether *source* is the very same objects."""
        return len(source) == len(self.source) and all(map(is_, source, self.source))

    @property
    def series(self) -> int:
        """How many lines that is."""
        return sum(piece.count(LABELS) for piece in self.pieces.values())


class Exporter:
    """Renders ``/metrics``.

    *snapshot* returns the newest one, *standings* how each vendor stands, by slug; *checks* are those whose samples may
    appear.
    """

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        standings: Callable[[], Mapping[str, Standing]],
        checks: Iterable[AnyCheck],
        instruments: Instruments,
    ) -> None:
        self._snapshot = snapshot
        self._standings = standings
        self._metrics = declared_metrics(checks)
        self._families = _snapshot_families(self._metrics.values())
        self._instruments = instruments
        self._kept: dict[str, _Part] = {}
        self._lock = Lock()

    def page(self) -> Iterator[bytes]:
        """The page in the text format 0.0.4, one chunk for each family. For any thread but the event loop's.

        Whoever sends the page compressed need never have all of it in memory.
        """
        began = time.perf_counter()
        with self._lock:
            parts = self._refreshed(self._snapshot())
        for family in self._families:
            lines = [piece.replace(LABELS, part.labels) for part in parts if (piece := part.pieces.get(family.name))]
            if lines:
                yield header(family.name, family.kind, family.help) + b"".join(lines)
        self._instruments.collected(sum(part.series for part in parts), time.perf_counter() - began)
        yield self._instruments.exposition()

    def _refreshed(self, snapshot: Snapshot) -> list[_Part]:
        """A part for each vendor and each entry of *snapshot*, in its order; what is kept of others is dropped."""
        by_vendor: dict[str, list[Entry]] = defaultdict(list)
        for entry in snapshot.entries.values():
            by_vendor[entry.target.vendor].append(entry)
        standings = self._standings()
        parts = [
            self._part(vendor.slug, self._vendor, vendor, standings[vendor.slug], *by_vendor[vendor.slug])
            for vendor in snapshot.vendors
            if vendor.slug in standings
        ]
        parts += [self._part(key, self._target, entry) for key, entry in snapshot.entries.items()]
        for key in self._kept.keys() - snapshot.entries.keys() - {vendor.slug for vendor in snapshot.vendors}:
            del self._kept[key]
        return parts

    def _part(self, key: str, render: Callable[..., _Part], *source: object) -> _Part:
        """The part kept under *key* if it is still true; otherwise a new one takes its place at once.

        Replacing one at a time frees one at a time: freeing 10,000 in one step would hold up the event loop for 40 ms.
        """
        kept = self._kept.get(key)
        if kept is None or not kept.is_of(source):
            kept = self._kept[key] = render(*source)
        return kept

    def _vendor(self, vendor: Vendor, standing: Standing, *entries: Entry) -> _Part:
        measured = self._unless_broken(vendor_part, vendor, standing)
        claimed = self._unless_broken(claim_part, vendor, standing, entries)
        return _Part(encoded(labels(("vendor",), (vendor.slug,))), {**measured, **claimed}, (vendor, standing, *entries))

    def _target(self, entry: Entry) -> _Part:
        pieces = {**self._unless_broken(target_part, entry), **self._unless_broken(measured_part, entry, self._metrics)}
        target = entry.target
        return _Part(encoded(labels(TARGET_LABELS, (target.vendor, target.check, target.name))), pieces, (entry,))

    def _unless_broken(self, render: Callable[..., Pieces], about: Vendor | Entry, *more: object) -> Pieces:
        try:
            return render(about, *more)
        except Exception:  # noqa: BLE001 - a check's own code may raise anything, and one bad part must not blind every alert
            name = about.slug if isinstance(about, Vendor) else about.target.key
            _log.exception("%s: left out of /metrics what %s renders", name, render.__name__)
            self._instruments.collect_failed()
            return {}
