"""API health: the status of an answer, the time it took, and what it must be like.

An endpoint is called over a connection of its own, so that every phase is measured each time. What is kept of an answer
is in `checks.endpoint.facts`, what it must be like in `checks.endpoint.conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from checks.check import Check, Derived
from checks.endpoint.conditions import judge
from checks.endpoint.facts import EndpointFacts, observe, timed
from checks.model import Metric, Sample
from checks.shared import Trait, network_trait
from checks.values import Url
from checks.vendor import Endpoint, Vendor

DURATION = Metric("vendor_endpoint_duration_seconds", "How long the last answer took, from the name to the last byte.")
PHASE = Metric("vendor_endpoint_phase_seconds", "How long each phase of the last answer took.", ("phase",))
STATUS_CODE = Metric("vendor_endpoint_http_status_code", "The HTTP status code of the last answer.")
IP_FAMILY = Metric("vendor_endpoint_ip_family", "1 for the address family the last answer came over.", ("ip_family",))


def derive(vendor: Vendor) -> Iterator[Derived[Endpoint]]:
    """One target per endpoint, named as the file names it or by host and path."""
    for endpoint in vendor.endpoints:
        name = endpoint.name or _default_name(endpoint.url)
        yield Derived(name=name, settings=endpoint, host=endpoint.url.host, every=endpoint.every)


def _default_name(url: Url) -> str:
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if url.port == (443 if url.is_tls else 80) else f":{url.port}"
    return host + port + urlsplit(url).path.rstrip("/")


def measure(facts: EndpointFacts | None, _endpoint: Endpoint, _at: datetime) -> Iterator[Sample]:
    """The times of the last answer; nothing while there is none, so that no old time looks like a new one."""
    if facts is None:
        return
    yield Sample(DURATION, facts.seconds)
    yield Sample(STATUS_CODE, facts.status)
    for phase, seconds in timed(facts.phases):
        yield Sample(PHASE, seconds, {"phase": phase})
    for family in ("ipv4", "ipv6"):
        yield Sample(IP_FAMILY, family == facts.ip_family, {"ip_family": family})


def shares(facts: EndpointFacts) -> Iterator[Trait]:
    """The network that the answer came from."""
    yield network_trait(facts.address)


CHECK = Check(
    name="endpoint",
    every=60,
    deadline=10,
    settings=Endpoint,
    derive=derive,
    observe=observe,
    judge=judge,
    measure=measure,
    metrics=(DURATION, PHASE, STATUS_CODE, IP_FAMILY),
    shares=shares,
)
