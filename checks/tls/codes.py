"""Numbers of the TLS wire format and their names: versions, groups, signature schemes, alerts. Data only.

The names are those of IANA's registries "TLS Supported Groups", "TLS SignatureScheme" and "TLS Alerts"; what was never
registered is named as its draft or OpenSSL name it. The cipher suites have a table of their own, `checks.tls.suitetable`.
"""

from __future__ import annotations

SSL2, SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304

VERSION_NAMES = {SSL2: "SSLv2", SSL3: "SSLv3", TLS10: "TLSv1.0", TLS11: "TLSv1.1", TLS12: "TLSv1.2", TLS13: "TLSv1.3"}

SCSV = 0x5600
"""TLS_FALLBACK_SCSV, which stands among the suites of a hello and is none (RFC 7507)."""
RENEGOTIATION_SCSV = 0x00FF
"""TLS_EMPTY_RENEGOTIATION_INFO_SCSV, likewise (RFC 5746)."""

GROUP_NAMES = {
    1: "sect163k1",
    2: "sect163r1",
    3: "sect163r2",
    4: "sect193r1",
    5: "sect193r2",
    6: "sect233k1",
    7: "sect233r1",
    8: "sect239k1",
    9: "sect283k1",
    10: "sect283r1",
    11: "sect409k1",
    12: "sect409r1",
    13: "sect571k1",
    14: "sect571r1",
    15: "secp160k1",
    16: "secp160r1",
    17: "secp160r2",
    18: "secp192k1",
    19: "secp192r1",
    20: "secp224k1",
    21: "secp224r1",
    22: "secp256k1",
    23: "secp256r1",
    24: "secp384r1",
    25: "secp521r1",
    26: "brainpoolP256r1",
    27: "brainpoolP384r1",
    28: "brainpoolP512r1",
    29: "x25519",
    30: "x448",
    31: "brainpoolP256r1tls13",
    32: "brainpoolP384r1tls13",
    33: "brainpoolP512r1tls13",
    34: "GC256A",
    35: "GC256B",
    36: "GC256C",
    37: "GC256D",
    38: "GC512A",
    39: "GC512B",
    40: "GC512C",
    41: "curveSM2",
    256: "ffdhe2048",
    257: "ffdhe3072",
    258: "ffdhe4096",
    259: "ffdhe6144",
    260: "ffdhe8192",
    0x0200: "MLKEM512",
    0x0201: "MLKEM768",
    0x0202: "MLKEM1024",
    0x11EB: "SecP256r1MLKEM768",
    0x11EC: "X25519MLKEM768",
    0x11ED: "SecP384r1MLKEM1024",
    0x6399: "X25519Kyber768Draft00",
    0x639A: "SecP256r1Kyber768Draft00",
}

PQ_GROUPS = (0x11EC, 0x11EB, 0x11ED, 0x0201, 0x0202, 0x0200)
"""Groups that a quantum computer does not open: ML-KEM, alone or beside a curve. The drafts with Kyber are not ML-KEM."""
TLS13_GROUPS = (*PQ_GROUPS, 29, 23, 24, 25, 30, 256, 257, 258, 259, 260, 31, 32, 33, 41)
"""All groups of TLS 1.3 that are asked for, the post-quantum ones first."""
TLS12_GROUPS = (29, 23, 24, 25, 30, 26, 27, 28, *range(22, 0, -1))
"""All curves of TLS 1.2 and before. The finite fields of RFC 7919 are not among them: they would bend the choice of DHE."""

SCHEME_NAMES = {
    0x0804: "rsa_pss_rsae_sha256",
    0x0403: "ecdsa_secp256r1_sha256",
    0x0401: "rsa_pkcs1_sha256",
    0x0805: "rsa_pss_rsae_sha384",
    0x0503: "ecdsa_secp384r1_sha384",
    0x0501: "rsa_pkcs1_sha384",
    0x0806: "rsa_pss_rsae_sha512",
    0x0603: "ecdsa_secp521r1_sha512",
    0x0601: "rsa_pkcs1_sha512",
    0x0807: "ed25519",
    0x0808: "ed448",
    0x0809: "rsa_pss_pss_sha256",
    0x080A: "rsa_pss_pss_sha384",
    0x080B: "rsa_pss_pss_sha512",
    0x081A: "ecdsa_brainpoolP256r1tls13_sha256",
    0x081B: "ecdsa_brainpoolP384r1tls13_sha384",
    0x081C: "ecdsa_brainpoolP512r1tls13_sha512",
    0x0904: "mldsa44",
    0x0905: "mldsa65",
    0x0906: "mldsa87",
    0x0708: "sm2sig_sm3",
    0x0303: "ecdsa_sha224",
    0x0301: "rsa_pkcs1_sha224",
    0x0203: "ecdsa_sha1",
    0x0201: "rsa_pkcs1_sha1",
    0x0602: "dsa_sha512",
    0x0502: "dsa_sha384",
    0x0402: "dsa_sha256",
    0x0302: "dsa_sha224",
    0x0202: "dsa_sha1",
    0x0101: "rsa_pkcs1_md5",
}
"""In the order in which they are offered, weak ones last."""

SCHEMES = tuple(SCHEME_NAMES)
"""All that are offered: what a server signs with is a fact about it, so nothing is refused beforehand."""
SCHEMES_RSA = tuple(code for code, name in SCHEME_NAMES.items() if name.startswith("rsa_") and not name.endswith("_md5"))
"""What only a certificate with an RSA key can sign with."""
SCHEMES_ECDSA = tuple(code for code, name in SCHEME_NAMES.items() if name.startswith(("ecdsa_", "ed")))
"""What only a certificate with an elliptic curve key can sign with, Edwards curves included."""

ALERT_NAMES = {
    0: "close_notify",
    10: "unexpected_message",
    20: "bad_record_mac",
    21: "decryption_failed",
    22: "record_overflow",
    30: "decompression_failure",
    40: "handshake_failure",
    41: "no_certificate",
    42: "bad_certificate",
    43: "unsupported_certificate",
    44: "certificate_revoked",
    45: "certificate_expired",
    46: "certificate_unknown",
    47: "illegal_parameter",
    48: "unknown_ca",
    49: "access_denied",
    50: "decode_error",
    51: "decrypt_error",
    60: "export_restriction",
    70: "protocol_version",
    71: "insufficient_security",
    80: "internal_error",
    86: "inappropriate_fallback",
    90: "user_canceled",
    100: "no_renegotiation",
    109: "missing_extension",
    110: "unsupported_extension",
    111: "certificate_unobtainable",
    112: "unrecognized_name",
    113: "bad_certificate_status_response",
    114: "bad_certificate_hash_value",
    115: "unknown_psk_identity",
    116: "certificate_required",
    117: "general_error",
    120: "no_application_protocol",
    121: "ech_required",
}

ALERT_CLOSE_NOTIFY, ALERT_INAPPROPRIATE_FALLBACK, ALERT_NO_PROTOCOL = 0, 86, 120
REFUSALS = frozenset({40, 70, 71, ALERT_INAPPROPRIATE_FALLBACK})
"""The alerts that mean "not with these parameters". The others say something of a name, a certificate or a fault: an
internal_error has nothing to do with the peer (RFC 8446, section 6.2)."""
ODDITIES = frozenset({10, 47, 50, 109})
"""The alerts that mean "not such a message": a refusal of what is offered only where such a message is otherwise taken."""
