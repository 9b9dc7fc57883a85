"""What follows from probes, as the store is given it: outages, alerts, messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.alert import Alert
from monitor.outage import Outage
from monitor.outbox import Message
from monitor.store.store import Aside, Consequences
from tests.support.records import NOON


def after(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def outage(vendor: str = "acme", *, opened: float = 0, claimed: float | None = None, closed: float | None = None) -> Outage:
    """An outage that was believed ten seconds after it had begun; all times in seconds after noon."""
    return Outage(
        vendor=vendor,
        opened_at=after(opened),
        confirmed_at=after(opened + 10),
        claimed_at=None if claimed is None else after(claimed),
        closed_at=None if closed is None else after(closed),
        targets=(f"{vendor}/endpoint/api", f"{vendor}/tls/api"),
        cause="refused: by 192.0.2.7",
        shared="the network 192.0.2.0/24",
    )


def alert(vendor: str = "acme", *, starts: float = 0, ends: float | None = None, said: str = "Acme is down") -> Alert:
    """That a vendor is down."""
    return Alert(
        labels={"alertname": "VendorDown", "severity": "page", "vendor": vendor},
        annotations={"summary": said},
        starts_at=after(starts),
        ends_at=None if ends is None else after(ends),
    )


def message(number: int = 0, channel: str = "ops", *, at: float | None = None) -> Message:
    """One of a channel's messages: each is another alert, put down as many seconds after noon as its number says."""
    put_down = number if at is None else at
    return Message(channel=channel, alert=alert(f"vendor{number}", starts=put_down), at=after(put_down))


def aside(*messages: Message, at: float = 0, outages: tuple[Outage, ...] = (), alerts: tuple[Alert, ...] = ()) -> Aside:
    """What happened without a probe."""
    return Aside(at=after(at), consequences=Consequences(outages=outages, alerts=alerts, messages=messages))
