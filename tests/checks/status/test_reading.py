from __future__ import annotations

import pytest

from checks.model import Reason, Unseen
from checks.network import Answer
from checks.status.reading import looks_like_html, read_body, read_object
from tests.support.network import answer

ASKED = "https://status.v.test/api/v2/summary.json"


def redirected(url: str, body: bytes = b"{}") -> Answer:
    return answer(body, url=url, hops=(ASKED,))


@pytest.mark.parametrize(
    "page",
    [
        answer(b'{"a": 1}', url=ASKED),
        answer(b'\xef\xbb\xbf{"a": 1}', url=ASKED),
        answer('{"a": 1}'.encode("utf-16-be"), url=ASKED),
        answer("{}".encode("utf-16"), url=ASKED),
        redirected("https://status.new.test/api/v2/summary.json"),
        redirected("https://status.new.test/vendor/api/v2/summary.json/"),
    ],
)
def test_an_object_from_the_address_asked_is_read(page: Answer) -> None:
    assert isinstance(read_object(page, ASKED).value, dict)


@pytest.mark.parametrize(
    ("page", "reason", "words"),
    [
        (answer(b"{}", status=401, url=ASKED), Reason.PRIVATE, "wants a login or a key"),
        (answer(b"{}", status=403, url=ASKED), Reason.BLOCKED, "answered 403"),
        (answer(b"{}", status=429, url=ASKED), Reason.BLOCKED, "answered 429"),
        (answer(b"<title>Just a moment...</title>", status=503, url=ASKED), Reason.BLOCKED, "challenge page"),
        (answer(b"{}", headers={"cf-mitigated": "challenge"}, url=ASKED), Reason.BLOCKED, "challenge page"),
        (answer(b"{}", status=404, url=ASKED), Reason.MOVED, "check url: and platform: (vendorwatch detect finds out)"),
        (answer(b"{}", status=410, url=ASKED), Reason.MOVED, "answered 410"),
        (answer(b"{}", status=500, url=ASKED), Reason.HTTP, "answered 500"),
        (answer(b"", status=204, url=ASKED), Reason.HTTP, "answered 204"),
        (answer(b"", status=302, url=ASKED), Reason.HTTP, "answered 302"),
        (redirected("https://status.v.test/"), Reason.MOVED, "is another page"),
        (redirected("https://www.vendors.test/status?x=secret"), Reason.MOVED, "https://www.vendors.test/status, which"),
        (
            redirected("https://status.v.test/login?next=/api"),
            Reason.PRIVATE,
            "leads to a login at https://status.v.test/login",
        ),
        (redirected("https://id.v.test/oauth2/authorize"), Reason.PRIVATE, "leads to a login"),
        (answer(b"", url=ASKED), Reason.PARSE, "is not JSON: Expecting value"),
        (answer(b"[]", url=ASKED), Reason.PARSE, "$ is a list, not an object"),
        (answer(b"null", url=ASKED), Reason.PARSE, "$ is null, not an object"),
        (
            answer(b"<!DOCTYPE html><title>Our \n status</title>", url=ASKED),
            Reason.PARSE,
            'a web page, titled "Our status", not what',
        ),
        (
            answer(b"\xef\xbb\xbf  <HTML>", url=ASKED),
            Reason.PARSE,
            "interface sends: check platform: (vendorwatch detect finds out)",
        ),
        (answer(b"<html><input type='password'>", url=ASKED), Reason.PRIVATE, "asks for a password"),
    ],
)
def test_everything_else_says_why_it_is_not_the_page(page: Answer, reason: Reason, words: str) -> None:
    with pytest.raises(Unseen) as caught:
        read_object(page, ASKED)
    assert caught.value.failure.reason is reason
    assert words in caught.value.failure.detail
    assert "secret" not in caught.value.failure.detail


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        ("http://status.v.test/", "https://status.v.test/"),
        ("https://v.test", "https://www.v.test/"),
        ("https://www.v.test/", "https://v.test/status"),
        ("https://status.v.test/rss?service=api", "https://new.test/rss?service=api"),
        ("https://status.v.test/rss", "https://new.test/rss?utm=x"),
    ],
)
def test_a_redirect_that_leads_to_the_same_page_is_followed(asked: str, final: str) -> None:
    assert read_body(answer(b"x", url=final, hops=(asked,)), asked) == b"x"


@pytest.mark.parametrize(
    ("asked", "final"),
    [
        ("https://status.keep.test/", "https://status.parent.test/"),
        ("https://status.keep.test", "https://status.parent.test/keep"),
        ("https://status.v.test/rss?service=api", "https://status.v.test/rss"),
        ("https://status.v.test/rss?service=api", "https://status.v.test/rss?service=web"),
        ("https://status.v.test/?page=x", "https://status.v.test/"),
    ],
)
def test_a_redirect_that_loses_what_was_asked_for_leads_to_another_page(asked: str, final: str) -> None:
    with pytest.raises(Unseen, match="another page") as caught:
        read_body(answer(b"x", url=final, hops=(asked,)), asked, html=True)
    assert caught.value.failure.reason is Reason.MOVED


@pytest.mark.parametrize(
    ("body", "is_html"),
    [
        (b"<!-- x --><rss/>", False),
        (b"<!-- <html> --> \n<!----><feed>", False),
        (b"<!-- x --><!-- y --><!DOCTYPE html>", True),
        (b"<!-- never closed", False),
        (b"<!--" * 20_000, False),
        (b"<!---->" * 20_000, False),
    ],
)
def test_a_comment_first_says_nothing_of_what_follows(body: bytes, is_html: bool) -> None:  # noqa: FBT001 - a column of the table
    assert looks_like_html(body) is is_html


def test_a_web_page_is_read_where_one_is_asked_for() -> None:
    assert read_body(answer(b"<html>", url=ASKED), ASKED, html=True) == b"<html>"
    with pytest.raises(Unseen):
        read_body(answer(b"<html>", url=ASKED), ASKED)


def test_a_login_that_is_what_was_asked_for_is_no_detour() -> None:
    asked = "https://status.v.test/access/feed"
    assert read_body(answer(b"x", url="https://status.new.test/access/feed", hops=(asked,)), asked) == b"x"
