"""A vendor's story on one axis of time: what it says, what we measure, and what excuses or explains the difference."""

from __future__ import annotations

from collections.abc import Iterator

from grafana_foundation_sdk.builders import statetimeline

from grafana.generate import facts
from grafana.generate.parts import VENDORS, Panel, field, query, timeline
from grafana.generate.states import APART, NOT_COMPARED, claim_mappings, numbered, yes_no_mappings

_CLEAR = "transparent"


def story_panels() -> Iterator[Panel]:
    """The panels, in their order."""
    yield _claim_against_measurement()
    yield _marks()


def _claim_against_measurement() -> statetimeline.Panel:
    panel = timeline(
        10,
        "What they say against what we measure",
        "The vendor's word above our measurement, and where the two could not both be true. Red below green: they were "
        "late, or the fault lies between them and us. Green below red: what they told of did not reach us. An outage "
        "goes on while we are blind; where our watch is purple nobody could see.",
        query(facts.CLAIM, "they say", "A"),
        query(facts.SEEN, "we measure", "B"),
        query(facts.APARTNESS, "disagree", "C"),
        query(facts.OUTAGE, "outage", "D"),
        query(facts.WATCH, "our watch", "E"),
        height=7,
    )
    denied, unseen = APART["probe_down_claim_ok"], APART["probe_ok_claim_down"]
    apart = numbered(
        {
            denied: ("they deny it", "dark-red"),
            unseen: ("fine for us", "orange"),
            0: ("agreed", _CLEAR),
            NOT_COMPARED: ("not known", "purple"),
        }
    )
    outage = yes_no_mappings(("outage", "dark-red"), ("none", _CLEAR))
    panel = panel.override_by_name("they say", [field("mappings", claim_mappings())])
    panel = panel.override_by_name("disagree", [field("mappings", apart)])
    return panel.override_by_name("outage", [field("mappings", outage)])


def _marks() -> statetimeline.Panel:
    flapping = f"max by (vendor) (vendor_target_flapping{{{VENDORS}}})"
    panel = timeline(
        11,
        "Why nobody was told",
        "When work was announced, when somebody muted the vendor, when it went to and fro too often to be told each "
        "time, and when our own network was in doubt. None of it is red: it says why an outage above brought no alert. "
        "Correct what should not have been quiet: `maintenance:` in the vendor's file, or `vendorwatch unmute`.",
        query(f"max by (source) (vendor_maintenance_active{{{VENDORS}}})", "work ({{source}})", "A"),
        query(facts.MUTED, "muted", "B"),
        query(flapping, "flapping", "C"),
        query(facts.BLIND, "own network", "D"),
        height=6,
    ).mappings(yes_no_mappings(("work", "blue"), ("no", _CLEAR)))
    for name, word, colour in (
        ("muted", "muted", "purple"),
        ("flapping", "flapping", "orange"),
        ("own network", "in doubt", "dark-purple"),
    ):
        panel = panel.override_by_name(name, [field("mappings", yes_no_mappings((word, colour), ("no", _CLEAR)))])
    return panel
