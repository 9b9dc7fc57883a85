"""What the findings about a server's TLS mean: ``tls.*``. Data only; `checks.rules.reasons` joins them with the others."""

from __future__ import annotations

from datetime import date

from checks.model import Severity
from checks.rules.dated import DEFAULT_PROFILE, LEAST_DH, PROFILES
from checks.rules.shapes import Citation, Rule


def _rfc(number: int, section: str, day: date) -> Citation:
    return Citation(f"RFC {number}", f"section {section}", day)


def _tls13(section: str) -> Citation:
    """TLS 1.3 in the edition that replaced RFC 8446; the sections of its chapter 4 have other numbers there."""
    return _rfc(9846, section, date(2026, 7, 1))


def _practice(section: str) -> Citation:
    """The IETF's best current practice, BCP 195."""
    return _rfc(9325, section, date(2022, 11, 1))


def _deprecating(section: str) -> Citation:
    return _rfc(8996, section, date(2021, 3, 1))


def _old_key_exchange(section: str) -> Citation:
    return _rfc(10015, section, date(2026, 7, 1))


_GUIDELINE = PROFILES[DEFAULT_PROFILE].citation
_PCI_INVENTORY = Citation("PCI DSS 4.0.1", "requirement 12.3.3", date(2024, 6, 11))

CONFIGURATION_RULES = (
    Rule(
        "tls.handshake",
        "an ordinary client cannot connect",
        Severity.CRITICAL,
        "The server and a client of today find no version, suite or group in common, or the server breaks off.",
        _tls13("4.2.1"),
    ),
    Rule(
        "tls.version.ssl2",
        "SSL 2.0 accepted",
        Severity.CRITICAL,
        "SSL 2.0 protects nothing, and a server that speaks it can be made to betray its newer connections too (DROWN).",
        _rfc(6176, "3", date(2011, 3, 1)),
    ),
    Rule(
        "tls.version.ssl3",
        "SSL 3.0 accepted",
        Severity.CRITICAL,
        "Somebody in between can force it on a client that still knows it and read what is secret (POODLE).",
        _rfc(7568, "3", date(2015, 6, 1)),
    ),
    Rule(
        "tls.version.1_0",
        "TLS 1.0 accepted",
        Severity.WARNING,
        "It rests on MD5 and SHA-1 and has been forbidden since 2021. Audits of whoever uses the service stumble over it.",
        _deprecating("4"),
    ),
    Rule(
        "tls.version.1_1",
        "TLS 1.1 accepted",
        Severity.WARNING,
        "It rests on MD5 and SHA-1 and has been forbidden since 2021. Audits of whoever uses the service stumble over it.",
        _deprecating("5"),
    ),
    Rule(
        "tls.version.1_3",
        "no TLS 1.3",
        Severity.OK,
        "TLS 1.3 shows onlookers less and connects faster, and only with it can keys withstand quantum computers.",
        _practice("3.1.1"),
    ),
    Rule(
        "tls.suite.broken",
        "broken suites accepted",
        Severity.CRITICAL,
        "A client that can be talked into one of these is read or impersonated by whoever stands in between.",
        _practice("4.1"),
    ),
    Rule(
        "tls.suite.block64",
        "suites with 64-bit blocks accepted",
        Severity.WARNING,
        "After some hundred gigabytes over one connection parts of it can be read (Sweet32).",
        _practice("4.1"),
    ),
    Rule(
        "tls.suite.nofs",
        "suites without forward secrecy accepted",
        Severity.WARNING,
        "Whoever records your traffic today and steals the server's key years later reads all of it.",
        _old_key_exchange("2 and 4"),
    ),
    Rule(
        "tls.suite.cbc",
        "CBC suites accepted",
        Severity.OK,
        "They have been attacked through their padding again and again, and safe code for them is hard to write.",
        _practice("4.2"),
    ),
    Rule(
        "tls.suite.dhe",
        "finite-field Diffie-Hellman accepted",
        Severity.OK,
        "The group is the server's choice and cannot be negotiated, and the key agreement is slow and fragile.",
        _old_key_exchange("3"),
    ),
    Rule(
        "tls.suite.rare",
        "rare suites accepted",
        Severity.OK,
        "Hardly any client uses them, so their code is little tested and nobody would miss them.",
        _GUIDELINE,
    ),
    Rule(
        "tls.suite.list",
        "suites accepted",
        Severity.OK,
        "An inventory of what the service would agree to, as auditors ask for.",
        _PCI_INVENTORY,
    ),
    Rule(
        "tls.suite.preference",
        "who chooses the suite",
        Severity.OK,
        "Where only strong suites are left the client knows best; else the server should insist on its own order.",
        _practice("4.2.1"),
    ),
    Rule(
        "tls.dh_bits",
        "Diffie-Hellman group too small",
        Severity.WARNING,
        "Small groups can be broken once and for all, and then every connection that used them is open (Logjam).",
        LEAST_DH.citation,
    ),
    Rule(
        "tls.group.pq",
        "no post-quantum key agreement",
        Severity.OK,
        "What is recorded today can be read once there are large quantum computers.",
        _GUIDELINE,
    ),
    Rule(
        "tls.group.list",
        "groups accepted",
        Severity.OK,
        "An inventory of how keys may be agreed on, as auditors ask for.",
        _PCI_INVENTORY,
    ),
    Rule(
        "tls.compression",
        "TLS compression accepted",
        Severity.WARNING,
        "What is secret can be guessed from the length of what is compressed (CRIME).",
        _practice("3.3"),
    ),
    Rule(
        "tls.renegotiation_info",
        "no secure renegotiation",
        Severity.OK,
        "OpenSSL 3 refuses such a server by default. Where it renegotiates, somebody in between can speak before you do.",
        _rfc(5746, "3.6", date(2010, 2, 1)),
    ),
    Rule(
        "tls.ems",
        "no extended master secret",
        Severity.OK,
        "Two connections can be made to share a secret, which breaks what is bound to one of them (triple handshake).",
        _rfc(7627, "5 (obsoleted by RFC 9846)", date(2015, 9, 1)),
    ),
    Rule(
        "tls.fallback_scsv",
        "forced downgrades not noticed",
        Severity.OK,
        "A client that tries an older version after a failure can be pushed down to it by whoever causes failures.",
        _rfc(7507, "3 (obsoleted by RFC 8996, with the versions it guards)", date(2015, 4, 1)),
    ),
    Rule(
        "tls.sni.absent",
        "what a client gets that names no host",
        Severity.OK,
        "Old clients and some probes send no name; they may be refused or shown another certificate.",
        _rfc(6066, "3", date(2011, 1, 1)),
    ),
    Rule(
        "tls.sni.wrong",
        "what a client gets that names another host",
        Severity.OK,
        "It tells whether the address answers for any name or only for its own.",
        _rfc(6066, "3", date(2011, 1, 1)),
    ),
    Rule(
        "tls.client_certificate",
        "server asks for a client's certificate",
        Severity.OK,
        "A client without one may be let in, refused or asked again, so a connection that works here may not work for you.",
        _tls13("4.4.2"),
    ),
    Rule(
        "tls.second_certificate",
        "a second certificate",
        Severity.OK,
        "Clients that prefer another kind of key get another certificate, with dates and a chain of its own.",
        _tls13("4.5.1"),
    ),
    Rule(
        "tls.alpn",
        "HTTP/2 gained or lost",
        Severity.OK,
        "Clients that need HTTP/2, as those of gRPC do, fail where it is no longer agreed on.",
        _rfc(7301, "3.2", date(2014, 7, 1)),
    ),
)
"""Every finding about what a server would agree to."""
