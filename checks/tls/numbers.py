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
PROFILE = Metric(
    "vendor_tls_profile_met",
    "Whether the profile that the address is held to is met, as far as was asked; absent while an answer is missing.",
    ("profile",),
)
SESSION = Metric(
    "vendor_tls_session_info", "What a client of today agrees on with the server; always 1.", ("version", "cipher", "group")
)
CONNECTIONS = Metric("vendor_tls_scan_connections", "How many connections the last look took beside its handshake.")

METRICS = (GRADE, PROVISIONAL, VERSION, POST_QUANTUM, PROFILE, SESSION, CONNECTIONS)


def _profile(is_open: bool, facts: Facts, settings: Settings, at: datetime) -> Iterator[Sample]:  # noqa: FBT001
    """Whether the profile is met: surely not where something falls short, and surely so only where nothing is open."""
    is_short = any(shortfalls(facts, PROFILES[settings.profile], at))
    if is_short or not is_open:
        yield Sample(PROFILE, float(not is_short), {"profile": settings.profile})


def measure(facts: Facts | None, settings: Settings, at: datetime) -> Iterator[Sample]:
    """The samples of one look. While the target cannot be seen there is nothing to say: the grade seen last still stands."""
    if facts is None:
        return
    yield Sample(CONNECTIONS, float(facts.posture.connections))
    if shown := facts.certificate:
        labels = {"version": shown.tls_version, "cipher": shown.cipher, "group": shown.group or "none"}
        yield Sample(SESSION, 1.0, labels)
    found = grade_of(facts, settings, at)
    if found.grade:
        yield from (Sample(GRADE, float(grade is found.grade), {"grade": grade.value}) for grade in Grade)
        yield Sample(PROVISIONAL, float(found.provisional))
        yield from _profile(found.provisional, facts, settings, at)
    for version, said in facts.posture.versions.items():
        if said is not Verdict.UNKNOWN:
            yield Sample(VERSION, float(said is Verdict.YES), {"version": version})
    if facts.posture.pq is not Verdict.UNKNOWN:
        yield Sample(POST_QUANTUM, float(facts.posture.pq is Verdict.YES))
