"""What the findings about certificates mean: ``cert.*``. Data only; `checks.rules.reasons` joins them with the others."""

from __future__ import annotations

from datetime import date

from checks.model import Severity
from checks.rules.dated import BASELINE, BASELINE_DATE, CLIENT_AUTH_ENDS, CT, VALIDITY
from checks.rules.shapes import Citation, Rule


def _rfc(number: int, section: str, day: date) -> Citation:
    return Citation(f"RFC {number}", f"section {section}", day)


def _x509(section: str) -> Citation:
    """The profile of certificates on the internet."""
    return _rfc(5280, section, date(2008, 5, 1))


def _ocsp(section: str) -> Citation:
    return _rfc(6960, section, date(2013, 6, 1))


_CERTIFICATE_LIST = _rfc(9846, "4.5.1", date(2026, 7, 1))

CERTIFICATE_RULES = (
    Rule(
        "cert.unreadable",
        "no readable certificate",
        Severity.CRITICAL,
        "Without a certificate that can be read no client knows whom it talks to, and none goes on.",
        _x509("4.1"),
    ),
    Rule(
        "cert.expired",
        "certificate expired",
        Severity.CRITICAL,
        "Every client that checks certificates refuses the connection from this moment on.",
        _x509("4.1.2.5"),
    ),
    Rule(
        "cert.not_yet_valid",
        "certificate not valid yet",
        Severity.CRITICAL,
        "Clients refuse a certificate whose life has not begun; those whose clock is ahead may accept it already.",
        _x509("4.1.2.5"),
    ),
    Rule(
        "cert.expiring",
        "certificate expires soon",
        Severity.WARNING,
        "Renewal is late, measured by this certificate's own life. If nothing happens, every client refuses it that day.",
        VALIDITY,
    ),
    Rule(
        "cert.name_mismatch",
        "certificate for another name",
        Severity.CRITICAL,
        "Clients compare the name they asked for with those in the certificate and refuse when it is not among them.",
        _rfc(9525, "6", date(2023, 11, 1)),
    ),
    Rule(
        "cert.self_signed",
        "self-signed certificate",
        Severity.CRITICAL,
        "Nobody vouches for it, so anybody between you and the server could show another one like it.",
        _x509("6.1"),
    ),
    Rule(
        "cert.untrusted_root",
        "root not trusted",
        Severity.CRITICAL,
        "The chain ends at a root that common clients do not carry, so they refuse it unless somebody installed that root.",
        _x509("6.1"),
    ),
    Rule(
        "cert.untrusted",
        "chain not trusted",
        Severity.CRITICAL,
        "No chain of valid signatures leads from the certificate to a trusted root, and clients refuse it.",
        _x509("6.1"),
    ),
    Rule(
        "cert.chain_incomplete",
        "issuer's certificate missing",
        Severity.CRITICAL,
        "Browsers fetch or remember what is missing and work; programs, which do neither, fail.",
        _CERTIFICATE_LIST,
    ),
    Rule(
        "cert.chain_expired",
        "an issuer in the chain expired",
        Severity.CRITICAL,
        "Clients drop the whole chain with its first expired certificate, however long the server's own still lives.",
        _x509("6.1.3"),
    ),
    Rule(
        "cert.chain_expiring",
        "an issuer in the chain expires soon",
        Severity.WARNING,
        "Then clients that find no other path refuse the server, and a new certificate from the same issuer is no cure.",
        _x509("6.1.3"),
    ),
    Rule(
        "cert.chain_order",
        "chain out of order",
        Severity.OK,
        "Old and small clients follow the chain only in the order in which it is sent.",
        _CERTIFICATE_LIST,
    ),
    Rule(
        "cert.chain_extra",
        "certificates sent that nobody needs",
        Severity.OK,
        "They cost bytes in every handshake and are often left over from an earlier renewal.",
        _CERTIFICATE_LIST,
    ),
    Rule(
        "cert.chain_root_sent",
        "root sent in the chain",
        Severity.OK,
        "A client trusts the root it has itself and never the one it is sent: the bytes are wasted in every handshake.",
        _CERTIFICATE_LIST,
    ),
    Rule(
        "cert.chain_unreadable",
        "unreadable certificate in the chain",
        Severity.WARNING,
        "Strict clients give up at a certificate that they cannot read, even where the path would not need it.",
        _CERTIFICATE_LIST,
    ),
    Rule(
        "cert.key_weak",
        "key too short",
        Severity.CRITICAL,
        "Whoever can break a key that short can pass for the server, and many current clients refuse it by default.",
        Citation(BASELINE, "section 6.1.5", BASELINE_DATE),
    ),
    Rule(
        "cert.sig_weak",
        "signature by MD5 or SHA-1",
        Severity.CRITICAL,
        "Certificates with such signatures can be forged, and current clients refuse them.",
        Citation(BASELINE, "section 7.1.3.2", BASELINE_DATE),
    ),
    Rule(
        "cert.lifetime",
        "lives longer than it may",
        Severity.OK,
        "Some clients refuse what lives longer than was allowed on the day it was issued.",
        VALIDITY,
    ),
    Rule(
        "cert.eku",
        "not meant for servers",
        Severity.CRITICAL,
        "A certificate of the chain names its purposes and servers are not among them, so clients refuse it.",
        _x509("4.2.1.12"),
    ),
    Rule(
        "cert.leaf_is_ca",
        "an authority's certificate on a server",
        Severity.CRITICAL,
        "Whoever steals this key from the server can issue certificates for any name; strict clients refuse it.",
        _x509("4.2.1.9"),
    ),
    Rule(
        "cert.name_constraint",
        "name its issuer may not certify",
        Severity.CRITICAL,
        "An issuer in the chain is limited to other names, and clients refuse what it signed beyond them.",
        _x509("4.2.1.10"),
    ),
    Rule(
        "cert.eku_client",
        "also meant for clients",
        Severity.OK,
        "Public authorities stop issuing such certificates. Where the vendor calls you with this one, that will break.",
        CLIENT_AUTH_ENDS.citation,
    ),
    Rule(
        "cert.must_staple_missing",
        "promised proof of validity not sent",
        Severity.WARNING,
        "The certificate demands that a proof of its validity comes with it, and clients that honour this refuse to go on.",
        _rfc(7633, "4", date(2015, 10, 1)),
    ),
    Rule(
        "cert.revoked",
        "certificate revoked",
        Severity.CRITICAL,
        "The issuer has withdrawn it, perhaps because its key was stolen; clients that ask refuse it.",
        _x509("6.3"),
    ),
    Rule(
        "cert.staple_bad",
        "proof of validity unusable",
        Severity.WARNING,
        "The server sends a proof that is stale, wrongly signed or about another certificate, and some clients refuse it.",
        _ocsp("3.2"),
    ),
    Rule(
        "cert.staple_unverified",
        "proof of validity not verified",
        Severity.OK,
        "Its signature is of a kind that is not known here, so nothing is said of it; clients that know it may accept it.",
        _ocsp("3.2"),
    ),
    Rule(
        "cert.sct",
        "too few transparency timestamps",
        Severity.WARNING,
        "Browsers refuse public certificates without proof that they were logged for all to see, so that false ones show.",
        CT,
    ),
    Rule(
        "cert.changed",
        "another certificate than before",
        Severity.OK,
        "Renewal is ordinary. Whoever pins this certificate has to follow.",
        _x509("4.1"),
    ),
    Rule(
        "cert.issuer_changed",
        "another issuer or kind of key than before",
        Severity.OK,
        "The vendor has moved to another authority or key, or somebody else answers for it; pins may fail.",
        _x509("4.1.2.4"),
    ),
)
"""Every finding about a certificate."""
