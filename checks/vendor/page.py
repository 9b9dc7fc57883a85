"""A vendor's status page and what of it is used, as its file says."""

from __future__ import annotations

from dataclasses import dataclass

from checks.values import Seconds, Url
from checks.vendor.holding import require, shows


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentRef:
    """A component of a status page by its id, or all that meet a name, group and region; ``*`` and ``?`` are wildcards."""

    id: str | None = None
    """The platform's own id of the component. It survives renaming."""
    name: str | None = None
    """The component's name, as the page spells it; * and ? stand for any text: API *"""
    group: str | None = None
    """The name of the group it stands in: alone for all of the group, beside a name: where that is ambiguous."""
    region: str | None = None
    """Where it runs, on pages that tell regions apart: eu-west-1, europe-*. What runs everywhere counts too."""

    def __post_init__(self) -> None:
        others = (self.name, self.group, self.region)
        given = [part for part in (self.id, *others) if part is not None]
        alone = self.id is None or others == (None, None, None)
        require(
            (given, "give a component an id:, or a name:, group: or region:"),
            (alone, "give a component either id: or name:, group: and region:; an id is unique by itself"),
            (all(map(shows, given)), "the component's id:, name:, group: or region: is empty"),
        )

    def __str__(self) -> str:
        name = self.id or " / ".join(part for part in (self.group, self.name) if part)
        if not self.region:
            return name
        return f"{name} ({self.region})" if name else self.region


def _ref(component: str | ComponentRef) -> ComponentRef:
    return ComponentRef(name=component) if isinstance(component, str) else component


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """Where a vendor says how it is."""

    url: Url
    """The page as people open it."""
    platform: str = ""
    """Which reader understands the page: statuspage, statusio, feed, …; left out, it is recognised by itself."""
    page_id: str | None = None
    """The page's own id. Another id on the page is then a finding, not an outage."""
    components: tuple[str | ComponentRef, ...] = ()
    """The components you use: names, {id: …}, {group: …, name: …}, {region: …}. Without any, the page as a whole counts."""
    every: Seconds | None = None
    """How often to read the page; default 60s."""

    def __post_init__(self) -> None:
        empty = {index for index, name in enumerate(self.components) if isinstance(name, str) and not shows(name)}
        refs = {index: _ref(one) for index, one in enumerate(self.components) if index not in empty}
        first = {ref: index for index, ref in reversed(refs.items())}
        require(
            *((False, f"components[{index}]: is an empty name") for index in empty),
            *(
                (first[ref] == index, f"components[{index}]: is the same as components[{first[ref]}]: leave one out")
                for index, ref in refs.items()
            ),
        )

    @property
    def scope(self) -> tuple[ComponentRef, ...]:
        """The components in scope, each as a reference."""
        return tuple(map(_ref, self.components))
