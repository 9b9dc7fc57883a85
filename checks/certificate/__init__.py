"""The certificate a vendor serves: its dates, its name, and whether clients can trust it.

One handshake becomes `facts`; what they mean at a time is `judging`, which asks `endings`; `numbers` is what Prometheus
gets. Reading and trusting certificates is `checks.x509`; how a handshake is made is the network's affair.

The rules of this package:

- The facts hold all that judging needs and nothing that a day changes: judged at another date they give the answer of
  that date.
- A certificate that clients refuse is critical, and its target is down. An incomplete chain lies between: browsers repair
  it, programs do not. A certificate that is about to end is somebody's work and not an outage: such findings imply that
  the target is up.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.certificate.facts import Facts, Settings, observe
from checks.certificate.judging import judge
from checks.certificate.numbers import METRICS, measure
from checks.check import Check, Derived
from checks.vendor import Vendor

__all__ = ["CHECK", "Facts", "Settings", "derive", "judge", "measure", "observe"]

_HTTPS = 443


def derive(vendor: Vendor) -> Iterator[Derived[Settings]]:
    """One target for each distinct host and port of the https endpoints and of ``tls:``, in the file's order."""
    for entry in vendor.tls_served:
        address = entry.address
        name = address.host if address.port == _HTTPS else str(address)
        yield Derived(name=name, settings=Settings(address, entry.starttls), host=address.host)


CHECK = Check(
    name="certificate",
    every=3600,
    deadline=10,
    settings=Settings,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=METRICS,
)
