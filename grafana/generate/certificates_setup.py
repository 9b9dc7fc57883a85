"""How addresses are set up for TLS: grades, versions, sessions, profiles."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import table, timeseries
from grafana_foundation_sdk.models import units

from grafana.generate import certificates_queries as ask
from grafana.generate.columns import UNWELCOME, VENDOR, WELCOME, column, paged, shaped, unit, value, wide, words
from grafana.generate.drawing import listed, stacked, tinted
from grafana.generate.parts import Panel, graph, grid, query, rows
from grafana.generate.states import GRADE_COLOURS, grade_mappings, yes_no_mappings

_SESSION = ask.metric("vendor_tls_session_info", 'target!~".+/deep"')


def setup_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _grades()
    yield _shares()
    yield _addresses()
    yield _versions()
    yield _old_versions()
    yield _sessions()


def _grades() -> timeseries.Panel:
    each = ask.by_address(ask.metric("vendor_tls_grade"), f"{ask.ADDRESS}, grade")
    text = (
        "How many addresses have which grade. C is outdated, D has no forward secrecy, F is broken; M is a certificate of "
        "another name and T one that is not trusted. Red: D and worse; a line parts grades of one "
        "colour. One that falls: the table below says whose. Many that fall on the day of an update of ours: its rules are "
        "stricter. The runbook: VendorTLSGradeLow."
    )
    panel = graph(
        301, "Addresses by grade", text, query(f"sum by (grade) ({each})", "{{grade}}"), unit=units.Short
    ).decimals(0)
    panel = tinted(stacked(panel).line_width(1), GRADE_COLOURS)
    return listed(panel.no_value("nothing is known"), "lastNotNull", right=True)


def _shares() -> timeseries.Panel:
    accepted = "vendor_tls_version_accepted"
    old = ask.share(accepted, ask.OLD)
    found = (
        query(ask.share(accepted, 'version="TLSv1.3"'), "TLS 1.3", "A"),
        query(ask.share("vendor_tls_post_quantum"), "post-quantum", "B"),
        query(ask.share("vendor_tls_profile_met"), "profile met", "C"),
        query(ask.share("vendor_dns_caa"), "CAA", "D"),
        query(old, "below TLS 1.2", "E"),
        query(ask.share("vendor_dns_ech"), "ECH", "F"),
    )
    text = (
        "What part of the addresses, of those where it is known, accepts or has what. All but the red line should rise "
        "over the years; where one falls, a vendor has changed something: look for it in the table below and ask. Nothing "
        "here is for tonight."
    )
    panel = tinted(graph(302, "Parts of the addresses", text, *found, unit=units.PercentUnit), {"below TLS 1.2": "red"})
    return listed(panel.max(1).decimals(0).no_value("nothing is known"), "lastNotNull", right=True)


def _addresses() -> table.Panel:
    panel = grid(
        303,
        "Addresses, the worst grade on top",
        "Each address with its grade, whether an answer that could lower it is still missing, and what a client of today "
        "agrees on with it. Yellow: B, an old version, or the profile not met. Orange: outdated, for the next review. Red: "
        "broken or not trusted. vendorwatch check VENDOR --check tls names what lowers the grade. Purple: not all is known "
        "yet.",
        rows(ask.grade(), "A"),
        rows(ask.by_address(ask.metric("vendor_tls_grade_provisional", 'target!~".+/deep"')), "B"),
        rows(ask.by_address(ask.metric("vendor_tls_profile_met"), f"{ask.ADDRESS}, profile", "min"), "C"),
        rows(ask.by_address(ask.metric("vendor_tls_post_quantum")), "D"),
        rows(ask.by_address(ask.metric("vendor_tls_version_accepted", ask.OLD)), "E"),
        rows(ask.by_address(_SESSION, f"{ask.ADDRESS}, version, cipher, group"), "F"),
        rows(ask.by_address(ask.metric("vendor_tls_scan_connections")), "G"),
        height=11,
    )
    return shaped(
        paged(panel),
        VENDOR,
        column("address", "Address"),
        value("A", "Grade", words(grade_mappings()), wide(70)),
        value("B", "Provisional", words(yes_no_mappings(("yes", "purple"), ("no", "text"))), wide(95)),
        value("E", "Below 1.2", words(UNWELCOME), wide(85)),
        value("D", "Post-quantum", words(WELCOME), wide(125)),
        value("C", "Profile met", words(yes_no_mappings(("yes", "green"), ("no", "yellow"))), wide(95)),
        column("profile", "Profile"),
        column("version", "Agrees on", wide(100)),
        column("cipher", "Cipher"),
        column("group", "Key exchange", wide(140)),
        value("G", "Connections", unit(units.NoUnit, 0), wide(115)),
        worst="Grade",
    ).no_value("not known")


def _versions() -> table.Panel:
    accepted = ask.by_address(ask.metric("vendor_tls_version_accepted"), f"{ask.ADDRESS}, version")
    panel = grid(
        304,
        "Versions",
        "How many addresses accept each version of TLS, how many refuse it, and how many agree on it with a client of "
        "today. TLS 1.2 that is accepted and not agreed on is right: clients of today have TLS 1.3 there. Anything below "
        "it: the table beside this names the addresses; ask when it goes.",
        rows(f"sum by (version) ({accepted})", "A"),
        rows(f"sum by (version) ({accepted} == bool 0)", "B"),
        rows(f"count by (version) ({ask.by_address(_SESSION, f'{ask.ADDRESS}, version')})", "C"),
        width=7,
    )
    counted = unit(units.NoUnit, 0)
    return shaped(
        panel,
        column("version", "Version"),
        value("A", "Accept", counted, wide(85)),
        value("B", "Refuse", counted, wide(85)),
        value("C", "Agree on", counted, wide(95)),
        worst="Version",
    ).no_value("none")


def _old_versions() -> table.Panel:
    panel = grid(
        305,
        "TLS below 1.2 is accepted",
        "Where versions are accepted that RFC 8996 took out of use in 2021. Ask the vendor when they go: your own auditors "
        "will ask you.",
        rows(ask.old_versions(), "A"),
        width=7,
    )
    return shaped(
        panel,
        VENDOR,
        column("address", "Address"),
        column("version", "Version", wide(85)),
        worst="Version",
        descending=False,
    ).no_value("nowhere, as far as is known")


def _sessions() -> table.Panel:
    agreed = "version, cipher, group"
    panel = grid(
        306,
        "What clients of today agree on",
        "Versions, ciphers and key exchanges by the number of addresses. A key exchange with MLKEM is a post-quantum one. "
        "Nothing here is wrong: rows with TLS 1.2 or without MLKEM are questions for a next review; the table of addresses "
        "above says whose they are.",
        rows(f"count by ({agreed}) ({ask.by_address(_SESSION, f'{ask.ADDRESS}, {agreed}')})", "A"),
        width=10,
    )
    return shaped(
        panel,
        column("version", "Version", wide(85)),
        column("cipher", "Cipher"),
        column("group", "Key exchange", wide(140)),
        value("A", "Addresses", unit(units.NoUnit, 0), wide(95)),
        worst="Addresses",
    ).no_value("nothing is known")
