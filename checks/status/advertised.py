"""The feed that a web page advertises, by ``<link rel="alternate" type="application/atom+xml" href="…">`` in its text. Pure.

Source: HTML Living Standard, section 4.6.7.1, and RSS Autodiscovery (RSS Advisory Board, 2006). What another host has is
another's word, and often a company's blog: only the page's own host counts, and nothing less private than the page. What
stands in a comment is not advertised.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from urllib.parse import urldefrag, urljoin

from checks.values import Url

_SEARCHED_BYTES = 262_144
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(rb"<link\b([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([a-z-]{1,20})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""", re.IGNORECASE)
_KINDS = ("application/atom+xml", "application/rss+xml")
"""The types of feeds, the better first: an Atom entry says when it was last changed."""


def find_feeds(page: bytes, url: str) -> list[Url]:
    """The feeds that the web *page* at *url* advertises on its own host: the first of each type, Atom before RSS."""
    found: dict[str, Url] = {}
    for kind, href in _alternates(_COMMENT.sub(b"", page[:_SEARCHED_BYTES])):
        feed = _address(href, url)
        if feed and _is_own(feed, Url(url)):
            found.setdefault(kind, feed)
    return [found[kind] for kind in _KINDS if kind in found]


def _alternates(page: bytes) -> Iterator[tuple[str, str]]:
    """The type and the reference of each link to another form of *page* that is a feed."""
    for link in _LINK.finditer(page):
        attributes = _attributes(link[1].decode(errors="replace"))
        kind = attributes.get("type", "").partition(";")[0].strip().lower()
        href = attributes.get("href", "").strip()
        if href and kind in _KINDS and "alternate" in attributes.get("rel", "").lower().split():
            yield kind, href


def _attributes(tag: str) -> Mapping[str, str]:
    """The attributes of a tag by their names in lower case; of two with one name the first counts, as in HTML."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(tag):
        found.setdefault(name.lower(), html.unescape("".join(values)))
    return found


def _address(href: str, url: str) -> Url | None:
    try:
        return Url.parse(urldefrag(urljoin(url, href)).url)
    except ValueError:
        return None


def _is_own(feed: Url, page: Url) -> bool:
    return feed.host == page.host and (feed.is_tls or not page.is_tls)
