"""Which headers a file may ask for, and in which a secret must be a reference. Pure; no value is ever repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""What an HTTP method or header name may be made of (RFC 9110, section 5.6.2)."""

_CREDENTIAL = re.compile(
    r"(proxy-)?authorization|cookie|(?!(x-)?idempotency-key$)(.+[-_])?(api-?)?(key|token|secret|password|auth)",
    re.IGNORECASE,
)
"""Names of headers that carry secrets, as vendors call them; an idempotency key is none."""
_FRAMING = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers about how a message travels, written by what sends it (RFC 9110, section 7; RFC 9112, section 6)."""
_REFERENCE = ("env:", "file:")
_REFERENCE_WITHIN = re.compile(r"\s(env:[A-Za-z_]|file:/)")


def headers_problems(headers: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with *headers* as a request's own, with the cure: at most one sentence each."""
    named: set[str] = set()
    for number, (name, value) in enumerate(headers.items(), 1):
        if not TOKEN.fullmatch(name):
            yield f"key {number} is not a header name, like x-region: a name has neither spaces nor colons"
        elif name.lower() in named:
            yield f"{name} stands here twice: upper and lower case are the same"
        elif problem := _header_problem(name, value):
            yield problem
        named.add(name.lower())


def _header_problem(name: str, value: str) -> str | None:
    if name.lower() in _FRAMING:
        return f"{name} is written by what sends the request: leave it out"
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
        return f"the value of {name} has a line break or a control character in it"
    if _REFERENCE_WITHIN.search(value):
        return f"{name} has a reference inside its value: put the whole value, with what goes before it, into the secret"
    is_reference = value.startswith(_REFERENCE) and value not in _REFERENCE
    if not is_reference and (value in _REFERENCE or _CREDENTIAL.fullmatch(name)):
        return f"{name} carries a secret, which is written as a reference, never as itself: env:NAME or file:/path"
    return None
