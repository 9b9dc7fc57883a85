"""A whole document: one file that loads nothing and runs nothing, and says so itself.

Its policy (Content Security Policy 3) forbids all but its own style, which it knows by its hash, so that not even a style
may stand at an element. Who may frame it a document cannot say (section 3.3, "The <meta> element"): that is for a header.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from monitor.hypertext.markup import Markup, element


@cache
def stylesheet(package: str) -> str:
    """The ``style.css`` of *package* below the colours and patterns that all documents share."""
    written = (files(__package__).joinpath("palette.css"), files(package).joinpath("style.css"))
    return "".join(each.read_text(encoding="utf-8") for each in written)


def policy(style: str) -> str:
    """The Content-Security-Policy of a document with this *style*."""
    known = b64encode(sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"


def written(title: str, style: str, *body: str) -> str:
    """The document, to be written in UTF-8. *style* is trusted: whatever is foreign in it was made harmless before."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(style)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(style)),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', *body), lang='en')}\n"
