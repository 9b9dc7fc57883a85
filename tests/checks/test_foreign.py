from __future__ import annotations

from typing import Any

import pytest

from checks.foreign import is_challenge, one_line, quoted, read_json
from tests.support.network import answer

WORDS: Any = {"wörd": ["✓", 1]}
TEXT = '{"wörd": ["✓", 1]}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_unicode_encoding(encoding: str) -> None:
    assert read_json(TEXT.encode(encoding)) == WORDS


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"{",
        b"NaN",
        b"-Infinity",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe\x00",
        b'"\x80"',
        b"9" * 5000,
    ],
)
def test_everything_else_is_a_value_error_that_says_why(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        read_json(body)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain", "plain"),
        ("two\r\nlines\x1b[31m red", "two lines [31m red"),
        ("a\u202eb\u200bc\x9bd", "a b c d"),
        ("half a \ud800 pair, one\ue000two", "half a pair, one two"),
        ("x" * 300, "x" * 199 + "…"),
        ("a" + " " * 5000 + "b", "a…"),
    ],
)
def test_any_text_becomes_one_harmless_line(text: str, line: str) -> None:
    assert one_line(text) == line
    line.encode()


def test_a_quotation_ends_where_it_seems_to_end() -> None:
    assert quoted('all "good" here', 100) == "\"all 'good' here\""


@pytest.mark.parametrize(
    ("status", "headers", "body", "challenged"),
    [
        (200, {}, b"Just a moment...", False),
        (403, {}, b"<title>Just a moment...</title>", True),
        (503, {}, b"<script src=/cdn-cgi/challenge-platform/x.js>", True),
        (200, {"cf-mitigated": "Challenge"}, b"", True),
        (403, {}, b'{"message": "forbidden"}', False),
        (403, {}, b" " * 20_000 + b"just a moment...", False),
    ],
)
def test_a_challenge_page_is_known_by_its_marks(status: int, headers: dict[str, str], body: bytes, challenged: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_challenge(answer(body, status=status, headers=headers)) is challenged
