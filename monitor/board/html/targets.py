"""What is looked at of a vendor: each target with its state, its newest look, and what that found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from checks.model import Finding, Severity
from checks.wording import lasting
from monitor.board.html.words import claim_word, clock, marked, moment, note, state_badge
from monitor.board.values import TargetCard, VendorBoard
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import Column, paragraph, table

_COLUMNS = (Column("Target"), Column("State"), Column("Newest look"), Column("What it found", "words"))
_SHORTEST = 0.001
"""A look that took less, in seconds, shared the connection of another."""
_MOST = 30
"""So many findings of one target are listed, the worst."""
_WORST_FIRST = list(reversed(Severity))


def targets_table(board: VendorBoard) -> Markup:
    """All targets; a sentence where there is none."""
    rows = [_cells(target, board.made_at) for target in board.targets]
    if not rows:
        return paragraph("Nothing of it is looked at: its file names no status page, no endpoint and no address.")
    return table("What is looked at", _COLUMNS, rows, "targets")


def _cells(target: TargetCard, now: datetime) -> Sequence[str]:
    return (
        together((foreign(f"{target.check} {target.name}"), note(f"every {lasting(timedelta(seconds=target.every))}"))),
        together((state_badge(target.state), note("since ", moment(target.since)), _flapping(target))),
        _look(target, now),
        together(_found(target)),
    )


def _flapping(target: TargetCard) -> Markup:
    return marked(("comes and goes",)) if target.is_flapping else EMPTY


def _look(target: TargetCard, now: datetime) -> Markup:
    if target.at is None:
        return element("span", "none yet", class_="none")
    ago = f"{lasting(max(now - target.at, timedelta()))} ago"
    took = "" if target.seconds is None else f", took {_milliseconds(target.seconds)}"
    return together((ago, note(clock(target.at), took)))


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms" if seconds >= _SHORTEST else "less than 1 ms"


def _found(target: TargetCard) -> Iterator[Markup]:
    if target.claim is not None:
        yield element("div", "It says: ", claim_word(target.claim))
    if target.failure:
        reason = element("span", f"{target.reason} ", class_="code") if target.reason else EMPTY
        severity = _severity(target.severity or Severity.UNKNOWN)
        yield element("div", severity, " It saw nothing: ", reason, foreign(target.failure))
        if target.good_at and target.findings:
            yield element("div", "The last look that saw something, at ", clock(target.good_at), ", found:", class_="note")
    worst = sorted(target.findings, key=lambda finding: _WORST_FIRST.index(finding.severity))
    yield from map(_finding, worst[:_MOST])
    if len(worst) > _MOST:
        yield note(f"and {len(worst) - _MOST:,} more")
    if target.at is not None and not target.failure and not worst and target.claim is None:
        yield element("div", "nothing to remark", class_="none")


def _finding(finding: Finding) -> Markup:
    code = element("span", finding.code, class_="code faint")
    return element("div", _severity(finding.severity), " ", foreign(finding.message), " ", code, class_="finding")


def _severity(severity: Severity) -> Markup:
    return element("b", severity.value, class_=f"severity {severity}")
