"""What a page says of events: open incidents, and work under way or announced. Pure.

*Scope* is the ids of the components in scope and of their groups, or None for the page as a whole.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime

from checks.foreign import one_line, quoted
from checks.model import Claim
from checks.status.report import Impact, Incident, Maintenance, Progress, Report
from checks.status.said import CODES, Said, say, say_security_event, since

Scope = Collection[str] | None

_PLANNED_LIMIT = 3
_TITLE_LIMIT = 120
_FAR_AHEAD = datetime.max.replace(tzinfo=UTC)


def concerns(event: Incident | Maintenance, scope: Scope) -> bool:
    """Whether *event* is about what is in *scope*, or may be because it names no component."""
    return scope is None or not event.component_ids or touches(event, scope)


def touches(event: Incident | Maintenance, scope: Scope) -> bool:
    """Whether *event* names a component that *scope* does."""
    return scope is not None and any(name in scope for name in event.component_ids)


def hear_incidents(report: Report, scope: Scope) -> Iterator[Said]:
    """One thing said per open incident in *scope*."""
    for incident in report.incidents:
        if concerns(incident, scope):
            yield say("status.incident", _claim(incident, scope), _incident_message(incident))
            if incident.security:
                yield say_security_event(f"incident {quoted(incident.name, _TITLE_LIMIT)}")


def _claim(incident: Incident, scope: Scope) -> Claim:
    """What the incident amounts to: with components in scope, one that names none may not be about them."""
    claim = incident.impact.claim
    if scope is None or touches(incident, scope) or claim is Claim.OPERATIONAL or claim is Claim.MAINTENANCE:
        return claim
    return Claim.DEGRADED


def _incident_message(incident: Incident) -> str:
    impact = f"impact {incident.impact}"
    if incident.impact is Impact.UNKNOWN:
        impact = f"impact {quoted(incident.word, 40)}, a word we do not know"
    told = ", ".join(part for part in (one_line(incident.phase, 40), impact) if part)
    link = f", {one_line(incident.url, 160)}" if incident.url else ""
    return f"incident {quoted(incident.name, _TITLE_LIMIT)} ({told}){since(incident.started_at)}{link}"


def hear_maintenances(report: Report, scope: Scope) -> Iterator[Said]:
    """Work in *scope* that is under way or of which nobody knows whether it is, then the next announced."""
    mine = [maintenance for maintenance in report.maintenances if concerns(maintenance, scope)]
    for work in mine:
        match work.progress:
            case Progress.ACTIVE:
                claim = Claim.MAINTENANCE if _counts(work, report, scope) else Claim.OPERATIONAL
                message = f"{_work(work)} is under way{since(work.starts)}{since(work.ends, 'until')}"
                yield say("status.maintenance", claim, message)
            case Progress.UNKNOWN:
                claim = Claim.UNKNOWN if scope is None or touches(work, scope) else Claim.OPERATIONAL
                yield say(CODES[Claim.UNKNOWN], claim, f"{_work(work)} is {quoted(work.word, 40)}, a word we do not know")
            case Progress.PLANNED | Progress.DONE:
                pass
    yield from _hear_planned(mine)


def _hear_planned(mine: Iterable[Maintenance]) -> Iterator[Said]:
    planned = [work for work in mine if work.progress is Progress.PLANNED]
    for work in sorted(planned, key=lambda work: work.starts or _FAR_AHEAD)[:_PLANNED_LIMIT]:
        message = f"{_work(work)} is announced{since(work.starts, 'for')}{since(work.ends, 'until')}"
        yield say("status.maintenance_planned", Claim.OPERATIONAL, message)


def _counts(maintenance: Maintenance, report: Report, scope: Scope) -> bool:
    """Whether work under way is the state: where it touches the scope, or where a page has no word for the whole."""
    return report.indicator is None if scope is None else touches(maintenance, scope)


def _work(maintenance: Maintenance) -> str:
    return f"maintenance {quoted(maintenance.name, _TITLE_LIMIT)}"
