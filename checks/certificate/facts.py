"""What one look at a certificate needs and shows, as plain and bounded values: no verdicts, and no bytes of the peer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from checks.certificate.change import Known
from checks.network import Revocation, TrustFault
from checks.values import Address
from checks.vendor import StartTls, Waiver
from checks.x509 import Certificate, Oddity, Staple


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the certificate is served, and what is spoken there before TLS.

    *waive* are the findings that are accepted there for a time, *known* is what the last look left of the certificate.
    """

    address: Address
    starttls: StartTls | None = None
    waive: tuple[Waiver, ...] = ()
    known: Known | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one handshake showed.

    *leaf* is the server's own certificate, None when there was none that can be read; *chain* is what else it sent, in its
    order. *path* is how the leaf leads to a root, that included and the leaf not; empty when there is a *fault*, which
    *detail* explains. *named* says whether the leaf is for the host. Of a certificate's names only the first twenty are
    kept. *oddities* are what is unusual about the chain as it was sent.

    *staple* is None when none came. *revocation* is what the issuer's list says, None when the leaf names no list or none
    could be had, for which *revocation_gap* has the reason. *alpn* is empty where no protocol was agreed on. *known* is
    what there is to know at the next look: of the leaf, or still of an earlier one while there is none.
    """

    leaf: Certificate | None
    chain: tuple[Certificate, ...]
    path: tuple[Certificate, ...]
    fault: TrustFault | None
    detail: str
    named: bool
    oddities: tuple[Oddity, ...]
    staple: Staple | None
    revocation: Revocation | None
    revocation_gap: str
    tls_version: str
    cipher: str
    group: str
    alpn: str
    asks_for_certificate: bool
    known: Known | None
    address: str
    ip_family: Literal["ipv4", "ipv6"]

    @property
    def used(self) -> tuple[Certificate, ...]:
        """The certificates that count: the leaf and its path, or all that was sent when there is none."""
        above = self.path if self.fault is None else self.chain
        return (self.leaf, *above) if self.leaf else above
