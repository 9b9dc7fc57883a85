"""Records other than addresses, from real name servers on loopback."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import dns.message
import dns.rdata
import dns.rrset
import pytest
from dns.rdataclass import RdataClass
from dns.rdatatype import RdataType

from checks.model import Failure, Reason, Unseen
from checks.network import RecordKind
from checks.values import Address
from monitor.network.dns import Resolver
from tests.support.nameserver import (
    NameServer,
    Script,
    name_server,
    records,
    referral,
    refusal,
    refused_port,
    silence,
    truncated,
)

NAME = "api.vendor.test"
SOON = 0.2
CAA = ('0 issue "letsencrypt.org; validationmethods=dns-01"', '128 iodef "mailto:sec@vendor.test"')
HTTPS = '1 . alpn="h2,h3" ech="AAT+DQAA"'


async def ask(
    servers: list[NameServer | Address], kind: RecordKind, name: str, conf: Path = Path("/nonexistent")
) -> tuple[str, ...] | Failure:
    addresses = [server.address if isinstance(server, NameServer) else server for server in servers]
    resolver = Resolver(addresses, hosts_file=Path("/nonexistent"), resolv_conf=conf, patience=SOON)
    try:
        return await resolver.records(name, kind)
    except Unseen as unseen:
        return unseen.failure
    finally:
        await resolver.aclose()


def say(*scripts: Script, kind: RecordKind = "CAA", name: str = NAME) -> tuple[tuple[str, ...] | Failure, list[NameServer]]:
    """What is said of *name* by name servers of which each follows a script; and these."""

    async def main() -> tuple[tuple[str, ...] | Failure, list[NameServer]]:
        if len(scripts) == 1:
            async with name_server({NAME: scripts[0]}) as only:
                return await ask([only], kind, name), [only]
        async with name_server({NAME: scripts[0]}) as first, name_server({NAME: scripts[1]}) as second:
            return await ask([first, second], kind, name), [first, second]

    said = asyncio.run(main())
    gc.collect()  # a socket left behind would be a warning, which is an error
    return said


def test_records_are_told_as_a_zone_would_write_them() -> None:
    found, (server,) = say(records("CAA", *CAA), name="API.Vendor.test")
    assert found == CAA
    assert server.asked == {(NAME, "CAA"): 1}


def test_what_is_asked_for_is_what_is_told() -> None:
    assert say(records("HTTPS", HTTPS), kind="HTTPS")[0] == (HTTPS,)
    assert say(records("HTTPS", HTTPS), kind="CAA")[0] == ()


def test_aliases_lead_to_the_records() -> None:
    assert say(records("CAA", *CAA, alias=("edge.cdn.test", "pop7.cdn.test")))[0] == CAA


def test_a_name_that_is_not_there_has_no_records() -> None:
    assert say(refusal("NXDOMAIN"))[0] == ()


def test_an_address_has_no_records_and_nobody_is_asked() -> None:
    found, (server,) = say(records("CAA", *CAA), name="192.0.2.1")
    assert found == ()
    assert not server.asked


def test_no_name_is_a_mistake_of_ours() -> None:
    found, _ = say(records("CAA", *CAA), name="not a name")
    assert isinstance(found, Failure)
    assert found.reason is Reason.CONFIG


def test_a_long_answer_comes_over_tcp() -> None:
    found, (server,) = say(truncated(records("CAA", *CAA)))
    assert found == CAA
    assert server.over_tcp == 1


@pytest.mark.parametrize("bad", [refusal("SERVFAIL"), refusal("REFUSED"), referral(), silence()])
def test_the_next_server_is_asked_where_the_first_cannot_tell(bad: Script) -> None:
    assert say(bad, records("CAA", *CAA))[0] == CAA


def test_a_denial_is_believed_when_the_second_server_does_not_know_better() -> None:
    assert say(refusal("NXDOMAIN"), records("CAA", *CAA))[0] == CAA


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (refusal("SERVFAIL"), "answered SERVFAIL"),
        (referral(), "does not look names up"),
        (silence(), "did not answer in 0.2 s"),
    ],
)
def test_when_nobody_can_tell_that_is_said(bad: Script, why: str) -> None:
    found, _ = say(bad)
    assert isinstance(found, Failure)
    assert found.reason is Reason.RESOLVER
    assert why in found.detail
    assert found.detail.startswith(f"{NAME}: ")


def test_a_server_that_is_not_there_and_none_at_all_are_our_own_trouble(tmp_path: Path) -> None:
    gone = asyncio.run(ask([refused_port()], "CAA", NAME))
    none = asyncio.run(ask([], "CAA", NAME, tmp_path / "resolv.conf"))
    assert isinstance(gone, Failure)
    assert isinstance(none, Failure)
    assert (gone.reason, none.reason) == (Reason.RESOLVER, Reason.RESOLVER)
    assert "no name server is configured" in none.detail


def test_of_very_many_records_a_few_are_taken() -> None:
    many = [f'0 issue "ca{number}.test"' for number in range(100)]
    found, _ = say(truncated(records("CAA", *many)))
    assert not isinstance(found, Failure)
    assert len(found) == 32


def test_a_huge_record_is_refused() -> None:
    found, _ = say(truncated(records("CAA", f'0 issue "{"x" * 9000}"')))
    assert found == Failure(Reason.RESOLVER, f"{NAME} has a CAA record of more than 8192 characters")


def _raw(rdata: bytes) -> Script:
    """Answer with a CAA record of those bytes, whatever they mean."""

    def script(query: dns.message.QueryMessage, _: bool) -> list[bytes]:  # noqa: FBT001 - the shape of every script
        response = dns.message.make_response(query, recursion_available=True)
        response.answer.append(
            dns.rrset.from_rdata(query.question[0].name, 60, dns.rdata.GenericRdata(RdataClass.IN, RdataType.CAA, rdata))
        )
        return [response.to_wire()]

    return script


@pytest.mark.parametrize("rdata", [b"", b"\0", b"\0\xffissue", b"\0\0", b"\0\x05is\xff\xfee"])
def test_a_record_that_is_none_is_nobodys_word(rdata: bytes) -> None:
    found, _ = say(_raw(rdata))
    assert isinstance(found, Failure)
    assert found.reason is Reason.RESOLVER


def test_what_does_not_print_is_escaped() -> None:
    found, _ = say(_raw(b"\0\x05issue\x1b[2J\n\xff"))
    assert found == ('0 issue "\\027[2J\\010\\255"',)
