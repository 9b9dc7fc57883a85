"""Roots out of a PEM file: all of them, whatever stands between them, or none."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from checks.x509 import certificates, roots
from tests.support.certlab import INTERMEDIATE, NOW, ROOT, STRANGER, ders, server

FIRST, SECOND = (each.certificate.public_bytes(Encoding.PEM) for each in (STRANGER, ROOT))
NOTHING = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    "between", [b"", b"\r\n# an explanation\r\n", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"]
)
def test_every_certificate_of_a_file_becomes_a_root(between: bytes) -> None:
    pem = FIRST + between + SECOND
    assert certificates(pem) == [STRANGER.der, ROOT.der]
    assert roots(pem).trust(ders(server(INTERMEDIATE), INTERMEDIATE), "a.test", NOW).fault is None


@pytest.mark.parametrize(
    ("pem", "problem"),
    [
        (b"", "no certificate in PEM form"),
        (b"root:x:0:0\n", "no certificate in PEM form"),
        (FIRST + SECOND[:-30], "of 2 certificates that begin in it 1 cannot be read to the end"),
        (FIRST[:60] + b"\n" + SECOND, "of 2 certificates that begin in it 1 cannot be read to the end"),
        (FIRST.replace(b"M", b"\xff", 1), "of 1 certificates that begin in it 1 cannot be read to the end"),
        (NOTHING.replace(b"AAAA", b"AAAAA"), "trusted root 1 is not Base64"),
        (FIRST + NOTHING, "trusted root 2: "),
    ],
)
def test_a_file_that_lost_a_part_is_refused_whole(pem: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        roots(pem)
