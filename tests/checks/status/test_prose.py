from __future__ import annotations

import pytest

from checks.status.prose import Phase, read_phase


@pytest.mark.parametrize(
    ("title", "body", "phase"),
    [
        ("[Resolved] API outage", "", Phase.DONE),
        ("Resolved: API outage", "", Phase.DONE),
        ("API outage - Resolved", "", Phase.DONE),
        ("API outage (resolved)", "", Phase.DONE),
        ("Status: Resolved", "", Phase.DONE),
        ("File uploads resolved.", "", Phase.DONE),
        ("[Gelöst] Störung Webhosting", "", Phase.DONE),
        ("Incident résolu", "", Phase.DONE),
        ("API - Operational", "", Phase.DONE),
        ("Maintenance completed", "", Phase.DONE),
        ("Informational message: [RESOLVED] API errors", "", Phase.DONE),
        ("[Resolved] Scheduled maintenance", "", Phase.DONE),
        ("API outage", "<strong>Resolved</strong> - all is well. <strong>Investigating</strong> - we look.", Phase.DONE),
        ("API outage", "&lt;b&gt;Status: Resolved&lt;/b&gt;&lt;br/&gt;", Phase.DONE),
        ("API outage", "Status: resolved", Phase.DONE),
        ("API outage", "May 4, 10:00 UTC Resolved - all is well", Phase.DONE),
        ("API errors", "This incident has been resolved.", Phase.DONE),
        ("API errors", "Service is operating normally", Phase.DONE),
        ("Database failover", "<strong>Completed</strong> - The scheduled maintenance has been completed.", Phase.DONE),
        ("[Investigating] API errors", "", Phase.OPEN),
        ("Identified - API errors", "", Phase.OPEN),
        ("API outage", "<strong>Monitoring</strong> - a fix is in. It was resolved at 10:00.", Phase.OPEN),
        ("API outage", "<strong>Update</strong> - we go on.", Phase.OPEN),
        ("Face check - Degraded Performance", "", Phase.OPEN),
        ("[Outage] Face check", "", Phase.OPEN),
        ("Major outage - Face check", "", Phase.OPEN),
        ("API errors", "We are seeing elevated error rates.", Phase.OPEN),
        ("API errors", "We're currently investigating.", Phase.OPEN),
        ("API errors are unresolved", "", Phase.OPEN),
        ("API errors", "The trouble is not yet resolved.", Phase.OPEN),
        ("API errors not resolved", "We are working on it", Phase.OPEN),
        ("Störung ist noch nicht behoben", "", Phase.OPEN),
        ("Scheduled maintenance", "<strong>In progress</strong> - it begins.", Phase.UNDERWAY),
        ("[Under maintenance] Portal", "", Phase.UNDERWAY),
        ("Wartung begonnen", "", Phase.UNDERWAY),
        ("Geplante Wartungsarbeiten am 20. April", "", Phase.PLANNED),
        ("[Scheduled] Portal", "", Phase.PLANNED),
        ("Database maintenance", "<strong>Update</strong> - the window has moved.", Phase.PLANNED),
        ("Upcoming network work", "Please prepare.", Phase.PLANNED),
        ("Database maintenance", "We will restart it. It should be completed by noon.", Phase.PLANNED),
        ("[Information] A new office", "", Phase.INFORMATIONAL),
        ("API outage", "", Phase.INFORMATIONAL),
        ("API outage last week", "What we learned from it.", Phase.INFORMATIONAL),
        ("Software update", "", Phase.INFORMATIONAL),
        ("API errors", "It will be resolved soon", Phase.INFORMATIONAL),
        ("API errors", "Until it is fixed use the old one", Phase.INFORMATIONAL),
        ("Partially resolved", "", Phase.INFORMATIONAL),
        ("", "", Phase.INFORMATIONAL),
    ],
)
def test_an_entry_is_in_the_phase_its_words_plainly_say(title: str, body: str, phase: Phase) -> None:
    assert read_phase(title, body) is phase


def test_reading_a_phase_takes_no_longer_for_hostile_prose() -> None:
    for text in ("not resolved " * 5000, "(" * 50_000, "<" * 50_000, "status: " * 5000, "a" * 50_000, "12:30" * 9000):
        assert read_phase(text, text) in Phase
