"""Scans as generators, answers as they were heard, and the limits within which a scan is held."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from checks.model import Reason, Unseen
from checks.network import Ending, Network, Peer, Question, Reply, Round
from checks.tls.asking import Ask, Heard, Scan, Topic, hold, not_asked, one, together
from checks.tls.codes import TLS12
from checks.tls.flight import Want
from checks.tls.hello import Hello
from checks.tls.speaking import Speaker, server_name
from tests.support.tlsmemory import PEER, MemoryNetwork, by
from tests.support.tlsscript import Policy

ASK = Speaker("vendor.test").typical()
OLD = Ask(Topic.SSL2, None)


def alert(code: int, level: int = 2) -> bytes:
    return bytes([21, 3, 3, 0, 2, level, code])


def heard(content: bytes, ending: Ending = Ending.ANSWERED, ask: Ask = ASK) -> Heard:
    reading = ask.new_reading()
    if content:
        reading.feed(content)
    return Heard(ask, reading, Reply(ending, "as the network says"))


def flight(policy: Policy | None = None) -> bytes:
    said = by(policy or Policy())(ASK.content)
    assert isinstance(said, bytes)
    return said


def only_hello() -> bytes:
    """The ServerHello of that flight, in a record of its own."""
    message = flight()[5:]
    message = message[: 4 + int.from_bytes(message[1:4])]
    return bytes([22, 3, 3]) + len(message).to_bytes(2) + message


def asks(number: int) -> tuple[Ask, ...]:
    return tuple(Speaker(f"{place}.test").modern() for place in range(number))


def counted(*waves: int) -> Scan[list[int]]:
    """A scan that asks so many questions in each wave, and returns how many of them were asked."""
    asked = []
    for number in waves:
        answers = yield asks(number)
        asked.append(sum(answer.was_asked for answer in answers))
    return asked


def run(scan: Scan[list[int]], network: Network, *, budget: int = 100, seconds: float = 40.0) -> list[int]:
    return asyncio.run(hold(scan, network, PEER, budget=budget, seconds=seconds))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (heard(flight()), "accepted tls"),
        (heard(only_hello(), Ending.TIMEOUT), "accepted tls"),
        (heard(only_hello(), Ending.CLOSED), "accepted tls"),
        (heard(flight()[:20], Ending.CLOSED), "cut"),
        (heard(only_hello() + b"GET /"), ""),
        (heard(alert(40)), "refused tls"),
        (heard(alert(70)), "refused tls"),
        (heard(alert(112)), "tls"),
        (heard(alert(0, level=1)), "cut"),
        (heard(b"", Ending.CLOSED), "cut"),
        (heard(b"", Ending.RESET), "cut"),
        (heard(b"", Ending.TIMEOUT), ""),
        (heard(b"", Ending.UNREACHED), ""),
        (heard(b"", Ending.TOO_LARGE), ""),
        (heard(b"SSH-2.0-x\r\n"), ""),
        (heard(b"", Ending.CLOSED, OLD), "cut"),
        (heard(alert(70), ask=OLD), "refused tls"),
        (heard(alert(50), ask=OLD), "refused tls"),
        (heard(alert(80), ask=OLD), "tls"),
        (heard(alert(0), ask=OLD), "cut"),
        (heard(alert(50)), "puzzled tls"),
        (heard(alert(80)), "tls"),
        (heard(b"HTTP/1.1 400", ask=OLD), ""),
        (not_asked(ASK, "enough"), ""),
    ],
)
def test_what_an_answer_says_of_itself(answer: Heard, says: str) -> None:
    words = {
        "accepted": answer.is_accepted,
        "refused": answer.is_refused,
        "cut": answer.is_cut,
        "puzzled": answer.is_puzzled,
        "tls": answer.is_tls,
    }
    assert {word for word, holds in words.items() if holds} == {*says.split()}


def test_ssl2_is_accepted_by_its_own_words() -> None:
    said = by(Policy(ssl2=(0x010080,)))(OLD.content)
    assert isinstance(said, bytes)
    answer = heard(said, ask=OLD)
    assert answer.is_accepted
    assert answer.choice is None


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (heard(alert(112)), "the peer answered with the alert unrecognized_name"),
        (heard(b"", Ending.RESET), "the peer hung up"),
        (heard(b"", Ending.TIMEOUT), "as the network says"),
        (heard(b"SSH-2.0-x\r\n"), "the port speaks SSH, not TLS"),
        (not_asked(ASK, "enough"), "enough"),
    ],
)
def test_what_came_instead_of_a_choice_is_told(answer: Heard, detail: str) -> None:
    assert answer.detail == detail


def test_one_question_is_a_scan() -> None:
    scan = one(ASK)
    assert next(scan) == (ASK,)
    answer = not_asked(ASK, "x")
    with pytest.raises(StopIteration) as end:
        scan.send((answer,))
    assert end.value.value is answer


def test_scans_go_in_step_and_return_in_their_order() -> None:
    network = MemoryNetwork(says=by(Policy()))
    assert asyncio.run(hold(together(counted(1, 1, 1), counted(), counted(2)), network, PEER, budget=9)) == (
        [1, 1, 1],
        [],
        [2],
    )
    assert network.rounds == [3, 1, 1]


def test_each_scan_hears_the_answers_to_its_own_questions() -> None:
    scan = together(one(ASK), one(OLD))
    assert next(scan) == (ASK, OLD)
    first, second = not_asked(ASK, "a"), not_asked(OLD, "b")
    with pytest.raises(StopIteration) as end:
        scan.send((first, second))
    assert end.value.value == (first, second)


def test_no_scans_at_all_are_over_at_once() -> None:
    with pytest.raises(StopIteration) as end:
        next(together())
    assert end.value.value == ()


def test_no_more_than_a_handful_is_handed_over_at_once() -> None:
    network = MemoryNetwork(says=by(Policy()))
    assert run(counted(19), network) == [19]
    assert network.rounds == [8, 8, 3]


def test_what_is_beyond_the_budget_is_told_as_not_asked() -> None:
    network = MemoryNetwork(says=by(Policy()))
    assert run(counted(3, 9, 2), network, budget=7) == [3, 4, 0]
    assert len(network.asked) == 7


def test_when_the_time_is_over_nothing_more_is_asked() -> None:
    network = MemoryNetwork(says=by(Policy()), seconds=1.0)
    assert run(counted(3, 20, 2), network, seconds=10.0) == [3, 8, 0]


def test_why_a_question_was_not_asked_is_told() -> None:
    def scan() -> Scan[list[str]]:
        answers = yield asks(2)
        return [answer.reply.detail for answer in answers]

    network = MemoryNetwork(says=by(Policy()))
    asked, not_paid = asyncio.run(hold(scan(), network, PEER, budget=1))
    assert (asked, not_paid) == ("", "a look makes at most 1 connections")
    assert asyncio.run(hold(scan(), network, PEER, budget=9, seconds=0.0))[0] == "a look takes at most 0 s"


@dataclass
class Closing(MemoryNetwork):
    """It lets through so many rounds and refuses to ask on."""

    rounds_left: int = 0

    async def ask(self, peer: Peer, questions: Sequence[Question]) -> Round:
        if not self.rounds_left:
            raise Unseen(Reason.CONFIG, "the guard forbids it")
        self.rounds_left -= 1
        return await super().ask(peer, questions)


def test_a_network_that_asks_nothing_is_no_answer_of_the_peer() -> None:
    with pytest.raises(Unseen, match="guard"):
        run(counted(1), Closing())


def test_a_network_that_stops_asking_cuts_the_scan() -> None:
    assert run(counted(2, 3), Closing(says=by(Policy()), rounds_left=1)) == [2, 0]


def test_a_hello_is_the_same_each_time_and_another_for_another_question() -> None:
    speaker = Speaker("vendor.test")
    assert speaker.typical() == speaker.typical()
    hellos = [
        ask.hello for ask in (speaker.typical(), speaker.modern(), speaker.ask(TLS12, [1, 2]), speaker.ask(TLS12, [2, 1]))
    ]
    assert len({hello.random for hello in hellos if hello}) == 4
    assert {len(hello.random) for hello in hellos if hello} == {32}
    assert [len(hello.session_id) for hello in hellos if hello] == [0, 32, 0, 0]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("API.vendor.test.", "api.vendor.test"),
        ("192.0.2.1", ""),
        ("2001:db8::1", ""),
        ("b\u00fccher.test", "xn--bcher-kva.test"),
        ("\u00fc" * 70 + ".test", ""),
    ],
)
def test_a_host_is_named_as_hellos_name_it(host: str, name: str) -> None:
    assert server_name(host) == name


def test_an_answer_is_read_as_far_as_it_is_wanted() -> None:
    def scan() -> Scan[tuple[Heard, ...]]:
        hello = ASK.hello
        assert isinstance(hello, Hello)
        return (yield (Ask(Topic.CHOICE, hello), Ask(Topic.CHOICE, hello, Want.FLIGHT)))

    short, long = asyncio.run(hold(scan(), MemoryNetwork(says=by(Policy())), PEER, budget=2))
    assert [each.flight.certificates for each in (short, long) if each.flight] == [(), (b"leaf", b"intermediate")]


def test_a_scan_that_never_ends_is_a_bug_and_holds_nobody() -> None:
    def endless() -> Scan[None]:
        while True:
            yield (OLD,)

    with pytest.raises(RuntimeError, match="goes on asking"):
        asyncio.run(hold(endless(), MemoryNetwork(says=by(Policy())), PEER, budget=3))
