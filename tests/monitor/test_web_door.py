"""Who is let in: with which credentials, by which name, and what whoever runs the daemon hears of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPMessage
from ipaddress import ip_address
from pathlib import Path

import pytest

from checks.values import Address, Secret
from checks.vendor import BasicAuth
from monitor.access import Access
from monitor.web import WebServer
from monitor.web.door import Door
from tests.support.web import PAGE, ask, basic, raw, served

GUARDED = ["/", "/metrics", "/-/ready", "/vendors/z%C3%BCrich", "/nothing", "/broken", "//", "/-/healthy/", "/-/healthyx"]
PASSWORD = "\N{SNOWMAN} is:höt"


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """A file with the token."""
    path = tmp_path / "token"
    path.write_text("t0ken\n")
    return path


@pytest.fixture
def either(token: Path, monkeypatch: pytest.MonkeyPatch) -> Access:
    """The token of the file, or a user and the password of the environment."""
    monkeypatch.setenv("BOARD_PASSWORD", PASSWORD)
    return Access(bearer=bearer(token), basic=BasicAuth(user="zoë", password=Secret("env", "BOARD_PASSWORD")))


def bearer(file: Path) -> Secret:
    return Secret("file", str(file))


@contextmanager
def guarded(access: Access | None) -> Iterator[WebServer]:
    with served(access=access) as server:
        yield server


def status(server: WebServer, path: str = "/metrics", **headers: str) -> int:
    return ask(server.address, path, **headers)[0].status


@pytest.mark.parametrize("path", GUARDED)
def test_nothing_is_given_to_whoever_brings_nothing(either: Access, path: str) -> None:
    with guarded(either) as server:
        answer, body = ask(server.address, path)
    assert answer.status == 401
    assert answer.headers.get_all("WWW-Authenticate") == [
        'Basic realm="vendorwatch", charset="UTF-8"',
        'Bearer realm="vendorwatch"',
    ]
    assert not [word for word in (b"board", b"vendor_info", b"t0ken", b"zo") if word in body]


def test_whether_the_process_lives_is_told_to_everybody(either: Access) -> None:
    with guarded(either) as server:
        assert status(server, "/-/healthy") == 200
        assert status(server, "/-/healthy?x") == 200
        assert status(server, "/-/healthy", Authorization="Bearer wrong") == 200


@pytest.mark.parametrize("authorization", ["Bearer t0ken", basic("zoë", PASSWORD)])
def test_either_lets_in_to_everything(either: Access, authorization: str) -> None:
    with guarded(either) as server:
        found = {path: status(server, path, Authorization=authorization) for path in GUARDED}
        assert ask(server.address, "/metrics", Authorization=authorization)[1] == PAGE
    assert found == {
        **dict.fromkeys(GUARDED, 404),
        **dict.fromkeys(["/", "/metrics", "/-/ready", "/vendors/z%C3%BCrich"], 200),
        "/broken": 500,
    }


@pytest.mark.parametrize(
    "authorization",
    [
        b"",
        b"Authorization:\r\n",
        b"Authorization: Bearer\r\n",
        b"Authorization: Bearer t0ken0\r\n",
        b"Authorization: Basic \xff\xfe\x00\r\n",
        b"Authorization: Basic " + b"A" * 12_000 + b"\r\n",
        b"Authorization: Bearer t0ken\r\nAuthorization: Bearer t0ken\r\n",
        b"Authorization : Bearer t0ken\r\n",
        b"no header\r\nAuthorization: Bearer t0ken\r\n",
        b"Proxy-Authorization: Bearer t0ken\r\n",
        b"Cookie: Authorization=Bearer t0ken\r\n",
    ],
)
def test_what_is_not_one_good_header_is_401(either: Access, authorization: bytes) -> None:
    with guarded(either) as server:
        answer = raw(server.address, b"GET /metrics?token=t0ken HTTP/1.1\r\n" + authorization + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 401 ")


def test_a_refusal_has_the_form_that_is_wanted(either: Access) -> None:
    with guarded(either) as server:
        answer, body = ask(server.address, "/", Accept="application/json")
    assert (answer.status, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert json.loads(body)["status"] == 401


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_a_method_that_there_is_not_gives_nothing_away(either: Access, method: str) -> None:
    with guarded(either) as server:
        assert ask(server.address, "/", method)[0].status == 405


def test_what_the_file_holds_now_counts_now(token: Path) -> None:
    with guarded(Access(bearer=bearer(token))) as server:
        assert status(server, Authorization="Bearer t0ken") == 200
        token.write_text("another\n")
        assert status(server, Authorization="Bearer t0ken") == 401
        assert status(server, Authorization="Bearer another") == 200


def test_a_secret_that_cannot_be_had_lets_nobody_in_and_is_told_once(token: Path, caplog: pytest.LogCaptureFixture) -> None:
    token.unlink()
    with caplog.at_level(logging.INFO), guarded(Access(bearer=bearer(token))) as server:
        assert [status(server, Authorization=f"Bearer {word}") for word in ("t0ken", "", "x")] == [503] * 3
        assert status(server) == 401
        assert status(server, "/-/healthy") == 200
        body = ask(server.address, "/", Authorization="Bearer t0ken", Accept="application/json")[1]
        token.write_text("")
        assert [status(server, Authorization="Bearer t0ken") for _ in range(3)] == [503] * 3
        token.write_text("t0ken")
        assert [status(server, Authorization="Bearer t0ken") for _ in range(3)] == [200] * 3
    assert str(token) not in body.decode()
    cure = "until it can be had, nobody comes in with it: put it there, or name another under access: in monitor.yaml"
    assert caplog.messages == [
        f"access: the secret file:{token} cannot be read: No such file or directory; {cure}",
        f"access: the secret file:{token} is empty; {cure}",
        f"access: the secret file:{token} can be had again",
    ]


def test_one_secret_that_is_missing_does_not_keep_out_who_brings_the_other(either: Access, token: Path) -> None:
    token.unlink()
    with guarded(either) as server:
        assert status(server, Authorization=basic("zoë", PASSWORD)) == 200
        assert status(server, Authorization="Bearer t0ken") == 503


def test_what_is_asked_for_changes_with_the_configuration(token: Path, either: Access) -> None:
    with guarded(None) as server:
        assert status(server) == 200
        server.adopt(Access(bearer=bearer(token)))
        assert (status(server), status(server, Authorization=basic("zoë", PASSWORD))) == (401, 401)
        server.adopt(either)
        assert status(server, Authorization=basic("zoë", PASSWORD)) == 200
        server.adopt(None)
        assert status(server) == 200


def test_nothing_of_what_was_brought_is_ever_logged(either: Access, caplog: pytest.LogCaptureFixture) -> None:
    brought = ["Bearer t0ken", "Bearer wr0ng", basic("zoë", PASSWORD), basic("zoë", "wr0ng"), "Basic wr0ng"]
    with caplog.at_level(logging.DEBUG), guarded(either) as server:
        for authorization in brought:
            for path in ("/", "/broken", "/nothing"):
                ask(server.address, path, Authorization=authorization)
    assert "/broken could not be served" in caplog.text
    assert not [word for word in (*brought, "t0ken", "wr0ng", PASSWORD) if word in caplog.text]


OURS = [
    "localhost",
    "LOCALHOST:9877",
    "board.localhost",
    "localhost.",
    "127.0.0.1:9877",
    "192.0.2.7",
    "[::1]:9877",
    "[::1]",
    "",
]
THEIRS = [
    "evil.test",
    "evil.test:9877",
    "127.0.0.1.evil.test",
    "localhost.evil.test",
    "evillocalhost",
    "1.2.3",
    "[evil]",
    "a b",
]


@pytest.mark.parametrize("host", OURS)
def test_on_loopback_we_answer_to_addresses_and_localhost(host: str) -> None:
    with guarded(None) as server:
        assert status(server, "/", Host=host) == 200


@pytest.mark.parametrize("host", THEIRS)
def test_a_web_site_that_gives_its_name_our_address_reads_nothing(host: str) -> None:
    with guarded(None) as server:
        answer, body = ask(server.address, "/", Host=host)
        assert (answer.status, b"board" in body) == (421, False)
        assert status(server, "/metrics", Host=host) == 421
        assert status(server, "/-/healthy", Host=host) == 200


def test_one_good_name_of_two_is_not_enough() -> None:
    with guarded(None) as server:
        answer = raw(server.address, b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 421 ")


def test_whoever_brings_what_is_asked_for_may_call_us_anything(token: Path) -> None:
    with guarded(Access(bearer=bearer(token))) as server:
        assert status(server, Host="board.example.com", Authorization="Bearer t0ken") == 200
        assert status(server, Host="evil.test") == 401


def refused(door: Door, **headers: str) -> bool:
    message = HTTPMessage()
    for name, value in headers.items():
        message[name] = value
    return door.refusal(message) is not None


def test_the_name_that_it_was_told_to_listen_on_is_its_own() -> None:
    door = Door(Address("watcher.example.com", 9877), ip_address("127.0.1.1"), None)
    assert not refused(door, Host="watcher.example.com:9877")
    assert refused(door, Host="evil.test")


EVERYWHERE = ["0.0.0.0", "::", "192.0.2.7", "2001:db8::7"]
NEIGHBOURS = [
    "vendorwatch:9877",
    "vendorwatch.monitoring.svc:9877",
    "vendorwatch.monitoring.svc.cluster.local:9877",
    "watcher.local",
    "Watcher.Corp.Internal.",
    "watcher.home.arpa",
    "my_container-1",
]
"""What others who may reach it call it, and no web site can be called."""


@pytest.mark.parametrize("found", EVERYWHERE)
def test_elsewhere_than_on_loopback_neighbours_may_call_it_by_a_name(found: str) -> None:
    door = Door(Address(found, 9877), ip_address(found), None)
    assert [host for host in (*OURS, *NEIGHBOURS) if refused(door, Host=host)] == []


@pytest.mark.parametrize("found", EVERYWHERE)
def test_a_web_site_reads_nothing_through_a_port_that_is_published_on_loopback(found: str) -> None:
    door = Door(Address(found, 9877), ip_address(found), None)
    theirs = [host for host in THEIRS if host != "evillocalhost"]  # which is a neighbour here
    more = [
        "attacker.example:9877",
        "vendorwatch.dev",
        "svc.evil.test",
        "local.evil.test",
        ".local",
        "a..local",
        "evil@localhost",
    ]
    assert [host for host in (*theirs, *more) if not refused(door, Host=host)] == []


def test_what_this_machine_calls_itself_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Watcher.example.com")
    door = Door(Address("0.0.0.0", 9877), ip_address("0.0.0.0"), None)
    assert not refused(door, Host="watcher.example.com:9877")
    assert refused(door, Host="example.com")
    on_loopback = Door(Address("127.0.0.1", 9877), ip_address("127.0.0.1"), None)
    assert refused(on_loopback, Host="watcher.example.com:9877"), "nobody else is there to call it so"


def test_a_compose_file_as_it_is_shipped_is_answered_to_prometheus_and_no_web_site() -> None:
    """In a container it listens on every address, and the port is published on loopback."""
    with served(host="0.0.0.0") as server:
        where = Address("127.0.0.1", server.address.port)
        answers = {
            host: ask(where, "/metrics", Host=host)[0].status for host in ("vendorwatch:9877", "attacker.example:9877")
        }
    assert answers == {"vendorwatch:9877": 200, "attacker.example:9877": 421}


def test_that_it_was_called_by_a_name_that_is_not_its_own_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    door = Door(Address("127.0.0.1", 9877), ip_address("127.0.0.1"), None)
    for host in ("evil\u202e.test" + "x" * 1000, "evil.test", "localhost"):
        refused(door, Host=host)
    (told,) = caplog.messages
    assert told.startswith('not answered: a request for "evil .test')
    assert len(told) < 400


def test_the_host_of_a_whole_url_stands_for_what_is_said_in_host() -> None:
    def status_of(request: bytes) -> bytes:
        return raw(server.address, request + b"\r\n\r\n").split()[1]

    with guarded(None) as server:
        assert status_of(b"GET http://localhost:9877/metrics HTTP/1.1\r\nHost: evil.test") == b"200"
        assert status_of(b"GET http://evil.test/metrics HTTP/1.1\r\nHost: localhost") == b"421"
        assert status_of(b"GET http://localhost@evil.test/metrics HTTP/1.1\r\nHost: localhost") == b"421"
        assert status_of(b"GET http://evil.test/-/healthy HTTP/1.1") == b"200"


def test_what_everybody_can_reach_and_read_is_told_when_it_becomes_so(token: Path, caplog: pytest.LogCaptureFixture) -> None:
    access = Access(bearer=bearer(token))
    door = Door(Address("::", 9877), ip_address("::"), None)
    for each in (None, access, access, None, None):
        door.adopt(each)
    told = "[::]:9877 is no loopback address, and access: is not set in monitor.yaml: whoever reaches it can read all"
    assert [message.startswith(told) for message in caplog.messages] == [True, True]


@pytest.mark.parametrize("found", ["127.0.0.1", "127.0.0.7", "::1"])
def test_loopback_is_open_without_a_word(found: str, caplog: pytest.LogCaptureFixture) -> None:
    Door(Address(found, 9877), ip_address(found), None)
    assert not caplog.messages
