"""Whether a certificate is for a host (RFC 9525). Pure text: nothing here parses a certificate."""

from __future__ import annotations

import ipaddress

from checks.x509.reading import Certificate

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address


def matches(certificate: Certificate, host: str) -> bool:
    """Whether *certificate* names *host*, a DNS name (also an internationalised one) or an IP address without brackets.

    Only the subject alternative names count; a common name never does (RFC 9525, section 2).
    """
    wanted = _canonical(host)
    if wanted is None:
        return False
    if isinstance(wanted, _IP):
        return str(wanted) in certificate.ip_addresses
    return any(_covers(name.lower(), wanted) for name in certificate.dns_names)


def _canonical(host: str) -> str | _IP | None:
    """*host* as certificates write it: an address, or lower-case A-labels without the root's dot; None for no host."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        labels = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return labels.lower().removesuffix(".") or None


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
