from __future__ import annotations

import pytest

from checks.values import Secret, Url
from checks.vendor import Auth, BasicAuth, Endpoint

URL = Url("https://api.vendor.test/")


def test_credentials_are_written_in_one_place_only() -> None:
    with pytest.raises(ValueError, match="auth: goes without a header authorization: keep one of the two"):
        Endpoint(url=URL, auth=Auth(bearer=Secret("env", "TOKEN")), headers={"Authorization": "env:OTHER"})


def test_a_header_that_begins_like_a_reference_must_be_one() -> None:
    with pytest.raises(ValueError, match="env:NAME or file:/path"):
        Endpoint(url=URL, headers={"x-key": "env:"})


@pytest.mark.parametrize("method", ["CONNECT", "connect"])
def test_a_tunnel_is_nothing_to_look_at(method: str) -> None:
    with pytest.raises(ValueError, match="method: CONNECT opens a tunnel"):
        Endpoint(url=URL, method=method)


def test_a_method_that_is_none_is_not_repeated() -> None:
    with pytest.raises(ValueError, match=r"^method: is not an HTTP method, like GET or HEAD$"):
        Endpoint(url=URL, method="GET /hunter2")


@pytest.mark.parametrize("user", ["me:hunter2", "me\n"])
def test_a_user_has_no_colon_which_would_begin_the_password(user: str) -> None:
    with pytest.raises(ValueError, match=r"^user: must have no colon and no control character in it$"):
        BasicAuth(user=user, password=Secret("env", "PASSWORD"))
