"""Bodies of webhooks as an operator wrote them: JSON with ``$names`` in it (`string.Template`), filled with JSON text.

What a name stands for is put in escaped, so that it belongs between quotation marks and cannot leave them, whatever a vendor
wrote. ``$alerts`` alone is JSON by itself, a list, and stands without them. ``$$`` is a dollar.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from string import Template

from checks.plain import Plain

NAMES = (
    "id",
    "receiver",
    "status",
    "severity",
    "headline",
    "text",
    "firing",
    "resolved",
    "alertname",
    "vendor",
    "team",
    "alerts",
)
"""What may stand in a template."""
MAX_BYTES = 65_536
_HOSTILE = 'a "quoted" \\ line\nand another'


def read(file: Path) -> str:
    """The text of the template in *file*. Raises `ValueError` with what is wrong with it."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise ValueError(msg) from None
    if len(content) > MAX_BYTES:
        msg = f"is over {MAX_BYTES} bytes"
        raise ValueError(msg)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        msg = "is not text in UTF-8"
        raise ValueError(msg) from None
    _require_known(Template(text))
    return text


def fill(text: str, values: Mapping[str, Plain]) -> bytes:
    """The template *text* with a value for each of `NAMES`. Raises `ValueError` when that is not JSON."""
    filled = Template(text).substitute({name: _inserted(value) for name, value in values.items()})
    try:
        json.loads(filled)
    except (ValueError, RecursionError) as error:
        msg = f"is not JSON once it is filled in ({error}): names stand between quotation marks, but for $alerts"
        raise ValueError(msg) from None
    return filled.encode()


def problem(file: Path) -> str | None:
    """What is wrong with the template in *file*, or None."""
    try:
        fill(read(file), {name: [] if name == "alerts" else _HOSTILE for name in NAMES})
    except ValueError as error:
        return f"{file} {error}"
    return None


def _require_known(template: Template) -> None:
    if not template.is_valid():
        msg = "has a $ that begins no name: write $$ for a dollar"
        raise ValueError(msg)
    unknown = sorted(set(template.get_identifiers()) - set(NAMES))
    if unknown:
        msg = f"has names that nothing stands for: ${', $'.join(unknown)} (known: ${', $'.join(NAMES)})"
        raise ValueError(msg)


def _inserted(value: Plain) -> str:
    """*value* as it stands in the filled template: text without its quotation marks."""
    written = json.dumps(value, ensure_ascii=False)
    return written[1:-1] if isinstance(value, str) else written
