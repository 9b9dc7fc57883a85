"""Lists of revoked certificates, fetched from real servers on loopback, with clocks of their own."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from cryptography import x509

from checks.certificate import CHECK
from checks.model import Failure, Reason, Unseen
from checks.network import Answer, Request, Revocation
from checks.x509.crl import MAX_LIST_BYTES
from monitor.clock import Clock
from monitor.network import crls
from monitor.network.crls import DAY_SECONDS, THREAD_BYTES, WAIT_SECONDS, Revocations
from monitor.network.dns.resolver import PATIENCE_SECONDS
from monitor.network.dns.servers import TRIES
from monitor.network.network import HANDSHAKE_SECONDS, LiveNetwork
from monitor.network.said import Answers, Said
from monitor.settings import NetworkSettings
from tests.support import certlab
from tests.support.certlab import GOOD, INTERMEDIATE, NOW, Issued
from tests.support.network import answer
from tests.support.revocation import STOLEN, crl, scope
from tests.support.servers import Reply, serving, settings, silent, site

SERIAL = GOOD.certificate.serial_number
STRANGER = certlab.authority("Another CA")


@dataclass
class Time:
    """Both clocks, and how many seconds they have moved."""

    passed: float = 0.0

    def clock(self) -> Clock:
        return Clock(now=lambda: NOW + timedelta(seconds=self.passed), monotonic=lambda: 1000.0 + self.passed)


@asynccontextmanager
async def network(folder: Path, time: Time | None = None) -> AsyncIterator[LiveNetwork]:
    async with LiveNetwork(settings(folder), (time or Time()).clock()) as live:
        yield live


def look(folder: Path, reply: Reply, *, serial: int = SERIAL, by: Issued = INTERMEDIATE) -> Revocation | Failure:
    """What comes of one look at a list that a server answers with *reply*."""

    async def main() -> Revocation | Failure:
        async with site(reply, plain=True) as lists, network(folder) as live:
            return await _find(live, lists.url("/a.crl"), serial, by)

    return asyncio.run(main())


async def _find(live: LiveNetwork, url: str, serial: int = SERIAL, by: Issued = INTERMEDIATE) -> Revocation | Failure:
    try:
        return await live.revocation(url, by.der, serial)
    except Unseen as unseen:
        return unseen.failure


def failure(found: Revocation | Failure) -> Failure:
    assert isinstance(found, Failure)
    return found


REVOKED = Revocation(
    at=STOLEN, reason="keyCompromise", updated_at=NOW - timedelta(days=0.5), next_update=NOW + timedelta(days=6.5)
)


def test_a_list_says_when_a_certificate_was_revoked_and_why(tmp_path: Path) -> None:
    assert look(tmp_path, Reply(body=crl(GOOD))) == REVOKED


def test_who_is_not_on_the_list_is_not_revoked(tmp_path: Path) -> None:
    assert look(tmp_path, Reply(body=crl(GOOD)), serial=1) == replace(REVOKED, at=None, reason="")


def test_a_list_may_come_packed(tmp_path: Path) -> None:
    packed = Reply(body=gzip.compress(crl(GOOD)), headers={"content-encoding": "gzip"})
    assert look(tmp_path, packed) == REVOKED


def test_one_fetch_serves_everybody_at_once_and_for_a_day(tmp_path: Path) -> None:
    async def main() -> tuple[int, int, int]:
        time = Time()
        async with site(Reply(body=crl(GOOD)), plain=True) as lists, network(tmp_path, time) as live:
            found = await asyncio.gather(*(_find(live, lists.url(), serial) for serial in range(20)))
            assert all(isinstance(each, Revocation) for each in found)
            at_once = len(lists.asked)
            time.passed = 19 * 3600
            assert await _find(live, lists.url()) == REVOKED
            same_day = len(lists.asked)
            time.passed = 24 * 3600
            assert await _find(live, lists.url()) == REVOKED
            return at_once, same_day, len(lists.asked)

    assert asyncio.run(main()) == (1, 1, 2)


def test_who_gives_up_leaves_the_fetch_to_the_others(tmp_path: Path) -> None:
    async def main() -> int:
        async with site(Reply(body=crl(GOOD)), plain=True) as lists, network(tmp_path) as live:
            impatient = asyncio.create_task(_find(live, lists.url()))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            impatient.cancel()
            assert await _find(live, lists.url()) == REVOKED
            return len(lists.asked)

    assert asyncio.run(main()) == 1


def test_a_list_of_hours_is_fetched_when_the_next_is_due_but_not_within_the_hour(tmp_path: Path) -> None:
    lists_in_turn = [Reply(body=crl(GOOD, starts=0, days=hours / 24)) for hours in (3, 3.5, 100)]

    async def main() -> list[int]:
        time, asked = Time(), []
        async with site(lists_in_turn, plain=True) as lists, network(tmp_path, time) as live:
            for hours in (0, 2, 3, 3.9, 4.5):
                time.passed = hours * 3600
                assert isinstance(await _find(live, lists.url(), 1), Revocation) == (hours != 3.9)
                asked.append(len(lists.asked))
        return asked

    assert asyncio.run(main()) == [1, 1, 2, 2, 3]


def test_a_failure_is_remembered_for_an_hour_with_its_reason(tmp_path: Path) -> None:
    async def main() -> tuple[Failure, Failure, Revocation | Failure, int]:
        time = Time()
        async with site([Reply(404), Reply(body=crl(GOOD))], plain=True) as lists, network(tmp_path, time) as live:
            first = failure(await _find(live, lists.url()))
            time.passed = 3500
            again = failure(await _find(live, lists.url()))
            time.passed = 4600
            return first, again, await _find(live, lists.url()), len(lists.asked)

    first, again, later, asked = asyncio.run(main())
    assert first == again
    assert first.reason is Reason.HTTP
    assert first.detail.startswith('the list of revoked certificates at "http://127.0.0.1:')
    assert first.detail.endswith("the answer was 404")
    assert (later, asked) == (REVOKED, 2)


def test_a_list_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    found = failure(look(tmp_path, Reply(body=b"\0" * (MAX_LIST_BYTES + 100_000))))
    assert found.reason is Reason.TOO_LARGE
    assert f"over {MAX_LIST_BYTES} bytes" in found.detail


def test_a_list_that_somebody_else_signed_says_nothing(tmp_path: Path) -> None:
    found = failure(look(tmp_path, Reply(body=crl(GOOD, by=STRANGER))))
    assert found.reason is Reason.PARSE


def test_a_list_serves_only_those_whose_issuer_signed_it(tmp_path: Path) -> None:
    async def main() -> list[bool]:
        async with site(Reply(body=crl(GOOD)), plain=True) as lists, network(tmp_path) as live:
            issuers = (INTERMEDIATE, STRANGER, INTERMEDIATE)
            return [isinstance(await _find(live, lists.url(), by=by), Revocation) for by in issuers]

    assert asyncio.run(main()) == [True, False, True]


@pytest.mark.parametrize("body", [b"", b"\x30\x00", b"<html>not here</html>", crl(GOOD)[:-1]])
def test_what_is_no_list_is_told(tmp_path: Path, body: bytes) -> None:
    assert failure(look(tmp_path, Reply(body=body))).reason is Reason.PARSE


def test_a_list_that_is_out_of_date_acquits_nobody(tmp_path: Path) -> None:
    found = failure(look(tmp_path, Reply(body=crl(GOOD, starts=-9, days=7)), serial=1))
    assert found.reason is Reason.PARSE
    assert "too old: it was good until 2026-11-19 12:00 UTC" in found.detail


def test_nobody_takes_back_a_revocation(tmp_path: Path) -> None:
    found = look(tmp_path, Reply(body=crl(GOOD, starts=-9, days=7)))
    assert isinstance(found, Revocation)
    assert found.at == STOLEN


def test_a_list_becomes_out_of_date_while_it_is_kept(tmp_path: Path) -> None:
    async def main() -> list[type]:
        time, found = Time(), []
        async with site(Reply(body=crl(GOOD, starts=0, days=0.01)), plain=True) as lists, network(tmp_path, time) as live:
            for passed in (0.0, 1800.0):
                time.passed = passed
                found.append(type(await _find(live, lists.url(), 1)))
        return found

    assert asyncio.run(main()) == [Revocation, Failure]


def test_a_part_of_a_list_acquits_those_who_name_its_place(tmp_path: Path) -> None:
    async def main(place: str) -> Revocation | Failure:
        async with site(lambda _: Reply(body=body), plain=True) as lists, network(tmp_path) as live:
            body = crl(GOOD, extensions=[scope(lists.url(place))])
            return await _find(live, lists.url("/7.crl"), 1)

    assert isinstance(asyncio.run(main("/7.crl")), Revocation)
    assert "covers other certificates" in failure(asyncio.run(main("/8.crl"))).detail


@pytest.mark.parametrize(
    "url", ["ldap://ca.test/cn=crl", "file:///etc/passwd", "ftp://ca.test/a.crl", "", "http://" + "a" * 3000]
)
def test_an_address_that_is_not_of_the_web_is_not_gone_to(tmp_path: Path, url: str) -> None:
    async def main() -> Failure:
        async with network(tmp_path) as live:
            return failure(await _find(live, url))

    found = asyncio.run(main())
    assert found.reason is Reason.HTTP
    assert len(found.detail) < 300


def test_the_guard_applies() -> None:
    async def main() -> tuple[Failure, int]:
        async with site(Reply(body=crl(GOOD)), plain=True) as lists, LiveNetwork(NetworkSettings()) as live:
            return failure(await _find(live, lists.url())), lists.connections

    found, connections = asyncio.run(main())
    assert (found.reason, connections) == (Reason.CONFIG, 0)


def test_a_fetch_that_does_not_end_is_given_up() -> None:
    async def fetch(_: Request) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> Failure:
        lists = Revocations(fetch, Time().clock(), patience=0.05)
        with pytest.raises(Unseen) as caught:
            await lists.find("http://ca.test/a.crl", INTERMEDIATE.der, SERIAL)
        return caught.value.failure

    found = asyncio.run(main())
    assert found.reason is Reason.TIMEOUT
    assert "no complete answer within 0.05 s" in found.detail


def test_who_asks_is_let_go_and_a_slow_list_serves_the_next_look() -> None:
    arrived = asyncio.Event()

    async def fetch(request: Request) -> Answer:
        await arrived.wait()
        return answer(crl(), url=request.url)

    async def main() -> tuple[Failure, Revocation]:
        lists = Revocations(fetch, Time().clock(), wait=0.05)
        with pytest.raises(Unseen) as caught:
            await lists.find("http://ca.test/a.crl", INTERMEDIATE.der, SERIAL)
        arrived.set()
        return caught.value.failure, await lists.find("http://ca.test/a.crl", INTERMEDIATE.der, SERIAL)

    first, second = asyncio.run(main())
    assert (first.reason, second.at) == (Reason.TIMEOUT, None)
    assert "not here after 0.05 s" in first.detail


def test_leaving_ends_a_fetch_under_way(tmp_path: Path) -> None:
    async def main() -> bool:
        async with serving(silent) as server:
            async with network(tmp_path) as live:
                waiting = asyncio.create_task(_find(live, f"http://{server.authority}/a.crl"))
                await server.until(1)
            await asyncio.wait({waiting})
            return waiting.cancelled()

    assert asyncio.run(main())


@pytest.mark.parametrize(("more", "threads"), [(0, set()), (THREAD_BYTES, {"read_crl", "find"})])
def test_a_large_list_is_worked_on_beside_the_loop(tmp_path: Path, more: int, threads: set[str]) -> None:
    padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.55555.1"), bytes(more))
    body = crl(GOOD, extensions=[(padding, False)])
    called: set[str] = set()
    threading.setprofile(lambda frame, *_: called.add(frame.f_code.co_name))
    try:
        assert look(tmp_path, Reply(body=body)) == REVOKED
    finally:
        threading.setprofile(None)
    assert called & {"read_crl", "find"} == threads


class Counting:
    """A place of many lists, all of them *body*, that counts how often each was fetched and may fall silent."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.asked: Counter[str] = Counter()
        self.is_silent = False

    async def fetch(self, request: Request) -> Answer:
        self.asked[request.url] += 1
        if self.is_silent:
            await asyncio.Event().wait()
        return answer(self.body, url=request.url)


