"""Peers that mean harm, or are badly broken, on a port that is asked for TLS: each a script for `servers.serving`.

They read one hello and answer it as no honest server does: never, without end, too slowly, too large, with something else.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from itertools import count, repeat
from typing import TypeAlias

from checks.tls.codes import TLS12, TLS13
from checks.tls.hello import KEY_SHARE, VERSIONS
from tests.support.servers import Script, cut, says, silent
from tests.support.tlswire import RANDOM, RETRY, extension, message, number, read_hello, record, vector

ALERT, HANDSHAKE = 21, 22
SERVER_HELLO, CERTIFICATE, DONE = 2, 11, 14
SUITE = 0xC02F
"""What they choose where they choose: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256."""
HUGE = b"\xff\xff\xff"
"""The length of a message of 16 MiB."""
SLOW_SECONDS = 0.1
"""How long the slow ones take for each step."""

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter


async def hello_of(reader: Reader) -> bytes:
    """The hello of a peer, with the head of its record."""
    head = await reader.readexactly(5)
    return head + await reader.readexactly(int.from_bytes(head[3:]))


def server_hello(version: int = TLS12, suite: int = SUITE) -> bytes:
    """A choice, in one message."""
    return message(SERVER_HELLO, number(version, 2) + RANDOM + vector(1, b"") + number(suite, 2) + b"\x00")


def flight(suite: int = SUITE) -> bytes:
    """An honest answer, as far as anybody can see."""
    chain = vector(3, vector(3, b"a certificate"))
    return record(HANDSHAKE, server_hello(suite=suite) + message(CERTIFICATE, chain) + message(DONE, b""))


def answering(*pieces: bytes | Iterator[bytes], seconds: float = 0.0) -> Script:
    """Answer a hello with *pieces*, pausing after each, and wait for the peer to leave."""

    async def script(reader: Reader, writer: Writer) -> None:
        await hello_of(reader)
        for piece in pieces:
            for content in [piece] if isinstance(piece, bytes) else piece:
                writer.write(content)
                await writer.drain()
                await asyncio.sleep(seconds)
        await reader.read()

    return script


def greeting(content: bytes) -> Script:
    """Speak first, and then wait for an answer that never comes."""

    async def script(reader: Reader, writer: Writer) -> None:
        writer.write(content)
        while await reader.read(65_536):
            pass

    return script


async def closes_at_once(_: Reader, __: Writer) -> None:
    """Hang up before anything is said."""


async def resets(reader: Reader, writer: Writer) -> None:
    """Cut the connection."""
    await hello_of(reader)
    cut(writer)


async def echoes(reader: Reader, writer: Writer) -> None:
    """Say what was said."""
    while said := await reader.read(4096):
        writer.write(said)
        await writer.drain()


async def retries(reader: Reader, writer: Writer) -> None:
    """Ask for another hello, whatever is said (HelloRetryRequest)."""
    while True:
        asked = read_hello(await hello_of(reader))
        wish = extension(VERSIONS, number(TLS13, 2)) + extension(KEY_SHARE, number(29, 2))
        body = (
            number(TLS12, 2) + RETRY + vector(1, asked.session_id) + number(asked.suites[0], 2) + b"\x00" + vector(2, wish)
        )
        writer.write(record(HANDSHAKE, message(SERVER_HELLO, body)))


async def agrees_to_everything(reader: Reader, writer: Writer) -> None:
    """Take whatever is offered first."""
    asked = read_hello(await hello_of(reader))
    writer.write(flight(asked.suites[0]))


async def agrees_late(reader: Reader, writer: Writer) -> None:
    """Give an honest answer shortly before it is too late."""
    await hello_of(reader)
    await asyncio.sleep(SLOW_SECONDS)
    writer.write(flight())


def fails_every_second() -> Script:
    """Cut every second connection, the first one first, and answer the others."""
    turn = count()

    async def script(reader: Reader, writer: Writer) -> None:
        await (answering(flight()) if next(turn) % 2 else resets)(reader, writer)

    return script


def _noise(length: int) -> bytes:
    return random.Random(length).randbytes(length)  # noqa: S311 - the same noise each time


def _bytes_of(content: bytes) -> Iterator[bytes]:
    return (bytes([byte]) for byte in content)


def _always(script: Script) -> Callable[[], Script]:
    return lambda: script


_BIG_HELLO = record(HANDSHAKE, bytes([SERVER_HELLO]) + HUGE + bytes(16_380))
_BIG_CERTIFICATE = record(HANDSHAKE, server_hello() + bytes([CERTIFICATE]) + HUGE + bytes(8_000))
_MANY_CERTIFICATES = server_hello() + message(CERTIFICATE, vector(3, vector(3, b"abc") * 10_000))

PEERS: dict[str, Callable[[], Script]] = {
    "never answers": _always(silent),
    "closes at once": _always(closes_at_once),
    "resets": _always(resets),
    "garbage": lambda: answering(b"\x80" + _noise(4096)),
    "garbage in a record": lambda: answering(record(HANDSHAKE, b"\x63\x00\x00\x10" + _noise(2000))),
    "drips an honest answer": lambda: answering(_bytes_of(flight()), seconds=SLOW_SECONDS),
    "drips quickly": lambda: answering(
        record(HANDSHAKE, b"")[:3] + b"\x40\x00\x02\x00\x3f\x00", repeat(b"\x00"), seconds=0.005
    ),
    "ServerHello of 16 MiB": lambda: answering(_BIG_HELLO, repeat(record(HANDSHAKE, bytes(16_384)), 1100)),
    "Certificate of 16 MiB": lambda: answering(_BIG_CERTIFICATE, repeat(record(HANDSHAKE, bytes(16_384)), 1100)),
    "records of one byte": lambda: answering(
        record(HANDSHAKE, b"\x02\x00\xff\xff"), repeat(record(HANDSHAKE, b"\x00") * 500, 140)
    ),
    "warnings without end": lambda: answering(repeat(record(ALERT, b"\x01\x70") * 2000)),
    "empty records": lambda: answering(repeat(record(HANDSHAKE, b"") * 2000)),
    "echo": _always(echoes),
    "HTTP": lambda: says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    "SMTP": lambda: greeting(b"220 mail.example ESMTP\r\n"),
    "SSH": lambda: greeting(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "a suite nobody offered": lambda: answering(record(HANDSHAKE, server_hello(suite=0xAAAA))),
    "a version nobody has": lambda: answering(record(HANDSHAKE, server_hello(version=0x7F7F))),
    "retries without end": _always(retries),
    "10,000 certificates": lambda: answering(
        *(record(HANDSHAKE, _MANY_CERTIFICATES[at : at + 16_000]) for at in range(0, len(_MANY_CERTIFICATES), 16_000))
    ),
    "agrees to everything": _always(agrees_to_everything),
    "agrees late": _always(agrees_late),
    "fails every second time": fails_every_second,
}
"""Each by a name for people, as what makes the script anew."""
