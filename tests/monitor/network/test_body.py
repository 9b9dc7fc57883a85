"""Bodies: what decodes, what is refused, and that no limit is passed by more than a byte on the way."""

from __future__ import annotations

import gzip
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Reason, Unseen
from monitor.network.body import decoder

BODY = b"operational " * 50


def decoded(coding: str, *pieces: bytes, limit: int = 10_000) -> bytes:
    body = decoder(coding, limit)
    for piece in pieces:
        body.feed(piece)
    return body.end()


def refused(coding: str, *pieces: bytes, limit: int = 10_000) -> Unseen:
    with pytest.raises(Unseen) as caught:
        decoded(coding, *pieces, limit=limit)
    return caught.value


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_a_body_without_coding_is_itself(coding: str) -> None:
    assert decoded(coding, b"up", b" and ", b"running") == b"up and running"


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_inflated(coding: str) -> None:
    assert decoded(coding, gzip.compress(BODY)) == BODY


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(min_value=1, max_value=40))
def test_members_are_joined_however_they_are_cut_into_pieces(members: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(member) for member in members)
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert decoded("gzip", *pieces) == b"".join(members)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_body_or_a_fault_of_http(junk: bytes) -> None:
    with suppress(Unseen):
        assert isinstance(decoded("gzip", junk), bytes)
        return
    assert refused("gzip", junk).failure.reason is Reason.HTTP


def test_zeros_after_the_last_member_are_padding() -> None:
    assert decoded("gzip", gzip.compress(BODY) + b"\0\0", b"\0") == BODY


def test_no_body_at_all_is_an_empty_one_whatever_its_coding() -> None:
    assert decoded("gzip") == b""


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "compress"])
def test_a_coding_nobody_asked_for_is_refused(coding: str) -> None:
    assert refused(coding).failure.reason is Reason.HTTP


def test_a_body_may_be_as_long_as_the_limit_and_not_a_byte_longer() -> None:
    assert decoded("", BODY, limit=len(BODY)) == BODY
    assert decoded("gzip", gzip.compress(BODY), limit=len(BODY)) == BODY
    for coding, body in (("", BODY), ("gzip", gzip.compress(BODY))):
        assert refused(coding, body, limit=len(BODY) - 1).failure.reason is Reason.TOO_LARGE


def test_more_compressed_bytes_than_the_limit_are_too_much_even_if_they_inflate_to_nothing() -> None:
    empty = gzip.compress(b"") * 5
    assert refused("gzip", empty, limit=len(empty) - 1).failure.reason is Reason.TOO_LARGE


def test_members_without_end_are_too_much() -> None:
    assert refused("gzip", gzip.compress(b"") * 65).failure.reason is Reason.TOO_LARGE


def test_a_body_cut_short_is_refused() -> None:
    assert refused("gzip", gzip.compress(BODY)[:-1]).failure.reason is Reason.HTTP


def test_a_body_whose_checksum_is_wrong_is_refused() -> None:
    packed = bytearray(gzip.compress(BODY))
    packed[-5] ^= 1
    assert "not the gzip it says it is" in refused("gzip", bytes(packed)).failure.detail


def test_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000), 9)
    tracemalloc.start()
    try:
        unseen = refused("gzip", bomb, limit=100_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert unseen.failure.reason is Reason.TOO_LARGE
    assert peak < 1_000_000
