from __future__ import annotations

import pytest

from checks.model import Claim
from checks.status.report import Component, Report
from checks.status.scope import find, find_missing, focus, nearest
from checks.vendor import ComponentRef


def component(id_: str, name: str, group: str = "", group_id: str = "", region: str = "") -> Component:
    return Component(id=id_, name=name, claim=Claim.OPERATIONAL, group=group, group_id=group_id, region=region)


COMPONENTS = (
    component("1", "Global", "CDN", "g1"),
    component("2", "Edge", "CDN", "g1"),
    component("3", "Global", "DNS", "g2"),
    component("4/x", "Site", "Site", "4", "Dublin"),
    component("4/y", "Site", "Site", "4", "Osaka"),
    component("5", "Login"),
    component("6", "login"),
    component("7", "DNS"),
    component("8", "East", "Zones", "g3"),
    component("9", "West", "zones", "g4"),
)


@pytest.mark.parametrize(
    ("ref", "ids", "ambiguous"),
    [
        (ComponentRef(id="1"), ["1"], False),
        (ComponentRef(id="g1"), ["1", "2"], False),
        (ComponentRef(id="4"), ["4/x", "4/y"], False),
        (ComponentRef(name="edge"), ["2"], False),
        (ComponentRef(name=" EDGE "), ["2"], False),
        (ComponentRef(name="Global"), ["1", "3"], True),
        (ComponentRef(group="DNS", name="Global"), ["3"], False),
        (ComponentRef(name="CDN"), ["1", "2"], False),
        (ComponentRef(name="DNS"), ["7"], False),
        (ComponentRef(name="Site"), ["4/x", "4/y"], False),
        (ComponentRef(group="Site", name="Osaka"), ["4/y"], False),
        (ComponentRef(name="Login"), ["5", "6"], True),
        (ComponentRef(name="Zones"), ["8", "9"], True),
        (ComponentRef(name="Nothing"), [], False),
        (ComponentRef(group="CDN", name="Nothing"), [], False),
    ],
)
def test_a_reference_means_a_component_a_group_or_nothing(ref: ComponentRef, ids: list[str], ambiguous: bool) -> None:  # noqa: FBT001 - a column of the table
    (match,) = find(COMPONENTS, [ref])
    assert [found.id for found in match.components] == ids
    assert match.is_ambiguous is ambiguous
    assert bool(find_missing(COMPONENTS, [ref])) is not bool(ids)


def test_what_is_near_a_name_is_named_with_its_group() -> None:
    refs = [ComponentRef(name="Edgy"), ComponentRef(group="CDN", name="Globul"), ComponentRef(name="zzzzzzzzz")]
    assert nearest(COMPONENTS, refs) == {
        "Edgy": ("CDN / Edge",),
        "CDN / Globul": ("CDN / Global", "DNS / Global", "CDN / Edge"),
        "zzzzzzzzz": (),
    }


def test_the_components_that_matter_are_those_in_scope_and_some_that_are_not_well() -> None:
    unwell = tuple(
        Component(id=f"u{number}", name=f"U{number}", claim=Claim.DEGRADED, word="degraded") for number in range(80)
    )
    report = Report(page_id="p", page_name="", url="", indicator=None, components=COMPONENTS + unwell, component_count=90)
    focused = focus(report, [ComponentRef(name="Edge"), ComponentRef(id="u79")])
    assert [found.id for found in focused.components] == ["2", *(f"u{number}" for number in range(50)), "u79"]
    assert focused.component_count == 90
