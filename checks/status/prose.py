"""What an entry of a feed says of its state. A feed is a log for people: its entries say how things are in words, if at all.

Labels count first (`checks.status.labels`); of several the one of resolution wins, but a bare word at the end of a title
yields to the label at the head of the body. Where there is none, what the title and the first sentence plainly say counts,
trouble before resolution: *we are investigating reports that the fixed issue is back* is open. A word of resolution does not
count where it is negated, yet to come, about something else or taken back in the same sentence (*unresolved*, *will be
resolved*, *orders marked completed*, *fixed, but*). A state is never guessed: an entry that says none of this is unclear.
"""

from __future__ import annotations

import html
import re

from checks.status.labels import (
    MEANING,
    VAGUE,
    Phase,
    any_of,
    body_label,
    is_severe,
    plain_text,
    title_labels,
    trailing_label,
    undated,
)

_TITLE_LIMIT = 300
_HEAD_LIMIT = 600
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")

_NOT_YET = """not never nicht pas no isn't aren't hasn't haven't cannot can't partially partly teilweise until once when if
    will to being should expect expected hope before sobald bis wird wenn"""
_SPOKEN_OF = "as already marked reported shown listed incorrectly wrongly falsely previously after though"
_REACH = 45
_NEGATED = re.compile(rf"\b{any_of(_NOT_YET.split())}\b[^.!?:;]{{0,30}}$|\b{any_of(_SPOKEN_OF.split())}\s(?:\w{{1,20}}\s)?$")
_RESOLVED = r"(?:resolved|completed|fixed|restored|recovered|gelöst|behoben|beendet|abgeschlossen|résolue?|resuelt[oa])"
_RESOLVING = re.compile(rf"(?<![\w-])(?:{_RESOLVED}|operating normally|back to normal)(?!\w)")
_BACK = r"(?:(?:has|have) (?:returned(?! to)|recurred)|(?:is|are) (?:back(?! (?:to|up|on))|recurring))"
_TAKEN_BACK = re.compile(
    rf"(?<!\w)(?:but|however|although|still|ongoing|aber|jedoch|weiterhin|{_BACK}"
    rf"|{_RESOLVED} (?:yesterday|last|gestern)|{_RESOLVED} (?:one|some|two|half|part) of)(?!\w)"
)
_TROUBLED = re.compile(
    r"(?<!\w)(?:we(?: are|'re) (?:currently |still |continuing to |now )?(?:investigat|experienc|aware"
    r"|working (?:on|to|with)"
    r"|see(?:ing)? (?!(?:\w{1,12} ){0,3}(?:recover|improv|normal)))"
    r"|we (?:still|continue to) (?:see|experience|have)|still (?:broken|down|failing|investigat|not|un)"
    rf"|(?:is|are|remains?) (?:currently )?(?:ongoing|down|unavailable|unreachable|offline|failing|degraded)(?!\w)|{_BACK}"
    rf"|unresolved|ungelöst|(?:not|nicht|no longer) (?:yet |fully |been |being |completely |vollständig ){{0,3}}{_RESOLVED}"
    r"|wir untersuchen)"
)
_WORKING = re.compile(r"(?<!\w)we(?: are|'re) (?:currently |now )?(?:performing|carrying out|undertaking|conducting)(?!\w)")
_WORK = re.compile(
    r"(?<!\w)(?:maintenance|(?:scheduled|planned|upcoming) \w{0,20} ?work|wartung\w*|entretien|mantenimiento)(?!\w)"
)
_ALARM = re.compile(r"(?<!\w)(?:emergency|urgent|unplanned|notfall\w*|error|issue|problem|outage|fail|investigat|störung)")


def read_phase(title: str, body: str) -> Phase:
    """What an entry with *title* and *body*, HTML or text, says."""
    title, markup = plain_text(title[:_TITLE_LIMIT]), html.unescape(body[:_HEAD_LIMIT]).lower()
    label = body_label(markup)
    labels = {*title_labels(title), *([label] if label else [])}
    if _WORK.search(title):
        labels -= VAGUE.keys()
    phases = {MEANING[label] for label in labels}
    if phases:
        return next(phase for phase in Phase if phase in phases)
    return _said(title, _SENTENCE_END.split(undated(markup), maxsplit=1)[0])


def _said(title: str, sentence: str) -> Phase:
    """The phase where there is no clear label."""
    if _TROUBLED.search(title) or _TROUBLED.search(sentence):
        return Phase.OPEN
    trailing = trailing_label(title)
    if trailing and _counts(title, trailing.start(1)):
        return MEANING[trailing[1]]
    if is_severe(title):
        return Phase.OPEN
    if any(_counts(text, found.start()) for text in (title, sentence) for found in _RESOLVING.finditer(text)):
        return Phase.DONE
    return _work(title, sentence)


def _work(title: str, sentence: str) -> Phase:
    """The phase of what may be work: announced unless it says that it is being done, or sounds like more than work."""
    if not _WORK.search(title):
        return Phase.UNCLEAR
    if _WORKING.search(sentence):
        return Phase.UNDERWAY
    return Phase.UNCLEAR if _ALARM.search(title) else Phase.PLANNED


def _counts(text: str, start: int) -> bool:
    """Whether the word at *start* says how things are: neither negated shortly before, nor taken back in *text*."""
    return not _NEGATED.search(text[max(0, start - _REACH) : start]) and not _TAKEN_BACK.search(text)
