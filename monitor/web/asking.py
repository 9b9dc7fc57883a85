"""What a request asks for, read from its own words: which page, in which form, how packed. Pure; nothing here can raise.

Whatever is not understood in a header of preferences counts as not said, and no request is refused for it: a client that
wants what there is not gets what there is (RFC 9110, section 12.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

_LONGEST_TARGET = 1024
_QVALUE = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_URL = re.compile(r"(?i:https?)://([^/?#]+)((?:[/?].*)?)")
_RANGES = {"application/json": "application/*", "text/html": "text/*"}
"""The two forms of a page, each with the range of types it is in."""


def url_parts(target: str) -> tuple[str | None, str]:
    """The host, with its port, and the rest of a request's *target* that is a whole URL, as a proxy is asked for it.

    The host is None where it is not, and the rest all of it.
    """
    found = _URL.fullmatch(target)
    return (found[1], f"/{found[2].removeprefix('/')}") if found else (None, target)


def page_path(target: str) -> str | None:
    """The path that a request's *target*, its bytes as Latin-1, asks for: decoded, without its query.

    None where no page can be: what is longer than 1024 bytes, does not begin with a slash, is not UTF-8, or has in it what
    cannot be printed, an encoded slash, a bad escape, or a segment that is empty, ``.`` or ``..``.
    """
    written = target.partition("?")[0]
    if len(written) > _LONGEST_TARGET or re.search(r"(?i)%2f|%(?![0-9a-f]{2})", written):
        return None
    try:
        path = unquote_to_bytes(written.encode("latin-1")).decode()
    except ValueError:
        return None
    first, *segments = path.split("/")
    is_proper = path == "/" or not {"", ".", ".."}.intersection(segments)
    return path if not first and segments and is_proper and path.isprintable() else None


def wants_json(accept: Iterable[str]) -> bool:
    """Whether ``Accept`` headers rather want JSON than HTML (RFC 9110, section 12.5.1).

    What weighs the same is decided by what is named more exactly; HTML is what everybody else gets.
    """
    weights = _weights(accept)
    json, html = (_standing(kind, weights) for kind in _RANGES)
    return json[0] > 0 and json > html


def accepts_gzip(accept_encoding: Iterable[str]) -> bool:
    """Whether ``Accept-Encoding`` headers name gzip with a weight above zero (RFC 9110, section 12.5.3)."""
    return _weights(accept_encoding).get("gzip", 0) > 0


def _standing(kind: str, weights: Mapping[str, float]) -> tuple[float, int]:
    """How much a media type is wanted, by the most exact range it is in, and how exact that is."""
    ranges = (kind, _RANGES[kind], "*/*")
    return next(((weights[each], len(ranges) - rank) for rank, each in enumerate(ranges) if each in weights), (0.0, 0))


def _weights(rows: Iterable[str]) -> Mapping[str, float]:
    """How much is wanted of each thing that is named; other parameters than the weight are passed over."""
    weights: dict[str, float] = {}
    for choice in ",".join(rows).lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        written = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        if _QVALUE.fullmatch(written):
            weights[name] = float(written)
    return weights
