"""What reading two megabytes costs that grew out of a platform's own documents: the slowest document of each platform."""

from __future__ import annotations

from collections.abc import Iterator

from checks.status.platform import all_platforms
from tests.benchmarks.measuring import Number
from tests.support.growth import slowest


def measure(*, quick: bool) -> Iterator[Number]:
    """The slowest document of each platform; of some platforms only when it is to be *quick*."""
    for name in list(all_platforms())[:: 8 if quick else 1]:
        seconds, document = slowest(name)
        yield Number(what=f"{name}: {document}", value=seconds * 1e3, unit="ms CPU", n=3, how="best of three, 2 MiB")
