"""Pages of a site as the server gives them: in which form, with which headers, and what there is instead of one."""

from __future__ import annotations

import gzip
import json
import logging

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.web import POLICY, ask, raw, served

HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"
REQUESTS = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n",
    b"HEAD / HTTP/1.0\r\n\r\n",
    b"GET /",
    b"GET /metrics HTTP/1.1\r\n\r\n",
    b"GET /-/healthy HTTP/1.1\r\n\r\n",
    b"GET /-/ready HTTP/1.1\r\n\r\n",
    b"GET /nothing HTTP/1.1\r\n\r\n",
    b"GET /nothing HTTP/1.1\r\nAccept: application/json\r\n\r\n",
    b"GET /broken HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\n\r\n",
    b"POST /\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n",
    b"x" * 20_000,
    b"\r\n\r\n",
]


@pytest.mark.parametrize("path", ["/", "/?x=y", "/vendors/z%C3%BCrich"])
def test_a_page_is_html_for_people_and_json_for_programs(path: str) -> None:
    with served() as server:
        page, html = ask(server.address, path)
        told, facts = ask(server.address, path, Accept="application/json")
    assert (page.status, page.headers["Content-Type"], page.headers["Content-Security-Policy"]) == (200, HTML, POLICY)
    assert html.startswith(b"<!doctype html><title>board")
    assert (told.status, told.headers["Content-Type"], json.loads(facts)) == (200, "application/json", {"vendors": []})
    assert page.headers["Vary"] == told.headers["Vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("target", [b"http://localhost/", b"HTTPS://localhost:9877", b"http://127.0.0.1?x=y"])
def test_a_page_may_be_asked_for_by_its_whole_url(target: bytes) -> None:
    with served() as server:
        answer = raw(server.address, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"<title>board" in answer


def test_what_is_there_is_named_where_a_page_is_not() -> None:
    with served(places="/vendors/NAME; /openapi.json") as server:
        _, facts = ask(server.address, "/nothing", Accept="application/json")
    detail = json.loads(facts)["detail"]
    assert [
        word for word in ("/vendors/", "/openapi.json", "/metrics", "/-/healthy", "/-/ready") if word not in detail
    ] == []


def test_a_page_is_compressed_for_whoever_asks() -> None:
    with served() as server:
        _, plain = ask(server.address, "/")
        answer, body = ask(server.address, "/", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) < len(plain) / 10
    assert gzip.decompress(body) == plain


@pytest.mark.parametrize("path", ["/nothing", "/vendors/a%2fb", "/%00", "//", "/vendors/../metrics", "/" + "a" * 2000])
def test_what_is_not_there_is_told_in_the_form_that_is_wanted(path: str) -> None:
    with served() as server:
        page, html = ask(server.address, path)
        told, facts = ask(server.address, path, Accept="application/json")
    assert (page.status, page.headers["Content-Type"]) == (404, HTML)
    assert b"<h1>404 Not Found</h1>" in html
    assert (told.status, told.headers["Content-Type"]) == (404, PROBLEM)
    said = json.loads(facts)
    assert (said["type"], said["title"], said["status"]) == ("about:blank", "Not Found", 404)
    assert said["detail"].encode() in html
    assert page.headers["Vary"] == told.headers["Vary"] == "Accept"


def test_a_site_that_breaks_is_told_without_its_insides(caplog: pytest.LogCaptureFixture) -> None:
    with served() as server, caplog.at_level(logging.ERROR):
        answer, body = ask(server.address, "/broken", Accept="application/json")
        assert ask(server.address, "/")[0].status == 200
    assert (answer.status, json.loads(body)["title"]) == (500, "Internal Server Error")
    assert b"a bug" not in body
    assert "/broken could not be served" in caplog.text


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_reply_is_kept_by_nobody_and_opened_by_no_other_site(request_: bytes) -> None:
    with served() as server:
        head = raw(server.address, request_ + b"\r\n\r\n").partition(b"\r\n\r\n")[0]
    headers = [tuple(row.split(": ", 1)) for row in head.decode().split("\r\n")[1:]]
    assert {
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Server", "vendorwatch"),
        ("Connection", "close"),
    } <= set(headers)
    names = [name for name, *_ in headers]
    assert len(set(names)) == len(names)
    assert "Set-Cookie" not in names
    assert not any(name.startswith("Access-Control") for name in names)


@pytest.mark.parametrize("accept", [b"text/html", b"application/json"])
@pytest.mark.parametrize("path", [b"/", b"/nothing", b"/broken"])
def test_every_page_says_what_a_browser_may_do_with_it(path: bytes, accept: bytes) -> None:
    with served() as server:
        head = raw(server.address, b"GET " + path + b" HTTP/1.1\r\nAccept: " + accept + b"\r\n\r\n").partition(b"\r\n\r\n")[
            0
        ]
    (policy,) = (row for row in head.split(b"\r\n") if row.startswith(b"Content-Security-Policy: "))
    assert b"default-src 'none'" in policy
    assert b"frame-ancestors 'none'" in policy
    assert b"unsafe" not in policy


HEADERS = st.sampled_from(
    ["Host", "Accept", "Accept-Encoding", "Authorization", "Connection", "Expect", "Content-Length", "X"]
)
WORDS = st.binary(max_size=30)
HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda path: b"GET /" + path + b" HTTP/1.1\r\n\r\n", WORDS),
    st.builds(
        lambda path, rows: (
            b"GET /%s HTTP/1.1\r\n%s\r\n" % (path, b"".join(b"%s: %s\r\n" % (n.encode(), v) for n, v in rows))
        ),
        st.sampled_from([b"", b"metrics", b"-/ready", b"vendors/x"]),
        st.lists(st.tuples(HEADERS, WORDS), max_size=5),
    ),
)


@pytest.mark.slow
def test_whatever_is_sent_gets_a_reply_and_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with served() as server, caplog.at_level(logging.DEBUG):
        ask(server.address, "/", Host="evil.test")  # what is told of the first who calls it so is told
        caplog.clear()

        @settings(max_examples=300, deadline=None)
        @example(b"")
        @example(b"\xa0\r\n\r\n")
        @example(b"GET /\xa0 HTTP/1.1\r\n\r\n")
        @example(b"GET / HTTP/\xb2.\xb2\r\n\r\n")
        @example(b"GET /\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        @example(b"GET / HTTP/1.1\r\n\rHost: x\r\n\x00: y\r\n\r\n")
        @given(HOSTILE)
        def replies(sent: bytes) -> None:
            assert_is_reply(raw(server.address, sent + b"\r\n\r\n"), has_body=not sent.lstrip().startswith(b"HEAD"))

        replies()
    assert not caplog.text


def assert_is_reply(answer: bytes, *, has_body: bool) -> None:
    head, ended, body = answer.partition(b"\r\n\r\n")
    first, *rows = head.decode("latin-1").split("\r\n")
    version, status, *_ = first.split(" ")
    assert ended
    assert (version, status) in {("HTTP/1.1", code) for code in ("200", "400", "404", "405", "421", "431", "505")}
    headers = dict(row.split(": ", 1) for row in rows)
    assert headers["Connection"] == "close"
    assert int(headers["Content-Length"]) == len(body) or not has_body
