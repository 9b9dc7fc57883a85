from __future__ import annotations

import pytest

from checks.values import Secret, Url
from checks.vendor import Auth, Endpoint

URL = Url("https://api.vendor.test/")


def test_credentials_are_written_in_one_place_only() -> None:
    with pytest.raises(ValueError, match="give auth: or a header authorization, not both"):
        Endpoint(url=URL, auth=Auth(bearer=Secret("env", "TOKEN")), headers={"Authorization": "env:OTHER"})


def test_a_header_that_begins_like_a_reference_must_be_one() -> None:
    with pytest.raises(ValueError, match="env:NAME or file:/path"):
        Endpoint(url=URL, headers={"x-key": "env:"})
