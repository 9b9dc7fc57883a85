"""The shapes of the board's documents as JSON Schema 2020-12 (https://json-schema.org/draft/2020-12), by name.

Words are those of the program's own enumerations, and seconds by state those of its own tally: they cannot drift from what
is said. Every key is always there; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum

from checks.model import Claim, Reason, Severity, State
from checks.tls.grading import Grade
from checks.vendor import Tier
from monitor.board.document import VERSION
from monitor.board.shapes import Schema, enumeration, flag, listing, maybe, moment, number, record, reference, text
from monitor.board.values import Reading
from monitor.correlate import Disagreement
from monitor.history import Tally
from monitor.standing import Work

_WORDS: Mapping[str, tuple[type[Enum], str]] = {
    "State": (State, "What a vendor or a target is in, mildest first."),
    "Claim": (Claim, "What a vendor says of itself, mildest first."),
    "Tier": (Tier, "How much depends on a vendor."),
    "Severity": (Severity, "How much a finding matters, mildest first."),
    "Reason": (Reason, "Why a look failed."),
    "Disagreement": (Disagreement, "How the vendor's word and our measurement part."),
    "Work": (Work, "Who announced the work that is under way."),
    "Past": (Reading, "What came of reading the history: without done it may be null, or as it was known until its time."),
    "Grade": (Grade, "A TLS configuration and its certificate, from the best to the worst."),
}


def schemas() -> Mapping[str, Schema]:
    """Every schema by its name, as it stands below ``components/schemas``."""
    words = {name: enumeration(values, told) for name, (values, told) in _WORDS.items()}
    return words | {
        "Seconds": _seconds(),
        "Days": _days(),
        "History": _history(),
        "Outage": _outage(),
        "Certificate": _certificate(),
        "Failure": record("Why a look saw nothing.", {"reason": reference("Reason"), "detail": text("One sentence.")}),
        "Finding": _finding(),
        "Vendor": _vendor(),
        "Target": _target(),
        "Overview": _overview(),
        "VendorDetails": _details(),
        "Problem": _problem(),
    }


def _seconds() -> Schema:
    told = "Whole seconds, each in exactly one state; counted are those that availability is of: up, degraded and down."
    names = ["elapsed", "counted", *(field.name for field in fields(Tally))]
    return record(told, {name: {"type": "integer", "minimum": 0} for name in names})


def _shares() -> Mapping[str, Schema]:
    return {
        "availability": maybe(number("The share of what is counted that was not down.", minimum=0, maximum=1)),
        "coverage": maybe(number("The share of what elapsed that is not unknown.", minimum=0, maximum=1)),
        "seconds": reference("Seconds"),
    }


def _history() -> Schema:
    properties = {"until": moment("Until when it is counted."), **_shares(), "days": reference("Days")}
    return record("The last days together and one by one.", properties)


def _days() -> Schema:
    seconds = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
    columns = {field.name: {**seconds, "description": f"Seconds {field.name}, day by day."} for field in fields(Tally)}
    told = (
        "UTC days that follow one another, as columns: all are of one length, and the last day is as long as it has gone. "
        "Before a vendor was watched a day has no second in any state."
    )
    return record(told, {"first": text("The oldest day.", format="date"), **columns})


def _outage() -> Schema:
    properties = {
        "opened_at": moment("The first look that failed."),
        "confirmed_at": moment("When that was believed."),
        "claimed_at": maybe(moment("When the vendor's page was seen to admit something.")),
        "closed_at": maybe(moment("The first look that saw it well again; null while it goes on.")),
        "detection_seconds": number("From the first failure until it was believed."),
        "lead_seconds": maybe(number("How long before the admission we saw it; negative when the vendor told first.")),
        "lasted_seconds": maybe(number("How long it lasted.")),
        "targets": {"type": "array", "items": text("A target's key."), "description": "What was down, in that order."},
        "cause": text("What the first of them said."),
        "shared": maybe(text("What the vendor had in common with others that failed.")),
    }
    return record("A time in which a vendor was measured down.", properties)


def _certificate() -> Schema:
    properties = {
        "target": text("The key of the target that shows it."),
        "not_after": moment("When it ends, or a certificate of its chain."),
        "severity": reference("Severity"),
        "left_seconds": number("How long that is from made_at; negative once it is over."),
    }
    return record("The certificate whose end is judged worst; of those that are judged alike the first to end.", properties)


def _finding() -> Schema:
    properties = {"code": text("Stable and dotted."), "severity": reference("Severity"), "message": text("One sentence.")}
    return record("Something that was found at a target.", properties)


def _vendor() -> Schema:
    apart = record("Since when they part.", {"kind": reference("Disagreement"), "since": maybe(moment("Since when."))})
    properties = {
        "vendor": text("Its identity: the name of its file, and the label vendor of every metric."),
        "name": text("Its name."),
        "team": maybe(text("Who is told.")),
        "tier": reference("Tier"),
        "page": maybe(text("Its status page, as people open it.", format="uri")),
        "state": reference("State"),
        "since": maybe(moment("Since when it is in that state; null before the first look.")),
        "measured": maybe(reference("State"), "The state without what excuses it; null where nothing is measured."),
        "cause": maybe(text("Why it is in the state that was measured.")),
        "claim": maybe(reference("Claim"), "What the vendor says; null where it says nothing."),
        "admitted_since": maybe(moment("Since when the vendor says that something is wrong.")),
        "page_unread": maybe(text("Why its status page cannot be read; null where it can, and where there is none.")),
        "has_critical_finding": flag("Whether a target that is up has a critical finding."),
        "disagreement": maybe(apart),
        "outage": maybe(reference("Outage"), "The one that goes on."),
        "work": listing("Work", "Announced work that is under way and excuses what is measured."),
        "is_muted": flag("Whether nobody is told of it."),
        "is_flapping": flag("Whether its state changes again and again."),
        "objective_percent": maybe(number("How much of the time it should be available.")),
        "certificate": maybe(reference("Certificate")),
        "tls_grade": maybe(reference("Grade"), "The worst of its targets'."),
        "history": maybe(reference("History"), "null while it is not known, which past says."),
    }
    return record("A vendor.", properties)


def _target() -> Schema:
    properties = {
        "target": text("Its key: vendor, check and name."),
        "check": text("How it is looked at."),
        "name": text("What is looked at."),
        "every_seconds": number("How often.", exclusiveMinimum=0),
        "state": reference("State"),
        "since": moment("Since when."),
        "cause": maybe(text("Why.")),
        "claim": maybe(reference("Claim"), "What the vendor says there; null where the target measures."),
        "is_flapping": flag("Whether its state changes again and again."),
        "severity": maybe(reference("Severity"), "Of the newest look; null before the first."),
        "looked_at": maybe(moment("When the newest look began.")),
        "took_seconds": maybe(number("How long it took.", minimum=0)),
        "failure": maybe(reference("Failure"), "Why the newest look saw nothing; null where it saw something."),
        "seen_at": maybe(moment("When the newest look began that saw something.")),
        "findings": listing("Finding", "Of that look, the worst first."),
    }
    return record("One thing that is looked at.", properties)


def _head() -> Mapping[str, Schema]:
    lines = {"type": "array", "items": text("One line."), "description": "What of it does not work."}
    own = {"suspect": flag("Whether failures may be its own."), "troubles": lines}
    return {
        "version": {"const": VERSION, "description": "Of this document: another where a key goes away or means otherwise."},
        "made_at": moment("When this was said."),
        "own_network": record("How our own network is.", own),
        "past": reference("Past"),
    }


def _overview() -> Schema:
    counts = {each.value: {"type": "integer", "minimum": 0} for each in State}
    properties = {
        "is_starting": flag("Whether the daemon does not know its vendors yet."),
        "counts": record("How many vendors are in which state.", counts),
        "vendors": listing("Vendor", "Worst first."),
    }
    return record("Every vendor.", {**_head(), **properties})


def _details() -> Schema:
    properties = {
        "vendor": reference("Vendor"),
        "targets": listing("Target", "Worst first."),
        "outages": listing("Outage", "The newest first, those that are kept in mind."),
    }
    return record("All of one vendor.", {**_head(), **properties})


def _problem() -> Schema:
    status = {"type": "integer", "minimum": 400, "maximum": 599}
    properties = {"type": text("", format="uri"), "title": text(""), "status": status, "detail": text("One sentence.")}
    return record("Why there is no such page (RFC 9457).", properties)
