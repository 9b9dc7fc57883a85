"""Whether a message was taken is said by the status alone, over real sockets, whatever becomes of the rest of an answer."""

from __future__ import annotations

import asyncio

import pytest

from checks.values import Url
from monitor.clock import SYSTEM_CLOCK
from monitor.network import http
from monitor.notify.channel import NotTaken
from monitor.notify.channels.webhook import Standard
from monitor.notify.ways import open_ways
from monitor.receivers import Webhook
from monitor.settings import Settings
from tests.support.servers import read_request, serving
from tests.support.telling import batch, vendor_down

HUGE = 5_000_000


def delivered(answer: bytes, lingers: float = 0.0) -> NotTaken | None:
    """What a delivery came to whose receiver says *answer*, and hangs up after a while."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_request(reader)
        writer.write(answer)
        await asyncio.sleep(lingers)

    async def story() -> NotTaken | None:
        async with serving(converse, host="127.0.0.1") as listener, open_ways(Settings(), SYSTEM_CLOCK) as ways:
            hook = Standard(Webhook(name="ops", url=Url(f"http://127.0.0.1:{listener.port}/hook")), ways.direct)
            try:
                await hook.deliver(batch(vendor_down()), SYSTEM_CLOCK.now())
            except NotTaken as failure:
                return failure
            return None

    return asyncio.run(story())


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 2\r\n\r\nok",
        b"Content-Length: %d\r\n\r\n%b" % (HUGE, b"x" * HUGE),
        b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nok",
        b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
        b"Content-Length: 10\r\n\r\nok",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["read", "huge", "unknown coding", "no gzip", "cut off", "badly framed"],
)
@pytest.mark.parametrize(("status", "is_taken"), [(200, True), (400, False)])
def test_the_status_alone_decides(rest: bytes, status: int, is_taken: bool) -> None:  # noqa: FBT001 - of a table
    failure = delivered(b"HTTP/1.1 %d so\r\n%b" % (status, rest))
    assert (failure is None) == is_taken
    assert failure is None or failure.is_final


@pytest.mark.parametrize("status", [200, 500])
def test_a_body_that_does_not_end_is_not_waited_for(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "EXCERPT_SECONDS", 0.1)
    failure = delivered(b"HTTP/1.1 %d so\r\nContent-Length: 9\r\n\r\nno" % status, lingers=0.5)
    assert (failure and failure.detail) == (None if status == 200 else 'it answered 500: "no"')


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n"])
def test_without_a_status_nothing_was_taken(answer: bytes) -> None:
    failure = delivered(answer)
    assert failure
    assert not failure.is_final
    assert not failure.is_doubtful
