"""One real server or socket per way of failing: each ends in its reason and a sentence somebody can act on."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from pathlib import Path

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Request
from monitor.network.network import LiveNetwork
from tests.support.servers import (
    Reply,
    Script,
    cut,
    drips,
    free_port,
    resetting,
    says,
    serving,
    settings,
    silent,
    site,
    trusted,
)

MIB = 1024 * 1024
OK_HEAD = b"HTTP/1.1 200 OK\r\n"


async def failure_of(folder: Path, url: str, **request: object) -> Failure:
    """What a fresh request for *url* came to."""
    async with LiveNetwork(settings(folder)) as network:
        with pytest.raises(Unseen) as caught:
            await network.send(Request(url=url, fresh=True, **request))  # type: ignore[arg-type]
    return caught.value.failure


def met(folder: Path, script: Script, *, scheme: str = "https", tls: bool | None = None) -> Failure:
    """What a request to a server that runs *script* came to; the server speaks TLS where the scheme says so."""
    is_tls = scheme == "https" if tls is None else tls

    async def meet() -> Failure:
        async with serving(script, tls=trusted() if is_tls else None) as server:
            return await failure_of(folder, f"{scheme}://{server.authority}/")

    return asyncio.run(meet())


def answered(folder: Path, reply: Reply) -> Failure:
    """What a request came to that was answered with *reply*."""

    async def ask() -> Failure:
        async with site(reply) as vendor:
            return await failure_of(folder, vendor.url())

    return asyncio.run(ask())


def test_a_name_that_does_not_exist_is_dns(tmp_path: Path) -> None:
    failure = asyncio.run(failure_of(tmp_path, "https://vendor.invalid/"))
    assert failure.reason is Reason.DNS
    assert "vendor.invalid" in failure.detail


def test_a_port_where_nothing_listens_is_refused(tmp_path: Path) -> None:
    port = free_port()
    failure = asyncio.run(failure_of(tmp_path, f"https://127.0.0.1:{port}/"))
    assert failure == Failure(Reason.REFUSED, f"127.0.0.1:{port} refused the connection: nothing listens there")


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_reset_instead_of_an_answer_is_a_connection_that_was_cut(tmp_path: Path, scheme: str) -> None:
    failure = met(tmp_path, resetting, scheme=scheme)
    assert failure.reason is Reason.CONNECT
    assert failure.detail.endswith("cut the connection")


def test_a_reset_in_the_handshake_is_a_handshake_that_was_refused(tmp_path: Path) -> None:
    failure = met(tmp_path, resetting, tls=False)
    assert failure == Failure(Reason.TLS, "the peer cut the connection during the TLS handshake")


@pytest.mark.parametrize(
    "script",
    [silent, drips(b"HTTP/1.1 200 OK\r\nX-Slow: yes\r\n", 0.005), drips(b"HTTP/1.1 200 OK\r\n\r\nbody", 0.005)],
    ids=["silent", "dripping headers", "dripping body"],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_slow_server_is_left_the_moment_the_deadline_passes(tmp_path: Path, script: Script, scheme: str) -> None:
    async def wait() -> None:
        tls = trusted() if scheme == "https" else None
        async with serving(script, tls=tls) as server, LiveNetwork(settings(tmp_path)) as network:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.15):
                    await network.send(Request(url=f"{scheme}://{server.authority}/", fresh=True))
            assert len(asyncio.all_tasks()) - server.connections <= 1

    asyncio.run(wait())


def test_a_server_that_never_shakes_hands_is_left_the_moment_the_deadline_passes(tmp_path: Path) -> None:
    async def wait() -> None:
        async with serving(silent) as server, LiveNetwork(settings(tmp_path)) as network:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await network.send(Request(url=f"https://{server.authority}/", fresh=True))

    asyncio.run(wait())


@pytest.mark.parametrize(
    "head",
    [
        OK_HEAD + b"X-Long: " + b"a" * 70_000,
        OK_HEAD + b"X-Long: " + b"a" * 70_000 + b"\r\n\r\n",
        OK_HEAD + b"X: y\r\n" * 20_000,
    ],
    ids=["endless", "complete", "many"],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_headers_over_the_limit_are_too_large(tmp_path: Path, head: bytes, scheme: str) -> None:
    failure = met(tmp_path, says(head), scheme=scheme)
    assert failure == Failure(Reason.TOO_LARGE, "the headers of the answer are over 65536 bytes")


def chunked(body: bytes, size: int = 65_536) -> bytes:
    """*body* in chunks, without the last one."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"a" * (3 * MIB), {}),
        (chunked(b"a" * (3 * MIB)), {"Transfer-Encoding": "chunked"}),
        (gzip.compress(b"a" * (3 * MIB)), {"Content-Encoding": "gzip"}),
    ],
    ids=["identity", "chunked", "gzip"],
)
def test_a_body_over_the_limit_is_too_large(tmp_path: Path, body: bytes, headers: dict[str, str]) -> None:
    failure = answered(tmp_path, Reply(body=body, headers=headers))
    assert failure.reason is Reason.TOO_LARGE
    assert failure.detail.startswith("the body is over 2097152 bytes; gave up after ")


