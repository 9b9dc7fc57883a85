"""The HTTP client, and the only module that knows httpx: requests built, redirects followed, bodies read within limits.

Neither the environment's proxies nor its netrc are looked at, no cookie is kept, and redirects are never httpx's to follow:
each hop is a new request through the same guard. httpx reads a Location all the same, and takes one that it cannot read
for a fault of our request; so it never gets to see one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import cast

import httpx

from checks.foreign import one_line, quoted
from checks.model import Reason, Unseen
from checks.network import Answer, Connection, Phases, Request
from checks.values import Secret, Url
from monitor.credentials import authorization, reveal
from monitor.network.body import MAX_BODY_BYTES, decoder
from monitor.network.dial import Origin
from monitor.network.exchange import Ask
from monitor.network.redirect import Hop, follow, is_redirect
from monitor.network.transport import Delivery, Transport

USER_AGENT = f"vendorwatch/{version('vendorwatch')} (+https://github.com/vendorwatch/vendorwatch)"
"""Who we are and where to complain, as the documentation of status pages asks of clients."""
EXCERPT_SECONDS = 1.0
"""How long the beginning of a body is waited for where the status is what counts."""
_DEFAULTS = {"user-agent": USER_AGENT, "accept": "*/*", "accept-encoding": "gzip"}


class OwnTransport(httpx.AsyncBaseTransport):
    """Our transport in httpx's terms.

    ``response.extensions`` has *connection* and *phases*, and *at*, the monotonic time of the first byte.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request; raises `Unseen`."""
        url = request.url
        is_tls = url.scheme == "https"
        origin = Origin(url.raw_host.decode("ascii").strip("[]"), url.port or (443 if is_tls else 80), is_tls)
        fresh = bool(request.extensions.get("fresh"))
        headers = list(request.headers.raw)
        if fresh:
            headers.append((b"connection", b"close"))
        sent = request.extensions.get("sent")
        ask = Ask(request.method.encode("ascii"), url.raw_path, headers, await request.aread(), sent)
        delivery = await self._transport.carry(origin, ask, fresh=fresh, prefer=request.extensions.get("prefer"))
        head = delivery.head
        return httpx.Response(
            head.status,
            headers=list(head.headers),
            stream=_Body(delivery),
            extensions={
                "http_version": head.version.encode("ascii"),
                "connection": delivery.connection,
                "phases": delivery.phases,
                "at": head.at,
            },
        )

    async def aclose(self) -> None:
        """Hang up on all idle connections."""
        self._transport.close()


class _Body(httpx.AsyncByteStream):
    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._delivery.chunks()

    async def aclose(self) -> None:
        self._delivery.close()


class HttpClient:
    """Sends the requests of checks. Close it in the end; it closes its transport."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport, monotonic: Callable[[], float], max_body_bytes: int = MAX_BODY_BYTES
    ) -> None:
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        hooks = {"response": [_hide_location]}
        self._client = httpx.AsyncClient(transport=transport, trust_env=False, cookies=no_cookies, event_hooks=hooks)
        self._monotonic = monotonic
        self._max_body_bytes = max_body_bytes

    async def send(self, request: Request) -> Answer:
        """`checks.network.Network.send`, without any sharing of answers."""
        began = self._monotonic()
        how = {"fresh": request.fresh or request.max_age == 0, "prefer": request.prefer, "sent": request.sent}
        hop = _first_hop(request)
        hops: list[Hop] = []
        while True:
            response = await self._open(hop, how, unfit=Reason.HTTP if hops else Reason.CONFIG)
            try:
                location: str = response.extensions["location"]
                if not request.max_redirects or not is_redirect(response.status_code, location):
                    body = await (self._body(response) if request.excerpt is None else _excerpt(response, request.excerpt))
                    answer = self._answer(response, body, hop, hops)
                    return replace(answer, seconds=self._monotonic() - began)
            finally:
                await response.aclose()
            hops.append(hop)
            hop = follow(hop, response.status_code, location)
            _require_progress(hop, hops, request.max_redirects)

    async def aclose(self) -> None:
        """Hang up on everybody."""
        await self._client.aclose()

    async def _open(self, hop: Hop, how: Mapping[str, object], *, unfit: Reason) -> httpx.Response:
        """Send the request of *hop*; *how* is for our transport, *unfit* the reason for an address httpx will not have."""
        headers = [(name.encode("ascii"), value.encode()) for name, value in hop.headers.items()]
        try:
            request = httpx.Request(hop.method, hop.url, headers=headers, content=hop.body, extensions=dict(how))
            return await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise _named(error, hop, unfit) from error

    async def _body(self, response: httpx.Response) -> bytes:
        body = decoder(_coding(response), self._max_body_bytes)
        async for chunk in cast("httpx.AsyncByteStream", response.stream):
            body.feed(chunk)
        return body.end()

    def _answer(self, response: httpx.Response, body: bytes, hop: Hop, hops: list[Hop]) -> Answer:
        known = response.extensions
        connection: Connection = known["connection"]
        phases: Phases = known["phases"]
        return Answer(
            status=response.status_code,
            headers=_headers(response),
            body=body,
            url=hop.url,
            connection=connection,
            http_version=response.http_version,
            hops=tuple(passed.place for passed in hops),
            phases=replace(phases, transfer=self._monotonic() - known["at"]),
        )


