from __future__ import annotations

import pytest

from checks.status.labels import Phase, subject
from checks.status.prose import read_phase

INVESTIGATING = "<p><strong>Investigating</strong> - We are looking into it.</p>"


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
        ("API outage", "", Phase.UNCLEAR),
        ("API outage last week", "What we learned from it.", Phase.UNCLEAR),
        ("Software update", "", Phase.UNCLEAR),
        ("API errors", "It will be resolved soon", Phase.UNCLEAR),
        ("API errors", "Until it is fixed use the old one", Phase.UNCLEAR),
        ("Partially resolved", "", Phase.UNCLEAR),
        ("", "", Phase.UNCLEAR),
        ("Payments stuck after being marked completed", INVESTIGATING, Phase.OPEN),
        ("Some orders incorrectly marked completed", INVESTIGATING, Phase.OPEN),
        ("Some orders incorrectly marked completed", "", Phase.UNCLEAR),
        ("Duplicate notifications for tickets already closed", INVESTIGATING, Phase.OPEN),
        ("Duplicate notifications for tickets already closed", "", Phase.UNCLEAR),
        ("Scheduled jobs reported as complete", INVESTIGATING, Phase.OPEN),
        ("Scheduled jobs reported as complete", "", Phase.UNCLEAR),
        ("Completed-order mails are lost", INVESTIGATING, Phase.OPEN),
        ("Some jobs completed", "We are investigating why others are not.", Phase.OPEN),
        ("Identified: Restored", "", Phase.OPEN),
        ("Login errors", "We are investigating reports that the previously resolved issue is back.", Phase.OPEN),
        ("Login errors", "The issue we fixed yesterday has returned and users cannot log in.", Phase.OPEN),
        ("Login errors", "The vendor says it has been fixed but we still see errors.", Phase.OPEN),
        ("Login errors", "It has been fixed, but not for everybody.", Phase.UNCLEAR),
        ("Login errors", "The issue that was fixed yesterday concerns some users.", Phase.UNCLEAR),
        ("Login errors", "The issue is resolved and the service has returned to normal.", Phase.DONE),
        ("Login errors", "We are seeing a full recovery and the issue is resolved.", Phase.DONE),
        ("Login errors", "The issue reported yesterday has been resolved.", Phase.DONE),
        ("API down", "We have fixed one of three clusters; the outage is ongoing.", Phase.OPEN),
        ("DNS not being resolved", "", Phase.OPEN),
        ("Hosts are no longer resolved", "", Phase.OPEN),
        ("Störung nicht behoben", "", Phase.OPEN),
        ("API errors", "Elevated error rates", Phase.UNCLEAR),
        ("API: outage", "", Phase.UNCLEAR),
        ("Emergency maintenance", "We are performing emergency maintenance; API is down", Phase.OPEN),
        ("Emergency maintenance", "We are performing emergency maintenance", Phase.UNDERWAY),
        ("Emergency maintenance", "", Phase.UNCLEAR),
        ("Investigating errors with Maintenance API", "<strong>Update</strong> - still broken", Phase.OPEN),
    ],
)
def test_an_entry_is_in_the_phase_its_words_plainly_say(title: str, body: str, phase: Phase) -> None:
    assert read_phase(title, body) is phase


def test_reading_a_phase_takes_no_longer_for_hostile_prose() -> None:
    for text in ("not resolved " * 5000, "(" * 50_000, "<" * 50_000, "status: " * 5000, "a" * 50_000, "12:30" * 9000):
        assert read_phase(text, text) in Phase
        assert isinstance(subject(text[:4000]), str)


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("[Resolved] API errors", "api errors"),
        ("Service is operating normally: [RESOLVED] API errors", "api errors"),
        ("Performance issues: API errors", "api errors"),
        ("Face check - Degraded Performance", "face check"),
        ("Card refunds investigating", "card refunds"),
        ("Payments: errors", "payments: errors"),
        ("[EU] errors", "[eu] errors"),
        ("Resolved", "resolved"),
        ("", ""),
    ],
)
def test_what_a_title_is_about_is_what_is_left_without_its_states(title: str, about: str) -> None:
    assert subject(title) == about
