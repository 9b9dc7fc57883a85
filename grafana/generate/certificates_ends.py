"""When certificates end, and when they were renewed."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import certificates_queries as ask
from grafana.generate.columns import NEEDED, VENDOR, coloured, column, paged, shaped, unit, value, wide, words
from grafana.generate.drawing import chosen, listed, marked, of_days, stacked, tinted
from grafana.generate.parts import Panel, graph, grid, query, rows
from grafana.generate.states import band_mappings

_DAYS = f" / {ask.DAY}"
_HORIZONS = (
    ("expired", None, 0, "dark-red"),
    ("within 7 days", 0, 7, "red"),
    ("7 to 30 days", 7, 30, "orange"),
    ("30 to 90 days", 30, 90, "yellow"),
    ("later", 90, None, "green"),
)
_SHOWN = 12


def ends_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _by_end()
    yield _horizons()
    yield _left()
    yield _renewals()
    yield _renewed()


def _by_end() -> table.Panel:
    panel = grid(
        101,
        "Certificates, those that end first on top",
        "When the certificate of each address ends, and when the first of its chain does. Yellow: less than 21 days or a "
        "quarter of its life is left; ask the vendor. Red: less than 7 days or an eighth, or expired; tell the vendor "
        "today, clients stop working at that moment. Red under Trusted: the table of faults below says why.",
        rows(ask.band(), "A"),
        rows(f"({ask.end()} - time()){_DAYS}", "B"),
        rows(f"{ask.end()} * 1000", "C"),
        rows(f"({ask.end('chain')} - time()){_DAYS}", "D"),
        rows(f"{ask.life()}{_DAYS}", "E"),
        rows(ask.by_address(ask.metric("vendor_certificate_verified"), operation="min"), "F"),
        rows(ask.key(), "G"),
        height=11,
    )
    return shaped(
        paged(panel),
        VENDOR,
        column("address", "Address"),
        value("A", "Ends", words(band_mappings()), wide(130)),
        value("B", "Days left", unit(units.NoUnit, 1), wide(100)),
        value("C", "On", unit(units.DatetimeISO), wide(170)),
        value("D", "Chain's days left", unit(units.NoUnit, 1), wide(140)),
        value("E", "Life in days", unit(units.NoUnit, 0), wide(110)),
        value("F", "Trusted", words(NEEDED), wide(90)),
        column("issuer", "Issuer"),
        column("key", "Key", wide(100)),
        worst="Days left",
        descending=False,
    ).no_value("nothing is known")


def _horizons() -> timeseries.Panel:
    found = [
        query(ask.left_between(least, most), name, ref)
        for ref, (name, least, most, _) in zip("ABCDE", _HORIZONS, strict=True)
    ]
    text = (
        "How many addresses have a certificate that ends within so many days. Red: tell those vendors today. Orange and "
        "yellow: a wave that comes nearer is work that comes, so ask in time who renews by hand. Colours go by days alone: "
        "one that is good for 47 days is never green here, and fine in the table above until it should be renewed."
    )
    panel = graph(102, "Addresses by days left", text, *found, unit=units.Short).decimals(0)
    coloured_panel = tinted(stacked(panel), {name: colour for name, _, _, colour in _HORIZONS})
    return listed(coloured_panel.no_value("no certificate is known"), "lastNotNull", right=True)


def _left() -> timeseries.Panel:
    left = chosen(f"({ask.end()} - time())", ask.ADDRESS, _SHOWN, ask.end(), "bottomk")
    text = (
        f"The {_SHOWN} addresses that end first. A line that jumps up was renewed. Below the dashed lines, at 21 and 7 "
        "days, a certificate of 90 days or longer is late: tell the vendor. Shorter ones are renewed later by design; the "
        "table above says whether they are fine."
    )
    panel = graph(103, "Days left", text, query(f"({left}){_DAYS}", "{{vendor}} {{address}}"), unit=units.NoUnit)
    panel = marked(panel, ("red", None), ("yellow", 7), ("green", 21)).decimals(1)
    return listed(panel.no_value("no certificate is known"), "lastNotNull", right=True)


def _renewals() -> timeseries.Panel:
    found = query(f"sum({ask.renewals('1d')})", "renewed")
    text = (
        "How often the certificate that an address shows became another one in the 24 hours before each point. A wave of "
        "many on one day comes back when these end: see that somebody is there. Many renewals of one address are none: its "
        "servers show different ones in turn; tell the vendor."
    )
    panel = of_days(graph(104, "Renewals within a day", text, found, unit=units.Short, width=8))
    return panel.decimals(0).axis_soft_max(4).no_value("no certificate is known")


def _renewed() -> table.Panel:
    times = f"{ask.renewals('$__range')} > 0"
    panel = grid(
        105,
        "Renewed in the time shown",
        "Addresses that show another certificate than before, and how often it changed. Once is a renewal: nothing to do. "
        "Yellow: four times or more; within a month that is servers that show different certificates in turn. Tell the "
        "vendor: one that was forgotten ends first.",
        rows(times, "A"),
        rows(f"{ask.end('leaf')} * 1000\nand on ({ask.ADDRESS}) {times}", "B"),
        rows(f"{ask.life()}{_DAYS}\nand on ({ask.ADDRESS}) {times}", "C"),
        width=16,
    )
    return shaped(
        panel,
        VENDOR,
        column("address", "Address"),
        value("A", "Times", coloured(("text", None), ("yellow", 4)), unit(units.NoUnit, 0), wide(90)),
        value("B", "Ends now on", unit(units.DatetimeISO), wide(180)),
        value("C", "Life in days", unit(units.NoUnit, 0), wide(110)),
        worst="Times",
    ).no_value("none is known")
