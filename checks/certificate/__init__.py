"""The certificate a vendor serves: its dates, its name, whether clients can trust it, and what is new about it.

One handshake becomes facts (`looking`); what they mean at a time is `judging`, which asks `evidence` of revocation,
`endings`, `blemishes`, `public` rules and `change`; `numbers` is what Prometheus gets. Reading and trusting certificates is
`checks.x509`; how a handshake is made is the network's affair.

The rules of this package:

- The facts hold all that judging needs. Judged at another date they give that date's answer of whatever has dates here: the
  certificate, the issuers on its path, staple and list. Where the chain leads was found out at the moment of the look,
  issuers that were not valid then left aside, and stays as it was found.
- A certificate that clients refuse is critical, and its target is down. An incomplete chain lies between: browsers repair
  it, programs do not; so do a weak key and an authority's own certificate. All else is somebody's work and not an outage:
  such findings imply that the target is up.
- What is only worth knowing is a note: a finding of severity `OK`, beside the one that all is well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from checks.certificate.change import Known
from checks.certificate.facts import Facts, Settings
from checks.certificate.judging import judge
from checks.certificate.looking import brief, look, observe
from checks.certificate.numbers import METRICS, measure
from checks.check import Check, Derived
from checks.shared import Trait, issuer_trait, network_trait
from checks.vendor import Vendor

__all__ = ["CHECK", "Facts", "Settings", "brief", "derive", "judge", "look", "measure", "observe"]


def derive(vendor: Vendor) -> Iterator[Derived[Settings]]:
    """One target for each distinct host and port of the https endpoints and of ``tls:``, in the file's order."""
    for entry in vendor.tls_served:
        settings = Settings(entry.address, entry.starttls, entry.waive)
        yield Derived(name=entry.name, settings=settings, host=entry.address.host)


def remember(facts: Facts) -> str:
    """The word for the next look; ``""`` while no certificate was ever read."""
    return str(facts.known) if facts.known else ""


def recall(settings: Settings, word: str) -> Settings:
    """The settings of the next look: with what *word* knows, if anything."""
    return replace(settings, known=Known.read(word))


def shares(facts: Facts) -> Iterator[Trait]:
    """The network of the server, and who issued its certificate."""
    yield network_trait(facts.address)
    if facts.leaf:
        yield issuer_trait(facts.leaf.issuer_name, facts.leaf.issuer_organization)


CHECK = Check(
    name="certificate",
    every=3600,
    deadline=20,
    settings=Settings,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=METRICS,
    remember=remember,
    recall=recall,
    shares=shares,
)
