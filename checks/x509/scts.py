"""Signed certificate timestamps (RFC 6962, section 3.2): a log's promise to publish a certificate.

Their signatures are not verified, for that takes the keys of all logs. What counts is how many logs promised, and whose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from cryptography.x509.certificate_transparency import SignedCertificateTimestamp

MAX_SCTS = 20
"""How many timestamps of one list are looked at. Real certificates carry two to five."""
_VERSION_1 = b"\0"
_LENGTH = 2
_LOG = slice(1, 33)
_TIME = slice(33, 41)
_SHORTEST = 41 + _LENGTH + 2 + _LENGTH
"""Version, log, time, the length of the extensions, the algorithm of the signature, and its length."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sct:
    """A timestamp: *log* is the identifier of the log, the SHA-256 of its key in hexadecimal; *at* is when it promised."""

    log: str
    at: datetime


def read_scts(listed: bytes) -> tuple[Sct, ...]:
    """The timestamps of a list as the TLS extension carries it (RFC 6962, section 3.3).

    One of an unknown version, or that cannot be read, is skipped as the RFC wants it. Raises `ValueError` when the list
    itself is cut short or goes on behind its end.
    """
    return _first(map(_read, _items(_whole(listed))))


def carried(timestamps: Iterable[SignedCertificateTimestamp]) -> tuple[Sct, ...]:
    """The timestamps that stand in a certificate or an OCSP answer, which the library has taken apart."""
    return _first(map(_dated, timestamps))


def log_ids(timestamps: Iterable[Sct]) -> tuple[str, ...]:
    """The logs that promised, each once, in order."""
    return tuple(dict.fromkeys(sct.log for sct in timestamps))


def shortfall(timestamps: Iterable[Sct], logs: int, operators: int, known: Mapping[str, str]) -> str:
    """Why *timestamps* are not of as many *logs* and *operators* as there must be, in one sentence; empty when they are.

    *known* says who runs a log. One that nobody knows of counts as run by somebody else: the list of logs may be older
    than the log.
    """
    promised = log_ids(timestamps)
    if len(promised) < logs:
        return f"{len(promised)} of the {logs} logs that clients ask for have promised to publish the certificate"
    running = dict.fromkeys(known.get(log, log) for log in promised)
    if len(running) < operators:
        return f"all {len(promised)} logs that have promised to publish the certificate are run by {', '.join(running)}"
    return ""


def _first(found: Iterable[Sct | None]) -> tuple[Sct, ...]:
    return tuple(islice((sct for sct in found if sct), MAX_SCTS))


def _whole(listed: bytes) -> bytes:
    body = listed[_LENGTH:]
    if len(listed) < _LENGTH or int.from_bytes(listed[:_LENGTH], "big") != len(body):
        msg = f"a list of certificate timestamps of {len(listed):,} bytes does not have the length it says"
        raise ValueError(msg)
    return body


def _items(body: bytes) -> Iterator[bytes]:
    """What the lengths in *body* mark off."""
    place = 0
    while place < len(body):
        start = place + _LENGTH
        place = start + int.from_bytes(body[place:start], "big")
        if start > len(body) or place > len(body):
            msg = "a certificate timestamp is longer than the list it stands in"
            raise ValueError(msg)
        yield body[start:place]


def _read(one: bytes) -> Sct | None:
    if one[:1] != _VERSION_1 or len(one) < _SHORTEST:
        return None
    try:
        return Sct(one[_LOG].hex(), _EPOCH + timedelta(milliseconds=int.from_bytes(one[_TIME], "big")))
    except OverflowError:
        return None


def _dated(one: SignedCertificateTimestamp) -> Sct | None:
    """The library makes a date only when it is asked for one, and some of the times that fit are no dates."""
    try:
        return Sct(one.log_id.hex(), one.timestamp.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
