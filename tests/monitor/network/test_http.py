"""The HTTP client by itself: what it sends, and what it makes of an answer."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable

import httpx
import pytest
import respx

from checks.model import Failure, Reason, Unseen
from checks.network import Answer, Connection, Phases, Request
from checks.values import Secret
from checks.vendor import Auth, BasicAuth
from monitor.network.http import USER_AGENT, HttpClient

URL = "https://vendor.test/health"
CONNECTION = Connection(address="192.0.2.1", port=443, ip_family="ipv4")
SHOWN = {"connection": CONNECTION, "phases": Phases(first_byte=0.5), "at": 10.0}


def reply(status: int = 200, **content: object) -> httpx.Response:
    """A response as our transport makes them."""
    return httpx.Response(status, extensions=SHOWN, **content)  # type: ignore[arg-type]


def sent(router: respx.Router, *requests: Request, monotonic: Callable[[], float] = lambda: 12.0) -> list[Answer]:
    """The answers to *requests*, sent in turn by one client whose transport is *router*."""

    async def send() -> list[Answer]:
        client = HttpClient(httpx.MockTransport(router.async_handler), monotonic)
        try:
            return [await client.send(request) for request in requests]
        finally:
            await client.aclose()

    return asyncio.run(send())


def routed(*responses: httpx.Response) -> respx.Router:
    """A router that answers every request from *responses* in turn, the last one for ever."""
    router = respx.Router(assert_all_called=False)
    left = list(responses) or [reply()]
    router.route().mock(side_effect=lambda _: left.pop(0) if len(left) > 1 else left[0])
    return router


def asked(router: respx.Router) -> list[httpx.Request]:
    return [call.request for call in router.calls]


def test_a_request_says_who_asks_and_what_can_be_read() -> None:
    router = routed()
    sent(router, Request(url=URL))
    assert dict(asked(router)[0].headers) == {
        "host": "vendor.test",
        "user-agent": USER_AGENT,
        "accept": "*/*",
        "accept-encoding": "gzip",
    }
    assert USER_AGENT.startswith("vendorwatch/")
    assert "(+https://" in USER_AGENT


def test_the_time_of_an_answer_is_all_of_it_redirects_included() -> None:
    clock = iter([100.0, 100.75, 101.0])

    def monotonic() -> float:
        return next(clock)

    router = routed(reply(302, headers={"Location": "/elsewhere"}), reply())
    (answer,) = sent(router, Request(url=URL), monotonic=monotonic)
    assert (answer.seconds, answer.hops) == (1.0, (URL,))
    assert answer.phases.first_byte == 0.5


def test_a_request_is_sent_as_it_was_asked_for() -> None:
    router = routed()
    headers = {"Accept": "application/json", "X-Name": "Grüße", "User-Agent": "ours"}
    sent(router, Request(url=URL + "?q=a%20b", method="PUT", headers=headers, body=b'{"a": 1}'))
    request = asked(router)[0]
    assert (request.method, request.url.raw_path, request.content) == ("PUT", b"/health?q=a%20b", b'{"a": 1}')
    assert request.headers["accept"] == "application/json"
    assert request.headers["user-agent"] == "ours"
    assert request.headers["content-length"] == "8"
    assert dict(request.headers.raw)[b"x-name"] == "Grüße".encode()


def test_an_answer_tells_everything_in_plain_values() -> None:
    headers = [("X-A", "1"), ("x-a", "2"), ("Content-Type", "text/plain")]
    [answer] = sent(routed(reply(503, headers=headers, content=b"down")), Request(url=URL))
    assert answer == Answer(
        status=503,
        headers={"x-a": "1, 2", "content-type": "text/plain", "content-length": "4"},
        body=b"down",
        url=URL,
        connection=CONNECTION,
        phases=Phases(first_byte=0.5, transfer=2.0),
    )


def test_a_gzip_body_is_decoded() -> None:
    body = reply(headers={"Content-Encoding": "gzip"}, content=gzip.compress(b"well"))
    assert sent(routed(body), Request(url=URL))[0].body == b"well"


def test_secrets_are_looked_up_when_they_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "s3cret")
    key = Secret("env", "KEY")
    router = routed()
    basic = Auth(basic=BasicAuth(user="me", password=key))
    sent(router, Request(url=URL, headers={"X-Key": key}, auth=Auth(bearer=key)), Request(url=URL, auth=basic))
    assert asked(router)[0].headers["x-key"] == "s3cret"
    assert asked(router)[0].headers["authorization"] == "Bearer s3cret"
    assert asked(router)[1].headers["authorization"] == "Basic bWU6czNjcmV0"


def test_a_missing_secret_is_our_configuration_and_nothing_is_sent() -> None:
    router = routed()
    with pytest.raises(Unseen) as caught:
        sent(router, Request(url=URL, auth=Auth(bearer=Secret("env", "NO_SUCH_KEY"))))
    assert caught.value.failure.reason is Reason.CONFIG
    assert "env:NO_SUCH_KEY" in caught.value.failure.detail
    assert not asked(router)


def test_redirects_are_followed_and_told_without_their_queries() -> None:
    router = routed(
        reply(301, headers={"Location": "https://www.vendor.test/health?token=x"}),
        reply(302, headers={"Location": "/final?a=b"}),
        reply(content=b"here"),
    )
    [answer] = sent(router, Request(url=URL + "?q=1"))
    assert answer.body == b"here"
    assert answer.url == "https://www.vendor.test/final?a=b"
    assert answer.hops == (URL, "https://www.vendor.test/health")


def test_a_redirect_is_the_answer_where_none_is_to_be_followed() -> None:
    [answer] = sent(routed(reply(302, headers={"Location": "/login"})), Request(url=URL, max_redirects=0))
    assert (answer.status, answer.headers["location"], answer.hops) == (302, "/login", ())


def test_credentials_do_not_go_to_another_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "s3cret")
    router = routed(reply(307, headers={"Location": "https://evil.test/"}), reply())
    headers: dict[str, str | Secret] = {"X-Key": Secret("env", "KEY"), "Cookie": "session=1", "Accept": "text/plain"}
    sent(router, Request(url=URL, headers=headers, auth=Auth(bearer=Secret("env", "KEY"))))
    stranger = asked(router)[1].headers
    assert not {"x-key", "cookie", "authorization"} & set(stranger)
    assert stranger["host"] == "evil.test"
    assert stranger["accept"] == "text/plain"


def test_cookies_are_neither_kept_nor_sent() -> None:
    router = routed(reply(headers={"Set-Cookie": "track=me; Path=/"}))
    sent(router, Request(url=URL), Request(url=URL))
    assert "cookie" not in asked(router)[1].headers


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(_: httpx.Request) -> httpx.Response:
        raise error

    return answer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ReadTimeout("slow"), Reason.TIMEOUT),
        (httpx.ConnectError("cut"), Reason.CONNECT),
        (httpx.RemoteProtocolError("odd"), Reason.HTTP),
        (httpx.UnsupportedProtocol("gopher"), Reason.CONFIG),
        (Unseen(Reason.REFUSED, "no"), Reason.REFUSED),
    ],
)
def test_every_error_of_the_client_ends_in_a_reason(error: Exception, reason: Reason) -> None:
    router = respx.Router()
    router.route().mock(side_effect=raising(error))
    with pytest.raises(Unseen) as caught:
        sent(router, Request(url=URL))
    assert caught.value.failure.reason is reason


@pytest.mark.parametrize(
    "url",
    [
        "https://vendor.test:99999/",
        "https://[::1/",
        "https://ex\x00ample/",
        "https://xn--\u00e9.test/",
        "ftp://vendor.test/",
    ],
)
def test_an_address_that_is_none_is_our_configuration(url: str) -> None:
    with pytest.raises(Unseen) as caught:
        sent(routed(), Request(url=url))
    assert caught.value.failure.reason is Reason.CONFIG


def test_a_redirect_to_a_name_that_cannot_be_one_is_the_vendors_fault() -> None:
    with pytest.raises(Unseen) as caught:
        sent(routed(reply(302, headers={"Location": "https://xn--\u00e9.test/".encode()})), Request(url=URL))
    assert caught.value.failure.reason is Reason.HTTP


ODD_LOCATIONS = [
    "javascript:x",
    "https:\\\\evil.test/",
    "mailto:a@b",
    "https://xn--",
    "urn:ietf:wg:oauth:2.0:oob",
    "http://[::1",
    "//a b",
]


@pytest.mark.parametrize("location", ODD_LOCATIONS)
def test_a_location_that_is_no_address_is_the_vendors_fault(location: str) -> None:
    with pytest.raises(Unseen) as caught:
        sent(routed(reply(302, headers={"Location": location})), Request(url=URL))
    assert caught.value.failure.reason is Reason.HTTP


@pytest.mark.parametrize("location", ODD_LOCATIONS)
def test_where_no_redirect_is_followed_any_location_is_an_answer(location: str) -> None:
    [answer] = sent(routed(reply(302, headers={"Location": location})), Request(url=URL, max_redirects=0))
    assert (answer.status, answer.headers["location"]) == (302, location)


def test_a_bug_is_not_taken_for_a_failed_look() -> None:
    router = respx.Router()
    router.route().mock(side_effect=raising(KeyError("bug")))
    with pytest.raises(KeyError):
        sent(router, Request(url=URL))


def test_a_body_over_the_limit_is_given_up() -> None:
    async def send() -> Failure:
        transport = httpx.MockTransport(routed(reply(content=b"12345")).async_handler)
        client = HttpClient(transport, lambda: 12.0, max_body_bytes=4)
        with pytest.raises(Unseen) as caught:
            await client.send(Request(url=URL))
        await client.aclose()
        return caught.value.failure

    assert asyncio.run(send()) == Failure(Reason.TOO_LARGE, "the body is over 4 bytes; gave up after 5")
