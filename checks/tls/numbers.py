"""What Prometheus gets of a look at TLS. A series stands for what was answered; what is unknown has none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from checks.model import Metric, Sample
from checks.rules import PROFILES
from checks.tls.facts import Facts, Settings
from checks.tls.grading import Grade
from checks.tls.judging import grade_of
from checks.tls.meeting import shortfalls
from checks.tls.posture import Verdict

GRADE = Metric(
    "vendor_tls_grade",
    "1 for the grade that the TLS configuration and the certificate get together, 0 for the other grades.",
    ("grade",),
)
PROVISIONAL = Metric("vendor_tls_grade_provisional", "Whether an answer that could lower the grade is missing.")
VERSION = Metric("vendor_tls_version_accepted", "Whether a version of TLS is accepted.", ("version",))
POST_QUANTUM = Metric("vendor_tls_post_quantum", "Whether a post-quantum key exchange is accepted.")
PROFILE = Metric("vendor_tls_profile_met", "Whether the profile that the address is held to is met.", ("profile",))
CONNECTIONS = Metric("vendor_tls_scan_connections", "How many connections the last look took beside its handshake.")

METRICS = (GRADE, PROVISIONAL, VERSION, POST_QUANTUM, PROFILE, CONNECTIONS)


def measure(facts: Facts | None, settings: Settings, at: datetime) -> Iterator[Sample]:
    """The samples of one look. While the target cannot be seen there is nothing to say: the grade seen last still stands."""
    if facts is None:
        return
    yield Sample(CONNECTIONS, float(facts.posture.connections))
    found = grade_of(facts, settings, at)
    if found.grade:
        yield from (Sample(GRADE, float(grade is found.grade), {"grade": grade.value}) for grade in Grade)
        yield Sample(PROVISIONAL, float(found.provisional))
        is_met = not any(shortfalls(facts, PROFILES[settings.profile], at))
        yield Sample(PROFILE, float(is_met), {"profile": settings.profile})
    for version, said in facts.posture.versions.items():
        if said is not Verdict.UNKNOWN:
            yield Sample(VERSION, float(said is Verdict.YES), {"version": version})
    if facts.posture.pq is not Verdict.UNKNOWN:
        yield Sample(POST_QUANTUM, float(facts.posture.pq is Verdict.YES))
