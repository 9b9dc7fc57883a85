"""What a person reads of a look at TLS beside its findings: what the server accepts, and what was agreed on."""

from __future__ import annotations

from collections.abc import Iterator

from checks.tls.facts import Facts, Settings
from checks.tls.posture import Posture
from checks.tls.suites import strength_named


def describe(facts: Facts, settings: Settings) -> Iterator[tuple[str, str]]:
    """Headings and texts, in reading order."""
    shown, posture = facts.certificate, facts.posture
    if shown:
        yield "agreed on", ", ".join(filter(None, (shown.tls_version, shown.cipher, shown.group, shown.alpn)))
    if shown and shown.leaf:
        leaf = shown.leaf
        yield "certificate", f"{leaf.key_type} {leaf.key_bits}, by {leaf.issuer_name}, until {leaf.not_after:%Y-%m-%d}"
    yield "versions", ", ".join(f"{name} {said.value}" for name, said in sorted(posture.versions.items()))
    yield from _suites(posture)
    if posture.groups:
        yield "groups", ", ".join(posture.groups) + ("" if posture.deep else " (the first choice)")
    yield "post-quantum", posture.pq.value
    if facts.web.hsts is not None:
        yield "HSTS", f"{facts.web.hsts} s" if facts.web.hsts else "none"
    yield "profile", settings.profile
    depth = "deep" if posture.deep else "quick; --deep lists all suites and groups"
    yield "scan", f"{depth}; {posture.connections} connections, {facts.received:,} bytes"
    yield from (("note", note) for note in posture.notes)


def _suites(posture: Posture) -> Iterator[tuple[str, str]]:
    for version, suites in posture.suites.items():
        whole = "" if version in posture.complete else " (those seen)"
        yield f"{version} suites{whole}", "\n".join(f"{suite}  {strength_named(suite).value}" for suite in suites)
