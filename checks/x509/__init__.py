"""Certificates as plain facts, and whether a chain of them can be trusted.

The rules:

- This is the only package of the library that knows ``cryptography``.
- Certificates come in as DER, as the peer sent them, and are hostile: their number and size are bounded, their texts are
  cleaned before anybody reads them, and whatever cannot be read is a `ValueError` here and a fault in `Roots.trust`.
- The time is an argument. There are no sockets and no files.
- Trust, name and dates are judged apart, so that one fault does not hide another.
"""

from checks.x509.crl import MAX_LIST_BYTES, RevocationList, read_crl
from checks.x509.names import matches
from checks.x509.pem import certificates, roots
from checks.x509.reading import Certificate, read
from checks.x509.revocation import Revoked
from checks.x509.scts import Sct
from checks.x509.shape import Oddity, oddities
from checks.x509.staple import Staple, StapleStatus, StapleVerdict, read_staple
from checks.x509.trust import MAX_CERTIFICATES, Opinion, Roots
from checks.x509.verdict import Problem, problems, refusal

__all__ = [
    "MAX_CERTIFICATES",
    "MAX_LIST_BYTES",
    "Certificate",
    "Oddity",
    "Opinion",
    "Problem",
    "RevocationList",
    "Revoked",
    "Roots",
    "Sct",
    "Staple",
    "StapleStatus",
    "StapleVerdict",
    "certificates",
    "matches",
    "oddities",
    "problems",
    "read",
    "read_crl",
    "read_staple",
    "refusal",
    "roots",
]
