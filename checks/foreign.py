"""What peers send, made safe to keep and to show: a vendor's bytes and text are hostile input.

Nothing here knows what a document means; it only makes values out of bytes, and one harmless line out of text.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from checks.network import Answer

LONGEST_SENTENCE = 300
"""So many characters of a sentence are kept, and shown,"""
LONGEST_ADDRESS = 2_000
"""and of an address so many: one that is longer is none."""

_CLIPPED = "…"
_CHALLENGE_MARKS = (
    b"challenge-platform",
    b"cf-chl-",
    b"just a moment...",
    b"cf_captcha",
    b"_incapsula_resource",
    b"px-captcha",
)
_CHALLENGE_STATUS = frozenset({403, 405, 429, 503})
_HEAD_BYTES = 16_384


def read_json(body: bytes) -> Any:
    """The JSON value in *body*, whatever its Unicode encoding and with or without a byte order mark.

    Raises `ValueError` with the reason for everything else: NaN and nesting beyond what can be read included.
    """
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except RecursionError:
        msg = "it is nested too deeply"
        raise ValueError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"it is not text in {error.encoding}"
        raise ValueError(msg) from None


def read_json_prefix(body: bytes) -> Any:
    """The JSON value that *body*, UTF-8, begins with, whatever stands behind it. Raises `ValueError` as `read_json` does."""
    try:
        value, _ = _PREFIX.raw_decode(body.decode(errors="replace").lstrip())
    except RecursionError:
        msg = "it is nested too deeply"
        raise ValueError(msg) from None
    return value


def _refuse_constant(word: str) -> NoReturn:
    msg = f"{word} is not JSON (RFC 8259, section 6)"
    raise ValueError(msg)


_PREFIX = json.JSONDecoder(parse_constant=_refuse_constant)


def one_line(text: str, limit: int = 200) -> str:
    """*text* as one harmless line of at most *limit* characters; cut text ends in an ellipsis.

    Whatever does not print becomes a space: control characters, those that reorder or hide text (Unicode TR 36, section
    2), half pairs, and white space of every kind.
    """
    if len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip()
    head = text[: 4 * limit]
    line = " ".join("".join(character if character.isprintable() else " " for character in head).split())
    return line if len(line) <= limit and len(head) == len(text) else line[: limit - 1].rstrip() + _CLIPPED


def quoted(text: str, limit: int = 120) -> str:
    """*text* as `one_line` in quotation marks, for a sentence."""
    line = one_line(text, limit).replace('"', "'")
    return f'"{line}"'


def is_challenge(answer: Answer) -> bool:
    """Whether *answer* asks for a browser or a person instead of answering: a challenge page of a bot filter."""
    if answer.headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    head = answer.body[:_HEAD_BYTES].lower()
    return answer.status in _CHALLENGE_STATUS and any(mark in head for mark in _CHALLENGE_MARKS)