def test_a_body_in_too_many_pieces_is_too_large(tmp_path: Path) -> None:
    body = chunked(b"a" * 10_001, size=1) + b"0\r\n\r\n"
    failure = answered(tmp_path, Reply(body=body, headers={"Transfer-Encoding": "chunked"}))
    assert failure == Failure(Reason.TOO_LARGE, "the body came in more than 10000 pieces")


def test_a_gzip_bomb_is_never_inflated(tmp_path: Path) -> None:
    bomb = Reply(body=gzip.compress(bytes(200 * MIB), 9), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        failure = answered(tmp_path, bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failure.reason is Reason.TOO_LARGE
    assert peak < 16 * MIB


def test_a_redirect_loop_is_a_fault_of_http(tmp_path: Path) -> None:
    failure = answered(tmp_path, Reply(302, headers={"Location": "/"}))
    assert failure.reason is Reason.HTTP
    assert failure.detail.startswith("a redirect loop")


def test_more_redirects_than_allowed_are_a_fault_of_http(tmp_path: Path) -> None:
    async def ask() -> Failure:
        async with site(lambda asked: Reply(302, headers={"Location": asked.target + "x"})) as vendor:
            failure = await failure_of(tmp_path, vendor.url("/"), max_redirects=3)
            assert len(vendor.asked) == 4
            return failure

    failure = asyncio.run(ask())
    assert failure.reason is Reason.HTTP
    assert failure.detail.startswith("more than 3 redirects, the last one to ")


def test_a_redirect_from_https_to_http_is_a_fault_of_http(tmp_path: Path) -> None:
    failure = answered(tmp_path, Reply(301, headers={"Location": "http://127.0.0.1/"}))
    assert failure.reason is Reason.HTTP
    assert "from https to http" in failure.detail


def test_a_redirect_to_an_address_that_is_guarded_is_our_configuration(tmp_path: Path) -> None:
    failure = answered(tmp_path, Reply(302, headers={"Location": "https://10.0.0.1/metadata"}))
    assert failure.reason is Reason.CONFIG
    assert "10.0.0.1" in failure.detail


def test_a_redirect_to_something_that_is_no_address_is_a_fault_of_http(tmp_path: Path) -> None:
    failure = answered(tmp_path, Reply(302, headers={"Location": "https://user:secret@127.0.0.1/"}))
    assert failure.reason is Reason.HTTP


def test_plain_http_on_a_tls_port_says_so(tmp_path: Path) -> None:
    failure = met(tmp_path, says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), tls=False)
    assert failure == Failure(Reason.TLS, "the port speaks plain HTTP, not TLS")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the port speaks SSH, not TLS"),
        (b"220 mail.vendor.example ESMTP\r\n", "the port speaks a mail or file transfer greeting, not TLS"),
        (b"\x00\x01\x02 what", "the port does not speak TLS; it sent"),
        (b"\x16\x03\x03\x00\x05hello", "what the peer sent is not a valid TLS session"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "the peer refused the TLS handshake with the alert handshake_failure"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "the peer refused the TLS handshake with the alert protocol_version"),
        (b"", "the peer closed the connection during the TLS handshake"),
    ],
    ids=["ssh", "smtp", "garbage", "tls-looking garbage", "alert", "another alert", "nothing"],
)
def test_what_is_not_tls_is_told_by_what_it_is(tmp_path: Path, said: bytes, told: str) -> None:
    failure = met(tmp_path, says(said), tls=False)
    assert failure.reason is Reason.TLS
    assert failure.detail.startswith(told)


