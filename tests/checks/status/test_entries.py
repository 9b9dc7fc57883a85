from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

import pytest

from checks.model import Reason, Unseen
from checks.status.entries import CATEGORY_LIMIT, Entry, read_feed

PLACE = "https://v.test/feed"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom">%s</feed>'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (number, b"&l%d;" % (number - 1) * 10) for number in range(1, 10))


def refused(body: bytes) -> str:
    with pytest.raises(Unseen) as caught:
        read_feed(body, PLACE)
    assert caught.value.failure.reason is Reason.PARSE
    return caught.value.failure.detail


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE feed [<!ENTITY l0 "lol">' + LAUGHS + b"]><feed><title>&l9;</title></feed>",
        b'<!DOCTYPE feed [<!ENTITY a "' + b"x" * 100_000 + b'">]><feed><title>' + b"&a;" * 100_000 + b"</title></feed>",
        b'<!DOCTYPE feed [<!ENTITY x SYSTEM "file:///etc/passwd">]><feed><title>&x;</title></feed>',
        b'<!DOCTYPE feed [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><feed/>',
        b'<!DOCTYPE feed SYSTEM "http://127.0.0.1/x.dtd"><feed/>',
        b"<!DOCTYPE feed><feed/>",
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE feed><feed/>'.encode("utf-16"),
    ],
)
def test_documents_that_declare_anything_are_refused_at_once(body: bytes) -> None:
    began = perf_counter()
    assert "declares a document type or entities" in refused(body)
    assert perf_counter() - began < 1, "measured at less than one millisecond; the rest is for a busy machine"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is not XML: no element found"),
        (b"feed", "is not XML"),
        (b"\x00\x01", "is not XML"),
        (b"<feed><title>&nbsp;</title></feed>", "is not XML: undefined entity"),
        (b"<feed>", "is not XML: no element found"),
        (b'<?xml version="1.0" encoding="klingon"?><feed/>', "is not XML: unknown encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><feed/>', "is not XML"),
        (b"<opml/>", "is XML, but no feed: its outermost element is opml"),
        (b"<feed>" + b"<a>" * 100, "inside each other"),
        (
            b"<feed><a " + b" ".join(b'a%d="1"' % number for number in range(150_000)) + b"/></feed>",
            "more than 131072 bytes",
        ),
        (b"<feed>" + b"<a/>" * 60_000 + b"</feed>", "more than 50000 elements"),
    ],
)
def test_everything_that_is_no_feed_says_why(body: bytes, words: str) -> None:
    assert words in refused(body)


def test_the_entities_of_xml_and_character_references_are_plain_text() -> None:
    feed = read_feed(ATOM % (b"<title>" + b"a &amp; b &lt; &#10003; " * 500 + b"</title>"), PLACE)
    assert feed.head.first("title").startswith("a & b < ✓ a & b")
    assert len(feed.head.first("title")) <= 4000


def test_texts_belong_to_the_entry_they_stand_in_and_links_to_where_they_lead() -> None:
    body = ATOM % (
        b'<title>Head</title><link rel="self" href="https://v.test/self"/><link href="https://v.test/"/>'
        b'<author><name>n</name></author><x:title xmlns:x="u">no</x:title>'
        b'<entry><title type="html"><b>Bold</b> title</title><link rel="enclosure" href="https://v.test/e"/>'
        b'<link rel="alternate" href="https://v.test/1"/><id>1</id><source><title>second</title></source></entry>'
    )
    feed = read_feed(body, PLACE)
    (entry,) = feed.entries
    assert (feed.head.first("title"), feed.head.link) == ("Head", "https://v.test/")
    assert (entry.first("title"), entry.link, entry.first("guid", "id")) == ("Bold title", "https://v.test/1", "1")
    assert (entry.first("content"), feed.count) == ("", 1)


def test_rss_1_is_read_too() -> None:
    body = (
        b'<rdf:RDF xmlns:rdf="r" xmlns:dc="d"><channel><title>C</title></channel>'
        b"<item><title>T</title><dc:date>2026-05-04T08:00:00Z</dc:date></item></rdf:RDF>"
    )
    (entry,) = read_feed(body, PLACE).entries
    assert entry.at == datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("texts", "at"),
    [
        ({"updated": "2026-05-04T10:00:00+02:00"}, datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ({"updated": "2026-05-04T08:00:00"}, datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ({"updated": "2026-05-04T08:00:00Z", "published": "2026-05-01T08:00:00Z"}, datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ({"updated": "never", "published": "2026-05-04"}, datetime(2026, 5, 4, tzinfo=UTC)),
        ({"pubDate": "Mon, 04 May 2026 08:00:00 -0000"}, datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ({"pubDate": "Mon, 04 May 2026 01:00:00 PDT"}, datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ({"pubDate": "Mon, 04 May 2026 08:00 UTC"}, datetime(2026, 5, 4, 8, tzinfo=UTC)),
        ({"pubDate": "Mon, 04 May 2026 24:50 UTC"}, None),
        ({"pubDate": "Fri, 31 Dec 9999 23:59:59 -1400"}, None),
        ({"pubDate": "Mon, 99 May 99999999999999999999 08:00"}, None),
        ({"pubDate": ""}, None),
        ({}, None),
    ],
)
def test_times_are_read_in_either_form_and_in_utc(texts: dict[str, str], at: datetime | None) -> None:
    assert Entry(texts).at == at


@pytest.mark.parametrize("around", [b"%s", b"<![CDATA[%s]]>", b"&lt;%s"])
def test_a_text_may_be_long_as_it_is_cut(around: bytes) -> None:
    body = b"<title>" + around % (b"long " * 100_000) + b"</title>"
    feed = read_feed(ATOM % (b"<entry>" + body + b"</entry><entry><title>next</title></entry>"), PLACE)
    assert (len(feed.entries[0].first("title")), feed.entries[1].first("title")) in {(4000, "next"), (3999, "next")}


def test_the_categories_of_an_entry_are_kept_in_their_order_and_bounded() -> None:
    some = b"<category>Network</category><category/><category>West\nUS</category>"
    many = b"".join(b"<category>%d</category>" % number for number in range(300))
    feed = read_feed(
        b"<rss><channel><category>all</category><item>%s</item><item>%s</item></channel></rss>" % (some, many), PLACE
    )
    assert feed.head.categories == ("all",)
    assert feed.entries[0].categories == ("Network", "West US")
    assert len(feed.entries[1].categories) == CATEGORY_LIMIT


def test_a_reader_of_what_stands_at_the_end_of_texts_may_have_more_of_them() -> None:
    body = ATOM % (b"<entry><summary>%s</summary></entry>" % (b"x" * 9000))
    feed = read_feed(body, PLACE, text_limit=8000)
    assert len(feed.entries[0].first("summary")) == 8000
