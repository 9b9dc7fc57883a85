import os
from ipaddress import ip_address
from pathlib import Path

import pytest

from checks.values import Address
from monitor.network.dns.system import Reread, ResolvConf, parse_hosts, parse_resolv_conf

LOOPBACK_4, LOOPBACK_6 = ip_address("127.0.0.1"), ip_address("::1")


def test_hosts_are_read_with_comments_aliases_and_several_lines_for_a_name() -> None:
    text = """
    # the usual
    127.0.0.1 localhost Machine.Example.  # twice below
    ::1       localhost
    127.0.0.1 localhost
    fe80::1%lo scoped
    """
    assert parse_hosts(text) == {
        "localhost": (LOOPBACK_4, LOOPBACK_6),
        "machine.example": (LOOPBACK_4,),
        "scoped": (ip_address("fe80::1%lo"),),
    }


@pytest.mark.parametrize(
    "line", ["", "localhost", "127.0.0.1", "300.0.0.1 a", "# 127.0.0.1 a", "127.0.0.1/8 a", "\x00 \x00"]
)
def test_a_line_of_hosts_that_makes_no_sense_is_skipped(line: str) -> None:
    assert parse_hosts(f"{line}\n127.0.0.1 good") == {"good": (LOOPBACK_4,)}


def test_resolv_conf_gives_servers_search_list_and_ndots() -> None:
    text = """# made by hand
nameserver 192.0.2.53
nameserver 2001:db8::53 # trailing words are ignored
domain old.example
search . Corp.Example. example
options edns0 ndots:5 timeout:1
"""
    assert parse_resolv_conf(text) == ResolvConf(
        servers=(Address("192.0.2.53", 53), Address("2001:db8::53", 53)), search=("corp.example", "example"), ndots=5
    )


@pytest.mark.parametrize(
    "line",
    ["", "nameserver", "nameserver dns.example", "; nameserver 192.0.2.1", "options ndots:many", "options", "sortlist 10"],
)
def test_a_line_of_resolv_conf_that_makes_no_sense_is_skipped(line: str) -> None:
    assert parse_resolv_conf(f"{line}\nnameserver 192.0.2.53") == ResolvConf(servers=(Address("192.0.2.53", 53),))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def read(text: str) -> list[str]:
    return text.split()


def test_a_file_is_read_when_first_asked_for_and_again_when_it_has_changed(tmp_path: Path) -> None:
    path, clock = tmp_path / "hosts", Clock()
    path.write_text("one")
    file = Reread(path, read, clock)
    assert file.current() == ["one"]
    first = file.current()
    path.write_text("one two")
    assert file.current() is first, "a second has not passed"
    clock.now += 1
    assert file.current() == ["one", "two"]


def test_a_file_that_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    path, clock = tmp_path / "hosts", Clock()
    path.write_text("one")
    file = Reread(path, read, clock)
    first = file.current()
    clock.now += 1
    assert file.current() is first


def test_a_file_that_is_not_there_says_nothing_until_it_appears_and_again_when_it_is_gone(tmp_path: Path) -> None:
    path, clock = tmp_path / "hosts", Clock()
    file = Reread(path, read, clock)
    assert file.current() == []
    path.write_text("one")
    clock.now += 1
    assert file.current() == ["one"]
    path.unlink()
    clock.now += 1
    assert file.current() == []


def test_a_file_that_was_replaced_by_one_of_the_same_size_and_time_is_read_again(tmp_path: Path) -> None:
    path, clock = tmp_path / "hosts", Clock()
    path.write_text("one")
    file = Reread(path, read, clock)
    assert file.current() == ["one"]
    other = tmp_path / "other"
    other.write_text("two")
    stamp = path.stat().st_mtime_ns
    os.utime(other, ns=(stamp, stamp))
    other.replace(path)
    clock.now += 1
    assert file.current() == ["two"]


def test_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert Reread(tmp_path, read, Clock()).current() == []


def test_bytes_that_are_no_text_do_not_stop_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_bytes(b"\xff\xfe one")
    assert Reread(path, read, Clock()).current()[1:] == ["one"]
