"""Which host is meant, and which names to ask for it: text in, an address or names out.

What is no name is refused here in words, before anybody is asked; a redirect may send us anything.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address

import dns.exception
import dns.name

from checks.model import Reason, Unseen
from monitor.network.dns.system import IPAddress, ResolvConf

_LABEL = r"[a-z0-9_-]{1,63}"
_HOST_NAME = re.compile(rf"(?:{_LABEL}\.)*(?!(?:[0-9]+|0x[0-9a-f]*)\.?\Z){_LABEL}\.?")
"""Letters, digits, hyphens, and underscores, which are in use. A last label that is a number would be read as an address
by some (RFC 1123 section 2.1), and so is no name for anybody."""
_MAX_NAME = 253
_REMEMBERED = 4096


@lru_cache(maxsize=_REMEMBERED)
def read_host(host: str) -> IPAddress | str:
    """*host* as an address, or as a name in ASCII and lower case; raises `Unseen` when it is neither."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        name = dns.name.from_text(host, origin=None, idna_codec=dns.name.IDNA_2008_Practical).to_text().lower()
    except (dns.exception.DNSException, UnicodeError) as error:
        raise Unseen(Reason.DNS, f"{host[:100]!r} is not a host name: {str(error)[:100]!r}") from error
    if "\\" in host or not _HOST_NAME.fullmatch(name):  # dnspython reads a backslash as an escape
        cure = "write letters, digits and hyphens between dots, the last part not a number"
        raise Unseen(Reason.DNS, f"{host[:100]!r} is not a host name: {cure}")
    return name


def candidates(name: str, conf: ResolvConf) -> list[str]:
    """The names to ask for in place of *name*, in this order.

    A name with a dot is tried as it is first, and one with as many dots as ``ndots`` only so: behind a search list with a
    wildcard every vanished vendor would seem to be there. A dot at the end says that the name is whole.
    """
    dots = name.rstrip(".").count(".")
    is_whole = name.endswith(".") or dots >= conf.ndots
    longer = [] if is_whole else [f"{name}.{suffix}" for suffix in conf.search]
    tried = [name, *longer] if dots else [*longer, name]
    return [candidate for candidate in tried if len(candidate) <= _MAX_NAME and _HOST_NAME.fullmatch(candidate)]
