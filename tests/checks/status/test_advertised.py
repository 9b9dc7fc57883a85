from __future__ import annotations

from time import process_time

import pytest

from checks.status.advertised import find_feeds

PAGE = "https://status.acme.test/en/"
ATOM = "application/atom+xml"
RSS = "application/rss+xml"


def link(href: str, kind: str = ATOM, rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}">'


def found(*links: str, url: str = PAGE) -> list[str]:
    return [str(feed) for feed in find_feeds(f"<!doctype html><html><head>{''.join(links)}</head></html>".encode(), url)]


def test_atom_is_preferred_and_of_two_the_first_is_taken() -> None:
    atom, rss = "https://status.acme.test/b.atom", "https://status.acme.test/a.rss"
    assert found(link("/a.rss", RSS), link("/b.atom"), link("/c.atom")) == [atom, rss]
    assert found(link("/a.rss", RSS), link("/b.rss", RSS)) == [rss]


@pytest.mark.parametrize("end", ["-->", " --><!-- -->", "--\n-->"])
def test_what_stands_in_a_comment_is_not_advertised(end: str) -> None:
    assert found(f"<!--\n{link('/old.atom')}{end}", link("/live.rss", RSS)) == ["https://status.acme.test/live.rss"]
    assert found(link("/a.rss", RSS), f"<!-- {link('/b.atom')}") == ["https://status.acme.test/a.rss"]


@pytest.mark.parametrize(
    ("written", "feed"),
    [
        ('<LINK HREF="/a.atom" TYPE="Application/Atom+XML" REL="Alternate Home">', "https://status.acme.test/a.atom"),
        ("<link href=a.atom type=application/atom+xml rel=alternate>", "https://status.acme.test/en/a.atom"),
        (
            "<link\n rel='alternate'\n type = 'application/atom+xml; charset=utf-8' href='a'/>",
            "https://status.acme.test/en/a",
        ),
        (link("/a?x=1&amp;y=2#top"), "https://status.acme.test/a?x=1&y=2"),
        (link("//status.acme.test/a"), "https://status.acme.test/a"),
        (
            '<link data-href="/no" rel="alternate" type="application/atom+xml" href=" /a " href="/b">',
            "https://status.acme.test/a",
        ),
    ],
)
def test_a_link_is_read_however_it_is_written(written: str, feed: str) -> None:
    assert found(written) == [feed]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "<p>no link</p>",
        link("/a", rel="stylesheet"),
        link("/a", kind="application/json"),
        link(" "),
        '<link rel="alternate" type="application/atom+xml">',
        link("ftp://status.acme.test/a"),
        link("javascript:alert(1)"),
        link("https://user:secret@status.acme.test/a"),
        link("https://[::1/a"),
        link("https://status.acme.test/a b"),
        "<link" * 50 + "<html>",
    ],
)
def test_what_is_no_link_to_a_feed_is_none(written: str) -> None:
    assert found(written) == []


@pytest.mark.parametrize(
    ("href", "is_own"),
    [
        ("https://status.acme.test/a", True),
        ("https://STATUS.acme.test/a", True),
        ("https://feeds.status.acme.test/a", False),
        ("https://acme.test/a", False),
        ("https://blog.acme.test/a", False),
        ("https://notstatus.acme.test/a", False),
        ("https://acme.test.evil.test/a", False),
        ("https://test/a", False),
        ("https://evil.test/a", False),
        ("http://status.acme.test/a", False),
    ],
)
def test_only_the_own_host_counts(href: str, is_own: bool) -> None:  # noqa: FBT001 - a column of the table
    assert bool(found(link(href))) is is_own


def test_a_page_without_tls_may_lead_to_a_feed_with_it() -> None:
    assert found(link("https://status.acme.test/a"), url="http://status.acme.test/") == ["https://status.acme.test/a"]


def test_only_the_beginning_of_a_page_is_searched() -> None:
    assert found("<p>" + "x" * 300_000 + "</p>", link("/a")) == []


@pytest.mark.parametrize(
    "piece", ["<link ", "<link a=", "<link rel='", "<link a" + " " * 1990 + ">", "a=" * 900, "<", "<!--", "<!-- --"]
)
def test_a_hostile_page_is_searched_in_time(piece: str) -> None:
    page = (piece * (2 * 1024 * 1024 // len(piece))).encode()
    began = process_time()
    assert find_feeds(page, PAGE) == []
    assert process_time() - began < 1, "measured at 10 ms; the rest is for a busy machine"
