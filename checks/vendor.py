"""A vendor, as its file describes it: frozen values that hold no behaviour beyond their own validity.

`VendorFile` is the shape of ``config/vendors/<slug>.yaml``, field for field: the loader fills it, the JSON Schema is
generated from it, and the string below each field is that field's documentation in both. A section that a new check
reads is a new field here. Constraints that a type cannot say are in ``__post_init__``: one `ValueError` whose
arguments are the sentences of all that are broken, each with its cure and, where it is about one field or item, that first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from checks import jsonpath
from checks.headers import TOKEN, headers_problems
from checks.values import Address, Day, Seconds, Secret, Url

Scalar = str | int | float | bool | None
"""What a JSON condition compares with."""


_STATUS_CODES = range(100, 600)
"""What status codes may be (RFC 9110, section 15)."""


def _require(*rules: tuple[object, str]) -> None:
    """Hold every rule: what must be true, and the sentence where it is not."""
    broken = [sentence for holds, sentence in rules if not holds]
    if broken:
        raise ValueError(*broken)


def _shows(text: str) -> bool:
    """Whether anything of *text* can be seen: white space and characters without width cannot."""
    return any(character.isprintable() and not character.isspace() for character in text)


class Tier(StrEnum):
    """How much depends on a vendor."""

    CRITICAL = "critical"
    STANDARD = "standard"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRef:
    """A component of a status page by its id, or all that meet a name, group and region; ``*`` and ``?`` are wildcards."""

    id: str | None = None
    """The platform's own id of the component. It survives renaming."""
    name: str | None = None
    """The component's name, as the page spells it; * and ? stand for any text: API *"""
    group: str | None = None
    """The name of the group it stands in: alone for all of the group, beside a name: where that is ambiguous."""
    region: str | None = None
    """Where it runs, on pages that tell regions apart: eu-west-1, europe-*. What runs everywhere counts too."""

    def __post_init__(self) -> None:
        others = (self.name, self.group, self.region)
        given = [part for part in (self.id, *others) if part is not None]
        alone = self.id is None or others == (None, None, None)
        _require(
            (given, "give a component an id:, or a name:, group: or region:"),
            (alone, "give a component either id: or name:, group: and region:; an id is unique by itself"),
            (all(map(_shows, given)), "the component's id:, name:, group: or region: is empty"),
        )

    def __str__(self) -> str:
        name = self.id or " / ".join(part for part in (self.group, self.name) if part)
        if not self.region:
            return name
        return f"{name} ({self.region})" if name else self.region


