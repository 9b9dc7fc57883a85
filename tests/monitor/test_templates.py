"""Templates of webhook bodies: JSON whatever a vendor wrote, and told at once where they cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.plain import Plain
from monitor import templates

ALL = "{" + ", ".join(f'"{name}": "${name}"' for name in templates.NAMES if name != "alerts") + ', "alerts": $alerts}'


def values(text: str = "") -> dict[str, Plain]:
    return {name: [text] if name == "alerts" else text for name in templates.NAMES}


@given(st.text())
def test_whatever_is_put_in_comes_out_again(text: str) -> None:
    filled = json.loads(templates.fill(ALL, values(text)))
    assert filled == values(text)


def test_a_dollar_is_written_twice() -> None:
    assert templates.fill('"$$5"', values()) == b'"$5"'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a": "$headlin"}', "has names that nothing stands for: $headlin (known: $id, "),
        (b'{"a": "5$"}', "has a $ that begins no name: write $$ for a dollar"),
        (b'{"a": $headline}', "is not JSON once it is filled in"),
        (b'{"a": "$alerts"', "is not JSON once it is filled in"),
        (b"[" * 20_000, "is not JSON once it is filled in"),
        (b"\xff", "is not text in UTF-8"),
        (b" " * 70_000, "is over 65536 bytes"),
    ],
)
def test_a_template_that_cannot_serve_is_told(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "body.json"
    file.write_bytes(content)
    assert (templates.problem(file) or "").startswith(f"{file} {problem}")


def test_a_template_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert templates.problem(tmp_path) == f"{tmp_path} cannot be read: Is a directory"
    assert templates.problem(tmp_path / "no") == f"{tmp_path}/no cannot be read: No such file or directory"


def test_a_template_that_serves_has_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_text(ALL)
    assert templates.problem(file) is None
