"""What open incidents make of the components they name: for pages whose components have no state of their own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checks.model import Claim
from checks.status.report import Component, Incident


def worst_by_component(incidents: Iterable[Incident]) -> Mapping[str, Incident]:
    """The worst of the *incidents* that name a component, by the component's id; of two as bad the one that comes first."""
    found: dict[str, Incident] = {}
    for incident in incidents:
        for name in incident.component_ids:
            if name not in found or _badness(incident) > _badness(found[name]):
                found[name] = incident
    return found


def component(component_id: str, name: str, worst: Mapping[str, Incident]) -> Component:
    """A component that is as bad as the worst incident that names it, and operational without one."""
    incident = worst.get(component_id)
    if incident is None:
        return Component(id=component_id, name=name, claim=Claim.OPERATIONAL)
    claim = incident.impact.claim
    return Component(id=component_id, name=name, claim=claim, word=incident.word, since=incident.started_at)


def _badness(incident: Incident) -> int:
    return incident.impact.claim.badness
