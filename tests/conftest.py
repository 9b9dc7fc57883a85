"""How tests follow one another, and are shared out among pytest-xdist's processes: those of ``*_live.py`` first, together.

Such files of a folder share what there is once: a month in a Prometheus, which takes long to build, or a port. The
mark that pytest-xdist has for this, ``xdist_group``, does nothing with pytest 9.2 (pytest-dev/pytest-xdist#1386).
"""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER = "_live.py"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Hands out tests one by one, and those of files that end in `TOGETHER` as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file.rpartition("/")[0] + TOGETHER if file.endswith(TOGETHER) else nodeid


def is_live(item: pytest.Item) -> bool:
    """Whether a test is of such a file."""
    return item.path.name.endswith(TOGETHER)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them first, without a test of another file between; each among its own stays where chance has put it."""
    items.sort(key=lambda item: not is_live(item))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """See pytest-xdist's hook of this name."""
    return Sharing(config, log)
