"""OpenSSL's opinion of a path, for where the verifier of ``cryptography`` refuses one."""

from __future__ import annotations

from collections.abc import Sequence

from OpenSSL import crypto

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, which pyOpenSSL does not name."""


def follows(path: Sequence[bytes]) -> bool:
    """Whether OpenSSL, and so most clients, takes *path*, as DER from a server's certificate to a root, dates left aside.

    It knows kinds of keys, signatures and constraints that the verifier of ``cryptography`` does not; it is not asked what
    the certificates are for.
    """
    try:
        leaf, *issuers, root = (crypto.load_certificate(crypto.FILETYPE_ASN1, der) for der in path)
        store = crypto.X509Store()
        store.set_flags(_NO_CHECK_TIME)
        store.add_cert(root)
        crypto.X509StoreContext(store, leaf, issuers).verify_certificate()
    except (crypto.Error, crypto.X509StoreContextError, ValueError):
        return False
    return True
