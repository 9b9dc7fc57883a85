"""Records in presentation format, read into values: CAA (RFC 8659, section 4.1.1) and HTTPS (RFC 9460, section 2.1).

What a zone says is hostile: texts are bounded to one line, and what is no record of its kind is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from checks.foreign import one_line

_CAA = re.compile(r'[0-9]{1,3} ([0-9A-Za-z]{1,40}) "(.*)"', re.DOTALL)
_SERVICE = re.compile(r"([0-9]{1,5}) (\S+)(.*)", re.DOTALL)
_PARAMETER = re.compile(r' ([a-z0-9-]{1,63})(?:="((?:[^"\\]|\\.)*)")?')


@dataclass(frozen=True, slots=True)
class Caa:
    """One property: a *tag* in lower case, such as ``issue`` or ``iodef``, and its value."""

    tag: str
    value: str

    @property
    def issuer(self) -> str:
        """The name of the authority that a property of issuing allows, without its parameters; empty for nobody."""
        return self.value.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Service:
    """One HTTPS record: an alias to *target* when its *priority* is 0, else how to reach the host there.

    *target* is ``.`` for the name itself. *ech* says that the record has a key for Encrypted Client Hello (RFC 9848).
    """

    priority: int
    target: str
    alpn: tuple[str, ...]
    ech: bool


def read_caa(texts: Iterable[str]) -> tuple[Caa, ...]:
    """The properties in CAA records."""
    found = (_CAA.fullmatch(text) for text in texts)
    return tuple(Caa(match[1].lower(), one_line(match[2])) for match in found if match)


def read_services(texts: Iterable[str]) -> tuple[Service, ...]:
    """HTTPS records, the preferred first."""
    found = (_SERVICE.fullmatch(text) for text in texts)
    return tuple(sorted((_service(match) for match in found if match), key=lambda service: service.priority))


def _service(match: re.Match[str]) -> Service:
    parameters = dict(_PARAMETER.findall(match[3]))
    alpn = tuple(one_line(each, 32) for each in parameters.get("alpn", "").split(",")[:8] if each)
    return Service(int(match[1]), one_line(match[2], 255), alpn, bool(parameters.get("ech")))
