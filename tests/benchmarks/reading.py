"""What reading two megabytes costs that grew out of a platform's own documents: the slowest document of each platform."""

from __future__ import annotations

from collections.abc import Iterator

from checks.status.platform import all_platforms
from tests.benchmarks.measuring import Number
from tests.support.growth import costs


def measure(*, quick: bool) -> Iterator[Number]:
    """The slowest document of each platform, and what merely decoding it takes; of some only when it is to be *quick*."""
    for name in list(all_platforms())[:: 8 if quick else 1]:
        worst = max(costs(name), default=None)
        if worst:
            how = "best of two, 2 MiB"
            yield Number(what=f"{name}: {worst.document}", value=worst.read * 1e3, unit="ms CPU", n=2, how=how)
            yield Number(what=f"{name}: decoding alone", value=worst.decode * 1e3, unit="ms CPU", n=2, how=how)
