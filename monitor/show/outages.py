"""The outages, and nothing of them cut: what failed stands in the table's last column, or below where that is too narrow."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checks.wording import lasting
from monitor.logs import escaped
from monitor.outage import Outage
from monitor.show.console import print_table

_NAMED = 4
"""So many targets are named."""
_HEADER = ("VENDOR", "BEGAN (UTC)", "LASTED", "NOTICED", "ADMITTED")
_GAP = 2
"""The blanks between two columns."""
_ROOM = 36
"""So wide is the column of what failed at least, for its sentences to be read."""

_Row = tuple[Sequence[Text], Sequence[Text]]
"""Of one outage the cells of the header's columns, and the lines of what failed."""


def show_outages(outages: Sequence[Outage], now: datetime, out: Console, pageless: Collection[str] = ()) -> None:
    """A table of *outages* as they are known *now*. The vendors *pageless* have no page that could admit anything."""
    rows = [(_cells(each, now, pageless), [Text(escaped(line)) for line in _what(each)]) for each in outages]
    columns = zip(*([Text(name) for name in _HEADER], *(cells for cells, _ in rows)), strict=True)
    needed = sum(max(cell.cell_len for cell in column) + _GAP for column in columns)
    print_table(_beside(rows) if needed + _ROOM <= out.width else _below(rows), out)


def _beside(rows: Sequence[_Row]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for name in _HEADER:
        table.add_column(name, no_wrap=True)
    table.add_column("WHAT FAILED", overflow="fold", min_width=_ROOM)
    for cells, what in rows:
        table.add_row(*cells, Text("\n").join(what))
    return table


def _below(rows: Sequence[_Row]) -> Group:
    """Each outage as lines of its own, which wrap as text does."""
    return Group(*(line for row in rows for line in _block(*row)))


def _block(cells: Sequence[Text], what: Sequence[Text]) -> Iterator[Text | Padding]:
    vendor, began, lasted, noticed, admitted = cells
    yield Text.assemble(vendor, "  ", began, " UTC, for ", lasted, overflow="fold")
    told = Text.assemble("noticed ", noticed, "; admitted: ", admitted)
    for line in (told, *what):
        line.overflow = "fold"
        yield Padding(line, (0, 0, 0, _GAP))


def _cells(outage: Outage, now: datetime, pageless: Collection[str]) -> Sequence[Text]:
    return (
        Text(escaped(outage.vendor), "bold"),
        Text(f"{outage.opened_at:%Y-%m-%d %H:%M:%S}"),
        _lasted(outage, now),
        Text(f"after {lasting(outage.detection_delay)}"),
        _admitted(outage, has_page=outage.vendor not in pageless),
    )


def _lasted(outage: Outage, now: datetime) -> Text:
    if outage.closed_at is None:
        return Text(f"{lasting(max(now - outage.opened_at, timedelta()))}, goes on", "bold red")
    return Text(lasting(outage.closed_at - outage.opened_at))


def _admitted(outage: Outage, *, has_page: bool) -> Text:
    """When the vendor's own page admitted it, counted from the first look that failed."""
    if outage.lead is None:
        if not has_page:
            return Text("no page", "dim")
        return Text("not yet" if outage.is_open else "never", "yellow")
    if round(outage.lead.total_seconds()) == 0:
        return Text("at once")
    if outage.lead < timedelta():
        return Text(f"{lasting(-outage.lead)} before")
    return Text(f"after {lasting(outage.lead)}")


def _what(outage: Outage) -> Iterator[str]:
    yield outage.cause
    names = [target.removeprefix(f"{outage.vendor}/") for target in outage.targets]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    yield ", ".join(names[:_NAMED]) + more
    if outage.shared:
        yield f"with others: {outage.shared}"
