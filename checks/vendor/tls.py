"""An address that speaks TLS, and what is asked of it, as a vendor's file says."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from checks.rules import PROFILES, RULES
from checks.values import Address, Day
from checks.vendor.holding import repeats, require, shows

_NEAR = 3
"""How many findings are named that may be meant."""


class StartTls(StrEnum):
    """The protocol that is spoken before TLS, where a port begins without it."""

    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"
    POSTGRES = "postgres"
    LDAP = "ldap"
    XMPP = "xmpp"


_HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A finding that is known and accepted for a time. It is told as well, and counts again after the last day."""

    finding: str
    """The finding's code, as it is told: cert.chain_order"""
    reason: str
    """Why it is accepted, for whoever reads the finding."""
    until: Day
    """The last day on which it is accepted, like 2027-03-31; the day ends in UTC."""

    def __post_init__(self) -> None:
        unknown = _finding_problem(self.finding)
        require(
            (not unknown, unknown),
            (shows(self.reason), "reason: is empty: say why the finding is accepted"),
        )


@dataclass(frozen=True, slots=True)
class TlsEntry:
    """An address that speaks TLS, and what is asked of it."""

    address: Address
    """The host:port to look at."""
    profile: str = ""
    """Which guideline it is held to, like nist-800-52r2 or bsi-tr-02102-2-2026; left out, mozilla-intermediate-6.0."""
    starttls: StartTls | None = None
    """The protocol that is spoken before TLS, where the port begins without it: smtp, imap, pop3, postgres, ldap or xmpp."""
    deep: bool = False
    """Whether to ask once a week for every version, suite and group there is, over up to 200 connections."""
    waive: tuple[Waiver, ...] = ()
    """Findings that are accepted for a time: {finding: cert.chain_order, reason: known to the vendor, until: 2027-03-31}"""

    @property
    def name(self) -> str:
        """What targets at this address are called: the host, with the port where that is not the one of https."""
        return self.address.host if self.address.port == _HTTPS else str(self.address)

    def __post_init__(self) -> None:
        twice = repeats(waiver.finding for waiver in self.waive)
        unknown = _profile_problem(self.profile)
        require(
            (not unknown, unknown),
            *((False, f"waive[{index}]: waives what waive[{first}] does: leave one out") for index, first in twice),
        )


def _profile_problem(name: str) -> str:
    """What is wrong with *name* as a profile's; empty where nothing is."""
    if not name or name in PROFILES:
        return ""
    near = get_close_matches(name.lower(), PROFILES, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"profile: there is no profile of that name ({hint}known: {', '.join(PROFILES)})"


def _finding_problem(code: str) -> str:
    """What is wrong with *code* as a finding's; empty where nothing is."""
    if code in RULES:
        return ""
    within = [known for known in RULES if code.lower() in known] if code else []
    near = within[:_NEAR] or get_close_matches(code.lower(), RULES, n=_NEAR, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "they begin with cert, tls, http or dns, like cert.chain_order"
    return f"finding: there is no finding of that name ({hint})"
