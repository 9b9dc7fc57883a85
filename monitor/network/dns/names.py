"""Which host is meant, and which names to ask for it: text in, an address or names out.

What is no name is refused in words, before anybody is asked: a mistake in the configuration, never downtime. What a vendor's
redirect says has been read by the same rules (`checks.hosts`) before it comes here.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from checks.foreign import one_line, quoted
from checks.hosts import a_labels, name_problem
from checks.model import Reason, Unseen
from monitor.network.dns.system import IPAddress, ResolvConf

_REMEMBERED = 4096


@lru_cache(maxsize=_REMEMBERED)
def read_host(host: str) -> IPAddress | str:
    """*host* as an address, or as a name in ASCII and lower case. Raises `Unseen` with `Reason.CONFIG` for neither."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    problem = name_problem(host)
    if problem:
        raise Unseen(Reason.CONFIG, f"{quoted(host)} is not a host name: it {problem}")
    try:
        name = a_labels(host)
    except ValueError as error:
        raise Unseen(Reason.CONFIG, f"{quoted(host)} is not a host name: {one_line(str(error), 100)}") from error
    if problem := name_problem(name):
        raise Unseen(Reason.CONFIG, f"{quoted(host)} is not a host name: {quoted(name)} {problem}")
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
    return [candidate for candidate in tried if not name_problem(candidate)]
