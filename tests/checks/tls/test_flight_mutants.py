"""Whatever a peer says, in whatever pieces: it ends or waits, and never raises."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.tls.codes import SSL3, TLS10, TLS12, TLS13
from checks.tls.flight import MAX_ANSWER, Flight, Got, Want
from checks.tls.hello import Hello
from tests.support.tlsheard import chosen, heard, hello, only
from tests.support.tlsscript import Policy, Refusal, answer
from tests.support.tlswire import HANDSHAKE, message, number, record, vector

OFFERS = (
    hello(),
    hello(TLS13),
    hello(SSL3),
    hello(TLS10, groups=()),
    hello(TLS13, key_shares=((29, bytes(32)),)),
    hello(alpn=("h2",)),
)
POLICIES = (
    Policy(staple=b"staple" * 50, scts=b"\x00\x04\x00\x02xy", alpn=("h2",), asks_for_certificate=True),
    Policy(versions=(SSL3, TLS10), chain=(bytes(900), bytes(700), bytes(300))),
    only(TLS12, 0x009E, 0x00A7, dh_bits=1024),
    Policy(versions=(SSL3, TLS10), suites={TLS10: (0x0003,), SSL3: (0x0005,)}),
    Policy(versions=(TLS12,), chain=(bytes(20_000),)),
    Policy(versions=(), refuse=Refusal.ALERT),
)


def corpus() -> list[tuple[Hello, bytes]]:
    """What the scripted servers say to each offer."""
    pairs = [(offered, answer(policy, offered.encode())) for offered in OFFERS for policy in POLICIES]
    return [(offered, said) for offered, said in pairs if isinstance(said, bytes)]


def require_sense(flight: Flight) -> None:
    """An end is one of the ends, with what belongs to it."""
    assert flight.is_over is (flight.got is not Got.OPEN)
    assert bool(flight.detail) is (flight.got in (Got.BAD, Got.NOT_TLS, Got.ALERT))
    assert flight.detail.isprintable()
    assert (flight.alert is not None) is (flight.got is Got.ALERT)
    if flight.got in (Got.HELLO, Got.FLIGHT):
        assert flight.hello
    if flight.hello:
        assert flight.hello.suite in flight.offered.suites
        assert flight.hello.version <= flight.offered.version


@given(st.sampled_from(corpus()), st.integers(1, 2_000), st.sampled_from(Want))
def test_an_answer_is_the_same_in_whatever_pieces_it_comes(pair: tuple[Hello, bytes], piece: int, want: Want) -> None:
    offered, said = pair
    whole, pieces = heard(said, offered, want), heard(said, offered, want, piece)
    for name in (
        "got",
        "detail",
        "hello",
        "alert",
        "certificates",
        "staple",
        "key_exchange",
        "asks_for_certificate",
        "scts",
    ):
        assert getattr(whole, name) == getattr(pieces, name)
    assert whole.got in (Got.HELLO, Got.FLIGHT, Got.ALERT)


@given(st.binary(max_size=300), st.sampled_from(OFFERS), st.integers(1, 100), st.sampled_from([0, 20, 21, 22, 23, None]))
def test_garbage_ends_or_waits(content: bytes, offered: Hello, piece: int, kind: int | None) -> None:
    flight = heard(content if kind is None else bytes([kind]) + b"\x03\x03" + vector(2, content), offered, piece=piece)
    require_sense(flight)


@given(st.binary(max_size=120), st.sampled_from([2, 11, 12, 13, 14, 22]), st.sampled_from([0xC02F, 0x009E, 0x0003, 0x002F]))
def test_a_message_of_garbage_ends_or_waits(body: bytes, kind: int, suite: int) -> None:
    before = b"" if kind == 2 else chosen(suite=suite)
    require_sense(heard(record(HANDSHAKE, before + message(kind, body))))


Mutation = Callable[[random.Random, bytearray, bytes], None]


def flip(chance: random.Random, said: bytearray, _: bytes) -> None:
    said[chance.randrange(len(said))] ^= 1 << chance.randrange(8)


def cut(chance: random.Random, said: bytearray, _: bytes) -> None:
    at = chance.randrange(len(said))
    del said[at : at + chance.choice((1, 4, 60, 1 << 20))]


def splice(chance: random.Random, said: bytearray, other: bytes) -> None:
    at, from_ = chance.randrange(len(said)), chance.randrange(len(other))
    said[at:at] = other[from_ : from_ + chance.choice((1, 9, 200, 5_000))]


def lie(chance: random.Random, said: bytearray, _: bytes) -> None:
    """Overwrite what may be a length."""
    at = chance.choice((3, 6, chance.randrange(len(said))))
    said[at : at + 2] = number(chance.choice((0, 1, 2, 255, 256, 16_384, 65_535, chance.randrange(1 << 16))), 2)


MUTATIONS: tuple[Mutation, ...] = (flip, flip, cut, splice, lie)


def mutated(chance: random.Random, said: bytes, other: bytes) -> bytes:
    mutant = bytearray(said)
    for _ in range(chance.choice((1, 1, 2, 5))):
        if mutant:
            chance.choice(MUTATIONS)(chance, mutant, other)
    return bytes(mutant)


@pytest.mark.slow
def test_a_hundred_thousand_mutated_answers_end_or_wait() -> None:
    chance = random.Random(2026)  # noqa: S311 - the same mutants each time
    pairs = corpus()
    seconds, ends = 0.0, dict.fromkeys(Got, 0)
    for _ in range(100_000):
        offered, said = chance.choice(pairs)
        mutant = mutated(chance, said, chance.choice(pairs)[1])
        want, piece = chance.choice(tuple(Want)), chance.choice((max(3, len(mutant) // 50), 1_460, 1 << 20))
        began = time.perf_counter()
        flight = heard(mutant, offered, want, piece)
        seconds += time.perf_counter() - began
        require_sense(flight)
        ends[flight.got] += 1
        flight.feed(bytes(MAX_ANSWER + 1))
        assert flight.is_over
    assert min(ends.values()) > 100, ends
    assert seconds < 30, f"{seconds * 10:.0f} microseconds per answer"
