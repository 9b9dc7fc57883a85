"""How the program speaks while it runs: one line per event, for people on a terminal, as JSON elsewhere.

Whatever is in a message or a field, a vendor's text included, an event is one line: control characters are escaped. Fields
are what is passed as ``extra=`` to the standard library's loggers.
"""

from __future__ import annotations

import json
import logging
import sys
import unicodedata
from datetime import UTC, datetime
from typing import TextIO

from checks.plain import instant

_KNOWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""Attributes that every record has; all others are fields."""

LONGEST_FIELD = 500
"""Characters of a field or a message that are written; the store has the rest."""


def escaped(text: str) -> str:
    """*text* without anything that could end or disguise a line: control, format and separator characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return character.encode("unicode_escape").decode() if hidden else character


def _bounded(value: object) -> str:
    text = escaped(str(value))
    return text if len(text) <= LONGEST_FIELD else text[:LONGEST_FIELD] + "…"


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _KNOWN}


def _at(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


class ConsoleFormatter(logging.Formatter):
    """``12:30:45 warning  a state changed  target=… cause=…``; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as text."""
        fields = " ".join(f"{name}={_bounded(value)}" for name, value in _fields(record).items())
        line = f"{_at(record):%H:%M:%S} {record.levelname.lower():<8} {_bounded(record.getMessage())}"
        trace = "\n" + self.formatException(record.exc_info) if record.exc_info else ""
        return f"{line}  {fields}".rstrip() + trace


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``at``, ``level``, ``logger``, ``message``, then the fields, then ``traceback``."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as JSON."""
        event: dict[str, object] = {
            "at": instant(_at(record)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _bounded(record.getMessage()),
        }
        for name, value in _fields(record).items():
            event[name] = value if isinstance(value, int | float | bool | None) else _bounded(value)
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event)


def configure(style: str = "auto", level: str = "info", stream: TextIO | None = None) -> None:
    """Send all logs to *stream* (default: standard error) as ``console``, ``json``, or ``auto``: by what is at its end."""
    out = stream or sys.stderr
    as_json = style == "json" or (style == "auto" and not out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter() if as_json else ConsoleFormatter())
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # These tell of every single job and request: at 10,000 targets that doubles the cost of scheduling.
    for noisy in ("apscheduler", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
