"""What can be a host, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.hosts import a_labels, host_problem, is_local_name, name_problem
from checks.model import Unseen
from checks.tls.speaking import server_name
from checks.x509 import matches, read
from monitor.network.dns import read_host
from tests.support.certlab import HOST, INTERMEDIATE, server


@pytest.mark.parametrize(
    "host",
    [
        *("192.0.2.1", "::1", "2001:db8::1", "api.vendor.test", "API.vendor.test.", "localhost", "_dmarc.vendor.test"),
        *("1.2.3.4.example", "0xy.example", "b\u00fccher.test", "b\u00fccher\u3002test", "a" * 63 + ".test", "xn--a.test"),
    ],
)
def test_an_address_or_a_name_can_be_a_host(host: str) -> None:
    assert host_problem(host) is None


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("", "nothing before, after or between"),
        (".", "nothing before, after or between"),
        ("api..vendor.test", "nothing before, after or between"),
        ("127.1", "ends in a number"),
        ("0", "ends in a number"),
        ("0x7f000001", "ends in a number"),
        ("2130706433", "ends in a number"),
        ("169.254.169.254.", "ends in a number"),
        ("\uff11\uff12\uff17.0.0.1", "ends in a number"),
        ("127\u30020\u30020\u30021", "ends in a number"),
        ("%31.test", "a character that stands in no name"),
        ("a\0b", "a character that stands in no name"),
        ("a\u200b.test", "a character that stands in no name"),
        ("a\u2100b", "a character that stands in no name"),
        ("a" * 64 + ".test", "longer than"),
        ("a." * 127 + "test", "longer than"),
        ("a" * 300, "longer than"),
    ],
)
def test_what_cannot_be_a_host_is_told_why(host: str, problem: str) -> None:
    assert problem in (host_problem(host) or "")


@given(st.from_regex(r"[0-9a-zA-Z.\\@_-]{1,70}", fullmatch=True) | st.text(max_size=20))
@example("a" * 64)
def test_what_is_refused_here_is_never_asked_for(name: str) -> None:
    if name_problem(name):
        try:
            assert not isinstance(read_host(name), str)
        except Unseen:
            return
    elif name.isascii():
        read_host(name)


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("api.example.com", "api.example.com"),
        ("API.Example.com.", "api.example.com."),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER。example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ΑΣ.example", "xn--mxa0b.example"),
        ("_x.bücher.example", "_x.xn--bcher-kva.example"),
    ],
)
def test_a_name_is_written_in_ascii_in_one_way(name: str, ascii_name: str) -> None:
    assert a_labels(name) == ascii_name
    assert str(read_host(name)) == ascii_name
    assert server_name(name) == ascii_name.removesuffix(".")
    assert matches(read(server(INTERMEDIATE, server_name(name)).der), name)


@pytest.mark.parametrize("name", ["☃.example", "-ü.example", "a\N{ZERO WIDTH JOINER}b.example", "ü" * 60 + ".example"])
def test_a_name_that_cannot_be_written_so_is_nobodys(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        a_labels(name)
    assert server_name(name) == ""
    assert not matches(read(server(INTERMEDIATE, HOST).der), name)
    with pytest.raises(Unseen):
        read_host(name)


def test_what_means_something_only_in_a_network_of_ones_own_is_a_local_name() -> None:
    local = ["intranet", "LOCALHOST.", "api.localhost", "printer.local", "a.b.internal", "router.home.arpa"]
    assert [name for name in local if not is_local_name(name)] == []
    others = ["a.test", "local.test", "notlocal.test", "arpa.test", "in-addr.arpa", "watcher\u3002test"]
    assert [name for name in others if is_local_name(name)] == []
