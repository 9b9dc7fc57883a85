"""Values of a vendor's document, read in every form that pages have them in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.model import Reason, Unseen
from checks.status.node import Node, read_epoch, read_instant
from checks.status.reading import read_array, read_embedded, read_object
from tests.support.network import answer

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ASKED = "https://status.v.test/data"


def node(value: Any) -> Node:
    return Node(value, ASKED)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-05-04T12:00:00Z", "", NOON),
        ("2026-05-04T05:00:00-07:00", "", NOON),
        ("2026-05-04T12:00:00.000+00:00", "Europe/Zurich", NOON),
        ("2026-05-04T12:00:00", "", NOON),
        ("2026-05-04 12:00:00", "", NOON),
        ("2026-05-04T14:00:00", "Europe/Zurich", NOON),
        ("2026-01-04T13:00:00", "Europe/Zurich", datetime(2026, 1, 4, 12, tzinfo=UTC)),
        ("2026-05-04T12:00:00", "Mars/Olympus", NOON),
        ("2026-05-04T12:00:00", "../../etc/passwd", NOON),
        ("2026-05-04T12:00:00", "\x00", NOON),
        ("yesterday", "Europe/Zurich", None),
        ("", "", None),
        ("0001-01-01T00:00:00", "Asia/Tokyo", None),
        ("0001-01-01T00:00:00Z", "", None),
        ("0001-01-01T08:00:00Z", "", None),
        ("9999-12-31T23:59:59", "America/New_York", None),
    ],
)
def test_a_time_without_an_offset_is_one_of_the_pages_zone(text: str, zone: str, expected: datetime | None) -> None:
    assert read_instant(text, zone) == expected
    assert node({"at": text}).instant_of("at", zone) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1777896000, NOON),
        (1777896000.0, NOON),
        ("1777896000", NOON),
        (1777896000000, NOON),
        ("1777896000000", NOON),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (True, None),
        (None, None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        (10**400, None),
        (-(10**18), None),
        ([1777896000], None),
    ],
)
def test_seconds_and_milliseconds_as_numbers_and_as_text_are_times(value: Any, expected: datetime | None) -> None:
    assert read_epoch(value) == expected
    assert node({"at": value}).epoch_of("at") == expected


def test_an_id_may_be_a_number_or_text() -> None:
    ids = node({"number": 7, "text": "x7", "null": None})
    assert [ids.id_of(name) for name in ("number", "text", "null", "absent")] == ["7", "x7", "", ""]
    with pytest.raises(Unseen, match=re.escape("$.flag is true or false, not text")):
        node({"flag": True}).id_of("flag")


def test_members_are_named_bounded_and_without_nulls() -> None:
    whole = node({f"m{number}": number or None for number in range(5)})
    assert [(name, member.value, member.place) for name, member in whole.members(3)] == [
        ("m1", 1, "$.m1"),
        ("m2", 2, "$.m2"),
    ]
    assert whole.notes.cut == ["$: the first 3 of 5"]
    with pytest.raises(Unseen, match="is a list, not an object"):
        list(node([]).members(3))


def test_a_word_may_be_absent_known_or_noted() -> None:
    words = {"up": 1}
    page = node({"a": " UP ", "b": "wobbly"})
    assert [page.word_of(name, words, 0) for name in ("a", "b", "c")] == [1, 0, 0]
    assert page.notes.unknown == ['"wobbly" at $.b']


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b'jsonCallback({"a": 1});',
        b' \n jsonCallback( {"a": 1} ) ;\r\n',
        b'/**/ window.App.loaded({"a": 1})',
        b'/* served */jQuery1124_09({"a": 1})',
    ],
)
def test_a_document_in_a_call_of_a_function_is_read_where_one_may_be(body: bytes) -> None:
    assert read_object(answer(body, url=ASKED), ASKED, jsonp=True).value == {"a": 1}


@pytest.mark.parametrize("body", [b'f({"a": 1}', b'f({"a": 1}); g()', b"f()", b'alert(1); f({"a": 1});', b"f([1]);"])
def test_what_is_no_call_with_a_document_is_refused(body: bytes) -> None:
    with pytest.raises(Unseen) as caught:
        read_object(answer(body, url=ASKED), ASKED, jsonp=True)
    assert caught.value.failure.reason is Reason.PARSE


def test_a_call_is_no_document_where_none_is_expected() -> None:
    with pytest.raises(Unseen, match="is not JSON"):
        read_object(answer(b"f({});", url=ASKED), ASKED)


@pytest.mark.parametrize("body", [b"[]", b"\xef\xbb\xbf[]", b"\xfe\xff\x00[\x00]", "[]".encode("utf-16"), b" [ ] "])
def test_an_empty_list_is_read_in_any_encoding(body: bytes) -> None:
    assert read_array(answer(body, url=ASKED), ASKED).value == []


@pytest.mark.parametrize("body", [b"{}", b"null", b"", b"\xfe\xff", b"\xfe\xff\x00["])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(Unseen):
        read_array(answer(body, url=ASKED), ASKED)


START = re.compile(rb'id="state"[^>]{0,80}>')


def test_a_document_in_a_web_page_is_read_whatever_stands_behind_it() -> None:
    body = b'<!doctype html><script id="state" type="application/json"> {"a": {"b": "</p>"}}</script><p>'
    assert read_embedded(answer(body, url=ASKED), ASKED, START).value == {"a": {"b": "</p>"}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>nothing", "does not hold the document"),
        (b'<script id="state">oops', "holds what is not JSON"),
        (b'<script id="state">[1]', "is a list, not an object"),
        (b'<script id="state">' + b"[" * 200_000, "nested too deeply"),
        (b'<script id="state">{"a": NaN}', "NaN is not JSON"),
        (b'<script id="state">\xff\xfe', "holds what is not JSON"),
    ],
)
def test_a_web_page_without_the_document_says_so(body: bytes, words: str) -> None:
    with pytest.raises(Unseen, match=words):
        read_embedded(answer(body, url=ASKED), ASKED, START)
