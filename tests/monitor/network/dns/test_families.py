from ipaddress import ip_address

import pytest

from checks.model import Failure, Reason
from monitor.network.dns.families import FAILURE_SECONDS, Reply, interleaved, merged

V4 = [ip_address(f"192.0.2.{n}") for n in range(1, 4)]
V6 = [ip_address(f"2001:db8::{n}") for n in range(1, 4)]
NONE = Reply(seconds=60)
DENIED = Reply(seconds=60, is_denial=True)
SILENT = Reply(fault="192.0.2.53:53 did not answer", is_silence=True)


def test_families_take_turns_beginning_with_ipv6() -> None:
    assert interleaved([*V4[:3], *V6[:2]]) == (V6[0], V4[0], V6[1], V4[1], V4[2])


def test_an_address_stands_once() -> None:
    assert interleaved([V4[0], V4[1], V4[0]]) == (V4[0], V4[1])


def test_an_answer_is_kept_for_the_shorter_of_both_times() -> None:
    v6, v4 = Reply(addresses=(V6[0],), seconds=200), Reply(addresses=(V4[0],), seconds=100)
    assert merged("a.test", [v6, v4]) == ((V6[0], V4[0]), 100)


@pytest.mark.parametrize(("ttl", "kept"), [(0, 5), (5, 5), (6, 6), (300, 300), (86400, 300)])
def test_the_time_is_held_between_limits(ttl: float, kept: float) -> None:
    assert merged("a.test", [NONE, Reply(addresses=(V4[0],), seconds=ttl)])[1] == min(kept, 60)
    assert merged("a.test", [Reply(seconds=ttl), Reply(addresses=(V4[0],), seconds=ttl)])[1] == kept


@pytest.mark.parametrize("other", [SILENT, Reply(fault="late"), Reply(fault="192.0.2.53:53 answered SERVFAIL")])
def test_a_family_that_could_not_be_asked_takes_nothing_from_the_other_and_is_asked_again_soon(other: Reply) -> None:
    found = Reply(addresses=(V4[0],), seconds=300)
    assert merged("a.test", [other, found]) == ((V4[0],), 5)
    assert merged("a.test", [found, other]) == ((V4[0],), 5)


@pytest.mark.parametrize("replies", [[NONE, SILENT], [SILENT, NONE], [DENIED, SILENT], [SILENT, SILENT]])
def test_without_an_address_a_family_that_could_not_be_asked_leaves_the_question_open(replies: list[Reply]) -> None:
    failure = Failure(Reason.RESOLVER, "a.test: 192.0.2.53:53 did not answer")
    assert merged("a.test", replies) == (failure, FAILURE_SECONDS)


def test_no_such_name_and_no_address_are_told_apart() -> None:
    assert merged("a.test", [DENIED, DENIED])[0] == Failure(Reason.DNS, "a.test: no such name")
    assert merged("a.test", [NONE, DENIED])[0] == Failure(Reason.DNS, "a.test: no such name")
    assert merged("a.test", [NONE, NONE])[0] == Failure(Reason.DNS, "a.test: the name exists and has no address")


def test_addresses_stand_beside_a_denial_of_the_other_family() -> None:
    assert merged("a.test", [DENIED, Reply(addresses=(V4[0],), seconds=60)])[0] == (V4[0],)
