"""What an entry of a feed says of its state. A feed is a log for people: its entries say how things are in words, if at all.

Labels count first (`checks.status.labels`); of several the one of resolution wins, but a bare word at the end of a title
yields to the label at the head of the body. Prose outdoes a label only towards trouble: *information*, *scheduled* and *in
progress* do not count where the entry says that something is out now; what is in progress is work only where it is called
so; and a resolution that is no marked label does not count where the same breath takes it back (*Restored: 3 of 5*). Words
that merely may be of trouble are often names and purposes: *maintenance of Error Reporting*, *news: error codes*. And what
is over is told with its past: *Resolved: errors for 5% of requests*, *Fixed: reports still show old data*.

Where there is no label, what the title and the first sentence plainly say counts, trouble before resolution: *we are
investigating reports that the fixed issue is back* is open. A word of resolution does not count where it is negated, yet to
come, about something else or taken back in the same sentence (*unresolved*, *will be resolved*, *orders marked completed*,
*fixed, but*, *fixed for most*). A state is never guessed: an entry that says none of this is unclear.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from typing import NamedTuple

from checks.status.labels import (
    MEANING,
    VAGUE,
    Label,
    Phase,
    any_of,
    behind_label,
    body_label,
    is_severe,
    names_trouble,
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
_RESOLVING = re.compile(rf"(?<![\w-])(?:{_RESOLVED}|operating normally|back to normal)(?![\w?])")
_BACK = r"(?:(?:has|have) (?:returned(?! to)|recurred)|(?:is|are) (?:back(?! (?:to|up|on))|recurring))"
_PARTLY = "|".join(
    (
        rf"{_RESOLVED} (?:one|some|two|half|part|most) of",
        rf"{_RESOLVED} (?:for|in|on) (?:most|some|many|almost|nearly|\d{{1,3}} ?%)",
        rf"{_RESOLVED} in (?!(?:all|our|the|a|about|under|less)\b)[a-z][\w -]{{0,28}},",
        r"(?:and|while) investigating",
        r"remains? (?:affected|impacted|open)",
    )
)
_PORTION = r"(?:\d{1,6} (?:out )?of \d{1,6}|(?!100)\d{1,3} ?% of)(?!\w)"
_LASTS = r"(?<!\w)(?:still|ongoing|weiterhin)(?!\w)"
_DOUBT = (
    rf"(?<!\w)(?:but|however|although|aber|jedoch|re-?opened|{_BACK}"
    rf"|{_RESOLVED} (?:yesterday|last|gestern)|{_PARTLY}"
    r"|^completed (?!(?:the|all|at|in|on|as|our|work|maintenance|scheduled)\b)\w+)(?!\w)"
    r"|[,;] (?:\w{1,12} )?investigating"
)
_TAKEN_BACK = re.compile(rf"(?<!\w){_PORTION}|{_LASTS}|{_DOUBT}")
_DOUBTED = re.compile(
    rf"(?<!\w)(?:{_RESOLVED}|operational|complete|closed|ended)\W{{1,3}}"
    rf"(?:(?:(?:service|access|traffic) )?(?:in|for|on) )?{_PORTION}|{_DOUBT}"
)
"""What takes back a label: how many are well stands right behind it, elsewhere it is how many were affected."""
_LASTING = re.compile(_LASTS)
_CLAUSE_END = re.compile(r"[.,;!?]\s|\s[|\u2013\u2014-]\s")
_REOPENED = re.compile(r"(?<!\w)re-?opened(?!\w)")
_WE_ARE = r"we(?: are|'re) (?:currently |still |continuing to |now )?"
_ACUTE_WORDS = (
    rf"(?:{_WE_ARE}(?:investigat|experienc|aware|see(?:ing)? (?!(?:\w{{1,12}} ){{0,3}}(?:recover|improv|normal)))"
    r"|wir untersuchen)"
)
_ACUTE = re.compile(rf"(?<!\w){_ACUTE_WORDS}")
"""What nobody says of work or of news."""
_LOOKING_BACK = re.compile(
    rf"(?<!\w)(?:{_WE_ARE})?investigat\w{{1,3}} (?:\w{{1,12}} ){{0,2}}(?:root|underlying) cause(?!\w)"
)
"""What is still said of what is over."""
_TROUBLED = re.compile(
    rf"(?<!\w)(?:{_ACUTE_WORDS}|{_WE_ARE}working (?:on|to|with)"
    r"|we (?:still|continue to) (?:see|experience|have)|still (?:broken|down|failing|investigat|not|un)"
    rf"|(?:is|are|remains?) (?:currently )?(?:ongoing|down|unavailable|unreachable|offline|failing|degraded)(?!\w)|{_BACK}"
    rf"|unresolved|ungelöst|(?:not|nicht|no longer) (?:yet |fully |been |being |completely |vollständig ){{0,3}}{_RESOLVED})"
)
_WATCHED = re.compile(r"(?<!\w)we(?: are|'re) (?:now |currently |closely |actively )?monitoring(?!\w)")
_WORKING = re.compile(
    r"(?<!\w)we(?: are|'re) (?:currently |now )?(?:performing|carrying out|undertaking|conducting)(?!\w)"
    r"|(?<!\w)we have (?:started|begun)(?!\w)"
)
_WORK = re.compile(
    r"(?<!\w)(?:maintenance|(?:scheduled|planned|upcoming) \w{0,20} ?work|\w{0,20}wartung\w*|entretien|mantenimiento)(?!\w)"
)
_TASK = re.compile(r"(?<!\w)(?:upgrade|migration|replacement|patching)(?!\w)")
_WRONG = re.compile(r"(?<!\w)(?:cannot|can't|unable|unavailable|not|slow)(?!\w)")
"""What is not said of work, but of a thing whose name sounds like work."""
_AFTER = re.compile(r"(?<!\w)(?:after|since|following|nach|après|tras)(?!\w)")
_ANNOUNCED = re.compile(r"^(?:scheduled|planned) maintenance(?:\s*$|\s*[:|\u2013\u2014]|\s-\s| (?:for|of|on|in|at|to)\s)")
_HURRIED = re.compile(r"(?<!\w)(?:emergency|urgent|unplanned|notfall)")
_OUT_WORDS = r"(?:outages?|(?:is|are|went) down|\w{0,20}störung(?:en)?|\w{0,20}ausfälle|\w{0,20}ausfall|pannes?)(?!\w)"
_OUT = re.compile(rf"(?<!\w){_OUT_WORDS}")
_PRESENT = re.compile(
    rf"(?<!\w)(?:{_OUT_WORDS}|fail(?!over|back)|degraded|disruption|(?:elevated|increased) (?:\w{{1,12}} )?(?:error|latenc))"
)
"""What is wrong, where other words of alarm (*error codes*, *issue tracker*) are what the news is about."""
_ALARM = re.compile(
    r"(?<!\w)(?:error|issue|problem|outage|fail(?!over|back)|investigat|incident|degraded|disruption|(?:is|are|went) down"
    r"|\w{0,20}störung|\w{0,20}ausfall|panne|incidencia)"
)
_CALM = frozenset({Phase.UNDERWAY, Phase.PLANNED, Phase.INFORMATIONAL})


class _Words(NamedTuple):
    """What of an entry is read as prose, plain: its title, and the first sentence of its body."""

    title: str
    sentence: str


def read_phase(title: str, body: str) -> Phase:
    """What an entry with *title* and *body*, HTML or text, says."""
    words, markup = _words(title, body), _head(body)
    label = body_label(markup)
    labels = {*title_labels(words.title), *([label] if label else [])}
    if _WORK.search(words.title):
        labels = {label for label in labels if label.word not in VAGUE}
    phases = {MEANING[label.word] for label in labels}
    if Phase.DONE in phases and _is_taken_back(labels, words):
        return Phase.OPEN if Phase.OPEN in phases else Phase.UNCLEAR
    if phases:
        return _weigh(next(phase for phase in Phase if phase in phases), words)
    return _said(words)


def weigh(phase: Phase, title: str, body: str) -> Phase:
    """What *phase*, which a label says, comes to beside the words of its entry: what is calm may be trouble by them."""
    return _weigh(phase, _words(title, body))


def is_alarming(title: str) -> bool:
    """Whether a *title* sounds like more than work that goes as planned."""
    title = plain_text(title[:_TITLE_LIMIT])
    alarm = _OUT if _ANNOUNCED.search(title) else _ALARM
    return bool(alarm.search(title) or _HURRIED.search(title))


def _words(title: str, body: str) -> _Words:
    return _Words(plain_text(title[:_TITLE_LIMIT]), _SENTENCE_END.split(undated(_head(body)), maxsplit=1)[0])


def _head(body: str) -> str:
    return html.unescape(body[:_HEAD_LIMIT]).lower()


def _is_taken_back(labels: Collection[Label], words: _Words) -> bool:
    """Whether the words of an entry doubt the label of resolution among *labels*."""
    if any(label.is_marked for label in labels if MEANING[label.word] is Phase.DONE):
        return _REOPENED.search(words.title) is not None
    sentence = _LOOKING_BACK.sub("", words.sentence)
    beyond = _CLAUSE_END.split(behind_label(words.title), maxsplit=1)[1:]  # what comes first is what it is about
    return (
        any(_DOUBTED.search(text) for text in (words.title, sentence))
        or any(_LASTING.search(text) for text in (*beyond, sentence))
        or _ACUTE.search(sentence) is not None
    )


def _weigh(phase: Phase, words: _Words) -> Phase:
    """*phase*, or what is worse by the *words* beside a label that is calm by itself."""
    if phase in _CALM and any(_ACUTE.search(text) for text in words):
        return Phase.OPEN
    if phase is Phase.INFORMATIONAL and _is_troubled(words):
        return Phase.UNCLEAR
    if phase is Phase.UNDERWAY and not _is_work(words):
        return Phase.OPEN
    return phase


def _is_troubled(words: _Words) -> bool:
    """Whether news is of something that is wrong now."""
    says_so = _PRESENT.search(words.title) or any(_TROUBLED.search(text) for text in words)
    return bool(says_so) or names_trouble(words.title)


def _is_work(words: _Words) -> bool:
    """Whether what is in progress is called work and no trouble, which work that is named may be there to end."""
    title, sentence = words
    if _names(_WORK, title):
        return not _OUT.search(title)
    is_called = _WORK.search(sentence) or (_names(_TASK, title) and not _WRONG.search(title))
    return bool(is_called) and not _ALARM.search(title)


def _names(work: re.Pattern[str], title: str) -> bool:
    """Whether a *title* names *work* as what is done, not as what something came after."""
    found = work.search(title)
    return found is not None and not _AFTER.search(title[: found.start()])


def _said(words: _Words) -> Phase:
    """The phase where there is no clear label."""
    title = words.title
    if any(_TROUBLED.search(text) for text in words):
        return Phase.OPEN
    trailing = trailing_label(title)
    if trailing and _counts(title, trailing.start(1)):
        return _weigh(MEANING[trailing[1]], words)
    if is_severe(title):
        return Phase.OPEN
    is_watched = any(_WATCHED.search(text) for text in words)
    if any(_counts(text, found.start()) for text in words for found in _RESOLVING.finditer(text)):
        return Phase.UNCLEAR if is_watched else Phase.DONE
    if is_watched or names_trouble(title):
        return Phase.OPEN
    return _work(words)


def _work(words: _Words) -> Phase:
    """The phase of what may be work: announced unless it says that it is being done, or sounds like more than work."""
    if not _WORK.search(words.title):
        return Phase.UNCLEAR
    if _WORKING.search(words.sentence):
        return Phase.UNDERWAY
    return Phase.UNCLEAR if is_alarming(words.title) else Phase.PLANNED


def _counts(text: str, start: int) -> bool:
    """Whether the word at *start* says how things are: neither negated shortly before, nor taken back in *text*."""
    return not _NEGATED.search(text[max(0, start - _REACH) : start]) and not _TAKEN_BACK.search(text)
