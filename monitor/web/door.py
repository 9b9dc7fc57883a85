"""Whether a request is let in: by what it brings where something is asked for, and else by the name it calls us by.

A web site that somebody near us visits may give its own name our address (DNS rebinding), and then read with the browser
what we serve: on loopback, through a port of a container that is published there, or in a network that the site itself does
not reach. Its requests name it in ``Host``, which a page cannot change. So where nothing is asked for, only that is answered
to which no web site can be called; what is none of it is misdirected (RFC 9110, section 15.5.20):

- addresses, ``localhost``, and the name we were told to listen on;
- elsewhere than on loopback also what this machine calls itself, and names that are not in the public DNS: local ones, as
  containers and neighbours have them, and those that end as a Service of Kubernetes does.

Where something is asked for, that is enough: a browser gives what it has for us to no other name.
"""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Sequence
from contextlib import suppress
from email.message import Message
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address
from threading import Lock

from checks.foreign import quoted
from checks.hosts import is_address, is_local_name, name_problem
from checks.model import Unseen
from checks.values import Address, Secret
from monitor.access import Access, admits
from monitor.credentials import reveal
from monitor.web.replies import Refusal

_STRANGER = Refusal(
    HTTPStatus.MISDIRECTED_REQUEST,
    "This answers to addresses, localhost and local names, not to the name it was called by, which may be a web site's. Set "
    "access: in monitor.yaml, and it may be called by any name; a proxy may also send localhost as Host.",
)
_LACKING = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Whether you may see this cannot be found out: the log of the daemon says why."
)
_MISCALLED = (
    "not answered: a request for %s; without access: only addresses, localhost and local names are answered to, because any "
    "other may be a web site's (DNS rebinding): if it is yours, set access: in monitor.yaml"
)
_OPEN = "%s is no loopback address, and access: is not set in monitor.yaml: whoever reaches it can read all that is served"
_CURE = "until it can be had, nobody comes in with it: put it there, or name another under access: in monitor.yaml"

_log = logging.getLogger(__name__)


class Door:
    """Lets requests in, as *access* says, to a server that was told to *listen* somewhere, which is the address *found*."""

    def __init__(self, listen: Address, found: IPv4Address | IPv6Address, access: Access | None) -> None:
        self._listen = listen
        self._is_loopback = found.is_loopback
        self._access = access
        self._own_names = {"", "localhost", listen.host} | (set() if found.is_loopback else {socket.gethostname().lower()})
        self._has_miscalled = False
        self._lacking: dict[Secret, str] = {}
        self._lock = Lock()
        self._look_round()

    def adopt(self, access: Access | None) -> None:
        """Ask for what *access* says from the next request on."""
        if access != self._access:
            self._access = access
            self._look_round()

    def refusal(self, headers: Message) -> Refusal | None:
        """Why a request with these *headers* is not let in; None where it is."""
        access = self._access
        if access is None:
            return self._misdirection(headers.get_all("Host", []))
        brought = headers.get_all("Authorization", [])
        try:
            if len(brought) == 1 and admits(access, brought[0], self._revealed):
                return None
        except Unseen:
            return _LACKING
        challenges = tuple(("WWW-Authenticate", challenge) for challenge in access.challenges)
        return Refusal(HTTPStatus.UNAUTHORIZED, "Whoever runs this daemon knows what it takes to see this.", challenges)

    def _misdirection(self, hosts: Sequence[str]) -> Refusal | None:
        """That a request with these *hosts* is meant for somebody else; the log hears of the first."""
        foreign = next((host for host in hosts if not self._is_our_name(host)), None)
        if foreign is None:
            return None
        with self._lock:
            is_first, self._has_miscalled = not self._has_miscalled, True
        if is_first:
            _log.warning(_MISCALLED, quoted(foreign))
        return _STRANGER

    def _is_our_name(self, host: str) -> bool:
        """Whether what stands in ``Host`` is an address or a name of ours, with or without a port."""
        name = re.sub(r":[0-9]*$", "", host.strip().lower()).removesuffix(".")
        return (
            name in self._own_names
            or name.endswith(".localhost")  # RFC 6761, section 6.3: these are never asked of a name server
            or is_address(name.removeprefix("[").removesuffix("]"))
            or (not self._is_loopback and _is_neighbour(name))
        )

    def _look_round(self) -> None:
        """Tell what whoever runs this should know of what has just been set."""
        if self._access is None and not self._is_loopback:
            _log.warning(_OPEN, self._listen)
        for secret in self._access.secrets if self._access else ():
            with suppress(Unseen):
                self._revealed(secret)

    def _revealed(self, secret: Secret) -> str:
        """The secret; the log hears of it when that changes between well and not."""
        try:
            value = reveal(secret)
        except Unseen as unseen:
            if self._changes(secret, unseen.failure.detail):
                _log.error("access: %s; %s", unseen.failure.detail, _CURE)
            raise
        if self._changes(secret, ""):
            _log.info("access: the secret %s can be had again", secret)
        return value

    def _changes(self, secret: Secret, problem: str) -> bool:
        with self._lock:
            before = self._lacking.get(secret, "")
            self._lacking[secret] = problem
            return before != problem


def _is_neighbour(name: str) -> bool:
    return name_problem(name) is None and (is_local_name(name) or name.endswith(".svc"))
