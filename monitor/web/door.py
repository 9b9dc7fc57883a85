"""Whether a request is let in: by what it brings where something is asked for, and else by the name it calls us by.

A web site that somebody on this machine visits may give its own name our address (DNS rebinding), and then read from the
browser what is served on loopback. Its requests name it in ``Host``, which a page cannot change. So on loopback, where
nothing is asked for, only addresses, ``localhost`` and the name we were told to listen on are answered to; what is none of
them is misdirected (RFC 9110, section 15.5.20). Where something is asked for, that is enough: a browser gives what it has
for us to no other name. Elsewhere than on loopback we cannot know all our names, and Prometheus may use any of them.
"""

from __future__ import annotations

import logging
import re
from contextlib import suppress
from email.message import Message
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address
from threading import Lock

from checks.hosts import is_address
from checks.model import Unseen
from checks.values import Address, Secret
from monitor.access import Access, admits
from monitor.credentials import reveal
from monitor.web.replies import Refusal

_STRANGER = Refusal(
    HTTPStatus.MISDIRECTED_REQUEST,
    "This answers to localhost and to addresses, not to the name it was called by. Where a proxy passes its own name on, "
    "set access: in monitor.yaml, or let the proxy send localhost as Host.",
)
_LACKING = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Whether you may see this cannot be found out: the log of the daemon says why."
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
            return None if self._is_ours(headers) else _STRANGER
        brought = headers.get_all("Authorization", [])
        try:
            if len(brought) == 1 and admits(access, brought[0], self._revealed):
                return None
        except Unseen:
            return _LACKING
        challenges = tuple(("WWW-Authenticate", challenge) for challenge in access.challenges)
        return Refusal(HTTPStatus.UNAUTHORIZED, "Whoever runs this daemon knows what it takes to see this.", challenges)

    def _is_ours(self, headers: Message) -> bool:
        return not self._is_loopback or all(map(self._is_our_name, headers.get_all("Host", [])))

    def _is_our_name(self, host: str) -> bool:
        """Whether what stands in ``Host`` is an address or a name of ours, with or without a port."""
        name = re.sub(r":[0-9]*$", "", host.strip().lower()).removesuffix(".")
        return (
            name in {"", "localhost", self._listen.host}
            or name.endswith(".localhost")  # RFC 6761, section 6.3: these are never asked of a name server
            or is_address(name.removeprefix("[").removesuffix("]"))
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