async def _excerpt(response: httpx.Response, most: int) -> bytes:
    """The first *most* bytes of the body, as far as they come soon and can be decoded."""
    told = b""
    with suppress(Unseen, TimeoutError):
        body = decoder(_coding(response), MAX_BODY_BYTES)
        async with asyncio.timeout(EXCERPT_SECONDS):
            async for chunk in cast("httpx.AsyncByteStream", response.stream):
                body.feed(chunk)
                told = body.beginning[:most]
                if len(told) == most:
                    break
    return told


def _first_hop(request: Request) -> Hop:
    """*request* with its secrets looked up. Raises `Unseen` with `Reason.CONFIG` when it cannot be sent as it is."""
    try:
        url = Url.parse(request.url)
    except ValueError as error:
        raise Unseen(Reason.CONFIG, one_line(str(error))) from error
    headers = dict(_DEFAULTS)
    secret: set[str] = set()
    for name, value in request.headers.items():
        if isinstance(value, Secret):
            secret.add(name.lower())
        headers[name.lower()] = reveal(value) if isinstance(value, Secret) else value
    if request.auth:
        headers["authorization"] = authorization(request.auth)
    return Hop(url=url, method=request.method, headers=headers, secret=frozenset(secret), body=request.body)


def _require_progress(hop: Hop, hops: list[Hop], most: int) -> None:
    if any((hop.method, hop.url) == (passed.method, passed.url) for passed in hops):
        raise Unseen(Reason.HTTP, f"a redirect loop: {quoted(hop.place)} was asked before")
    if len(hops) > most:
        raise Unseen(Reason.HTTP, f"more than {most} redirects, the last one to {quoted(hop.place)}")


async def _hide_location(response: httpx.Response) -> None:
    """Keep the Location from httpx, which would make its own next request of it, and from there on for us."""
    response.extensions["location"] = response.headers.pop("location", "")


def _coding(response: httpx.Response) -> str:
    return _headers(response).get("content-encoding", "")


def _headers(response: httpx.Response) -> dict[str, str]:
    location = response.extensions["location"]
    headers: dict[str, str] = {"location": location} if location else {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _named(error: Exception, hop: Hop, unfit: Reason) -> Unseen:
    """What httpx or the making of a request came to. Our own transport raises `Unseen` itself."""
    said = f"{quoted(hop.place)}: {one_line(str(error))}"
    match error:
        case httpx.TimeoutException():
            return Unseen(Reason.TIMEOUT, said)
        case httpx.NetworkError():
            return Unseen(Reason.CONNECT, said)
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | UnicodeError():
            return Unseen(unfit, said)
        case _:
            return Unseen(Reason.HTTP, said)
