"""State words as labels in the entries of feeds: which there are, and where they stand as one. Pure.

A word is a label in brackets, at the beginning of a title and set apart, in bold at the head of the text, after
``Status:``. In bold further down it is often the state of one component (*API: **Operational**, Web: **Down***). At the end
of a title it is one only as long as nothing clearer is said (*orders marked completed* is the name of an incident). Words of
severity (*outage*) are often part of a name too, so that they count where a dash or bracket sets them apart. The words are
those met on pages in English, German, French and Spanish.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Phase(StrEnum):
    """What an entry says; where it says several things, the first of these."""

    DONE = "done"
    OPEN = "open"
    UNDERWAY = "underway"
    """What has begun, which is work as far as a label can tell."""
    PLANNED = "planned"
    """Work that is announced."""
    INFORMATIONAL = "informational"
    """By its own label: it says that it is no trouble."""
    UNCLEAR = "unclear"
    """It says nothing that can be read: it may be anything."""


_LABELS = {
    Phase.DONE: """resolved completed complete closed ended fixed restored recovered operational operating_normally
        service_is_operating_normally cancelled canceled postmortem post-mortem gelöst behoben beendet abgeschlossen erledigt
        résolu résolue terminé terminée resuelto resuelta""",
    Phase.OPEN: """investigating identified monitoring reopened untersuchung in_bearbeitung identifiziert überwachung
        beobachtung enquête identifié investigando identificado""",
    Phase.UNDERWAY: "in_progress maintenance_in_progress under_maintenance verifying started begonnen en_cours en_curso",
    Phase.PLANNED: """scheduled planned upcoming scheduled_maintenance planned_maintenance maintenance_scheduled geplant
        geplante_wartung geplante_wartungsarbeiten angekündigt planifié planifiée programado""",
    Phase.INFORMATIONAL: "informational information informational_message info notice hinweis ankündigung",
}
_VAGUE_LABELS = "update open ongoing active"
_SEVERITIES = """degraded degraded_performance partial_outage major_outage full_outage outage disruption service_disruption
    service_degradation performance_issues incident störung ausfall"""

_COMPONENT_WORDS = frozenset({"operational"})
"""What pages say of one component among others, so that *status:* before it may be the status of that one alone."""
_NAMED_STATES = ["went down"]
"""Ends of titles that are states and no labels."""

_PHASES = {word.replace("_", " "): phase for phase, words in _LABELS.items() for word in words.split()}
VAGUE = dict.fromkeys(_VAGUE_LABELS.split(), Phase.OPEN)
"""Labels that say no more than that there is news: of announced work too."""
MEANING = _PHASES | VAGUE
"""What each label says."""


class Label(NamedTuple):
    """A label, and whether it is *marked* as one by brackets, bold or ``Status:``: what no prose outdoes."""

    word: str
    is_marked: bool


_SEVERE_WORDS = [word.replace("_", " ") for word in _SEVERITIES.split()]


def any_of(words: Iterable[str]) -> str:
    """A pattern, one group, for any of *words*, the longest first."""
    return "(" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_DASH = r"[:|\u2013\u2014-]"
_THEN = r"(?:\s*[:|\u2013\u2014]|\s+-(?=\s)|-\s|\s*$)"  # a hyphen within a word sets nothing apart
_CLEAR = any_of(MEANING)
_SURE = any_of(_PHASES)
_WEAK = any_of(_SEVERE_WORDS)
_ANY = any_of([*MEANING, *_SEVERE_WORDS, *_NAMED_STATES])
_BRACKETED = re.compile(rf"[\[(]\s*{_CLEAR}\s*[\])]")
_LEADING = re.compile(rf"^\W{{0,4}}(?:status\s*[:=]\s*)?{_CLEAR}{_THEN}")
_TRAILING = re.compile(rf"(?:^|\s|{_DASH}){_SURE}\s*[.!]?$")
_BOLD = re.compile(rf"<(?:strong|b)>\s*(?:status\s*:?\s*)?{_CLEAR}\s*:?\s*</(?:strong|b)>")
_STATUS = re.compile(rf"\bstatus\s*[:=]\s*{_CLEAR}\b")
_SEVERE = re.compile(rf"[\[(]\s*{_WEAK}\s*[\])]|(?:^|\s{_DASH}\s){_WEAK}$|^{_WEAK}(?:\s*:|\s{_DASH})\s")
_NOT_OUT = "".join(rf"(?<!{word} )" for word in ("be", "going", "shut", "scaled", "slowed", "taken", "slow"))
_TROUBLE = re.compile(
    rf"(?<!\w){_NOT_OUT}down(?:[.!]?$| (?:for|in|across) (?!maintenance|planned|scheduled))"
    rf"|^{any_of(word for word in _SEVERE_WORDS if word != 'incident')} (?:of|in|for|on|at|affecting) "
)
_PAST = re.compile(r"(?<!\w)(?:last|yesterday|post-?mortem|retrospective|gestern)(?!\w)")
_STATE_WITHIN = re.compile(rf"[\[(]\s*{_ANY}\s*[\])]")
_STATE_FIRST = re.compile(rf"{_ANY}{_THEN}")
_STATE_LAST = re.compile(rf"(?:\s{_DASH})?\s{_ANY}\s*[.!]?$")
_STATE_REACH = 50
_TAG = re.compile(r"<[^<>]{0,500}>")
_DATED = re.compile(rf"^[^.<>]{{0,40}}?\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s*(?:am|pm)?\s*\(?[a-z]{{0,5}}\)?\s*{_DASH}?\s*")


@lru_cache(maxsize=2048)
def subject(title: str) -> str:
    """What *title* is about: itself in lower case, without the states in it; all of it where nothing else is left."""
    title = bare = plain_text(title)
    for _ in range(2):
        bare = _stateless(bare).strip(" :|-\u2013\u2014")
    return bare or title


def _stateless(title: str) -> str:
    first = _STATE_FIRST.match(title)
    title = _STATE_WITHIN.sub("", title[first.end() :] if first else title, count=1)
    return title[:-_STATE_REACH] + _STATE_LAST.sub("", title[-_STATE_REACH:])


def title_labels(title: str) -> Iterator[Label]:
    """The labels in a *title* (plain) that are more than its last word."""
    for word in _BRACKETED.findall(title):
        yield Label(word, is_marked=True)
    found = _LEADING.search(title)
    if found:
        yield Label(found[1], is_marked=False)


def behind_label(title: str) -> str:
    """*title* (plain) without the label that leads it."""
    return _LEADING.sub("", title, count=1)


def trailing_label(title: str) -> re.Match[str] | None:
    """The word in group 1 that ends a *title* (plain) and may be its label."""
    return _TRAILING.search(title)


def is_severe(title: str) -> bool:
    """Whether a *title* (plain) has a word of severity that is set apart."""
    return _SEVERE.search(title) is not None


def names_trouble(title: str) -> bool:
    """Whether a *title* (plain) begins or ends as what is down or out now is named: *X went down*, *Major outage of X*."""
    return _TROUBLE.search(title) is not None and not _PAST.search(title)


def body_label(markup: str) -> Label | None:
    """The label at the head of a body: the first one, since later ones are older updates."""
    bold, said = _BOLD.search(markup), _STATUS.search(plain_text(markup))
    if bold and not undated(markup[: bold.start()]).strip(" -|\u2013\u2014"):
        return Label(bold[1], is_marked=True)
    if said and said[1] not in _COMPONENT_WORDS:
        return Label(said[1], is_marked=True)
    found = _LEADING.search(undated(markup))
    return Label(found[1], is_marked=False) if found else None


def undated(markup: str) -> str:
    """*markup* as plain text without the time of day it begins with."""
    return _DATED.sub("", plain_text(markup), count=1)


def plain_text(markup: str) -> str:
    """*markup* without its tags, in lower case, on one line."""
    return " ".join(_TAG.sub(" ", html.unescape(markup)).lower().split())
