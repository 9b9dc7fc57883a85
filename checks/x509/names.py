"""Whether a certificate is for a host (RFC 9525). Pure text: nothing here parses a certificate."""

from __future__ import annotations

import ipaddress

from checks.hosts import a_labels
from checks.x509.reading import Certificate


def matches(certificate: Certificate, host: str) -> bool:
    """Whether *certificate* names *host*, a DNS name (also an internationalised one) or an IP address without brackets.

    Only the subject alternative names count; a common name never does (RFC 9525, section 2).
    """
    address = address_of(host)
    if address is not None:
        return address in certificate.ip_addresses
    wanted = _a_labels(host)
    return bool(wanted) and any(_covers(name.lower(), wanted) for name in certificate.dns_names)


def address_of(host: str) -> str | None:
    """The IP address that *host* is, in its one canonical spelling; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _a_labels(host: str) -> str:
    """A name as certificates write it: lower-case A-labels without the root's dot. Empty for what cannot be a name."""
    try:
        return a_labels(host).removesuffix(".")
    except ValueError:
        return ""


def _covers(pattern: str, host: str) -> bool:
    """Whether a name of a certificate covers *host*.

    A wildcard is the whole left-most label and stands for exactly one label (RFC 9525, section 6.3). One directly below
    a single label, ``*.com``, covers nothing: no client accepts it.
    """
    if not pattern.startswith("*."):
        return pattern == host
    parent = pattern.removeprefix("*.")
    label, _, rest = host.partition(".")
    return bool(label) and "." in parent and rest == parent
