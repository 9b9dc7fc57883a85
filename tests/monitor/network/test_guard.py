from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.model import Reason, Unseen
from monitor.network.guard import SPECIAL, Guard, SpecialRange, special_range

NAT64 = ip_network("64:ff9b::/96")


def refusal(guard: Guard, *addresses: str, host: str = "db.internal") -> str:
    with pytest.raises(Unseen) as refused:
        guard.admit(host, [ip_address(address) for address in addresses])
    assert refused.value.failure.reason is Reason.CONFIG
    return refused.value.failure.detail


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "104.16.0.1",
        "223.255.255.255",
        "192.31.196.1",
        "2606:4700::6810:1",
        "2a00:1450:4001::1",
        "2000::1",
        "3fff:1000::1",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_are_admitted(address: str) -> None:
    Guard().admit("api.vendor.test", [ip_address(address)])


def test_no_address_is_nothing_to_refuse() -> None:
    Guard().admit("api.vendor.test", [])


# Written out a second time on purpose: first, last, and the public neighbours where there are any.
@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        ("0.0.0.1", "0.255.255.255", "this network"),
        ("0.0.0.0", "0.0.0.0", "unspecified"),
        ("10.0.0.0", "10.255.255.255", "private"),
        ("100.64.0.0", "100.127.255.255", "carrier"),
        ("127.0.0.0", "127.255.255.255", "loopback"),
        ("169.254.0.0", "169.254.255.255", "link-local"),
        ("172.16.0.0", "172.31.255.255", "private"),
        ("192.0.0.0", "192.0.0.255", "protocol"),
        ("192.0.2.0", "192.0.2.255", "documentation"),
        ("192.88.99.0", "192.88.99.255", "6to4"),
        ("192.168.0.0", "192.168.255.255", "private"),
        ("198.18.0.0", "198.19.255.255", "benchmarking"),
        ("198.51.100.0", "198.51.100.255", "documentation"),
        ("203.0.113.0", "203.0.113.255", "documentation"),
        ("224.0.0.0", "239.255.255.255", "multicast"),
        ("240.0.0.0", "255.255.255.254", "reserved"),
        ("255.255.255.255", "255.255.255.255", "broadcast"),
        ("::", "::", "unspecified"),
        ("::1", "::1", "loopback"),
        ("::2", "::ffff:ffff", "IPv4-compatible"),
        ("::1:0:0", "::fffe:ffff:ffff", "reserved"),
        ("::ffff:0:0", "::ffff:ffff:ffff", "IPv4-mapped"),
        ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "local NAT64"),
        ("64:ff9b:2::", "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"),
        ("100::", "100::ffff:ffff:ffff:ffff", "discard-only"),
        ("100:0:0:1::", "100::1:ffff:ffff:ffff:ffff", "dummy"),
        ("100:0:0:2::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"),
        ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff", "Teredo"),
        ("2001:1::", "2001:1:ffff:ffff:ffff:ffff:ffff:ffff", "protocol"),
        ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff", "benchmarking"),
        ("2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff", "ORCHID"),
        ("2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "ORCHIDv2"),
        ("2001:30::", "2001:3f:ffff:ffff:ffff:ffff:ffff:ffff", "drone"),
        ("2001:40::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "protocol"),
        ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"),
        ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "6to4"),
        ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "documentation"),
        ("4000::", "5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"),
        ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "segment routing"),
        ("6000::", "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"),
        ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "unique local"),
        ("fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved"),
        ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "link-local"),
        ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "site-local"),
        ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "multicast"),
    ],
)
def test_a_special_range_is_refused_from_its_first_address_to_its_last(first: str, last: str, kind: str) -> None:
    for address in (first, last):
        refusal(Guard(), address)
        special = special_range(ip_address(address))
        assert special is not None
        assert kind in special.kind


