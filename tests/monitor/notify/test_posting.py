"""What an answer means, and that nothing secret is told of it."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.values import Secret, Url
from checks.vendor import Auth, BasicAuth
from monitor.notify import posting
from monitor.notify.channel import NotTaken
from monitor.notify.posting import LONGEST_REST, address, post, retry_after, verdict
from tests.support.network import FakeNetwork, answer
from tests.support.records import NOON

HOOK = Url("https://hooks.test/services/T0/B0/s3cr3t-t0k3n?key=hidden-key")


def refusal(status: int, body: bytes = b"", **headers: str) -> NotTaken | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return verdict(answer(body, status=status, url=HOOK, headers=named), NOON)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_taken(status: int) -> None:
    assert refusal(status) is None


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 407, 408, 409, 425, 429, 500, 502, 503, 599])
def test_what_may_be_put_right_is_tried_again(status: int) -> None:
    found = refusal(status)
    assert found
    assert not found.is_final


@pytest.mark.parametrize("status", [400, 405, 410, 413, 415, 422])
def test_what_is_wrong_with_the_message_is_given_up(status: int) -> None:
    found = refusal(status)
    assert found
    assert found.is_final


def test_a_redirect_says_what_to_do() -> None:
    found = refusal(301)
    assert found
    assert found.detail == "it answered 301, a redirect, which is not followed: give the address that it leads to"


def test_the_answer_is_told_in_one_bounded_line() -> None:
    found = refusal(400, b"bad\n\x1b[31m " + b"x" * 5000)
    assert found
    assert found.detail.isprintable()
    assert found.detail.startswith('it answered 400: "bad [31m xxx')
    assert len(found.detail) <= 200


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30", 30.0),
        (" 0 ", 0.0),
        ("999999999", LONGEST_REST),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2020 12:01:00 GMT", 0.0),
        ("Sun, 01 Mar 2099 12:01:00 GMT", LONGEST_REST),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("9" * 400, None),
    ],
)
def test_how_long_a_receiver_asks_to_be_left_alone(text: str, seconds: float | None) -> None:
    assert retry_after(text, NOON) == seconds


@given(st.integers(100, 999), st.binary(max_size=300), st.text(max_size=60))
def test_no_answer_raises(status: int, body: bytes, header: str) -> None:
    found = refusal(status, body, retry_after=header)
    assert (found is None) == (200 <= status < 300)
    assert found is None or found.detail.isprintable()


@pytest.mark.parametrize(
    "said",
    [
        b"Cannot POST /services/T0/B0/s3cr3t-t0k3n",
        b"no such token s3cr3t-t0k3n",
        b"see https://hooks.test/services/T0/B0/s3cr3t-t0k3n?key=hidden-key",
        b"key=hidden-key is unknown: hidden-key",
    ],
)
def test_no_part_of_a_secret_address_is_told(said: bytes) -> None:
    found = refusal(400, said)
    assert found
    assert "s3cr3t" not in found.detail
    assert "hidden" not in found.detail


def posted(found: Answer | Unseen, to: Secret | Url = HOOK) -> Request:
    network = FakeNetwork({HOOK: found})
    asyncio.run(post(network, to, Request(url="", method="POST", body=b"{}"), NOON))
    return network.sent[0]


def test_a_request_goes_over_a_connection_of_its_own_and_nowhere_else() -> None:
    sent = posted(answer(url=HOOK))
    assert (sent.url, sent.fresh, sent.max_redirects) == (HOOK, True, 0)


def test_what_keeps_an_answer_from_coming_is_told_without_the_address() -> None:
    with pytest.raises(NotTaken) as failure:
        posted(Unseen(Reason.HTTP, f'"{HOOK}": broken'))
    assert failure.value.detail == '"https://hooks.test/…": broken'
    assert not failure.value.is_final


@dataclass
class Slow(FakeNetwork):
    """A receiver that never answers; *takes_all* says whether it takes all of the request first."""

    takes_all: bool = True

    async def send(self, request: Request) -> Answer:
        if self.takes_all and request.sent:
            request.sent()
        await asyncio.sleep(60)
        raise AssertionError


@pytest.mark.parametrize("takes_all", [True, False])
def test_what_was_sent_whole_and_never_answered_may_have_arrived(
    takes_all: bool,  # noqa: FBT001 - of a table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.02)
    with pytest.raises(NotTaken, match=r"no answer within 0.02 s") as failure:
        asyncio.run(post(Slow(takes_all=takes_all), HOOK, Request(url=""), NOON))
    assert (failure.value.is_doubtful, failure.value.is_final) == (takes_all, False)


def test_who_is_gone_wants_nothing_at_all() -> None:
    assert [bool(found and found.is_over) for found in (refusal(410), refusal(413))] == [True, False]


TOKEN, PASSWORD, KEY = "s3cr3t/t0ken" + "x" * 2_000, "hunter2", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BASIC = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        (Auth(bearer=Secret("env", "TOKEN")), f"invalid: Authorization: Bearer {TOKEN}"),
        (Auth(bearer=Secret("env", "TOKEN")), f"no such token {TOKEN}"),
        (Auth(bearer=Secret("env", "TOKEN")), json.dumps({"token": TOKEN}).replace("/", "\\/")),
        (Auth(bearer=Secret("env", "TOKEN")), f"?token={quote(TOKEN, safe='')}"),
        (Auth(basic=BasicAuth(user="ann", password=Secret("env", "PASSWORD"))), f"Basic {BASIC}: ann, {PASSWORD}"),
        (Auth(basic=BasicAuth(user="ann", password=Secret("env", "PASSWORD"))), f"{PASSWORD} is wrong"),
        (None, f"the signature is not by {KEY}"),
        (Auth(bearer=Secret("env", "MISSING")), f"the signature is not by {KEY}"),
    ],
)
def test_no_secret_that_a_receiver_repeats_is_told(auth: Auth | None, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TOKEN", TOKEN), ("PASSWORD", PASSWORD), ("KEY", KEY)):
        monkeypatch.setenv(name, value)
    network = FakeNetwork({HOOK: answer(said.encode(), status=401, url=HOOK)})
    with pytest.raises(NotTaken) as failure:
        asyncio.run(post(network, HOOK, Request(url="", auth=auth), NOON, hidden=[Secret("env", "KEY"), None]))
    assert failure.value.detail.startswith("it answered 401: ")
    assert "…" in failure.value.detail
    for part in ("s3cr3t", "t0ken", "xxx", PASSWORD, BASIC[:8], KEY[6:12]):
        assert part not in failure.value.detail


def test_an_address_may_be_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", HOOK)
    assert posted(answer(url=HOOK), Secret("env", "HOOK")).url == HOOK


def test_a_secret_that_is_no_address_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOOK", "hunter2")
    with pytest.raises(NotTaken, match="the secret env:HOOK is no address: the address must begin with") as failure:
        address(Secret("env", "HOOK"))
    assert "hunter2" not in str(failure.value)
    with pytest.raises(NotTaken, match="cannot be read"):
        address(Secret("file", str(tmp_path / "nothing")))
