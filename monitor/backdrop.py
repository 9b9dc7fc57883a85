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

LASTING_SECONDS = 300.0
"""For how long our way out comes and goes, at least, before somebody is told; where three graces are longer, those."""


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
        return self._network.is_doubted


class OwnNetwork:
    """What the canaries say of our own network, *view* being the newest they know."""

    def __init__(self, view: Callable[[], View], clock: Clock) -> None:
        self._view = view
        self._clock = clock

    @property
    def is_doubted(self) -> bool:
        """Whether the way out is lost, or came back a moment ago."""
        return self._view().doubts_way_out(self._clock.monotonic())

    @property
    def is_lost(self) -> bool | None:
        """Whether it has been lost for as long as a grace, or has come and gone for `LASTING_SECONDS`.

        None while that may become so or is not over yet, and until somebody looked. What nobody can tell for long is not so.
        """
        view, at = self._view(), self._clock.monotonic()
        spell = view.spell_at(at)
        if spell is None:
            return None if view.state is Egress.UNKNOWN and view.is_heard(at) else False
        lasts = spell.comes_and_goes and at - spell.since >= max(LASTING_SECONDS, 3 * view.grace)
        return True if (lasts and self.is_doubted) or self._is_offline else None

    @property
    def comes_and_goes(self) -> bool:
        """Whether it was lost again and again lately; not while it has been lost for as long as a grace."""
        spell = self._view().spell_at(self._clock.monotonic())
        return spell is not None and spell.comes_and_goes and not self._is_offline

    @property
    def _is_offline(self) -> bool:
        view = self._view()
        since = view.since if view.state is Egress.OFFLINE else None
        return since is not None and self._clock.monotonic() - since >= view.grace

    @property
    def lost_since(self) -> datetime | None:
        """Since when it is lost, or comes and goes; None while it is well."""
        spell = self._view().spell_at(self._clock.monotonic())
        return spell.since_at if spell else None

    @property
    def troubles(self) -> Sequence[str]:
        """What could not be reached last, a line for each."""
        return list(self._view().troubles())