@pytest.mark.parametrize(
    "address",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0"),
        *("169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0"),
        *("192.0.1.255", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0"),
        *("198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0"),
        *("223.255.255.255", "2000::", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
        *("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"),
        *("3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ],
)
def test_the_neighbours_of_special_ranges_are_admitted(address: str) -> None:
    Guard().admit("api.vendor.test", [ip_address(address)])


@pytest.mark.parametrize("special", SPECIAL, ids=lambda special: str(special.network))
def test_every_range_is_refused_at_both_ends_and_admitted_when_allowed(special: SpecialRange) -> None:
    everything = [ip_network("0.0.0.0/0"), ip_network("::/0")]
    for address in (special.network[0], special.network[-1]):
        refusal(Guard(), str(address))
        Guard(everything).admit("db.internal", [address])


@settings(deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
@example(ip_address("100::2:0:0:1"))
def test_what_python_knows_not_to_be_public_is_refused(address: IPv4Address | IPv6Address) -> None:
    if address in NAT64 or (address.is_global and not address.is_multicast):
        return
    refusal(Guard(), str(address))


@settings(deadline=None)
@given(st.ip_addresses(v=6))
def test_outside_global_unicast_only_the_nat64_prefix_is_admitted(address: IPv6Address) -> None:
    if address not in IPv6Network("2000::/3") and address not in NAT64:
        refusal(Guard(), str(address))


def test_one_special_address_among_public_ones_is_enough() -> None:
    assert "10.1.2.3" in refusal(Guard(), "8.8.8.8", "2606:4700::1", "10.1.2.3")


def test_the_refusal_names_host_address_range_and_cure() -> None:
    assert refusal(Guard(), "10.1.2.3") == (
        "db.internal is 10.1.2.3, a private address (RFC 1918): not probed; "
        "where it is meant, add 10.0.0.0/8 (or 10.1.2.3/32) to network: allow: in monitor.yaml"
    )


def test_the_refusal_names_each_range_once() -> None:
    assert refusal(Guard(), "10.1.2.3", "10.1.2.4", "fd00::1") == (
        "db.internal is 10.1.2.3, a private address (RFC 1918) and fd00::1, a unique local address (RFC 4193): not probed; "
        "where it is meant, add 10.0.0.0/8 and fc00::/7 (or 10.1.2.3/32 and fd00::1/128) to network: allow: in monitor.yaml"
    )


def test_the_cure_for_a_range_of_one_address_is_said_once() -> None:
    assert refusal(Guard(), "::1").endswith("add ::1/128 to network: allow: in monitor.yaml")


def test_the_cure_leaves_out_the_zone_of_a_scoped_address() -> None:
    assert "(or fe80::1/128)" in refusal(Guard(), "fe80::1%eth0")


@pytest.mark.parametrize(
    ("allow", "address"),
    [
        ("10.0.0.0/8", "10.255.255.255"),
        ("10.1.2.3/32", "10.1.2.3"),
        ("fd12::/16", "fd12::1"),
        ("fe80::/10", "fe80::1%eth0"),
        ("10.0.0.0/8", "::ffff:10.1.2.3"),
        ("0.0.0.0/0", "::ffff:8.8.8.8"),
        ("::ffff:0:0/96", "::ffff:8.8.8.8"),
        ("10.0.0.0/8", "64:ff9b::10.1.2.3"),
        ("64:ff9b:1::/48", "64:ff9b:1::808:808"),
        ("64:ff9b:1::/48", "64:ff9b:1:808:8:800::"),
        ("2002::/16", "2002:808:808::1"),
        ("2001::/32", "2001:0:808:808::f7f7:f7f7"),
        ("::/96", "::808:808"),
    ],
)
def test_an_allowed_range_is_admitted(allow: str, address: str) -> None:
    Guard([ip_network(allow)]).admit("db.internal", [ip_address(address)])


@pytest.mark.parametrize(
    ("allow", "address", "carried"),
    [
        ("::ffff:0:0/96", "::ffff:10.1.2.3", "10.1.2.3"),
        ("::/96", "::10.1.2.3", "10.1.2.3"),
        ("2002::/16", "2002:a01:203::1", "10.1.2.3"),
        ("2001::/32", "2001:0:a01:203::f7f7:f7f7", "10.1.2.3"),
        ("2001::/32", "2001:0:808:808::f5fe:fdfc", "10.1.2.3"),
        ("64:ff9b::/96", "64:ff9b::10.1.2.3", "10.1.2.3"),
        ("64:ff9b:1::/48", "64:ff9b:1::10.1.2.3", "10.1.2.3"),
        ("64:ff9b:1::/48", "64:ff9b:1:a01:2:300::", "10.1.2.3"),
        ("64:ff9b:1::/48", "64:ff9b:1:a01:2:300:808:808", "10.1.2.3"),
    ],
)
def test_an_address_that_carries_a_special_one_is_refused_for_it_although_its_own_range_is_allowed(
    allow: str, address: str, carried: str
) -> None:
    assert f"is {carried}, a private address" in refusal(Guard([ip_network(allow)]), address)


def test_a_neighbouring_range_allows_nothing() -> None:
    refusal(Guard([ip_network("10.0.0.0/16"), ip_network("fd00::/16")]), "10.1.0.0")


LOCAL_NAMES = (
    "localhost",
    "LOCALHOST",
    "localhost.",
    "api.localhost",
    "intranet",
    "printer.local",
    "metadata.vendor.internal",
)


@pytest.mark.parametrize("name", LOCAL_NAMES)
def test_a_name_that_leads_a_proxy_to_itself_takes_what_loopback_takes(name: str) -> None:
    for allow in ([], [ip_network("127.0.0.0/8")], [ip_network("::1/128"), ip_network("10.0.0.0/8")]):
        with pytest.raises(Unseen) as refused:
            Guard(allow).admit_unresolved(name)
        assert refused.value.failure.reason is Reason.CONFIG
        assert refused.value.failure.detail.startswith(f"{name} is a name of the proxy's own network or host")
    Guard([ip_network("127.0.0.0/8"), ip_network("::1/128")]).admit_unresolved(name)


@pytest.mark.parametrize("name", ["api.vendor.test", "api.vendor.test.", "localhost.vendor.test", "notlocalhost.test"])
def test_any_other_name_is_the_proxys_to_resolve(name: str) -> None:
    Guard().admit_unresolved(name)
