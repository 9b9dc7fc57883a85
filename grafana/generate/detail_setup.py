"""The certificates that a vendor's addresses show, and how they are set up for TLS."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import units

from grafana.generate import certificates_queries as ask
from grafana.generate.columns import NEEDED, UNWELCOME, WELCOME, Column, column, shaped, unit, value, wide, words
from grafana.generate.parts import Panel, grid, rows
from grafana.generate.states import band_mappings, grade_mappings, numbered, yes_no_mappings

_VERSIONS = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_VERSION_COLOURS = ("red", "red", "orange", "orange", "green", "green")
_OLDEST = "\nor ".join(
    f"{number} * ({ask.metric('vendor_tls_version_accepted', version)} == 1)"
    for number, version in enumerate(f'version="{name}"' for name in _VERSIONS)
)
"""Each version that an address accepts as its number, of single daemons; the least of them is the oldest."""


def setup_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _certificates()
    yield _sessions()


def _certificates() -> table.Panel:
    faults = ask.by_address(ask.metric("vendor_certificate_fault"), f"{ask.ADDRESS}, fault")
    verified = ask.by_address(ask.metric("vendor_certificate_verified"), operation="min")
    panel = grid(
        50,
        "Certificates",
        "What each address shows: who issued it, its key, how near its end is by the life that it has, for how many days "
        "it and its chain are good, and whether clients take it. Yellow: it should be renewed by now; ask the vendor. Red: "
        'tell them today; the column "Fault" says why clients refuse it. "Addresses differ": servers behind one name show '
        "different ones, so a renewal may be half done.",
        rows(ask.by_address(ask.metric("vendor_certificate_info"), f"{ask.ADDRESS}, issuer, key_type, key_bits"), "A"),
        rows(f"({ask.end('leaf')} - time()) / {ask.DAY}", "B"),
        rows(f"({ask.end('chain')} - time()) / {ask.DAY}", "C"),
        rows(f"0 * {faults}\nor on (vendor, address) {verified}", "D"),
        rows(ask.band(), "E"),
        rows(ask.by_address(ask.metric("vendor_certificate_addresses_differ")), "F"),
        rows(ask.by_address(ask.metric("vendor_dns_caa")), "G"),
        rows(ask.by_address(ask.metric("vendor_dns_ech")), "H"),
        height=6,
    )
    return shaped(panel.no_value("no look yet"), *_certificate_columns(), worst="Days", descending=False)


def _certificate_columns() -> tuple[Column, ...]:
    days = unit(units.NoUnit, 0)
    return (
        column("address", "Address"),
        column("issuer", "Issuer"),
        column("key_type", "Key", wide(80)),
        column("key_bits", "Bits", wide(80)),
        value("E", "Ends", words(band_mappings()), wide(115)),
        value("B", "Days", days, wide(65)),
        value("C", "Chain's days", days, wide(100)),
        value("D", "Trusted", words(NEEDED), wide(90)),
        column("fault", "Fault"),
        value("F", "Addresses differ", words(UNWELCOME), wide(135)),
        value("G", "CAA", words(WELCOME), wide(70)),
        value("H", "ECH", words(WELCOME), wide(70)),
    )


def _sessions() -> table.Panel:
    session = ask.metric("vendor_tls_session_info", 'target!~".+/deep"')
    provisional = ask.metric("vendor_tls_grade_provisional", 'target!~".+/deep"')
    panel = grid(
        51,
        "TLS",
        "The grade of each address, what a client of today agrees on with it, and the oldest version that it accepts. "
        "Orange or red: vendorwatch check VENDOR --check tls names what lowers the grade, and who says so. Purple: an "
        "answer that could lower it is missing.",
        rows(ask.grade(), "A"),
        rows(ask.by_address(provisional), "B"),
        rows(ask.by_address(session, f"{ask.ADDRESS}, version, cipher, group"), "C"),
        rows(ask.by_address(_OLDEST, operation="min"), "D"),
        rows(ask.by_address(ask.metric("vendor_tls_post_quantum")), "E"),
        rows(ask.by_address(ask.metric("vendor_tls_profile_met"), f"{ask.ADDRESS}, profile", "min"), "F"),
        height=6,
    )
    return shaped(panel.no_value("no look yet"), *_session_columns(), worst="Grade")


def _session_columns() -> tuple[Column, ...]:
    versions = dict(enumerate(zip(_VERSIONS, _VERSION_COLOURS, strict=True)))
    return (
        column("address", "Address"),
        value("A", "Grade", words(grade_mappings()), wide(70)),
        value("B", "Provisional", words(yes_no_mappings(("yes", "purple"), ("no", "text"))), wide(105)),
        column("version", "Agrees on", wide(100)),
        column("cipher", "Cipher"),
        column("group", "Key exchange", wide(150)),
        value("D", "Oldest accepted", words(numbered(versions)), wide(135)),
        value("E", "Post-quantum", words(WELCOME), wide(125)),
        column("profile", "Profile"),
        value("F", "Met", words(yes_no_mappings(("yes", "green"), ("no", "yellow"))), wide(70)),
    )
