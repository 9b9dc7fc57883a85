"""What every `checks.network.Network` promises: the same assertions over the real one and the fake under other tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from checks.hosts import is_address
from checks.model import Reason, Unseen
from checks.network import Ending, Network, Peer, Question, Reply, Request
from checks.tls.codes import TLS13
from checks.tls.flight import Flight, Got, Want
from checks.tls.hello import Hello
from checks.values import Address
from monitor.network.network import LiveNetwork
from tests.support import servers, tlsscript
from tests.support.certlab import HOST, INTERMEDIATE, ders, server, shown
from tests.support.network import FakeNetwork, answer
from tests.support.servers import Asked, settings, site

NOBODY = "https://nobody.invalid/"


@dataclass(frozen=True)
class Scene:
    """A network and a vendor it can reach, whose pages answer with their own status."""

    network: Network
    root: str
    tls: Address

    def url(self, path: str) -> str:
        return self.root + path


def vendor(asked: Asked) -> servers.Reply:
    if asked.target == "/moved":
        return servers.Reply(301, headers={"Location": "/200"})
    return servers.Reply(int(asked.target[1:]), b"well", {"X-Vendor": "acme", "Content-Type": "text/plain"})


@asynccontextmanager
async def live(folder: Path) -> AsyncIterator[Scene]:
    async with site(vendor) as running, LiveNetwork(settings(folder)) as network:
        yield Scene(network, running.url("").rstrip("/"), Address("localhost", running.port))


@asynccontextmanager
async def fake(_: Path) -> AsyncIterator[Scene]:
    root, tls = "https://vendor.test", Address("vendor.test", 443)
    headers = {"x-vendor": "acme", "content-type": "text/plain"}
    pages = {
        f"{root}/{status}": answer(b"well", status=status, url=f"{root}/{status}", headers=headers)
        for status in (200, 404, 503)
    }
    moved = replace(pages[f"{root}/200"], hops=(f"{root}/moved",))
    known = shown(ders(server(INTERMEDIATE), INTERMEDIATE), HOST)
    network = FakeNetwork({**pages, f"{root}/moved": moved}, {tls: known}, talks={tls: talk})
    network.hosts[tls.host] = (known.address,)
    yield Scene(network, root, tls)


def talk(_: Peer, question: Question) -> Reply:
    """What a server of today says to a hello."""
    said = tlsscript.answer(tlsscript.Policy(), question.content)
    assert isinstance(said, bytes)
    question.reading.feed(said)
    return Reply(Ending.ANSWERED, received=len(said))


def hello(random: bytes) -> Hello:
    return Hello(version=TLS13, suites=(0x1301, 0x1302), groups=(29, 23), random=random, session_id=bytes(32))


Stage = Callable[[Path], AbstractAsyncContextManager[Scene]]
both = pytest.mark.parametrize("stage", [live, fake])


def play(stage: Stage, folder: Path, story: Callable[[Scene], Awaitable[None]]) -> None:
    """Tell *story* with the scene that *stage* sets."""

    async def run() -> None:
        async with stage(folder) as scene:
            await story(scene)

    asyncio.run(run())


@both
@pytest.mark.parametrize("status", [200, 404, 503])
def test_any_status_is_an_answer(stage: Stage, tmp_path: Path, status: int) -> None:
    async def story(scene: Scene) -> None:
        found = await scene.network.send(Request(url=scene.url(f"/{status}"), fresh=True))
        assert (found.status, found.body, found.url) == (status, b"well", scene.url(f"/{status}"))
        assert found.hops == ()
        assert not found.cached

    play(stage, tmp_path, story)


@both
def test_header_names_are_in_lower_case(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        found = await scene.network.send(Request(url=scene.url("/200"), fresh=True))
        assert found.headers["x-vendor"] == "acme"
        assert all(name == name.lower() for name in found.headers)

    play(stage, tmp_path, story)


@both
def test_an_answer_tells_its_connection_and_its_phases(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        found = await scene.network.send(Request(url=scene.url("/200"), fresh=True))
        assert found.connection.address
        assert found.connection.port
        assert found.connection.ip_family in {"ipv4", "ipv6"}
        assert found.phases.first_byte is not None
        assert found.phases.transfer is not None

    play(stage, tmp_path, story)


@both
def test_redirects_are_told_from_the_first_one_on(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        found = await scene.network.send(Request(url=scene.url("/moved"), fresh=True))
        assert (found.status, found.url, found.hops) == (200, scene.url("/200"), (scene.url("/moved"),))

    play(stage, tmp_path, story)


@both
def test_a_name_without_an_address_is_unseen(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Unseen) as caught:
            await scene.network.send(Request(url=NOBODY))
        assert caught.value.failure.reason is Reason.DNS
        nobody = Peer(Address("nobody.invalid", 443))
        for look in (
            scene.network.handshake(nobody),
            scene.network.ask(nobody, []),
            scene.network.addresses(nobody.address.host),
        ):
            with pytest.raises(Unseen) as caught:
                await look
            assert caught.value.failure.reason is Reason.DNS
            assert "nobody.invalid" in caught.value.failure.detail

    play(stage, tmp_path, story)


@both
def test_a_handshake_shows_a_session_with_a_chain(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        connection = await scene.network.handshake(Peer(scene.tls))
        assert connection.session
        assert connection.session.version.startswith("TLSv1.")
        assert connection.session.chain
        assert connection.session.trust.path or connection.session.trust.fault

    play(stage, tmp_path, story)


@both
def test_the_addresses_of_a_host_are_told_and_each_may_be_meant(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        found = await scene.network.addresses(scene.tls.host)
        assert found == await scene.network.addresses(scene.tls.host)
        assert all(map(is_address, found))
        anywhere = await scene.network.handshake(Peer(scene.tls), fresh=True)
        assert anywhere.address in found
        there = await scene.network.handshake(Peer(scene.tls, ip=anywhere.address), fresh=True)
        assert there.address == anywhere.address

    play(stage, tmp_path, story)


@both
@pytest.mark.parametrize("ip", ["127.0.0.1", "::1"])
def test_an_address_that_is_written_as_one_is_its_own(stage: Stage, tmp_path: Path, ip: str) -> None:
    async def story(scene: Scene) -> None:
        assert await scene.network.addresses(ip) == (ip,)

    play(stage, tmp_path, story)


@both
def test_each_question_has_its_reply_and_its_reading(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        hellos = [hello(bytes([number]) * 32) for number in range(5)]
        flights = [Flight(Want.HELLO, each) for each in hellos]
        asked = [Question(each.encode(), flight) for each, flight in zip(hellos, flights, strict=True)]
        found = await scene.network.ask(Peer(scene.tls), asked)
        assert found.seconds > 0
        assert [reply.ending for reply in found.replies] == [Ending.ANSWERED] * 5
        for reply, flight in zip(found.replies, flights, strict=True):
            assert flight.got is Got.HELLO
            assert flight.received == reply.received

    play(stage, tmp_path, story)


@both
def test_nothing_asked_is_nothing_answered(stage: Stage, tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        assert (await scene.network.ask(Peer(scene.tls), [])).replies == ()

    play(stage, tmp_path, story)
