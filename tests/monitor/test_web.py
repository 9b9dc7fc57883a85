"""The daemon's HTTP server over loopback, with well-behaved clients and others."""

from __future__ import annotations

import errno
import gzip
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from checks.values import Address
from monitor.web import Limits, ListenError, Pages, WebServer
from tests.support.web import DEFAULT_LIMITS, PAGE, ask, board, raw, served

TEXT = "text/plain; charset=utf-8"


def listen(address: Address) -> WebServer:
    return WebServer(address, Pages(metrics=lambda: (), healthy=lambda: True, ready=lambda: True, site=board))


@contextmanager
def serving(
    *,
    host: str = "127.0.0.1",
    metrics: Callable[[], Iterable[bytes]] = lambda: (PAGE[:100], PAGE[100:]),
    healthy: Callable[[], bool] = lambda: True,
    ready: Callable[[], bool] = lambda: True,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Address]:
    with served(host=host, metrics=metrics, healthy=healthy, ready=ready, limits=limits) as server:
        yield server.address


def test_metrics_have_the_exact_content_type_and_every_chunk() -> None:
    with serving() as address:
        answer, body = ask(address, "/metrics")
    assert (answer.status, body) == (200, PAGE)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Content-Encoding"] is None
    assert answer.headers["Content-Length"] == str(len(PAGE))


@pytest.mark.parametrize("accept", ["gzip", "deflate, GZIP ;q=0.5", "br;q=1.0, gzip;q=1", "gzip;q=0.001"])
def test_metrics_are_compressed_for_whoever_asks(accept: str) -> None:
    with serving() as address:
        answer, body = ask(address, "/metrics", Accept_Encoding=accept)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert len(body) < len(PAGE) / 10
    assert gzip.decompress(body) == PAGE


@pytest.mark.parametrize("accept", ["", "identity", "gzip;q=0", "gzip; q=0.000", "xgzip"])
def test_metrics_are_plain_for_whoever_does_not(accept: str) -> None:
    with serving() as address:
        answer, body = ask(address, "/metrics", Accept_Encoding=accept)
    assert (answer.headers["Content-Encoding"], body) == (None, PAGE)


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
def test_health_and_readiness_are_200_while_all_is_well(path: str) -> None:
    with serving() as address:
        answer, body = ask(address, path)
    assert (answer.status, body, answer.headers["Content-Type"]) == (200, b"ok\n", TEXT)


def test_health_and_readiness_are_asked_anew_each_time_and_apart() -> None:
    words = {"healthy": True, "ready": False}
    with serving(healthy=lambda: words["healthy"], ready=lambda: words["ready"]) as address:
        assert [ask(address, path)[0].status for path in ("/-/healthy", "/-/ready")] == [200, 503]
        words = {"healthy": False, "ready": True}
        assert [ask(address, path)[0].status for path in ("/-/healthy", "/-/ready")] == [503, 200]


@pytest.mark.parametrize("path", ["/metrics", "/-/healthy", "/-/ready", "/", "/nothing"])
def test_head_is_get_without_the_body(path: str) -> None:
    def head_of(answer: bytes) -> tuple[bytes, bytes]:
        head, _, body = answer.partition(b"\r\n\r\n")
        return b"\n".join(row for row in head.splitlines() if not row.startswith(b"Date:")), body

    with serving() as address:
        got, body = head_of(raw(address, f"GET {path} HTTP/1.1\r\n\r\n".encode()))
        assert head_of(raw(address, f"HEAD {path} HTTP/1.1\r\n\r\n".encode())) == (got, b"")
    assert f"Content-Length: {len(body)}".encode() in got


@pytest.mark.parametrize("path", ["/nothing", "/metrics/", "/-/", "/metricsx"])
def test_other_paths_are_404_and_say_what_there_is(path: str) -> None:
    with serving() as address:
        answer, body = ask(address, path)
    assert answer.status == 404
    assert b"/metrics" in body


