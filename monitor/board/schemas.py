"""The shapes of the board's documents as JSON Schema 2020-12 (https://json-schema.org/draft/2020-12), by name.

Words are those of the program's own enumerations, and seconds by state those of its own tally: they cannot drift from what
is said. Every key is always there; what is not known is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from typing import Any

from checks.model import Claim, Reason, Severity, State
from checks.tls.grading import Grade
from checks.vendor import Tier
from monitor.board.document import VERSION
from monitor.board.values import Reading
from monitor.correlate import Disagreement
from monitor.history import Tally
from monitor.standing import Work

Schema = dict[str, Any]

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
    words = {name: _enumeration(values, told) for name, (values, told) in _WORDS.items()}
    return words | {
        "Seconds": _seconds(),
        "Days": _days(),
        "History": _history(),
        "Outage": _outage(),
        "Certificate": _certificate(),
        "Failure": _object("Why a look saw nothing.", {"reason": _ref("Reason"), "detail": _text("One sentence.")}),
        "Finding": _finding(),
        "Vendor": _vendor(),
        "Target": _target(),
        "Overview": _overview(),
        "VendorDetails": _details(),
        "Problem": _problem(),
    }


def _enumeration(values: type[Enum], told: str) -> Schema:
    return {"type": "string", "enum": [each.value for each in values], "description": told}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _maybe(schema: Schema, told: str = "") -> Schema:
    return {"anyOf": [schema, {"type": "null"}], **({"description": told} if told else {})}


def _object(told: str, properties: Mapping[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": told,
        "properties": dict(properties),
        "required": [*properties],
        "additionalProperties": False,
    }


def _list(of: str, told: str) -> Schema:
    return {"type": "array", "items": _ref(of), "description": told}


def _text(told: str, **more: str) -> Schema:
    return {"type": "string", **({"description": told} if told else {}), **more}


def _time(told: str) -> Schema:
    return _text(told, format="date-time")


def _flag(told: str) -> Schema:
    return {"type": "boolean", "description": told}


def _number(told: str, **limits: float) -> Schema:
    return {"type": "number", "description": told, **limits}


def _seconds() -> Schema:
    told = "Whole seconds, each in exactly one state; counted are those that availability is of: up, degraded and down."
    names = ["elapsed", "counted", *(field.name for field in fields(Tally))]
    return _object(told, {name: {"type": "integer", "minimum": 0} for name in names})


def _shares() -> Mapping[str, Schema]:
    return {
        "availability": _maybe(_number("The share of what is counted that was not down.", minimum=0, maximum=1)),
        "coverage": _maybe(_number("The share of what elapsed that is not unknown.", minimum=0, maximum=1)),
        "seconds": _ref("Seconds"),
    }


def _history() -> Schema:
    properties = {"until": _time("Until when it is counted."), **_shares(), "days": _ref("Days")}
    return _object("The last days together and one by one.", properties)


def _days() -> Schema:
    seconds = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
    columns = {field.name: {**seconds, "description": f"Seconds {field.name}, day by day."} for field in fields(Tally)}
    told = (
        "UTC days that follow one another, as columns: all are of one length, and the last day is as long as it has gone. "
        "Before a vendor was watched a day has no second in any state."
    )
    return _object(told, {"first": _text("The oldest day.", format="date"), **columns})


def _outage() -> Schema:
    properties = {
        "opened_at": _time("The first look that failed."),
        "confirmed_at": _time("When that was believed."),
        "claimed_at": _maybe(_time("When the vendor's page was seen to admit something.")),
        "closed_at": _maybe(_time("The first look that saw it well again; null while it goes on.")),
        "detection_seconds": _number("From the first failure until it was believed."),
        "lead_seconds": _maybe(_number("How long before the admission we saw it; negative when the vendor told first.")),
        "lasted_seconds": _maybe(_number("How long it lasted.")),
        "targets": {"type": "array", "items": _text("A target's key."), "description": "What was down, in that order."},
        "cause": _text("What the first of them said."),
        "shared": _maybe(_text("What the vendor had in common with others that failed.")),
    }
    return _object("A time in which a vendor was measured down.", properties)


def _certificate() -> Schema:
    properties = {
        "target": _text("The key of the target that shows it."),
        "not_after": _time("When it ends, or a certificate of its chain."),
        "severity": _ref("Severity"),
        "left_seconds": _number("How long that is from made_at; negative once it is over."),
    }
    return _object("The certificate whose end is judged worst; of those that are judged alike the first to end.", properties)


def _finding() -> Schema:
    properties = {"code": _text("Stable and dotted."), "severity": _ref("Severity"), "message": _text("One sentence.")}
    return _object("Something that was found at a target.", properties)


def _vendor() -> Schema:
    apart = _object("Since when they part.", {"kind": _ref("Disagreement"), "since": _maybe(_time("Since when."))})
    properties = {
        "vendor": _text("Its identity: the name of its file, and the label vendor of every metric."),
        "name": _text("Its name."),
        "team": _maybe(_text("Who is told.")),
        "tier": _ref("Tier"),
        "page": _maybe(_text("Its status page, as people open it.", format="uri")),
        "state": _ref("State"),
        "since": _maybe(_time("Since when it is in that state; null before the first look.")),
        "measured": _maybe(_ref("State"), "The state without what excuses it; null where nothing is measured."),
        "cause": _maybe(_text("Why it is in the state that was measured.")),
        "claim": _maybe(_ref("Claim"), "What the vendor says; null where it says nothing."),
        "admitted_since": _maybe(_time("Since when the vendor says that something is wrong.")),
        "disagreement": _maybe(apart),
        "outage": _maybe(_ref("Outage"), "The one that goes on."),
        "work": _list("Work", "Announced work that is under way and excuses what is measured."),
        "is_muted": _flag("Whether nobody is told of it."),
        "is_flapping": _flag("Whether its state changes again and again."),
        "objective_percent": _maybe(_number("How much of the time it should be available.")),
        "certificate": _maybe(_ref("Certificate")),
        "tls_grade": _maybe(_ref("Grade"), "The worst of its targets'."),
        "history": _maybe(_ref("History"), "null while it is not known, which past says."),
    }
    return _object("A vendor.", properties)


def _target() -> Schema:
    properties = {
        "target": _text("Its key: vendor, check and name."),
        "check": _text("How it is looked at."),
        "name": _text("What is looked at."),
        "every_seconds": _number("How often.", exclusiveMinimum=0),
        "state": _ref("State"),
        "since": _time("Since when."),
        "cause": _maybe(_text("Why.")),
        "claim": _maybe(_ref("Claim"), "What the vendor says there; null where the target measures."),
        "is_flapping": _flag("Whether its state changes again and again."),
        "severity": _maybe(_ref("Severity"), "Of the newest look; null before the first."),
        "looked_at": _maybe(_time("When the newest look began.")),
        "took_seconds": _maybe(_number("How long it took.", minimum=0)),
        "failure": _maybe(_ref("Failure"), "Why the newest look saw nothing; null where it saw something."),
        "seen_at": _maybe(_time("When the newest look began that saw something.")),
        "findings": _list("Finding", "Of that look, the worst first."),
    }
    return _object("One thing that is looked at.", properties)


def _head() -> Mapping[str, Schema]:
    return {
        "version": {"const": VERSION, "description": "Of this document: another where a key goes away or means otherwise."},
        "made_at": _time("When this was said."),
        "own_network_is_suspect": _flag("Whether failures may be our own network's."),
        "past": _ref("Past"),
    }


def _overview() -> Schema:
    counts = {each.value: {"type": "integer", "minimum": 0} for each in State}
    properties = {
        "is_starting": _flag("Whether the daemon does not know its vendors yet."),
        "counts": _object("How many vendors are in which state.", counts),
        "vendors": _list("Vendor", "Worst first."),
    }
    return _object("Every vendor.", {**_head(), **properties})


def _details() -> Schema:
    properties = {
        "vendor": _ref("Vendor"),
        "targets": _list("Target", "Worst first."),
        "outages": _list("Outage", "The newest first, those that are kept in mind."),
    }
    return _object("All of one vendor.", {**_head(), **properties})


def _problem() -> Schema:
    status = {"type": "integer", "minimum": 400, "maximum": 599}
    properties = {"type": _text("", format="uri"), "title": _text(""), "status": status, "detail": _text("One sentence.")}
    return _object("Why there is no such page (RFC 9457).", properties)
