"""What a plain scalar of YAML means: the core schema of YAML 1.2.2 (section 10.3), decimal and finite numbers only.

So the traps of YAML 1.1 are text: NO, on, 12:30:45, 2026-02-30; and so is what reads as another number elsewhere: 017,
0o17, 1_000.
"""

from __future__ import annotations

import math
import re

from monitor.loading.tree import Scalar

_WORDS = {"": None, "~": None} | dict.fromkeys(("null", "Null", "NULL"))
_TRUTHS = {spelled: word == "true" for word in ("true", "false") for spelled in (word, word.title(), word.upper())}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")


def scalar(text: str) -> Scalar:
    """What *text* means where it stands without quotes."""
    if text in _WORDS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
