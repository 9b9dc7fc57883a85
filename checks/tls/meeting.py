"""Whether a server meets a profile: every point at which it falls short, as a sentence. Pure; a profile is data.

Only what was seen can fall short, and a profile is silent where its guideline is. Before the day from which a profile counts
there is nothing to meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from checks.rules import Profile
from checks.rules.shapes import day_of
from checks.tls.facts import Facts
from checks.tls.marks import accepted, few
from checks.tls.posture import Verdict
from checks.x509 import Certificate


def shortfalls(facts: Facts, profile: Profile, at: datetime) -> Iterator[str]:
    """The points at which what was seen falls short of *profile* at a time."""
    if day_of(at) < profile.effective:
        return
    posture = facts.posture
    yield from _beyond("accepts", accepted(posture), partial(profile.allows_version, at=at))
    for name in profile.required_versions(at):
        if posture.versions.get(name) is Verdict.NO:
            yield f"lacks {name}"
    suites = dict.fromkeys(suite for suites in posture.suites.values() for suite in suites)
    yield from _beyond("accepts", suites, partial(profile.allows_suite, at=at))
    yield from _beyond("accepts the group", posture.groups, partial(profile.allows_group, at=at))
    if posture.dh_bits is not None and posture.dh_bits < profile.dh_bits:
        yield f"uses a Diffie-Hellman group of {posture.dh_bits} bits, not {profile.dh_bits}"
    if facts.certificate and facts.certificate.leaf:
        yield from _certificate(facts.certificate.leaf, profile)
    if facts.web.hsts is not None and facts.web.hsts < profile.hsts_seconds:
        yield f"HSTS of {facts.web.hsts} s, not {profile.hsts_seconds}"


def _beyond(verb: str, seen: Iterable[str], allows: Callable[[str], bool]) -> Iterator[str]:
    """What was *seen* and is not allowed."""
    extra = [name for name in seen if not allows(name)]
    if extra:
        yield f"{verb} {few(extra)}"


def _certificate(leaf: Certificate, profile: Profile) -> Iterator[str]:
    least = {"rsa": profile.rsa_bits, "ec": profile.ec_bits}.get(leaf.key_type, 0)
    if leaf.key_bits < least:
        yield f"has a key of {leaf.key_bits} bits ({leaf.key_type}), not {least}"
    if profile.key_types and leaf.key_type not in profile.key_types:
        yield f"has a key of the type {leaf.key_type}, not {' or '.join(profile.key_types)}"
    days = (leaf.not_after - leaf.not_before).days
    if profile.max_days and days > profile.max_days:
        yield f"has a certificate for {days} days, not {profile.max_days}"
