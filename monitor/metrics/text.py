"""The text exposition format, version 0.0.4, as functions of strings.

Source: prometheus.io, "Exposition formats", text-based format (read 2026-11-21): one ``# HELP`` and one ``# TYPE`` line
before all lines of a family; in label values backslash, double quote and line feed are escaped, in HELP backslash and line
feed. Nothing here knows a vendor or a metric.
"""

from __future__ import annotations

from math import isfinite, isnan

_LABEL_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\0": "\N{REPLACEMENT CHARACTER}"})
_HELP_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n"})

LABELS = b"\0"
"""Stands in a piece for the labels that all lines of one target begin with. No label value has it: `escaped` sees to that.

Text with the labels taken out is a third as long, and much of it is the same for many targets; putting them back is one
call to `bytes.replace`."""


def escaped(value: str) -> str:
    """A label value between its quotes. NUL, which ends the text for Prometheus' own parser, becomes U+FFFD."""
    return value.translate(_LABEL_ESCAPES)


def labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    """``vendor="github",check="endpoint"``, in the order given. Raises `ValueError` when there are not as many of each."""
    return ",".join(f'{name}="{escaped(value)}"' for name, value in zip(names, values, strict=True))


def number(value: float) -> str:
    """A value as Go reads it, with all digits of the float."""
    value = float(value)
    if isfinite(value):
        return repr(value)
    if isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def header(name: str, kind: str, help_text: str) -> bytes:
    """The two lines before a family's samples."""
    return encoded(f"# HELP {name} {help_text.translate(_HELP_ESCAPES)}\n# TYPE {name} {kind}\n")


def piece(name: str, *rows: tuple[str, float]) -> bytes:
    """The lines of the family *name*, one for each row: the labels of its own, ``""`` or ``phase="tls"``, and its value."""
    lines = [f"{name}{{\0{own and ','}{own}}} {number(value)}\n" for own, value in rows]
    return encoded("".join(lines))


def encoded(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which UTF-8 cannot say, becomes a question mark."""
    return text.encode("utf-8", "replace")
