"""Lists of revoked certificates: read, refused, asked for numbers, and believed for as long as they are current."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

from checks.x509 import read
from checks.x509.crl import MAX_LIST_BYTES, RevocationList, read_crl
from checks.x509.revocation import Revoked
from tests.support.certlab import GOOD, INTERMEDIATE, NOW, ROOT, STRANGER, Issued, authority, issue, key, server
from tests.support.der import OCTETS, SEQUENCE, parts, tlv
from tests.support.revocation import COMPROMISED, STOLEN, altered, crl, endless, entry, scope, signed_again

DAY = timedelta(days=1)
FIRST, SECOND = "http://crl.example/1.crl", "http://crl.example/2.crl"
OTHER = server(INTERMEDIATE, "other.example", starts=-20, common_name="other.example")
GOOD_FACTS, OTHER_FACTS = read(GOOD.der), read(OTHER.der)


def listed(body: bytes, by: Issued = INTERMEDIATE) -> RevocationList:
    return read_crl(body, by.der)


def refusal(body: bytes, by: Issued = INTERMEDIATE) -> str:
    with pytest.raises(ValueError, match=r"^it") as caught:
        listed(body, by)
    return str(caught.value)


def test_a_list_tells_who_is_on_it_and_who_is_not() -> None:
    revoked = listed(crl(GOOD))
    assert revoked.find(GOOD_FACTS.serial) == Revoked(STOLEN, "keyCompromise")
    assert revoked.find(OTHER_FACTS.serial) is None
    assert (len(revoked), revoked.urls) == (1, ())
    assert (revoked.this_update, revoked.next_update) == (NOW - DAY / 2, NOW + 6.5 * DAY)


def test_an_empty_list_is_a_list() -> None:
    assert len(listed(crl())) == 0
    assert listed(crl()).find(GOOD_FACTS.serial) is None


@pytest.mark.parametrize("reason", [None, x509.ReasonFlags.superseded, x509.ReasonFlags.cessation_of_operation])
def test_the_reason_is_a_word_or_nothing(reason: x509.ReasonFlags | None) -> None:
    found = listed(crl(GOOD, reason=reason)).find(GOOD_FACTS.serial)
    assert found == Revoked(STOLEN, reason.value if reason else "")


def test_a_reason_that_nobody_knows_makes_nobody_less_revoked() -> None:
    odd = altered(crl(GOOD), b"\x04\x03\x0a\x01\x01", b"\x04\x03\x0a\x01\x07")
    assert listed(odd).find(GOOD_FACTS.serial) == Revoked(STOLEN)


@pytest.mark.parametrize("kind", ["1024", "2048", "p224", "p521", "ed25519"])
def test_all_keys_in_use_verify(kind: str) -> None:
    issuer = authority("Issuer", ROOT, with_key=key("Issuer", kind))
    leaf = server(issuer)
    assert listed(crl(leaf, by=issuer), issuer).find(read(leaf.der).serial) is not None


def test_a_list_may_be_signed_with_padding_of_the_other_kind() -> None:
    issuer = authority("Issuer", ROOT, with_key=key("Issuer", "2048"))
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    assert len(listed(crl(GOOD, by=issuer, scheme=scheme), issuer)) == 1


def test_a_list_in_pem_is_a_list() -> None:
    text = x509.load_der_x509_crl(crl(GOOD)).public_bytes(Encoding.PEM)
    assert listed(b"# of today\r\n" + text.replace(b"\n", b"\r\n") + b"\r\n").find(GOOD_FACTS.serial) is not None


def test_pem_that_is_cut_is_no_list() -> None:
    assert refusal(b"-----BEGIN X509 CRL-----\nMIIB-----END X509 CRL-----").startswith("it is not a list of revoked")
    assert refusal(b"-----BEGIN X509 CRL-----\nMIIBx-----END X509 CRL-----").startswith("it is not Base64: ")
    assert refusal(b"-----BEGIN X509 CRL-----\n" + base64.b64encode(crl())[:40]).startswith("it is not a list of revoked")


@pytest.mark.parametrize("junk", [b"", b"\x30", b"<html>", b"\x30\x00", GOOD.der, crl()[:-1], crl() + b"\0"])
def test_what_is_no_list_is_refused(junk: bytes) -> None:
    assert refusal(junk).startswith("it is not a list of revoked certificates: ")


def test_what_is_too_long_is_not_even_looked_at() -> None:
    assert refusal(bytes(MAX_LIST_BYTES + 1)) == "it has 8,000,001 bytes, more than the 8,000,000 that are looked at"


def test_the_list_of_somebody_else_is_refused() -> None:
    assert refusal(crl(by=STRANGER)) == "it is a list of Stranger Root, not of Lab Intermediate"


def test_a_list_that_the_issuer_did_not_sign_is_refused() -> None:
    assert refusal(crl(GOOD, signer=STRANGER)) == "its signature is not that of Lab Intermediate"
    moved = crl(GOOD).replace(b"261120120000Z", b"261121120000Z")
    assert refusal(moved) == "its signature is not that of Lab Intermediate"


def test_a_list_whose_signature_nobody_knows_is_refused() -> None:
    sha256 = bytes.fromhex("06082a8648ce3d040302")
    assert refusal(crl().replace(sha256, sha256[:-1] + b"\x7f")) == "its signature is not that of Lab Intermediate"


def test_an_issuer_that_may_not_sign_lists_has_none() -> None:
    certificates_only = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    narrow = issue("Narrow", ROOT, extensions=[(certificates_only, True)])
    with pytest.raises(ValueError, match=r"^Narrow may not sign lists of revoked certificates \(key usage\)$"):
        listed(crl(by=narrow), narrow)
    silent = issue("Silent", ROOT)
    assert len(listed(crl(by=silent), silent)) == 0


def test_an_issuer_that_cannot_be_read_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="it is not a certificate"):
        read_crl(crl(), b"junk")


@pytest.mark.parametrize(
    ("extension", "said"),
    [
        (scope(FIRST, indirect=True), "it is a list of several issuers (indirect)"),
        (scope(authorities=True), "it is a list of authorities' certificates only"),
        (scope(FIRST, attributes=True), "it is a list of attribute certificates only"),
        (scope(reasons=frozenset({COMPROMISED})), "it is a list of certificates revoked for some reasons only"),
        ((x509.DeltaCRLIndicator(7), True), "it tells only what has changed since another list"),
        (
            (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"), True),
            "it demands what nobody here knows (critical extension 1.3.6.1.4.1.99999.1)",
        ),
    ],
)
def test_a_list_whose_silence_acquits_nobody_is_refused(extension: tuple[x509.ExtensionType, bool], said: str) -> None:
    number: tuple[x509.ExtensionType, bool] = (x509.CRLNumber(5), False)
    assert refusal(crl(extensions=[number, extension])) == said
    assert refusal(crl(extensions=[extension, number])) == said


def test_a_part_that_no_address_names_is_refused() -> None:
    here = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    somewhere = x509.DirectoryName(ROOT.certificate.subject)
    for point in (
        x509.IssuingDistributionPoint(None, here, False, False, None, False, False),  # noqa: FBT003 - no keywords there
        x509.IssuingDistributionPoint([somewhere], None, False, False, None, False, False),  # noqa: FBT003
    ):
        said = refusal(crl(extensions=[(point, True)]))
        assert said == "it covers a part of the certificates that no address names"


def test_a_part_names_the_places_where_it_is() -> None:
    part = listed(crl(GOOD, extensions=[scope(FIRST, SECOND, users=True)]))
    assert part.urls == (FIRST, SECOND)
    assert part.find(GOOD_FACTS.serial) is not None
    assert listed(crl(extensions=[scope(users=True)])).urls == ()
    assert len(listed(crl(extensions=[scope(*(f"{FIRST}?{number}" for number in range(50)))])).urls) == 20


def test_an_extension_nobody_knows_is_no_matter_while_it_is_not_critical() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    assert len(listed(crl(GOOD, extensions=[(unknown, False)]))) == 1


def test_an_old_list_is_read_all_the_same() -> None:
    found = listed(crl(GOOD, starts=-90))
    assert found.next_update == NOW - 83 * DAY
    assert found.find(GOOD_FACTS.serial) is not None


def test_a_list_need_not_say_when_the_next_one_comes() -> None:
    found = listed(endless(crl(GOOD)))
    assert (found.this_update, found.next_update) == (NOW - DAY / 2, None)
    assert found.find(GOOD_FACTS.serial) is not None


@pytest.mark.parametrize("serial", ["0", "-1", "-c0ffee", "f" * 5_000])
def test_a_number_that_no_authority_gives_out_is_on_no_list(serial: str) -> None:
    assert listed(crl(GOOD)).find(serial) is None


@pytest.mark.slow
def test_a_list_of_a_hundred_thousand_is_read_and_asked() -> None:
    lines = [entry((1 << 126) + number, COMPROMISED) for number in range(100_000)]
    template = x509.load_der_x509_crl(crl())
    builder = x509.CertificateRevocationListBuilder(
        template.issuer, template.last_update_utc.replace(tzinfo=None), NOW.replace(tzinfo=None) + DAY, [], lines
    )
    found = listed(builder.sign(INTERMEDIATE.key, hashes.SHA256()).public_bytes(Encoding.DER))
    assert len(found) == 100_000
    assert found.find(f"{(1 << 126) + 99_999:x}") == Revoked(STOLEN, "keyCompromise")
    assert found.find(f"{(1 << 126) + 100_000:x}") is None


def strange(*extensions: bytes) -> bytes:
    """A list whose entry for the good certificate has just these extensions."""
    content, algorithm, _ = parts(crl(GOOD))
    fields = parts(content)
    place = next(number for number, field in enumerate(fields) if number > 3 and field[0] == 0x30)
    serial, revoked_at = parts(parts(fields[place])[0])[:2]
    fields[place] = tlv(SEQUENCE, tlv(SEQUENCE, serial, revoked_at, tlv(SEQUENCE, *extensions)))
    return signed_again(tlv(SEQUENCE, *fields), algorithm, INTERMEDIATE)


REASON = tlv(SEQUENCE, tlv(6, b"\x55\x1d\x15"), tlv(OCTETS, b"\x0a\x01\x01"))
ISSUER_WITH_ODD_NAME = tlv(
    SEQUENCE, tlv(6, b"\x55\x1d\x1d"), tlv(1, b"\xff"), tlv(OCTETS, tlv(SEQUENCE, tlv(0xA3, b"\x30\x00")))
)


@pytest.mark.parametrize("extensions", [(REASON, REASON), (REASON, ISSUER_WITH_ODD_NAME)])
def test_an_entry_revokes_whatever_stands_beside_it(extensions: tuple[bytes, ...]) -> None:
    assert listed(strange(*extensions)).find(GOOD_FACTS.serial) == Revoked(STOLEN)
