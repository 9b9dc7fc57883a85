"""Redirects as pure rules: where they lead, what the next request is, what stays behind."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Failure, Reason, Unseen
from monitor.network.redirect import Hop, follow, is_redirect

HEADERS = {
    "accept": "*/*",
    "authorization": "Bearer t",
    "cookie": "a=b",
    "x-key": "k",
    "content-type": "text/plain",
}


def hop(method: str = "GET", url: str = "https://vendor.test/a/b?q=1") -> Hop:
    return Hop(url=url, method=method, headers=HEADERS, secret=frozenset({"x-key"}), body=b"body")


def refused(location: str) -> Reason:
    """Why a redirect to *location* is not followed."""
    with pytest.raises(Unseen) as caught:
        follow(hop(), 302, location)
    return caught.value.failure.reason


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/c", "https://vendor.test/c"),
        ("c?d", "https://vendor.test/a/c?d"),
        ("?e=2", "https://vendor.test/a/b?e=2"),
        ("//other.test/", "https://other.test/"),
        ("https://other.test:8443/x#part", "https://other.test:8443/x"),
        ("../../../c", "https://vendor.test/c"),
    ],
)
def test_a_location_is_read_from_where_it_was_said(location: str, leads_to: str) -> None:
    assert follow(hop(), 302, location).url == leads_to


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_status_with_a_location(status: int) -> None:
    assert is_redirect(status, "/")
    assert not is_redirect(status, "")


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404, 503])
def test_other_answers_stay_answers_whatever_their_location(status: int) -> None:
    assert not is_redirect(status, "/")


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (302, "HEAD", "HEAD"),
        (302, "GET", "GET"),
    ],
)
def test_the_method_changes_as_the_status_says(status: int, method: str, becomes: str) -> None:
    assert follow(hop(method), status, "/c").method == becomes


def test_a_request_that_becomes_get_leaves_its_body_and_what_was_said_of_it() -> None:
    after = follow(hop("POST"), 303, "/c")
    assert after.body == b""
    assert "content-type" not in after.headers
    assert follow(hop("POST"), 307, "/c").body == b"body"


def test_within_an_origin_everything_goes_along() -> None:
    after = follow(hop(), 302, "https://VENDOR.test:443/c")
    assert after.headers == HEADERS
    assert after.secret == {"x-key"}


@pytest.mark.parametrize("location", ["https://other.test/", "https://vendor.test:8443/", "https://api.vendor.test/"])
def test_credentials_stay_with_their_origin(location: str) -> None:
    assert set(follow(hop(), 307, location).headers) == {"accept", "content-type"}


def test_credentials_are_not_given_back_when_a_chain_returns() -> None:
    there = follow(hop(), 307, "https://other.test/")
    assert "x-key" not in follow(there, 307, "https://vendor.test/").headers


def test_from_http_to_https_is_another_origin() -> None:
    assert "authorization" not in follow(hop(url="http://vendor.test/"), 301, "https://vendor.test/").headers


def dead_end(location: str) -> Failure:
    """Why a redirect to *location* is not followed."""
    with pytest.raises(Unseen) as caught:
        follow(hop(), 301, location)
    assert caught.value.failure.reason is Reason.HTTP
    return caught.value.failure


def told(location: str) -> str:
    """What is said of a redirect to *location*."""
    return dead_end(location).detail


def test_from_https_to_http_is_refused_without_telling_the_query() -> None:
    said = 'https://vendor.test/a/b redirects from https to http: "http://vendor.test/x"'
    assert dead_end("http://vendor.test/x?token=hunter2") == Failure(Reason.HTTP, said, lasting=True)


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://me:hunter2@vendor.test/x?token=hunter2", "https://vendor.test/x"),
        ("https://me:hunter2@vendor.test:99999?token=hunter2", "https://vendor.test:99999"),
        ("https://me:hun@ter2@vendor.test", "https://vendor.test"),
        ("http://127.1/x?token=hunter2", "http://127.1/x"),
        ("//me:hunter2@vendor.test/#hunter2", "//vendor.test/"),
        ("ftp://vendor.test/x", "ftp://vendor.test/x"),
    ],
)
def test_an_address_that_cannot_be_followed_is_told_without_its_secrets(location: str, place: str) -> None:
    assert told(location) == f'a redirect to an address that cannot be followed: "{place}"'


@pytest.mark.parametrize(
    "location",
    [
        *("javascript:hunter2", "mailto:hunter2@vendor.test", "https://[::1?hunter2"),
        *("https://u:hunter2?w@vendor.test/", "https:\\\\hunter2/", "myapp://u:hunter2", "https://a hunter2/"),
    ],
)
def test_of_what_has_no_place_nothing_is_told(location: str) -> None:
    assert told(location) == "a redirect to an address that cannot be followed"


def test_a_long_location_costs_no_time_to_tell() -> None:
    assert len(told("ftp://" + "a@" * 30_000 + "/" * 30_000)) < 250


@pytest.mark.parametrize(
    "location",
    [
        "ftp://vendor.test/",
        "javascript:alert(1)",
        "http://2130706433/",
        "//a..b/",
        "//169.254.169.254./",
        "https://[::1",
        "https://u:p@x/",
        "/a b",
        "\\\\x",
    ],
)
def test_what_is_no_address_to_go_to_is_refused(location: str) -> None:
    assert refused(location) is Reason.HTTP


@given(st.text(max_size=60))
def test_any_location_leads_somewhere_or_is_a_fault_of_http(location: str) -> None:
    with suppress(Unseen):
        assert follow(hop(), 302, location).url.startswith("https://")
        return
    assert refused(location) is Reason.HTTP


def test_a_hop_is_told_without_its_query() -> None:
    assert hop().place == "https://vendor.test/a/b"
