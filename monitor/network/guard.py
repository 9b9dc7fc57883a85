"""Where we may not go: addresses that no public vendor has.

More people may edit the configuration than run this host, and a redirect is a vendor's word; neither shall make the daemon
look around in its own network. Pure: addresses come in, nothing or `Unseen` comes out. A refusal is a mistake in the
configuration, never downtime.

`SPECIAL` follows the IANA registries as they stood with RFC 9780 (2025):
https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry,
https://www.iana.org/assignments/ipv6-address-space. Blocks for protocol assignments are refused whole, with the few
anycast addresses in them that are globally reachable: no vendor is there. ``ipaddress`` is not asked, its ``is_global``
changes with the version of Python.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

from checks.hosts import is_local_name
from checks.model import Reason, Unseen

IPAddress: TypeAlias = IPv4Address | IPv6Address
IPNetwork: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class SpecialRange:
    """Addresses with a meaning of their own: *kind* says it to people, *source* is where it is laid down."""

    network: IPNetwork
    kind: str
    source: str


def _range(network: str, kind: str, source: str) -> SpecialRange:
    return SpecialRange(ip_network(network), kind, source)


_MAPPED = _range("::ffff:0:0/96", "an IPv4-mapped address", "RFC 4291 section 2.5.5.2")
_COMPATIBLE = _range("::/96", "an IPv4-compatible address", "RFC 4291 section 2.5.5.1")
_SIX_TO_FOUR = _range("2002::/16", "a 6to4 address", "RFC 3056")
_TEREDO = _range("2001::/32", "a Teredo address", "RFC 4380")
_LOCAL_NAT64 = _range("64:ff9b:1::/48", "a local NAT64 address", "RFC 8215")
_NAT64 = ip_network("64:ff9b::/96")
"""RFC 6052. Globally reachable, and what every IPv4-only vendor has in a network with DNS64: as good as what is in it."""

_LOOPBACK = int(IPv6Address("::1"))
_LOOPBACKS: tuple[IPAddress, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))

SPECIAL: tuple[SpecialRange, ...] = (
    _range("0.0.0.0/8", "an address of this network", "RFC 791 section 3.2"),
    _range("0.0.0.0/32", "the unspecified address", "RFC 1122 section 3.2.1.3"),
    _range("10.0.0.0/8", "a private address", "RFC 1918"),
    _range("100.64.0.0/10", "an address shared behind a carrier's NAT", "RFC 6598"),
    _range("127.0.0.0/8", "a loopback address", "RFC 1122 section 3.2.1.3"),
    _range("169.254.0.0/16", "a link-local address", "RFC 3927"),
    _range("172.16.0.0/12", "a private address", "RFC 1918"),
    _range("192.0.0.0/24", "an address for protocol assignments", "RFC 6890"),
    _range("192.0.2.0/24", "a documentation address", "RFC 5737"),
    _range("192.88.99.0/24", "an address of retired 6to4 relays", "RFC 7526"),
    _range("192.168.0.0/16", "a private address", "RFC 1918"),
    _range("198.18.0.0/15", "a benchmarking address", "RFC 2544"),
    _range("198.51.100.0/24", "a documentation address", "RFC 5737"),
    _range("203.0.113.0/24", "a documentation address", "RFC 5737"),
    _range("224.0.0.0/4", "a multicast address", "RFC 5771"),
    _range("240.0.0.0/4", "a reserved address", "RFC 1112 section 4"),
    _range("255.255.255.255/32", "the broadcast address", "RFC 919"),
    _range("::/8", "a reserved address", "RFC 4291 section 2.4"),
    _COMPATIBLE,
    _range("::/128", "the unspecified address", "RFC 4291 section 2.5.2"),
    _range("::1/128", "the loopback address", "RFC 4291 section 2.5.3"),
    _MAPPED,
    _LOCAL_NAT64,
    _range("100::/8", "a reserved address", "RFC 4291 section 2.4"),
    _range("100::/64", "a discard-only address", "RFC 6666"),
    _range("100:0:0:1::/64", "a dummy address", "RFC 9780"),
    _range("200::/7", "a reserved address", "RFC 4048"),
    _range("400::/6", "a reserved address", "RFC 4291 section 2.4"),
    _range("800::/5", "a reserved address", "RFC 4291 section 2.4"),
    _range("1000::/4", "a reserved address", "RFC 4291 section 2.4"),
    _range("2001::/23", "an address for protocol assignments", "RFC 2928"),
    _TEREDO,
    _range("2001:2::/48", "a benchmarking address", "RFC 5180"),
    _range("2001:10::/28", "a retired ORCHID identifier", "RFC 4843"),
    _range("2001:20::/28", "an ORCHIDv2 identifier", "RFC 7343"),
    _range("2001:30::/28", "a drone's remote identifier", "RFC 9374"),
    _range("2001:db8::/32", "a documentation address", "RFC 3849"),
    _SIX_TO_FOUR,
    _range("3fff::/20", "a documentation address", "RFC 9637"),
    _range("4000::/3", "a reserved address", "RFC 4291 section 2.4"),
    _range("5f00::/16", "a segment routing identifier", "RFC 9602"),
    _range("6000::/3", "a reserved address", "RFC 4291 section 2.4"),
    _range("8000::/3", "a reserved address", "RFC 4291 section 2.4"),
    _range("a000::/3", "a reserved address", "RFC 4291 section 2.4"),
    _range("c000::/3", "a reserved address", "RFC 4291 section 2.4"),
    _range("e000::/4", "a reserved address", "RFC 4291 section 2.4"),
    _range("f000::/5", "a reserved address", "RFC 4291 section 2.4"),
    _range("f800::/6", "a reserved address", "RFC 4291 section 2.4"),
    _range("fc00::/7", "a unique local address", "RFC 4193"),
    _range("fe00::/9", "a reserved address", "RFC 4291 section 2.4"),
    _range("fe80::/10", "a link-local address", "RFC 4291 section 2.5.6"),
    _range("fec0::/10", "a site-local address", "RFC 3879"),
    _range("ff00::/8", "a multicast address", "RFC 4291 section 2.7"),
)
"""Every special range; of those that hold an address the narrowest says what it is."""


class Guard:
    """Refuses special addresses outside of *allow*; an IPv4 range there stands for its IPv4-mapped form too."""

    def __init__(self, allow: Sequence[IPNetwork] = ()) -> None:
        self._allow = tuple(allow)

    def admit(self, host: str, addresses: Sequence[IPAddress]) -> None:
        """Return when every one of *addresses*, which *host* resolved to, may be connected to.

        An address that carries an IPv4 address is refused for either. Raises `Unseen` with `Reason.CONFIG`, which names
        what is refused, one address of each range, and the cure.
        """
        refused: dict[SpecialRange, IPAddress] = {}
        for address in addresses:
            for form, special in self._refused(address):
                refused.setdefault(special, form)
        if refused:
            raise Unseen(Reason.CONFIG, f"{host} is {_told(refused)}")

    def admit_unresolved(self, name: str) -> None:
        """Return when *name*, whose address only a proxy will learn, may be asked for.

        A name that means something only where the proxy stands can be the proxy's own host, so it takes what loopback
        takes. Raises `Unseen` with `Reason.CONFIG` and the cure.
        """
        if is_local_name(name) and not all(map(self._allows, _LOOPBACKS)):
            why = "is a name of the proxy's own network or host: not probed; where it is meant"
            raise Unseen(Reason.CONFIG, f"{name} {why}, add 127.0.0.0/8 and ::1/128 to network: allow: in monitor.yaml")

    def _refused(self, address: IPAddress) -> Sequence[tuple[IPAddress, SpecialRange]]:
        """What is wrong with *address*: with the IPv4 addresses it carries, then with itself."""
        forms = (*_carried(address), address)
        specials = [(form, special_range(form)) for form in forms if not self._allows(form)]
        found = [(form, special) for form, special in specials if special is not None]
        return found[:1] if address in _MAPPED.network else found

    def _allows(self, address: IPAddress) -> bool:
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        return any(address in network for network in self._allow) or (mapped is not None and self._allows(mapped))


def _told(refused: Mapping[SpecialRange, IPAddress]) -> str:
    """What was *refused*, and what to write where it is meant."""
    found = " and ".join(f"{address}, {special.kind} ({special.source})" for special, address in refused.items())
    ranges = " and ".join(str(special.network) for special in refused)
    single = " and ".join(f"{type(address)(int(address))}/{address.max_prefixlen}" for address in refused.values())
    cure = ranges if ranges == single else f"{ranges} (or {single})"
    return f"{found}: not probed; where it is meant, add {cure} to network: allow: in monitor.yaml"


@lru_cache(maxsize=4096)
def special_range(address: IPAddress) -> SpecialRange | None:
    """The narrowest special range that holds *address*; what it carries is not looked at."""
    if address in _NAT64:
        return None
    found = [special for special in SPECIAL if address in special.network]
    return max(found, key=lambda special: special.network.prefixlen, default=None)


def _carried(address: IPAddress) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a gateway, or the kernel, would make of *address*."""
    if isinstance(address, IPv4Address):
        return ()
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _LOCAL_NAT64.network:
        return _of_local_nat64(int(address))
    is_padded = address in _MAPPED.network or address in _COMPATIBLE.network or address in _NAT64
    return (_low(int(address)),) if is_padded and int(address) > _LOOPBACK else ()


def _of_local_nat64(number: int) -> tuple[IPv4Address, ...]:
    """Whether the translator's prefix is the whole /48 or a /96 in it is its owner's choice (RFC 6052 section 2.2): both."""
    split = _low((number >> 48 & 0xFFFF0000) | (number >> 40 & 0xFFFF))
    return tuple(address for address in (split, _low(number)) if int(address))


def _low(number: int) -> IPv4Address:
    return IPv4Address(number & 0xFFFFFFFF)
