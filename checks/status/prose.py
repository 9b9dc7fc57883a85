"""State words in the prose of feeds. A feed is a log for people: its entries say how things are in words, if at all.

A word counts where it stands as a label: in brackets, at the beginning or end of a title, in bold at the head of the
text, after ``Status:``. Of several labels the one of resolution wins. Words of severity (*outage*) are often part of an
incident's name, so that they count only where nothing else is labelled and a dash or bracket sets them apart. Where there
is no label, what the title and the first sentence plainly say counts, resolution first, unless it is negated or yet to
come (*unresolved*, *not yet resolved*, *will be resolved*). Anything else is informational: a state is never guessed.

The words are those met on pages in English, German, French and Spanish.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum


class Phase(StrEnum):
    """What an entry says; where it says several things, the first of these."""

    DONE = "done"
    OPEN = "open"
    UNDERWAY = "underway"
    """Work that has begun."""
    PLANNED = "planned"
    """Work that is announced."""
    INFORMATIONAL = "informational"


_LABELS = {
    Phase.DONE: """resolved completed complete closed ended fixed restored recovered operational operating_normally cancelled
        canceled postmortem post-mortem gelöst behoben beendet abgeschlossen erledigt résolu résolue terminé terminée
        resuelto resuelta""",
    Phase.OPEN: """investigating identified monitoring untersuchung in_bearbeitung identifiziert überwachung beobachtung
        enquête identifié investigando identificado""",
    Phase.UNDERWAY: "in_progress maintenance_in_progress under_maintenance verifying started begonnen en_cours en_curso",
    Phase.PLANNED: """scheduled planned upcoming scheduled_maintenance planned_maintenance maintenance_scheduled geplant
        geplante_wartung geplante_wartungsarbeiten angekündigt planifié planifiée programado""",
    Phase.INFORMATIONAL: "informational information informational_message info notice hinweis ankündigung",
}
_VAGUE_LABELS = "update open ongoing active"
_SEVERITIES = """degraded degraded_performance partial_outage major_outage full_outage outage disruption service_disruption
    service_degradation incident störung ausfall"""

_PHASES = {word.replace("_", " "): phase for phase, words in _LABELS.items() for word in words.split()}
_VAGUE = dict.fromkeys(_VAGUE_LABELS.split(), Phase.OPEN)
_MEANING = _PHASES | _VAGUE
_SEVERE_WORDS = [word.replace("_", " ") for word in _SEVERITIES.split()]


def _any_of(words: Iterable[str]) -> str:
    return "(" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_DASH = r"[:|\u2013\u2014-]"
_CLEAR = _any_of(_PHASES | _VAGUE)
_SURE = _any_of(_PHASES)
_WEAK = _any_of(_SEVERE_WORDS)
_BRACKETED = re.compile(rf"[\[(]\s*{_CLEAR}\s*[\])]")
_LEADING = re.compile(rf"^\W{{0,4}}(?:status\s*[:=]\s*)?{_CLEAR}\s*(?:{_DASH}|$)")
_TRAILING = re.compile(rf"(?:^|\s|{_DASH}){_SURE}\s*[.!]?$")
_BOLD = re.compile(rf"<(?:strong|b)>\s*(?:status\s*:?\s*)?{_CLEAR}\s*:?\s*</(?:strong|b)>")
_STATUS = re.compile(rf"\bstatus\s*[:=]\s*{_CLEAR}\b")
_SEVERE = re.compile(rf"[\[(]\s*{_WEAK}\s*[\])]|(?:^|\s{_DASH}\s){_WEAK}$|^{_WEAK}\s*{_DASH}\s")
_TAG = re.compile(r"<[^<>]{0,500}>")
_DATED = re.compile(rf"^[^.<>]{{0,40}}?\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s*(?:am|pm)?\s*\(?[a-z]{{0,5}}\)?\s*{_DASH}?\s*")
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_TITLE_LIMIT = 300
_HEAD_LIMIT = 600

_NOT_YET = """not never nicht pas no isn't aren't hasn't haven't cannot can't partially partly teilweise until once when if
    will to being should expect expected hope before sobald bis wird wenn"""
_NEGATION_REACH = 45
_NEGATED = re.compile(rf"\b{_any_of(_NOT_YET.split())}\b[^.!?:;]{{0,30}}$")
_RESOLVING = re.compile(
    r"(?<![\w-])(?:resolved|completed|fixed|restored|recovered|operating normally|back to normal"
    r"|gelöst|behoben|beendet|abgeschlossen|résolu|résolue|resuelto)(?!\w)"
)
_TROUBLED = re.compile(
    r"(?<!\w)(?:we(?: are|'re) (?:currently |still |continuing to )?(?:investigat|see|experienc|aware|work)"
    r"|unresolved|ungelöst|not (?:yet )?(?:fully )?resolved|nicht gelöst|noch nicht behoben|wir untersuchen)"
)
_WORK = re.compile(
    r"(?<!\w)(?:maintenance|(?:scheduled|planned|upcoming) \w{0,20} ?work|wartung\w*|entretien|mantenimiento)(?!\w)"
)


def read_phase(title: str, body: str) -> Phase:
    """What an entry with *title* and *body*, HTML or text, says."""
    title = _plain(title[:_TITLE_LIMIT])
    markup = html.unescape(body[:_HEAD_LIMIT]).lower()
    labels = {*_title_labels(title), *_body_labels(markup)}
    if _WORK.search(title):
        labels -= _VAGUE.keys()
    phases = {_MEANING[label] for label in labels}
    if not phases:
        phases = {Phase.OPEN} if _SEVERE.search(title) else {_prose_phase(title, _first_sentence(markup))}
    phase = next(phase for phase in Phase if phase in phases)
    return Phase.PLANNED if phase is Phase.INFORMATIONAL and _WORK.search(title) else phase


def _title_labels(title: str) -> Iterator[str]:
    yield from _BRACKETED.findall(title)
    for pattern in (_LEADING, _TRAILING):
        found = pattern.search(title)
        if found and not _is_negated(title, found.start(1)):
            yield found[1]


def _body_labels(markup: str) -> Iterator[str]:
    """The label at the head of a body: the first one, since later ones are older updates."""
    for found in (_BOLD.search(markup), _STATUS.search(_plain(markup)), _LEADING.search(_undated(markup))):
        if found:
            yield found[1]
            return


def _undated(markup: str) -> str:
    return _DATED.sub("", _plain(markup), count=1)


def _first_sentence(markup: str) -> str:
    return _SENTENCE_END.split(_undated(markup), maxsplit=1)[0]


def _plain(markup: str) -> str:
    return " ".join(_TAG.sub(" ", html.unescape(markup)).lower().split())


def _prose_phase(title: str, sentence: str) -> Phase:
    """The phase where there is no label: resolution wins."""
    texts = (title, sentence)
    if any(not _is_negated(text, found.start()) for text in texts for found in _RESOLVING.finditer(text)):
        return Phase.DONE
    return Phase.OPEN if any(_TROUBLED.search(text) for text in texts) else Phase.INFORMATIONAL


def _is_negated(text: str, start: int) -> bool:
    """Whether a negation stands shortly before *start*, in the same sentence."""
    return _NEGATED.search(text[max(0, start - _NEGATION_REACH) : start]) is not None
