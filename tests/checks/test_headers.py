"""Headers a file may ask for: what would break a request or give a secret away is refused, and never repeated."""

from __future__ import annotations

import pytest

from checks.headers import headers_problems


def told(headers: dict[str, str]) -> str:
    """All that is wrong with *headers*."""
    return "\n".join(headers_problems(headers))


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
    assert told(headers) == ""


@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "Proxy-Authorization", "Cookie", "x-api-key", "apikey", "api-key", "DD-API-KEY", "X-Auth-Token"),
        *("X-Auth", "Private-Token", "x_access_token", "client-secret", "x-password", "Ocp-Apim-Subscription-Key"),
    ],
)
def test_a_header_that_carries_a_secret_takes_a_reference_only(name: str) -> None:
    problem = told({"accept": "*/*", name: "hunter2"})
    assert problem == f"{name} carries a secret, which is written as a reference, never as itself: env:NAME or file:/path"
    assert told({name: "env:KEY"}) == ""


@pytest.mark.parametrize("value", ["env:", "file:"])
def test_what_begins_like_a_reference_must_be_one(value: str) -> None:
    assert "env:NAME or file:/path" in told({"x-region": value})


@pytest.mark.parametrize("value", ["Token env:KEY", "Bearer file:/run/key"])
def test_a_reference_inside_a_value_is_refused_with_the_cure(value: str) -> None:
    assert "put the whole value" in told({"x-region": value})


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length", "Host", "Connection", "Expect", "Upgrade"])
def test_what_frames_a_message_is_not_a_files_to_say(name: str) -> None:
    assert told({name: "5"}) == f"{name} is written by what sends the request: leave it out"


@pytest.mark.parametrize("name", ["", "a b", "Authorization: Bearer hunter2", "x\u00e4"])
def test_what_is_no_name_is_told_by_its_number(name: str) -> None:
    problem = told({"accept": "*/*", name: "x"})
    assert problem.startswith("key 2 is not a header name")
    assert "hunter2" not in problem


@pytest.mark.parametrize("value", ["two\nlines", "a\rb", "a\0b", "\x1b[31m"])
def test_a_value_is_one_line_of_text(value: str) -> None:
    assert "has a line break or a control character" in told({"x-region": value})


def test_a_name_stands_once_whatever_its_case() -> None:
    assert told({"X-A": "1", "x-a": "2"}) == "x-a stands here twice: upper and lower case are the same"


def test_each_header_that_is_wrong_is_told() -> None:
    lines = told({"a b": "1", "host": "a", "X-Key": "hunter2", "x-key": "env:KEY", "x-token": "hunter2"}).splitlines()
    assert [line.split()[0] for line in lines] == ["key", "host", "X-Key", "x-key", "x-token"]
