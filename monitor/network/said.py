"""What lists of revoked certificates have said, kept when the lists themselves are not.

A list may have megabytes, and all that is wanted of it are a few answers: those are kept for every certificate that was ever
asked about, those not asked about for longest going first. An answer has the dates of its list; whether it still holds is
for whoever asks.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from checks.network import Revocation

MAX_ANSWERS = 20_000
"""How many answers are kept: some 10 MB."""

_Key = tuple[str, bytes, int]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, which need not be asked for again *until* a moment of the monotonic clock."""

    revocation: Revocation
    until: float


class Answers:
    """Answers by the address of the list, its issuer as DER, and the serial number of a certificate."""

    def __init__(self, limit: int = MAX_ANSWERS) -> None:
        self._limit = limit
        self._said: OrderedDict[_Key, Said] = OrderedDict()

    def get(self, url: str, issuer: bytes, serial: int) -> Said | None:
        """What was said last of a certificate, however long ago."""
        key = _key(url, issuer, serial)
        said = self._said.get(key)
        if said:
            self._said.move_to_end(key)
        return said

    def put(self, url: str, issuer: bytes, serial: int, said: Said) -> None:
        """Keep an answer in place of the last one."""
        key = _key(url, issuer, serial)
        self._said[key] = said
        self._said.move_to_end(key)
        if len(self._said) > self._limit:
            self._said.popitem(last=False)

    def serials(self, url: str, issuer: bytes) -> Iterable[int]:
        """The certificates that the list at *url* was asked about."""
        name = digest(issuer)
        return [serial for at, of, serial in self._said if (at, of) == (url, name)]


def _key(url: str, issuer: bytes, serial: int) -> _Key:
    return url, digest(issuer), serial


def digest(issuer: bytes) -> bytes:
    """What stands for the certificate of an issuer."""
    return hashlib.sha256(issuer).digest()