def _ref(component: str | ComponentRef) -> ComponentRef:
    return ComponentRef(name=component) if isinstance(component, str) else component


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """Where a vendor says how it is."""

    url: Url
    """The page as people open it."""
    platform: str = ""
    """Which reader understands the page: statuspage, statusio, feed, …; left out, it is recognised by itself."""
    page_id: str | None = None
    """The page's own id. Another id on the page is then a finding, not an outage."""
    components: tuple[str | ComponentRef, ...] = ()
    """The components you use: names, {id: …}, {group: …, name: …}, {region: …}. Without any, the page as a whole counts."""
    every: Seconds | None = None
    """How often to read the page; default 60s."""

    def __post_init__(self) -> None:
        empty = {index for index, name in enumerate(self.components) if isinstance(name, str) and not _shows(name)}
        refs = {index: _ref(one) for index, one in enumerate(self.components) if index not in empty}
        first = {ref: index for index, ref in reversed(refs.items())}
        _require(
            *((False, f"components[{index}]: is an empty name") for index in empty),
            *(
                (first[ref] == index, f"components[{index}]: is the same as components[{first[ref]}]: leave one out")
                for index, ref in refs.items()
            ),
        )

    @property
    def scope(self) -> tuple[ComponentRef, ...]:
        """The components in scope, each as a reference."""
        return tuple(map(_ref, self.components))


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicAuth:
    """A user and a password (RFC 7617)."""

    user: str
    """The user name."""
    password: Secret
    """Where the password is: env:NAME or file:/path."""

    def __post_init__(self) -> None:
        # A colon would end the user (RFC 7617, section 2).
        fault = re.search(r"[:\x00-\x1f\x7f]", self.user)
        _require((not fault, "user: must have no colon and no control character in it"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Credentials of a request, by reference."""

    bearer: Secret | None = None
    """Where the bearer token is: env:NAME or file:/path."""
    basic: BasicAuth | None = None
    """A user, and where the password is."""

    def __post_init__(self) -> None:
        _require(((self.bearer is None) != (self.basic is None), "give auth: either bearer: or basic:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonCondition:
    """A value that must stand in a JSON answer."""

    path: str
    """Where the value stands: $.status, $.regions[0].state"""
    equals: Scalar
    """What it must be, type included."""

    def __post_init__(self) -> None:
        jsonpath.steps(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What an answer must be like. Each condition that does not hold is a finding of its own."""

    status: tuple[int, ...] = ()
    """The accepted status codes; default any 2xx."""
    max_seconds: float | None = None
    """The slowest answer that is still well, in seconds; slower is degraded, not down."""
    header: Mapping[str, str] = field(default_factory=dict)
    """Header name to a pattern with * and ?, like content-type: text/*"""
    json: JsonCondition | None = None
    """A value that must stand in the JSON body."""

    def __post_init__(self) -> None:
        _require(
            *(
                (code in _STATUS_CODES, f"status[{index}]: {code} is not an HTTP status code: they run from 100 to 599")
                for index, code in enumerate(self.status)
            ),
            (self.max_seconds is None or self.max_seconds > 0, "max_seconds must be above 0"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address of the vendor's that we call ourselves."""

    url: Url
    """The address to call."""
    name: str | None = None
    """What to call the target; default its host and path. It is a metric label: keep it."""
    every: Seconds | None = None
    """How often to call it; default 60s."""
    method: str = "GET"
    """The HTTP method."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers to send. A value env:NAME or file:/path is a reference to a secret; keys, tokens and cookies must be one."""
    body: str | None = None
    """What to send as the request's body."""
    auth: Auth | None = None
    """Credentials, by reference: {bearer: env:TOKEN} or {basic: {user: me, password: file:/path}}"""
    follow_redirects: bool = True
    """Whether to follow redirects, at most five; otherwise a redirect is the answer."""
    expect: Expect = field(default_factory=Expect)
    """What the answer must be like."""

    def __post_init__(self) -> None:
        tunnel = "method: CONNECT opens a tunnel and has no answer to look at: use GET or HEAD"
        named = {name.lower() for name in self.headers}
        _require(
            (TOKEN.fullmatch(self.method), "method: is not an HTTP method, like GET or HEAD"),
            (self.method.upper() != "CONNECT", tunnel),
            (self.name != "", "name: is empty; leave it out for the default"),
            *((False, f"headers: {problem}") for problem in headers_problems(self.headers)),
            (not (self.auth and "authorization" in named), "auth: goes without a header authorization: keep one of the two"),
        )


class StartTls(StrEnum):
    """The protocol that is spoken before TLS, where a port begins without it."""

    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"
    POSTGRES = "postgres"
    LDAP = "ldap"
    XMPP = "xmpp"


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
        _require((_shows(self.reason), "reason: is empty: say why the finding is accepted"))


@dataclass(frozen=True, slots=True)
class TlsEntry:
    """An address that speaks TLS, and what is asked of it."""

    address: Address
    """The host:port to look at."""
    profile: str = ""
    """Which profile it is held to; left out, mozilla-intermediate-6.0."""
    starttls: StartTls | None = None
    """The protocol that is spoken before TLS, where the port begins without it: smtp, imap, pop3, postgres, ldap or xmpp."""
    deep: bool = False
    """Whether to ask once a week for every version, suite and group there is, over up to 200 connections."""
    waive: tuple[Waiver, ...] = ()
    """Findings that are accepted for a time: {finding: cert.chain_order, reason: known to the vendor, until: 2027-03-31}"""

    def __post_init__(self) -> None:
        first = {waiver.finding: index for index, waiver in reversed(list(enumerate(self.waive)))}
        _require(
            *(
                (first[one.finding] == index, f"waive[{index}]: waives what waive[{first[one.finding]}] does: leave one out")
                for index, one in enumerate(self.waive)
            ),
        )


def _entry(written: Address | TlsEntry) -> TlsEntry:
    return TlsEntry(written) if isinstance(written, Address) else written


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorFile:
    """One sub-processor: who it is, where it says how it is, and what of it we look at ourselves."""

    name: str
    """The vendor's name, as people know it; with a preset: its own, unless it is said here."""
    preset: str = ""
    """A vendor that the program knows (vendorwatch presets): fills in the name:, status: and tls: that are not said here."""
    owner: str = ""
    """Who is told; becomes the label team."""
    tier: Tier = Tier.STANDARD
    """How much depends on the vendor: critical, standard or low."""
    status: StatusPage | None = None
    """The vendor's status page: the claim."""
    endpoints: tuple[Endpoint, ...] = ()
    """What we call ourselves: the measurement."""
    tls: tuple[Address | TlsEntry, ...] = ()
    """What speaks TLS beside the https endpoints, which need no entry: host:port, or {address: host:port, profile: …}."""

    def __post_init__(self) -> None:
        first = {entry.address: index for index, entry in reversed(list(enumerate(self.tls_entries)))}
        _require(
            (self.name.strip(), "name: is empty"),
            *(
                (first[one.address] == index, f"tls[{index}]: is the address of tls[{first[one.address]}]: leave one out")
                for index, one in enumerate(self.tls_entries)
            ),
        )

    @property
    def tls_entries(self) -> tuple[TlsEntry, ...]:
        """What stands under ``tls:``, each as an entry."""
        return tuple(map(_entry, self.tls))

    @property
    def tls_served(self) -> tuple[TlsEntry, ...]:
        """Every address that speaks TLS, once: those of the https endpoints, then those of ``tls:``, whose words win."""
        implied = (Address(one.url.host, one.url.port) for one in self.endpoints if one.url.is_tls)
        said = {entry.address: entry for entry in self.tls_entries}
        return tuple(({address: TlsEntry(address) for address in implied} | said).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor(VendorFile):
    """A vendor with its identity: *slug* is the stem of its file's name and the label ``vendor``."""

    slug: str