def test_a_query_changes_nothing() -> None:
    with serving() as address:
        assert ask(address, "/metrics?x=1")[1] == PAGE


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"])
def test_other_methods_are_405_and_say_which_there_are(method: str) -> None:
    with serving() as address:
        answer, _ = ask(address, "/metrics", method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_a_connection_is_one_request_and_names_no_version() -> None:
    with serving() as address:
        answer = raw(address, b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\nGET /-/ready HTTP/1.1\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200") == 1
    assert b"\r\nConnection: close\r\n" in answer
    assert b"\r\nServer: vendorwatch\r\n" in answer


def test_a_head_in_many_parts_is_one_request() -> None:
    with serving() as address:
        answer = raw(address, b"GET /-/hea", b"lthy HTTP/1.0\r", b"\n", b"X: y\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"400"),
        (b"GET /metrics HTTP/9.9\r\n\r\n", b"505"),
        (b"GET / with spaces HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 101 + b"\r\n", b"431"),
        (b"GET /" + b"a" * 16384, b"431"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 16384, b"431"),
        (b" \x1c\r\n\r\n\r\nX: y\r\n\r\n", b"400"),
    ],
)
def test_what_is_not_a_request_gets_a_status_and_no_page(sent: bytes, status: bytes) -> None:
    with serving() as address:
        answer = raw(address, sent)
        assert ask(address, "/-/healthy")[0].status == 200
    assert status in answer.splitlines()[0]
    assert b"<" not in answer


@pytest.mark.parametrize("empty", [b"\r\n", b"\n\n", b"\r\n" * 100])
def test_empty_lines_before_a_request_are_passed_over(empty: bytes) -> None:
    with serving() as address:
        assert raw(address, empty + b"GET /-/healthy HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "dear", [b"\n" * 16_384, b"\n" * 16_300 + b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"x\n" * 8_000]
)
def test_no_head_takes_long_to_read(dear: bytes) -> None:
    def cost(sent: bytes) -> float:
        began = time.process_time()
        raw(address, sent)
        return time.process_time() - began

    with serving() as address:
        raw(address, dear)
        assert min(cost(dear) for _ in range(5)) < 0.04, "joining row by row takes three times as long"


def test_a_request_that_waits_to_be_let_continue_is_answered_at_once() -> None:
    with serving() as address:
        answer = raw(address, b"GET /-/healthy HTTP/1.1\r\nExpect: 100-continue\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_page_that_cannot_be_made_is_500_and_the_next_one_is_served(caplog: pytest.LogCaptureFixture) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"the beginning\n"
        msg = "a bug"
        raise RuntimeError(msg)

    with serving(metrics=chunks) as address, caplog.at_level(logging.ERROR):
        answer, body = ask(address, "/metrics")
        assert ask(address, "/-/healthy")[0].status == 200
    assert answer.status == 500
    assert b"a bug" not in body
    assert "/metrics could not be served" in caplog.text


def test_fifty_scrapes_at_once_are_all_served() -> None:
    together = threading.Barrier(50, timeout=10)

    def metrics() -> Iterable[bytes]:
        together.wait()  # lets nobody through before all fifty are there
        return (PAGE,)

    with serving(metrics=metrics) as address, ThreadPoolExecutor(50) as clients:
        answers = list(clients.map(lambda _: ask(address, "/metrics", Accept_Encoding="gzip"), range(50)))
    assert [(answer.status, gzip.decompress(body)) for answer, body in answers] == [(200, PAGE)] * 50


@contextmanager
def silent_clients(address: Address, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections on which nothing, or only the *first* bytes, are ever sent."""
    connections = [socket.create_connection((address.host, address.port), timeout=10) for _ in range(count)]
    try:
        for connection in connections:
            connection.sendall(first)
        yield connections
    finally:
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("first", [b"", b"GET /metrics HTTP/1.1\r\nX: "])
def test_a_silent_client_is_cut_off_at_the_deadline(first: bytes) -> None:
    with serving(limits=Limits(seconds=0.2)) as address, silent_clients(address, 1, first) as (client,):
        assert client.recv(1000) == b""


def test_a_dripping_client_is_cut_off_at_the_deadline() -> None:
    began = time.monotonic()
    with serving(limits=Limits(seconds=0.3)) as address, silent_clients(address, 1, b"GET / HTTP/1.1\r\nX: ") as (client,):
        client.settimeout(0.05)
        while time.monotonic() - began < 10:
            try:
                client.sendall(b"y")
                if client.recv(1000) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
    assert time.monotonic() - began < 5


def test_a_client_that_does_not_read_its_answer_is_cut_off() -> None:
    big = b"x" * 50_000_000
    request = b"GET /metrics HTTP/1.1\r\n\r\n"
    one_at_a_time = Limits(seconds=0.3, connections=1)
    with serving(metrics=lambda: (big,), limits=one_at_a_time) as address, silent_clients(address, 1, request):
        assert status_within(address, seconds=5) == 200


def status_within(address: Address, *, seconds: float) -> int:
    """The status of /-/healthy as soon as there is room for the question."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if (status := ask(address, "/-/healthy")[0].status) != 503:
                return status
        except ConnectionError:
            pass
        time.sleep(0.02)
    return 503


def test_beyond_its_limit_the_server_says_busy_at_once_and_recovers() -> None:
    with serving(limits=Limits(connections=3, seconds=60)) as address:
        with silent_clients(address, 3), silent_clients(address, 1) as (late,):
            assert late.recv(1000).startswith(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n")
        assert status_within(address, seconds=5) == 200


def test_silent_clients_below_the_limit_hold_up_nobody() -> None:
    with serving(limits=Limits(connections=20, seconds=60)) as address, silent_clients(address, 15):
        assert ask(address, "/metrics")[1] == PAGE


def test_a_client_that_leaves_early_is_no_news(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    gone = threading.Event()

    def metrics() -> Iterable[bytes]:
        gone.wait(10)
        return (b"x" * 10_000_000,)

    with serving(metrics=metrics) as address, caplog.at_level(logging.INFO):
        with silent_clients(address, 1, b"GET /metrics HTTP/1.1\r\n\r\n"):
            pass
        gone.set()
        assert ask(address, "/-/healthy")[0].status == 200
    assert caplog.text == ""
    assert capsys.readouterr().err == ""


def test_closing_ends_open_connections_and_frees_the_port() -> None:
    server = listen(Address("127.0.0.1", 0))
    server.start()
    with silent_clients(server.address, 1) as (client,):
        assert ask(server.address, "/-/healthy")[0].status == 200
        server.close()
        assert client.recv(1000) == b""
    with pytest.raises(ConnectionRefusedError):
        ask(server.address, "/-/healthy")


def test_closing_a_server_that_never_started_frees_the_port() -> None:
    first = listen(Address("127.0.0.1", 0))
    first.close()
    listen(first.address).close()


def test_a_port_in_use_is_told_with_its_cure() -> None:
    with serving() as address, pytest.raises(ListenError) as told:
        listen(address)
    assert told.value.errno == errno.EADDRINUSE
    assert str(told.value) == (
        f"cannot listen on {address}: Address already in use; "
        "stop the program that has the port, or give another one as listen: in monitor.yaml"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "fe80::1%none", "a..b", "x" * 70])
def test_an_address_that_is_not_here_is_told_with_its_cure(host: str) -> None:
    with pytest.raises(ListenError, match=r"cannot listen on .*:9877: .+; give an address of this machine as listen:"):
        listen(Address(host, 9877))


def test_ipv6_is_served_as_well() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback address")
    with serving(host="::1") as address:
        assert str(address) == f"[::1]:{address.port}"
        assert ask(address, "/metrics")[1] == PAGE
