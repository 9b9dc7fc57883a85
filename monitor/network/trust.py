"""What a chain is worth: the roots it is judged against, and the verdicts of a while ago.

The only module that knows certifi. The judging itself is that of `checks.x509`, off line and after the handshake.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import certifi
from cryptography.utils import CryptographyDeprecationWarning

from checks.network import Trust
from checks.x509 import Roots
from monitor.clock import Clock

_JUDGED_SECONDS = 600.0
_JUDGED_CHAINS = 1024
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


class Judge:
    """Verdicts on chains, remembered for a while: the same few chains are met all day, and judging one is not free."""

    def __init__(self, ca_file: Path | None, clock: Clock) -> None:
        """Trust the roots in *ca_file*, or those of certifi.

        Raises `OSError` when the file cannot be read and `ValueError` when it is not one of certificates.
        """
        self._roots = _roots(ca_file)
        self._clock = clock
        self._judged: OrderedDict[tuple[str, bytes], tuple[float, Trust]] = OrderedDict()

    def trust(self, chain: Sequence[bytes], host: str) -> Trust:
        """Whether *chain*, as *host* sent it, leads to a trusted root; `Roots.trust`, at most `_JUDGED_SECONDS` old."""
        key = (host, _fingerprint(chain))
        now = self._clock.monotonic()
        judged = self._judged.get(key)
        if judged and now < judged[0]:
            return judged[1]
        trust = self._roots.trust(chain, host, self._clock.now())
        self._judged[key] = (now + _JUDGED_SECONDS, trust)
        self._judged.move_to_end(key)
        if len(self._judged) > _JUDGED_CHAINS:
            self._judged.popitem(last=False)
        return trust


def _fingerprint(chain: Sequence[bytes]) -> bytes:
    digest = hashlib.sha256()
    for certificate in chain:
        digest.update(len(certificate).to_bytes(4, "big"))
        digest.update(certificate)
    return digest.digest()


def _roots(ca_file: Path | None) -> Roots:
    """The roots in *ca_file*, each of which must be readable, or those shipped that are.

    Among the shipped ones stands a root whose serial number RFC 5280 forbids, at which cryptography warns and one day will
    balk: one root less is no reason not to start.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        if not ca_file:
            return Roots(filter(_is_readable, _certificates(Path(certifi.where()))))
        try:
            return Roots(_certificates(ca_file))
        except ValueError as error:
            msg = f"{ca_file}: {error}"
            raise ValueError(msg) from error


def _certificates(path: Path) -> list[bytes]:
    """The certificates of a PEM file (RFC 7468, section 5) as DER, whatever stands between them."""
    found = [binascii.a2b_base64(body) for body in _PEM.findall(path.read_bytes())]
    if not found:
        msg = "no certificate in PEM form (-----BEGIN CERTIFICATE-----) in it"
        raise ValueError(msg)
    return found


def _is_readable(root: bytes) -> bool:
    try:
        Roots([root])
    except ValueError:
        return False
    return True