def test_a_handshake_without_end_is_cut_short(tmp_path: Path) -> None:
    empty_handshake_records = b"\x16\x03\x03\x40\x00" + b"\x0b\x01\x80\x00" + b"\x00" * 16_380
    flood = b"\x16\x03\x03\x00\x00" * 40_000
    assert met(tmp_path, says(empty_handshake_records * 20), tls=False).reason is Reason.TLS
    assert met(tmp_path, says(flood), tls=False).reason is Reason.TLS


@pytest.mark.parametrize(
    "said",
    [
        b"220 not http at all\r\n\r\n",
        b"\x00" * 100,
        b"HTTP/1.1 abc OK\r\n\r\n",
        OK_HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        OK_HEAD + b"Content-Length: many\r\n\r\n",
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot a chunk\r\n",
        OK_HEAD + b"Bad Header\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9 + OK_HEAD + b"\r\n",
    ],
)
def test_what_is_not_http_is_a_fault_of_http(tmp_path: Path, said: bytes) -> None:
    failure = met(tmp_path, says(said))
    assert failure.reason is Reason.HTTP
    assert failure.detail.isprintable()


def test_closing_before_any_answer_is_a_connection_that_was_cut(tmp_path: Path) -> None:
    failure = met(tmp_path, says(b""))
    assert failure.reason is Reason.CONNECT
    assert failure.detail.endswith("closed the connection before it answered")


@pytest.mark.parametrize(
    "said",
    [
        OK_HEAD + b"Content-Le",
        OK_HEAD + b"Content-Length: 100\r\n\r\nonly this",
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\nonly this",
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    ],
    ids=["in its headers", "short of its length", "in a chunk", "without the last chunk"],
)
def test_closing_in_the_middle_of_an_answer_is_a_fault_of_http(tmp_path: Path, said: bytes) -> None:
    failure = met(tmp_path, says(said))
    assert failure.reason is Reason.HTTP
    assert "closed the connection in the middle of its answer" in failure.detail


def test_a_gzip_body_that_ends_too_early_is_a_fault_of_http(tmp_path: Path) -> None:
    body = gzip.compress(b"a body of some length" * 100)[:-12]
    failure = answered(tmp_path, Reply(body=body, headers={"Content-Encoding": "gzip"}))
    assert failure == Failure(Reason.HTTP, f"the gzip body ends too early, after {len(body)} bytes")


def test_a_coding_nobody_asked_for_is_a_fault_of_http(tmp_path: Path) -> None:
    failure = answered(tmp_path, Reply(body=b"\x0b\x02\x80", headers={"Content-Encoding": "br"}))
    assert failure == Failure(Reason.HTTP, 'the body is encoded as "br", which was not asked for')


@pytest.mark.parametrize("headers", [{"X-Name": "two\nlines"}, {"no name": "x"}, {"Content-Length": "5"}])
def test_a_request_that_is_not_http_is_our_configuration(tmp_path: Path, headers: dict[str, str]) -> None:
    async def ask() -> Failure:
        async with site() as vendor:
            failure = await failure_of(tmp_path, vendor.url(), headers=headers)
            assert vendor.asked == []
            return failure

    failure = asyncio.run(ask())
    assert failure.reason is Reason.CONFIG
    assert failure.detail.startswith("the request cannot be sent: ")


def test_a_peer_that_cuts_a_request_short_is_a_connection_that_was_cut(tmp_path: Path) -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cut(writer)

    async def ask() -> Failure:
        async with serving(refuse) as server:
            return await failure_of(tmp_path, f"http://{server.authority}/", method="POST", body=b"a" * 20_000_000)

    assert asyncio.run(ask()).reason is Reason.CONNECT
