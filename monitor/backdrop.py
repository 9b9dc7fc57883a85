"""What stands behind a vendor's standing: its other targets, its windows, its neighbours, and our own network.

Each is somebody else's to know; here they answer for this moment, in the words of `monitor.vendors` and `monitor.chronicle`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from checks.vendor import Vendor
from monitor.clock import Clock
from monitor.egress import Egress, View
from monitor.maintenance import Timetable
from monitor.snapshot import Entry


class LiveBackdrop:
    """See `monitor.vendors.Backdrop`. *entries_of* and *cause_of* take a vendor's slug."""

    def __init__(
        self, entries_of: Callable[[str], Sequence[Entry]], cause_of: Callable[[str], str], network: OwnNetwork
    ) -> None:
        self.entries_of = entries_of
        self.cause_of = cause_of
        self._network = network
        self._timetables: dict[str, Timetable] = {}

    def adopt(self, vendors: Iterable[Vendor]) -> None:
        """Know the windows of exactly *vendors* from now on."""
        self._timetables = {vendor.slug: Timetable(vendor.maintenance) for vendor in vendors if vendor.maintenance}

    def work_on(self, vendor: Vendor, at: datetime) -> tuple[datetime | None, datetime | None]:
        """Until when a window is open *at* a time, and when that is next another."""
        timetable = self._timetables.get(vendor.slug)
        if timetable is None:
            return None, None
        span, change = timetable.at(at)
        return (span.ends if span else None), change

    @property
    def is_blind(self) -> bool:
        """Whether failures may be our own network's."""
        return self._network.is_suspect


class OwnNetwork:
    """What the canaries say of our own network, *view* being the newest they know."""

    def __init__(self, view: Callable[[], View], clock: Clock) -> None:
        self._view = view
        self._clock = clock

    @property
    def is_suspect(self) -> bool:
        """Whether the way out is lost, or came back a moment ago."""
        return self._view().doubts_way_out(self._clock.monotonic())

    @property
    def is_offline(self) -> bool | None:
        """Whether it has been offline for as long as a grace; None when nobody can tell, or not yet."""
        view = self._view()
        if view.state is Egress.UNKNOWN:
            return None
        if view.state is not Egress.OFFLINE or view.since is None:
            return False
        return self._clock.monotonic() - view.since >= view.grace or None

    @property
    def offline_since(self) -> datetime | None:
        """Since when it is offline, None while it is not."""
        view = self._view()
        return view.since_at if view.state is Egress.OFFLINE else None

    @property
    def troubles(self) -> str:
        """What could not be reached last, in one line."""
        return "; ".join(self._view().troubles())
