"""What a request asks for: which path, and whether JSON or HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.web.asking import accepts_gzip, page_path, url_parts, wants_json

CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
AXIOS = "application/json, text/plain, */*"
PROMETHEUS = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/*",
        "application/json, text/html;q=0.9",
        "text/html;q=0.9, application/json",
        "text/html ; q=0.5 , application/json ; Q=0.501",
        "application/json;q=0.001",
        "text/html;q=0, */*",
        "text/*;q=0.3, text/html;q=0.2, application/*;q=0.25",
        AXIOS,
        "application/json, */*;q=0.1",
        "nonsense, application/json, ;;;",
    ],
)
def test_json_is_for_whoever_rather_wants_it(accept: str) -> None:
    assert wants_json([accept])


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/html",
        "text/*",
        CHROMIUM,
        PROMETHEUS,
        "text/html, application/json",
        "application/json;q=0.5, text/html;q=0.5",
        "application/json;q=0.9, text/html",
        "application/json;q=0",
        "application/json;q=0, */*",
        "application/json;q=0, text/html;q=0",
        "application/json;q=2",
        "application/json;q=",
        "application/json;q=0.1234",
        "application/json;q=nan",
        "application/json;q=\N{ARABIC-INDIC DIGIT ONE}",
        "application/jsonx, xapplication/json, json, application",
        "application/xml, image/*",
        "*/*, application/*;q=0.9",
        '"application/json',
        ",,,;;;===q=q=",
    ],
)
def test_html_is_for_everybody_else(accept: str) -> None:
    assert not wants_json([accept])


def test_headers_that_stand_twice_are_one() -> None:
    assert wants_json(["text/html;q=0.1", "application/json"])
    assert accepts_gzip(["br", "gzip"])
    assert not wants_json([])
    assert not accepts_gzip([])


@given(st.lists(st.text()))
def test_no_preference_does_harm(rows: list[str]) -> None:
    assert wants_json(rows) in {True, False}
    assert accepts_gzip(rows) in {True, False}


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/", "/"),
        ("/?vendor=acme", "/"),
        ("/vendors/acme", "/vendors/acme"),
        ("/vendors/acme?%zz", "/vendors/acme"),
        ("/%6detrics", "/metrics"),
        ("/vendors/z%C3%BCrich", "/vendors/zürich"),
        ("/vendors/z\xc3\xbcrich", "/vendors/zürich"),
        ("/vendors/a%20b", "/vendors/a b"),
        ("/vendors/a%3Fb", "/vendors/a?b"),
        ("/vendors/...", "/vendors/..."),
        ("/" + "a" * 1023, "/" + "a" * 1023),
    ],
)
def test_a_path_is_decoded_and_has_no_query(target: str, path: str) -> None:
    assert page_path(target) == path


@pytest.mark.parametrize(
    "target",
    [
        "",
        "*",
        "?",
        "vendors",
        "http://localhost/metrics",
        "//",
        "//evil.test/",
        "/vendors//acme",
        "/vendors/",
        "/..",
        "/vendors/../metrics",
        "/vendors/%2e%2E/metrics",
        "/./metrics",
        "/vendors%2facme",
        "/vendors/a%2Fb",
        "/vendors/%",
        "/vendors/%4",
        "/vendors/%zz",
        "/vendors/acme%00",
        "/vendors/acme%0d%0aX:%20y",
        "/vendors/\x7f",
        "/vendors/%C2%85",
        "/vendors/%E2%80%AE",
        "/vendors/%ff",
        "/vendors/\xff",
        "/vendors/%C0%AF",
        "/vendors/%ED%A0%80",
        "/" + "a" * 1024,
    ],
)
def test_what_no_page_can_be_at_is_no_path(target: str) -> None:
    assert page_path(target) is None


@given(st.text(st.characters(max_codepoint=255), max_size=40).map(lambda text: f"/{text}") | st.text(max_size=40))
def test_whatever_is_a_path_is_harmless(target: str) -> None:
    path = page_path(target)
    assert path is None or (path.startswith("/") and path.isprintable())
    assert path in {None, "/"} or not {"", ".", ".."} & set(str(path).split("/")[1:])


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("http://board.test:9877/metrics?x=/y", ("board.test:9877", "/metrics?x=/y")),
        ("HTTPS://[::1]/", ("[::1]", "/")),
        ("http://board.test", ("board.test", "/")),
        ("http://board.test?x", ("board.test", "/?x")),
        ("http://board.test//metrics", ("board.test", "//metrics")),
        ("http://user@board.test/", ("user@board.test", "/")),
        ("/http://board.test/", (None, "/http://board.test/")),
        ("http:///metrics", (None, "http:///metrics")),
        ("http://board.test#x", (None, "http://board.test#x")),
        ("ftp://board.test/", (None, "ftp://board.test/")),
        ("board.test:443", (None, "board.test:443")),
        ("*", (None, "*")),
    ],
)
def test_a_whole_url_is_a_host_and_the_rest(target: str, parts: tuple[str | None, str]) -> None:
    assert url_parts(target) == parts


@given(st.text())
def test_no_url_does_harm(text: str) -> None:
    for target in (text, f"http://{text}"):
        host, rest = url_parts(target)
        assert rest.startswith("/") if host else rest == target
