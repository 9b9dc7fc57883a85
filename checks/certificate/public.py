"""What public authorities must hold to, and the certificates of theirs that do not.

Whether a certificate is public nothing says: the trusted roots may be the user's own. It counts as public when its chain
verifies, and either it carries the promise of a log of Certificate Transparency, which only public authorities have a use
for, or the organisation that issued it is known for issuing to the public. Rules with a date are those of the day on which
the certificate was issued.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.certificate.facts import Facts
from checks.model import Finding, Severity, State
from checks.rules import CLIENT_AUTH_ENDS, KNOWN_ISSUERS, least_scts, max_validity
from checks.rules.shapes import lifetime
from checks.wording import span
from checks.x509 import Certificate, Sct
from checks.x509.scts import shortfall

_CLIENTS = "clientAuth"


def breaches(facts: Facts) -> Iterator[Finding]:
    """Where a public certificate is not what the rules want; nothing of any other certificate."""
    leaf, promised = facts.leaf, _promised(facts)
    if leaf and facts.fault is None and (promised or leaf.issuer_organization in KNOWN_ISSUERS):
        yield from _length(leaf)
        yield from _purposes(leaf)
        yield from _promises(leaf, promised)


def _promised(facts: Facts) -> tuple[Sct, ...]:
    """The promises of logs that can be seen here: built into the certificate, or in its staple."""
    built_in = facts.leaf.scts if facts.leaf else ()
    return (*built_in, *facts.staple.scts) if facts.staple else built_in


def _length(leaf: Certificate) -> Iterator[Finding]:
    limit = max_validity(leaf.not_before)
    if not limit.allows(leaf.not_before, leaf.not_after):
        life = span(lifetime(leaf.not_before, leaf.not_after))
        issued = f"one issued on {leaf.not_before:%Y-%m-%d} may live {limit.days} days at most"
        yield Finding("cert.lifetime", Severity.OK, f"the certificate is made to live {life}; {issued}")


def _purposes(leaf: Certificate) -> Iterator[Finding]:
    """A certificate for clients too: where the vendor logs in with it, it will need another one."""
    if _CLIENTS in (leaf.purposes or ()):
        day = CLIENT_AUTH_ENDS.day
        is_late = CLIENT_AUTH_ENDS.has_come(leaf.not_before)
        rule = f"which none that is public may be since {day}" if is_late else f"which public ones cease to be by {day}"
        yield Finding("cert.eku_client", Severity.OK, f"the certificate is for clients as well (clientAuth), {rule}")


def _promises(leaf: Certificate, promised: tuple[Sct, ...]) -> Iterator[Finding]:
    """Too few promises of logs. Where none is seen nothing is known, for the handshake may bring some that it shows nobody.

    That third way (RFC 6962, section 3.3) is rare; an authority that builds promises in builds in all that are needed. Who
    runs which log changes with the months and is not known here, so that every log counts as run by somebody else.
    """
    owed = least_scts(leaf.not_before, leaf.not_after)
    short = shortfall(promised, owed.timestamps, owed.operators, {})
    if short and promised:
        yield Finding("cert.sct", Severity.WARNING, short, implies=State.UP)
    elif short:
        absent = "no log has promised to publish the certificate, unless in the handshake itself; else browsers refuse it"
        yield Finding("cert.sct", Severity.OK, absent)