URLS = [f"http://ca.test/{number}.crl" for number in range(4)]


def test_what_lists_said_outlives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for three of the four: each has to go before it is asked again, for a day."""
    monkeypatch.setattr(crls, "KEPT_BYTES", 3 * 4096)
    place, time = Counting(crl(GOOD)), Time()

    async def main() -> None:
        lists = Revocations(place.fetch, time.clock())
        for hour in range(23):
            time.passed = hour * 3600
            for url, serial in product(URLS, (SERIAL, 1)):
                assert ((await lists.find(url, INTERMEDIATE.der, serial)).at is None) == (serial == 1)

    asyncio.run(main())
    assert place.asked == dict.fromkeys(URLS, 1)


def test_a_list_that_had_to_make_room_is_not_fetched_again_within_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crls, "KEPT_BYTES", 3 * 4096)
    place, time = Counting(crl(GOOD)), Time()

    async def main() -> Failure:
        lists = Revocations(place.fetch, time.clock())
        for url in URLS:
            await lists.find(url, INTERMEDIATE.der, SERIAL)
        time.passed = 3500
        with pytest.raises(Unseen) as caught:
            await lists.find(URLS[0], INTERMEDIATE.der, 1)
        assert place.asked[URLS[0]] == 1
        time.passed = 3700
        assert (await lists.find(URLS[0], INTERMEDIATE.der, 1)).at is None
        return caught.value.failure

    failure = asyncio.run(main())
    assert failure.reason is Reason.TOO_LARGE
    assert "fetched within the hour" in failure.detail
    assert place.asked[URLS[0]] == 2


def test_a_new_list_is_asked_about_everybody_the_old_one_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crls, "KEPT_BYTES", 4096)
    place, time = Counting(crl(days=30)), Time()

    async def main() -> Revocation:
        lists = Revocations(place.fetch, time.clock())
        for serial in (SERIAL, 1):
            await lists.find(URLS[0], INTERMEDIATE.der, serial)
        place.body, time.passed = crl(GOOD, days=30), DAY_SECONDS
        await lists.find(URLS[0], INTERMEDIATE.der, 1)
        await lists.find(URLS[1], INTERMEDIATE.der, 1)
        return await lists.find(URLS[0], INTERMEDIATE.der, SERIAL)

    assert asyncio.run(main()).at == STOLEN
    assert place.asked[URLS[0]] == 2


def test_the_old_list_counts_while_the_new_one_cannot_be_had_and_only_in_force() -> None:
    place, time = Counting(crl(GOOD, starts=0, days=2)), Time()

    async def main() -> None:
        lists = Revocations(place.fetch, time.clock(), patience=5, wait=0.02)
        for serial in (SERIAL, 1):
            await lists.find(URLS[0], INTERMEDIATE.der, serial)
        place.is_silent, time.passed = True, 1.5 * DAY_SECONDS
        assert (await lists.find(URLS[0], INTERMEDIATE.der, SERIAL)).at == STOLEN
        assert (await lists.find(URLS[0], INTERMEDIATE.der, 1)).at is None
        time.passed = 2.5 * DAY_SECONDS
        assert (await lists.find(URLS[0], INTERMEDIATE.der, SERIAL)).at == STOLEN
        with pytest.raises(Unseen) as caught:
            await lists.find(URLS[0], INTERMEDIATE.der, 1)
        assert caught.value.failure.reason is Reason.TIMEOUT
        await lists.aclose()

    asyncio.run(main())
    assert place.asked[URLS[0]] == 2


def test_a_slow_list_never_takes_the_time_of_the_look_that_asks_for_it() -> None:
    a_name = (TRIES + 0.2) * PATIENCE_SECONDS
    assert a_name + HANDSHAKE_SECONDS + 2 * WAIT_SECONDS < CHECK.deadline


def test_answers_have_a_limit() -> None:
    answers = Answers(limit=2)
    for serial in (1, 2, 1, 3):
        answers.put(URLS[0], b"", serial, Said(REVOKED, 0.0))
        assert answers.get(URLS[0], b"", 1)
    assert [bool(answers.get(URLS[0], b"", serial)) for serial in (1, 2, 3)] == [True, False, True]
    assert list(answers.serials(URLS[0], b"")) == [1, 3]
    assert list(answers.serials(URLS[1], b"")) == list(answers.serials(URLS[0], b"another")) == []
