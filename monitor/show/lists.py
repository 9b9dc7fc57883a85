"""Plain tables of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.logs import escaped
from monitor.show.console import print_table

_GAP = 2
"""The blanks between two columns."""


def show_table(header: Sequence[str], rows: Iterable[Sequence[str]], out: Console, spare: Sequence[str] = ()) -> None:
    """A plain table; its cells are text, whatever is in them. Words stay whole, or end in an ellipsis.

    On a terminal that is too narrow for all of it the *spare* columns are left out, the first of them first.
    """
    columns = [[name, *(escaped(cell) for cell in cells)] for name, *cells in zip(header, *rows, strict=True)]
    for name in spare:
        if sum(max(map(cell_len, column)) + _GAP for column in columns) - _GAP > out.width:
            columns = [column for column in columns if column[0] != name]
    table = Table(*(column[0] for column in columns), box=None, pad_edge=False, header_style="dim", show_edge=False)
    for row in zip(*(column[1:] for column in columns), strict=True):
        table.add_row(*(Text(cell, overflow="ellipsis") for cell in row))
    print_table(table, out)
