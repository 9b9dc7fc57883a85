"""What remembering costs where the store is in PostgreSQL: the numbers of `tests.benchmarks.store`, over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from monitor.store.sql import open_store
from tests.benchmarks.measuring import Absent, Number
from tests.benchmarks.store import QUICK_ROWS, ROWS, written_and_read
from tests.support.postgres import Server, program, server


def measure(*, quick: bool) -> Iterator[Number]:
    """A server as careful as it is by default, where what is committed is on the disk."""
    try:
        program("initdb")
    except pytest.skip.Exception as missing:
        raise Absent(str(missing)) from missing
    with server(fsync="on", full_page_writes="on") as postgres:
        yield from _measured(postgres, QUICK_ROWS if quick else ROWS)


def _measured(postgres: Server, rows: int) -> Iterator[Number]:
    name = postgres.create()
    with closing(open_store(postgres.url(name))) as store:
        yield from written_and_read(store, rows)
    ((size,),) = postgres.tell(
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid > 16383", name
    )
    yield Number(what="size", value=float(size) / rows, unit="bytes/row", n=rows, how="the tables with their indexes")
