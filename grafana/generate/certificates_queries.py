"""What the dashboard of certificates asks Prometheus for, as PromQL.

An address is a target without the ``/deep`` of its weekly look, so that nothing is counted twice: what either look saw of it
counts. How much of a life must be left is what the alerts of ``grafana/prometheus/rules/certificates.yml`` say.
"""

from __future__ import annotations

from grafana.generate.facts import fresh
from grafana.generate.parts import VENDORS
from grafana.generate.states import GRADES

DAY = 86_400
ADDRESS = "vendor, address"
OLD = 'version=~"SSLv.+|TLSv1[.][01]"'
"""The selector of versions that nobody should accept any more."""
_END = f"vendor_certificate_not_after_timestamp_seconds{{{VENDORS}}}"
_LIFE = f"{_END} - vendor_certificate_not_before_timestamp_seconds{{{VENDORS}}}"


def by_address(expression: str, by: str = ADDRESS, operation: str = "max") -> str:
    """*expression* of all daemons that go round and of both kinds of looks, as one for each address."""
    return f'{operation} by ({by}) (label_replace({fresh(expression)}, "address", "$1", "target", "(.+?)(/deep)?"))'


def metric(name: str, *selectors: str) -> str:
    """A metric of the vendors that are shown."""
    return f"{name}{{{', '.join((VENDORS, *selectors))}}}"


def end(position: str = "") -> str:
    """When the certificate of an address ends: the leaf, another of its chain, or the first of them."""
    chosen = (f'position="{position}"',) if position else ()
    return by_address(metric("vendor_certificate_not_after_timestamp_seconds", *chosen), operation="min")


def life() -> str:
    """How many seconds the leaf is good for in all."""
    began = metric("vendor_certificate_not_before_timestamp_seconds", 'position="leaf"')
    ends = metric("vendor_certificate_not_after_timestamp_seconds", 'position="leaf"')
    return by_address(f"{ends} - {began}", operation="min")


def _near(share: int, days: int) -> str:
    """From when on the end is near: a part of its life before it, or so many *days* if that is less."""
    return by_address(f"{_END} - clamp_max(({_LIFE}) / {share}, {days * DAY})", operation="min")


def band() -> str:
    """How near the end of an address is: 0 far, 1 near, 2 very near, 3 over."""
    return f"({end()} < bool time())\n+ ({_near(8, 7)} < bool time())\n+ ({_near(4, 21)} < bool time())"


def key() -> str:
    """Who issued the certificate of an address, and its kind of key in one word, as labels."""
    joined = f'label_join({metric("vendor_certificate_info")}, "key", " ", "key_type", "key_bits")'
    return by_address(joined, f"{ADDRESS}, issuer, key")


def left_between(least: float | None, most: float | None) -> str:
    """How many addresses have a certificate that ends in from *least* days up to *most*."""
    left = f"({end()} - time())"
    bounds = [f"{left} >= bool {least * DAY:.0f}"] if least is not None else []
    bounds += [f"{left} < bool {most * DAY:.0f}"] if most is not None else []
    return f"sum({' * '.join(f'({bound})' for bound in bounds)})"


def grade() -> str:
    """The grade of each address as a number, 0 for the best; of two that differ the worse one."""
    grades = metric("vendor_tls_grade")
    members = (f'{number} * ({grades[:-1]}, grade="{letter}"}} == 1)' for letter, number in GRADES.items())
    return by_address("\nor ".join(members))


def share(name: str, *selectors: str) -> str:
    """Of which part of the addresses a 0/1 metric is 1."""
    return f"avg({by_address(metric(name, *selectors))})"


def old_versions() -> str:
    """The versions below TLS 1.2 that an address accepts, each as a series."""
    return by_address(f"{metric('vendor_tls_version_accepted', OLD)} == 1", f"{ADDRESS}, version")


def renewals(window: str) -> str:
    """How often the leaf that an address shows changed within a *window*, as the daemon says that saw the most of it."""
    ends = metric("vendor_certificate_not_after_timestamp_seconds", 'position="leaf"')
    return by_address(f"changes({ends}[{window}])")
