"""Certificates and TLS: what ends when, what is not trusted, and how the addresses of vendors are set up."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import stat
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models import units

from grafana.generate import certificates_queries as ask
from grafana.generate.certificates_ends import ends_panels
from grafana.generate.certificates_setup import setup_panels
from grafana.generate.certificates_trust import trust_panels
from grafana.generate.parts import (
    empty_dashboard,
    filled,
    heading,
    limits,
    link,
    now,
    number,
    varied,
    vendor_annotations,
    vendor_variables,
)
from grafana.generate.states import GRADES
from grafana.generate.tiles import or_none, told

_RED = (("green", None), ("red", 1.0))
_YELLOW = (("green", None), ("yellow", 1.0))


def dashboard() -> Dashboard:
    """The dashboard."""
    purpose = "What ends when, what clients refuse, and what is outdated."
    made = empty_dashboard("vendor-tls", "Certificates & TLS", purpose, "now-30d")
    for title, uid in (("Overview", "vendor-overview"), ("Vendor", "vendor-detail"), ("SLO", "vendor-slo")):
        made = made.link(link(title, uid))
    made = made.link(link("vendorwatch itself", "vendorwatch", keeps_vendor=False))
    return filled(
        varied(made, vendor_variables(), vendor_annotations()),
        *_ends(),
        *_faults(),
        heading(100, "What ends when"),
        *ends_panels(),
        heading(200, "Who is trusted, and who issues"),
        *trust_panels(),
        heading(300, "How addresses are set up"),
        *setup_panels(),
    )


def _count(panel_id: int, title: str, text: str, expression: str, unit: str = units.Short) -> stat.Panel:
    return told(number(panel_id, title, text, now(or_none(expression)), unit=unit, width=3), nothing="no look yet").decimals(
        0
    )


def _ends() -> Iterator[stat.Panel]:
    for panel_id, title, step, text in (
        (
            1,
            "Expired",
            3,
            (
                "with a certificate, or one of its chain, that has ended. Red: clients refuse it now; call the vendor. The "
                "runbook: VendorCertificateExpired."
            ),
        ),
        (
            2,
            "Ends very soon",
            2,
            (
                "with less than 7 days or an eighth of its life left. Red: its renewal has probably failed; tell the "
                "vendor today. The runbook: VendorCertificateExpiring."
            ),
        ),
        (
            3,
            "Ends soon",
            1,
            (
                "with less than 21 days or a quarter of its life left, and not yet one of those beside it. Yellow: most "
                "vendors renew earlier; ask this one."
            ),
        ),
    ):
        panel = _count(panel_id, title, f"Addresses {text}", f"sum(({ask.band()}) == bool {step})")
        yield panel.thresholds(limits(*(_YELLOW if step == 1 else _RED)))


def _faults() -> Iterator[stat.Panel]:
    refused = f"sum({ask.by_address(ask.metric('vendor_certificate_verified'), operation='min')} == bool 0)"
    text = (
        "Addresses whose certificate clients refuse, for its name or its chain. Red: the table of faults below says why; "
        "tell the vendor. The runbook: VendorCertificateUntrusted."
    )
    yield _count(4, "Not trusted", text, refused).thresholds(limits(*_RED))
    low = f"sum(({ask.grade()}) >= bool {GRADES['C']})"
    text = (
        "Addresses that are outdated (C) or worse. Yellow: C is for the next review with the vendor, what is worse for this "
        "week; vendorwatch check VENDOR --check tls says why."
    )
    yield _count(5, "Grade C or worse", text, low).thresholds(limits(*_YELLOW))
    old = f"sum({ask.by_address(ask.metric('vendor_tls_version_accepted', ask.OLD))})"
    text = (
        "Addresses that still accept TLS 1.1, TLS 1.0 or SSL. Yellow: a table below says which; ask the vendor when it goes."
    )
    yield _count(6, "TLS below 1.2", text, old).thresholds(limits(*_YELLOW))
    text = (
        "Part of the addresses that accept a post-quantum key exchange. Green: three quarters or more. Never red: without "
        "it, what is recorded today can be read some day; ask those vendors that carry what must stay secret for long."
    )
    quantum = _count(7, "Post-quantum", text, ask.share("vendor_tls_post_quantum"), units.PercentUnit)
    yield quantum.thresholds(limits(("text", None), ("green", 0.75)))
    text = (
        "Addresses whose certificate was seen. It has no colours. Fewer than you expect: the others could not be looked at; "
        "vendorwatch check VENDOR --check certificate says why."
    )
    yield _count(8, "Addresses", text, f"count({ask.end()})").thresholds(limits(("text", None)))
