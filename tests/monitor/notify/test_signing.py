"""Signatures that every receiver of Standard Webhooks verifies."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from monitor.notify.channel import NotTaken
from monitor.notify.signing import key, signed
from tests.support.records import NOON

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_published_vector_comes_out() -> None:
    # The worked example that the libraries of the specification test themselves against.
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize(
    "said", ["", "hunter2", SECRET[6:], "whsec_", "whsec_hunter2", "whsec_" + "A" * 8, "whsec_" + "A" * 128]
)
def test_what_is_no_key_is_told_with_the_cure_and_not_repeated(said: str) -> None:
    with pytest.raises(NotTaken, match=r"`echo whsec_\$\(openssl rand -base64 32\)` makes one") as failure:
        signed(said, "1", NOON, b"")
    assert "hunter2" not in str(failure.value)


@pytest.mark.parametrize("size", [24, 32, 64])
def test_keys_of_the_lengths_that_are_allowed_are_taken(size: int) -> None:
    content = bytes(range(size))
    assert key("whsec_" + base64.b64encode(content).decode()) == content
