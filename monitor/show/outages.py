"""The table of outages: one of them a line, with what failed below each other in the last column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.wording import lasting
from monitor.logs import escaped
from monitor.outage import Outage
from monitor.show.console import print_table

_NAMED = 4
"""So many targets are named."""


def show_outages(outages: Sequence[Outage], now: datetime, out: Console) -> None:
    """A table of *outages* as they are known *now*."""
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for name in ("VENDOR", "BEGAN (UTC)", "LASTED", "NOTICED", "ADMITTED"):
        table.add_column(name, no_wrap=True)
    table.add_column("WHAT FAILED", overflow="fold", min_width=24)
    for each in outages:
        table.add_row(
            Text(escaped(each.vendor), "bold"),
            Text(f"{each.opened_at:%Y-%m-%d %H:%M}"),
            _lasted(each, now),
            Text(f"after {lasting(each.detection_delay)}"),
            _admitted(each),
            Text("\n").join(Text(escaped(line)) for line in _what(each)),
        )
    print_table(table, out)


def _lasted(outage: Outage, now: datetime) -> Text:
    if outage.closed_at is None:
        return Text(f"{lasting(max(now - outage.opened_at, timedelta()))}, goes on", "bold red")
    return Text(lasting(outage.closed_at - outage.opened_at))


def _admitted(outage: Outage) -> Text:
    """When the vendor's own page admitted it, counted from the first look that failed."""
    if outage.lead is None:
        return Text("not yet", "yellow") if outage.is_open else Text("never", "yellow")
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
