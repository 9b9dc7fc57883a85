"""Links out of a document, to addresses that others wrote."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from checks.foreign import LONGEST_ADDRESS, one_line
from monitor.hypertext.markup import Markup, element, together


def link_out(address: str, *content: str) -> Markup:
    """A link to *address* that tells it nothing of this document; the *content* alone where that is no address of the web.

    A link of another scheme may be a script (``javascript:``), one with a name before its host may hide where it leads.
    """
    if not _is_of_the_web(address):
        return together(content)
    return element("a", *content, href=address, rel="noopener noreferrer", class_="out")


def _is_of_the_web(address: str) -> bool:
    if " " in address or address != one_line(address, LONGEST_ADDRESS):
        return False
    with suppress(ValueError):
        parts = urlsplit(address)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    return False
