"""One look: what is asked in which order, and what becomes of a server that cannot be seen, or only by old means."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from checks.model import Failure, Reason, Unseen
from checks.network import Connection, Ending, Peer, Question, Reply
from checks.plain import plain
from checks.tls import CHECK, derive
from checks.tls.codes import TLS10, TLS12, TLS13
from checks.tls.facts import Facts, Settings, observe
from checks.tls.posture import Answered
from checks.tls.quick import QUICK_CONNECTIONS
from checks.values import Address, Day, Url
from checks.vendor import Endpoint, StartTls, TlsEntry, Vendor, Waiver
from checks.x509 import read
from tests.support.certlab import GOOD, HOST, INTERMEDIATE, ders, server, shown
from tests.support.network import FakeNetwork
from tests.support.tlsscript import Policy, Refusal, answer

ADDRESS = Address(HOST, 443)


def talk(policy: Policy) -> Any:
    """What a server of that policy says."""

    def say(_: Peer, question: Question) -> Reply:
        said = answer(policy, question.content)
        if isinstance(said, Refusal):
            return Reply(Ending.RESET)
        question.reading.feed(said)
        return Reply(Ending.ANSWERED if question.reading.is_over else Ending.CLOSED, received=len(said))

    return say


def network(policy: Policy, shaken: Connection | Unseen | None = None) -> FakeNetwork:
    connection = shaken or shown(ders(GOOD, INTERMEDIATE), HOST)
    return FakeNetwork(connections={ADDRESS: connection}, talks={ADDRESS: talk(policy)})


def look(policy: Policy, shaken: Connection | Unseen | None = None, **asked: Any) -> Facts:
    return asyncio.run(observe(Settings(address=ADDRESS, **asked), network(policy, shaken)))


def test_a_look_brings_home_handshake_and_scan() -> None:
    found = look(Policy(versions=(TLS12, TLS13)))
    assert found.certificate
    assert found.certificate.leaf
    assert found.posture.answered is Answered.TLS
    assert found.refusal == ""
    assert not found.posture.deep


def test_the_scan_asks_the_address_that_shook_hands_and_within_its_budget() -> None:
    peers: list[Peer] = []
    inner = talk(Policy(versions=(TLS12, TLS13)))

    def listening(peer: Peer, question: Question) -> Reply:
        peers.append(peer)
        said: Reply = inner(peer, question)
        return said

    shaken = shown(ders(GOOD, INTERMEDIATE), HOST)
    asyncio.run(observe(Settings(address=ADDRESS), FakeNetwork(connections={ADDRESS: shaken}, talks={ADDRESS: listening})))
    assert {peer.ip for peer in peers} == {shaken.address}
    assert len(peers) <= QUICK_CONNECTIONS


def test_the_handshake_is_a_fresh_one() -> None:
    noted: list[bool] = []

    class Noting(FakeNetwork):
        async def handshake(self, peer: Peer, *, fresh: bool = False) -> Connection:
            noted.append(fresh)
            return await super().handshake(peer, fresh=fresh)

    plain_one = network(Policy())
    noting = Noting(connections=plain_one.connections, talks=plain_one.talks)
    asyncio.run(observe(Settings(address=ADDRESS), noting))
    assert noted == [True]


def test_no_chain_is_kept_twice() -> None:
    found = look(Policy(versions=(TLS12,), chain=ders(GOOD, INTERMEDIATE)))
    assert (found.posture.chains, found.posture.staple, found.posture.scts) == ((), b"", b"")
    assert found.others == ()


def test_another_certificate_in_the_clear_is_kept_in_brief() -> None:
    other = server(INTERMEDIATE, "other")
    found = look(Policy(versions=(TLS12,), chain=ders(other, INTERMEDIATE)))
    assert [each.leaf.sha256 for each in found.others] == [read(other.der).sha256]
    assert not found.others[0].named


def test_a_chain_that_cannot_be_read_is_no_certificate() -> None:
    assert look(Policy(versions=(TLS12,), chain=(b"\x30\x00",))).others == ()


def test_a_server_of_old_is_scanned_although_nobody_can_connect() -> None:
    found = look(Policy(versions=(TLS10,)), Unseen(Reason.TLS, "unsupported protocol"))
    assert found.certificate is None
    assert found.refusal == "unsupported protocol"
    assert found.posture.versions["TLSv1.0"] == "yes"


@pytest.mark.parametrize("reason", [Reason.CONNECT, Reason.TIMEOUT])
def test_a_server_that_cuts_or_is_silent_is_explained_where_it_answers_the_scan(reason: Reason) -> None:
    found = look(Policy(versions=(TLS10,)), Unseen(reason, "no handshake"))
    assert (found.certificate, found.refusal) == (None, "no handshake")
    assert found.posture.versions["TLSv1.0"] == "yes"


@pytest.mark.parametrize("reason", [Reason.CONNECT, Reason.TIMEOUT, Reason.TLS])
def test_a_server_that_answers_nothing_fails_as_its_handshake_did(reason: Reason) -> None:
    deaf = FakeNetwork(
        connections={ADDRESS: Unseen(reason, "no handshake")}, talks={ADDRESS: lambda *_: Reply(Ending.TIMEOUT)}
    )
    with pytest.raises(Unseen) as caught:
        asyncio.run(observe(Settings(address=ADDRESS), deaf))
    assert caught.value.failure == Failure(reason, "no handshake")


@pytest.mark.parametrize("reason", [Reason.DNS, Reason.REFUSED, Reason.OFFLINE, Reason.CONFIG])
def test_a_server_that_cannot_be_reached_is_not_scanned(reason: Reason) -> None:
    with pytest.raises(Unseen) as caught:
        look(Policy(), Unseen(reason, "no"))
    assert caught.value.failure.reason is reason


def test_a_deep_look_is_a_setting() -> None:
    assert look(Policy(), **vars_of(CHECK.deepen(Settings(address=ADDRESS)) if CHECK.deepen else None)).posture.deep


def vars_of(settings: Settings | None) -> Mapping[str, Any]:
    assert settings
    return {"deep": settings.deep}


def test_facts_are_plain_and_describable() -> None:
    found = look(Policy(versions=(TLS12, TLS13)), deep=True)
    assert plain(found)
    assert CHECK.describe
    told = dict(CHECK.describe(found, Settings(address=ADDRESS, deep=True)))
    assert {"agreed on", "certificate", "versions", "post-quantum", "profile", "scan"} <= told.keys()
    assert "TLSv1.2 yes" in told["versions"]
    assert told["scan"].startswith("deep; ")


def test_the_protocol_is_remembered_over_looks() -> None:
    assert CHECK.remember
    assert CHECK.recall
    found = look(Policy())
    memo = CHECK.remember(found)
    assert CHECK.recall(Settings(address=ADDRESS), memo).known_alpn == found.alpn
    refused = look(Policy(versions=(TLS10,)), Unseen(Reason.TLS, "no"), known_alpn="h2")
    assert CHECK.remember(refused) == "h2", "what was not seen is still what it was"
    assert CHECK.recall(Settings(address=ADDRESS), "-").known_alpn == ""


VENDOR = Vendor(
    slug="acme",
    name="Acme",
    endpoints=(Endpoint(url=Url.parse("https://api.acme.test/v1")), Endpoint(url=Url.parse("http://old.acme.test/"))),
    tls=(
        TlsEntry(
            Address("mail.acme.test", 25),
            profile="ncsc-nl-2025",
            starttls=StartTls.SMTP,
            deep=True,
            waive=(Waiver(finding="tls.suite.cbc", reason="known", until=Day(2027, 3, 31)),),
        ),
    ),
)


def test_each_address_is_a_target_and_a_deep_look_one_more() -> None:
    targets = list(derive(VENDOR))
    assert [target.name for target in targets] == ["api.acme.test", "mail.acme.test:25", "mail.acme.test:25/deep"]
    assert [target.every for target in targets] == [None, None, 7 * 86_400]
    assert [target.settings.deep for target in targets] == [False, False, True]
    assert targets[0].settings == Settings(address=Address("api.acme.test", 443))
    mail = targets[1].settings
    assert (mail.profile, mail.is_chosen, mail.starttls, len(mail.waive)) == ("ncsc-nl-2025", True, StartTls.SMTP, 1)
