"""Headers a file may ask for: what would break a request or give a secret away is refused, and never repeated."""

from __future__ import annotations

import pytest

from checks.headers import headers_problem


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "text/plain", "x-region": "eu", "X-Environment": "environment"},
        {"authorization": "env:TOKEN", "X-Api-Key": "file:/run/secrets/key"},
        {"Idempotency-Key": "watching", "keynote": "a", "x-author": "b", "authority": "c"},
        {"x-name": "Gr\u00fc\u00dfe\tan alle"},
    ],
)
def test_usual_headers_may_be_sent(headers: dict[str, str]) -> None:
    assert headers_problem(headers) is None


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "Proxy-Authorization", "Cookie", "x-api-key", "apikey", "api-key", "DD-API-KEY", "X-Auth-Token"),
        *("X-Auth", "Private-Token", "x_access_token", "client-secret", "x-password", "Ocp-Apim-Subscription-Key"),
    ],
)
def test_a_header_that_carries_a_secret_takes_a_reference_only(name: str) -> None:
    problem = headers_problem({"accept": "*/*", name: "hunter2"})
    assert problem == f"{name} carries a secret, which is written as a reference, never as itself: env:NAME or file:/path"
    assert headers_problem({name: "env:KEY"}) is None


@pytest.mark.parametrize("value", ["env:", "file:"])
def test_what_begins_like_a_reference_must_be_one(value: str) -> None:
    assert "env:NAME or file:/path" in (headers_problem({"x-region": value}) or "")


@pytest.mark.parametrize("value", ["Token env:KEY", "Bearer file:/run/key"])
def test_a_reference_inside_a_value_is_refused_with_the_cure(value: str) -> None:
    assert "put the whole value" in (headers_problem({"x-region": value}) or "")


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Host", "Connection", "Expect", "Upgrade"])
def test_what_frames_a_message_is_not_a_files_to_say(name: str) -> None:
    assert headers_problem({name: "5"}) == f"{name} is written by what sends the request: leave it out"


@pytest.mark.parametrize("name", ["", "a b", "Authorization: Bearer hunter2", "x\u00e4"])
def test_what_is_no_name_is_told_by_its_number(name: str) -> None:
    problem = headers_problem({"accept": "*/*", name: "x"}) or ""
    assert problem.startswith("key 2 is not a header name")
    assert "hunter2" not in problem


@pytest.mark.parametrize("value", ["two\nlines", "a\rb", "a\0b", "\x1b[31m"])
def test_a_value_is_one_line_of_text(value: str) -> None:
    assert "has a line break or a control character" in (headers_problem({"x-region": value}) or "")


def test_a_name_stands_once_whatever_its_case() -> None:
    assert headers_problem({"X-A": "1", "x-a": "2"}) == "x-a stands here twice: upper and lower case are the same"
