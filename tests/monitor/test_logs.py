"""One event, one line, whatever a vendor put into it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from monitor import logs

HOSTILE = 'down\n2026 INFO all is well\r\x1b[2J\x00\u2028\u202e"quoted" é 🙂'


@pytest.fixture(autouse=True)
def root_logger_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def written(style: str, **fields: object) -> str:
    out = io.StringIO()
    logs.configure(style, "info", out)
    logging.getLogger("vendorwatch.test").warning("a state changed: %s", HOSTILE, extra=fields)
    return out.getvalue()


def test_a_vendors_text_never_breaks_a_line_of_the_console() -> None:
    text = written("console", cause=HOSTILE)
    assert text.count("\n") == 1
    assert not set(text[:-1]) & {"\r", "\x1b", "\x00", "\u2028", "\u202e"}
    assert "é 🙂" in text


def test_json_is_one_object_a_line_with_the_fields_beside_the_message() -> None:
    text = written("json", cause=HOSTILE, count=3, ratio=0.5, missing=None)
    assert text.count("\n") == 1
    event = json.loads(text)
    assert (event["level"], event["logger"]) == ("warning", "vendorwatch.test")
    assert (event["count"], event["ratio"], event["missing"]) == (3, 0.5, None)
    assert event["at"].endswith("Z")
    assert "\\n" in event["cause"]
    assert "\n" not in event["cause"]


def test_long_text_is_cut() -> None:
    assert len(json.loads(written("json", cause="x" * 10_000))["cause"]) == logs.LONGEST_FIELD + 1


def test_not_on_a_terminal_it_is_json() -> None:
    assert json.loads(written("auto"))["message"].startswith("a state changed")


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_traceback_is_kept(style: str) -> None:
    out = io.StringIO()
    logs.configure(style, "info", out)
    try:
        int(HOSTILE)
    except ValueError:
        logging.getLogger().exception("broken")
    assert "Traceback" in out.getvalue()
    assert "\x1b" not in out.getvalue()
