"""The platforms that cannot be read as a whole, told in the log once when that begins and once when it ends.

What its pages come to is told of each as ever; this says whom not to call: not the vendors, one by one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from monitor.correlate import Unreadable

_log = logging.getLogger(__name__)


class Platforms:
    """What was wrong with which platform when it was last looked at all pages together."""

    def __init__(self) -> None:
        self._unreadable: Mapping[str, Unreadable] = {}

    def take_in(self, found: Mapping[str, Unreadable | None]) -> None:
        """Tell what has changed, given what is *found* of every platform of which a page is watched."""
        before, self._unreadable = self._unreadable, {name: each for name, each in found.items() if each}
        for name, each in self._unreadable.items():
            if name not in before:
                numbers = {"pages": each.pages, "failed": each.failed}
                _log.warning("a platform is unreadable", extra={"platform": name, **numbers, "reason": each.reason.value})
        for name in before:
            if name in found and found[name] is None:
                _log.info("a platform can be read again", extra={"platform": name})
