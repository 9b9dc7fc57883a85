"""A vendor, as its file describes it: frozen values that hold no behaviour beyond their own validity.

`VendorFile` is the shape of ``config/vendors/<slug>.yaml``, field for field: the loader fills it, the JSON Schema is
generated from it, and the string below each field is that field's documentation in both. A section that a new check
reads is a new field here. Constraints that a type cannot say are in ``__post_init__``: one `ValueError` whose
arguments are the sentences of all that are broken, each with its cure and, where it is about one field or item, that first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from checks.values import Address
from checks.vendor.endpoint import Auth, BasicAuth, Endpoint, Expect, JsonCondition, Scalar
from checks.vendor.holding import repeats, require
from checks.vendor.page import ComponentRef, StatusPage
from checks.vendor.tls import StartTls, TlsEntry, Waiver
from checks.vendor.window import Window

__all__ = [
    "Auth",
    "BasicAuth",
    "ComponentRef",
    "Endpoint",
    "Expect",
    "JsonCondition",
    "Scalar",
    "StartTls",
    "StatusPage",
    "Tier",
    "TlsEntry",
    "Vendor",
    "VendorFile",
    "Waiver",
    "Window",
]

_MOST_WINDOWS = 20
_ALWAYS = 100
_NO_OBJECTIVE = "objective: must be above 0 and below 100 percent, like 99.9: at 100 every error would be one too many"


class Tier(StrEnum):
    """How much depends on a vendor."""

    CRITICAL = "critical"
    STANDARD = "standard"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFile:
    """One sub-processor: who it is, where it says how it is, and what of it we look at ourselves."""

    name: str
    """The vendor's name, as people know it; with a preset: its own, unless it is said here."""
    preset: str = ""
    """A vendor that the program knows (vendorwatch presets): fills in the name:, status: and tls: that are not said here."""
    owner: str = ""
    """Who is told; becomes the label team."""
    tier: Tier = Tier.STANDARD
    """How much depends on the vendor: critical, standard or low."""
    status: StatusPage | None = None
    """The vendor's status page: the claim."""
    endpoints: tuple[Endpoint, ...] = ()
    """What we call ourselves: the measurement."""
    tls: tuple[Address | TlsEntry, ...] = ()
    """What speaks TLS beside the https endpoints, which need no entry: host:port, or {address: host:port, profile: …}."""
    maintenance: tuple[Window, ...] = ()
    """When work is done that you know of: {start: 2026-12-06T02:00, lasts: 2h, repeats: FREQ=WEEKLY, zone: Europe/Berlin}"""
    objective: float | None = None
    """How many percent of the time the vendor should be available, like 99.9; alerts on its error budget need it."""

    def __post_init__(self) -> None:
        twice = repeats(entry.address for entry in self.tls_entries)
        require(
            (self.name.strip(), "name: is empty"),
            *((False, f"tls[{index}]: is the address of tls[{first}]: leave one out") for index, first in twice),
            (len(self.maintenance) <= _MOST_WINDOWS, f"maintenance: has more than {_MOST_WINDOWS} windows: let them repeat"),
            (self.objective is None or 0 < self.objective < _ALWAYS, _NO_OBJECTIVE),
        )

    @property
    def tls_entries(self) -> tuple[TlsEntry, ...]:
        """What stands under ``tls:``, each as an entry."""
        return tuple(TlsEntry(one) if isinstance(one, Address) else one for one in self.tls)

    @property
    def tls_served(self) -> tuple[TlsEntry, ...]:
        """Every address that speaks TLS, once: those of the https endpoints, then those of ``tls:``, whose words win."""
        implied = (Address(one.url.host, one.url.port) for one in self.endpoints if one.url.is_tls)
        said = {entry.address: entry for entry in self.tls_entries}
        return tuple(({address: TlsEntry(address) for address in implied} | said).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor(VendorFile):
    """A vendor with its identity: *slug* is the stem of its file's name and the label ``vendor``."""

    slug: str
