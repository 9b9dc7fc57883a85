"""What DNS says of a host that speaks TLS, and whether all its addresses show the same certificate. Once a day.

`looking` asks, `records` reads what was said, `judging` says what it means.

The rules of this package:

- Nothing here takes a vendor down. Another certificate at another address is somebody's work, all else is a note. There
  is no clock here, so questions are counted: all of them together end before the deadline, however slow the answers are.
- What could not be asked is a fact with its reason and keeps nothing else from being told; there is nothing to judge only
  when nothing at all could be seen.
- A host is looked at once, whatever the number of its ports: at the one that the vendor's file names first. Its HTTPS
  record (RFC 9460) is asked for where the host is on port 443; that of another port has a name of its own (section 2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.check import Check, Derived
from checks.dns.judging import judge
from checks.dns.looking import Facts, Issuing, Settings, Web, observe
from checks.hosts import is_address
from checks.model import Metric, Sample
from checks.vendor import TlsEntry, Vendor

_HTTPS = 443
_CAA = Metric("vendor_dns_caa", "Whether CAA records say which authorities may issue certificates for the host.")
_ECH = Metric("vendor_dns_ech", "Whether the host's HTTPS record has a key for Encrypted Client Hello.")
_DIFFER = Metric(
    "vendor_certificate_addresses_differ",
    "Whether the addresses of the host that were looked at show different certificates.",
)


def derive(vendor: Vendor) -> Iterator[Derived[Settings]]:
    """One target for each host that speaks TLS and has a name, in the file's order."""
    hosts: dict[str, list[TlsEntry]] = {}
    for entry in vendor.tls_served:
        if not is_address(entry.address.host):
            hosts.setdefault(entry.address.host, []).append(entry)
    for host, entries in hosts.items():
        yield Derived(name=host, settings=_settings(entries), host=host)


def _settings(entries: list[TlsEntry]) -> Settings:
    first = entries[0]
    is_web = any(entry.address.port == _HTTPS and entry.starttls is None for entry in entries)
    waived = {waiver.finding: waiver for entry in reversed(entries) for waiver in entry.waive}
    return Settings(first.address, first.starttls, is_web=is_web, waive=tuple(waived.values()))


def measure(facts: Facts | None, _settings: Settings, _at: datetime) -> Iterator[Sample]:
    """Of what was seen, whether it is so; nothing while the target cannot be seen."""
    if facts is None:
        return
    if isinstance(facts.issuing, Issuing):
        yield Sample(_CAA, float(facts.issuing.is_restricted))
    if isinstance(facts.web, Web):
        yield Sample(_ECH, float(facts.web.hides_name))
    if facts.certificates:
        yield Sample(_DIFFER, float(len(facts.certificates) > 1))


CHECK = Check(
    name="dns",
    every=86_400,
    deadline=100,
    settings=Settings,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=(_CAA, _ECH, _DIFFER),
)
