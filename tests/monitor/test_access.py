"""What a request must bring, and that nothing else will do."""

from __future__ import annotations

import time
import unicodedata
from base64 import b64encode
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Reason, Unseen
from checks.values import Secret
from checks.vendor import BasicAuth
from monitor.access import Access, admits
from tests.support.web import basic

TOKEN, PASSWORD = Secret("env", "TOKEN"), Secret("env", "PASSWORD")
SECRETS = {TOKEN: "t0ken", PASSWORD: "pass:wörd"}
EITHER = Access(bearer=TOKEN, basic=BasicAuth(user="zoë", password=PASSWORD))


def is_let_in(authorization: str, access: Access = EITHER) -> bool:
    return admits(access, authorization, SECRETS.__getitem__)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer t0ken", "bearer t0ken", "BEARER   t0ken", "Bearer t0ken \t", basic("zoë", "pass:wörd")],
)
def test_the_token_or_the_password_lets_in(authorization: str) -> None:
    assert is_let_in(authorization)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_letter_with_its_mark_is_the_same_however_a_keyboard_writes_it(form: Literal["NFC", "NFD"]) -> None:
    user, password = (unicodedata.normalize(form, text) for text in ("zoë", "pass:wörd"))
    assert is_let_in(basic(user, password))


def test_marks_on_letters_are_no_way_to_keep_us_busy() -> None:
    marks = ("a" + "\u0315" * 3_700 + "\u0316" * 3_700).encode()
    began = time.process_time()
    assert not is_let_in(f"Bearer {marks.decode('latin-1')}")
    assert not is_let_in(f"Basic {b64encode(marks).decode()}")
    assert time.process_time() - began < 0.03, "putting these in their order takes longer"


def test_a_long_token_is_compared_as_it_is() -> None:
    access, token = Access(bearer=TOKEN), "t" * 5_000
    assert admits(access, f"Bearer {token}", lambda _: token)
    assert not admits(access, f"Bearer {token}t", lambda _: token)


def test_a_token_may_be_any_text_as_its_bytes_are() -> None:
    access = Access(bearer=TOKEN)
    assert admits(access, "Bearer tökén".encode().decode("latin-1"), lambda _: "tökén")
    assert not admits(access, "Bearer tökén", lambda _: "tökén")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer t0ke",
        "Bearer t0ken0",
        "Bearer T0KEN",
        "Bearer t0ken, Bearer t0ken",
        "Bearer pass:wörd",
        "Token t0ken",
        "t0ken",
        "Basic t0ken",
        "Basic",
        "Basic !!!!",
        "Basic em/Dqzp",
        basic("zoë", "pass:wörd").replace("em", "e!m"),
        "Basic \x00",
        f"Basic {b64encode(b'no colon').decode()}",
        basic("zoë", ""),
        basic("", "pass:wörd"),
        basic("zoë", "pass"),
        basic("zoë", "pass:wörd "),
        basic("ZOË", "pass:wörd"),
        basic("zoë:pass", "wörd "),
        basic("zoë", "pass:wörd", "latin-1"),
        "Bearer \xff\xfe",
        "Bearer \N{SNOWMAN}",
    ],
)
def test_nothing_else_does(authorization: str) -> None:
    assert not is_let_in(authorization)


def test_what_is_not_asked_for_is_not_looked_at() -> None:
    def reveal(secret: Secret) -> str:
        assert secret == TOKEN
        return "t0ken"

    only = Access(bearer=TOKEN)
    assert not admits(only, basic("zoë", "t0ken"), reveal)
    assert admits(EITHER, "Bearer t0ken", reveal)
    assert not admits(EITHER, "Digest t0ken", reveal)


def test_a_secret_that_cannot_be_had_lets_nobody_in() -> None:
    def reveal(_: Secret) -> str:
        raise Unseen(Reason.CONFIG, "it is missing")

    for authorization in ("Bearer t0ken", "Bearer ", basic("zoë", "pass:wörd"), "Basic !"):
        with pytest.raises(Unseen):
            admits(EITHER, authorization, reveal)


@given(st.text())
def test_no_header_does_harm(authorization: str) -> None:
    assert not is_let_in(f"Bearer {authorization}x")
    assert not is_let_in(f"Basic {authorization}")


def test_access_that_names_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody would come in: give bearer:, basic: or both"):
        Access()


def test_what_is_asked_for_is_said() -> None:
    assert list(EITHER.challenges) == ['Basic realm="vendorwatch", charset="UTF-8"', 'Bearer realm="vendorwatch"']
    assert list(Access(bearer=TOKEN).challenges) == ['Bearer realm="vendorwatch"']
