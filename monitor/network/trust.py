"""What a chain is worth: the roots it is judged against, and the verdicts of a while ago.

The only module that knows certifi. The judging itself is that of `checks.x509`, off line and after the handshake.
"""

from __future__ import annotations

import hashlib
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import certifi
from cryptography.utils import CryptographyDeprecationWarning

from checks.network import Trust
from checks.x509 import Opinion, Roots, certificates, read, roots
from monitor.clock import Clock

_JUDGED_SECONDS = 600.0
_JUDGED_CHAINS = 1024


class RootsUnavailable(Exception):  # noqa: N818 - said to people as it stands
    """There are no roots to judge chains against, so that nothing can be looked at."""


class Judge:
    """Verdicts on chains, remembered for a while: the same few chains are met all day, and judging one is not free."""

    def __init__(self, ca_file: Path | None, clock: Clock, second_opinion: Opinion | None = None) -> None:
        """Trust the roots in *ca_file*, or those of certifi. Raises `RootsUnavailable` when the file holds none to trust.

        *second_opinion* is that of `Roots.trust`.
        """
        self._roots = _roots_in(ca_file) if ca_file else _shipped()
        self._second_opinion = second_opinion
        self._clock = clock
        self._judged: OrderedDict[tuple[str, bytes], tuple[float, Trust]] = OrderedDict()

    def trust(self, chain: Sequence[bytes], host: str) -> Trust:
        """Whether *chain*, as *host* sent it, leads to a trusted root; `Roots.trust`, at most `_JUDGED_SECONDS` old.

        No verdict outlives an issuer on its path: another path may be as good.
        """
        key = (host, _fingerprint(chain))
        begun = self._clock.monotonic()
        judged = self._judged.get(key)
        if judged and begun < judged[0]:
            return judged[1]
        now = self._clock.now()
        trust = self._roots.trust(chain, host, now, self._second_opinion)
        left = ((read(issuer).not_after - now).total_seconds() for issuer in trust.path[1:])
        self._judged[key] = (begun + min([_JUDGED_SECONDS, *left]), trust)
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


def _roots_in(ca_file: Path) -> Roots:
    try:
        return roots(ca_file.read_bytes())
    except OSError as error:
        msg = f"network: ca_file: {ca_file} cannot be read: {error.strerror}"
        raise RootsUnavailable(msg) from error
    except ValueError as error:
        msg = f"network: ca_file: {ca_file}: {error}"
        raise RootsUnavailable(msg) from error


def _shipped() -> Roots:
    """The roots of certifi that can be read.

    Among them stands one whose serial number RFC 5280 forbids, at which cryptography warns and one day will balk: one root
    less is no reason not to start.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        return Roots(filter(_is_readable, certificates(Path(certifi.where()).read_bytes())))


def _is_readable(root: bytes) -> bool:
    try:
        Roots([root])
    except ValueError:
        return False
    return True
