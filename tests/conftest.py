"""How tests are shared out among processes of pytest-xdist: one by one, but those of files named ``*_live.py`` together.

Such files of a folder share something that takes long to build (a month in a Prometheus), once for all of their tests. The
mark that pytest-xdist has for this, ``xdist_group``, does nothing with pytest 9.2 (pytest-dev/pytest-xdist#1386).
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = "_live.py"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Hands out tests one by one, and those of files that end in `TOGETHER` as one; that first, since it takes longest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file.rpartition("/")[0] + TOGETHER if file.endswith(TOGETHER) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """See pytest-xdist's hook of this name."""
    return Sharing(config, log)
