from __future__ import annotations

from time import process_time

import pytest

from checks.foreign import one_line
from checks.model import Claim
from checks.status.report import ANYTHING, Component, Report
from checks.status.scope import find, find_missing, focus, labels, nearest
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
    component("10", "Mail", "Mail", "g5"),
    component("11", "Webmail", "Mail", "g5"),
    component("12", "Solo", "Solo", "g6"),
    component("13", one_line("Fami\u200dly Site")),
    component("14", one_line("x" * 250)),
    component("15", "Names", region="global"),
    component("16/o", "Alpha", "Alpha", "16", "Oregon"),
    component("17", "Aleph"),
    component("18", "*literal*"),
    component("19", "is literal too"),
    component("16/p", "Twice", "Up", "g7", "Oslo"),
    component("16/q", "Twice", "Down", "g8", "Oslo"),
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
        (ComponentRef(name="DNS"), ["3", "7"], True),
        (ComponentRef(group="Mail", name="Mail"), ["10"], False),
        (ComponentRef(name="Mail"), ["10", "11"], True),
        (ComponentRef(id="g5"), ["10", "11"], False),
        (ComponentRef(name="Solo"), ["12"], False),
        (ComponentRef(name="Fami\u200dly \u200b Site"), ["13"], False),
        (ComponentRef(name="Fami ly Site"), ["13"], False),
        (ComponentRef(id="13\u200b"), ["13"], False),
        (ComponentRef(name="x" * 250), ["14"], False),
        (ComponentRef(name="Site"), ["4/x", "4/y"], False),
        (ComponentRef(group="Site", name="Osaka"), ["4/y"], False),
        (ComponentRef(name="Login"), ["5", "6"], True),
        (ComponentRef(name="Zones"), ["8", "9"], True),
        (ComponentRef(name="Nothing"), [], False),
        (ComponentRef(group="CDN", name="Nothing"), [], False),
        (ComponentRef(group="CDN"), ["1", "2"], False),
        (ComponentRef(group="zones"), ["8", "9"], False),
        (ComponentRef(name="*mail"), ["10", "11"], False),
        (ComponentRef(name="E?g?"), ["2"], False),
        (ComponentRef(group="*", name="Global"), ["1", "3"], False),
        (ComponentRef(group="D*", name="Global"), ["3"], False),
        (ComponentRef(region="Osaka"), ["4/y", "15"], False),
        (ComponentRef(region="o?e*"), ["15", "16/o"], False),
        (ComponentRef(name="Site", region="Dublin"), ["4/x"], False),
        (ComponentRef(name="Names", region="Dublin"), ["15"], False),
        (ComponentRef(region="Lagos"), ["15"], False),
        (ComponentRef(name="A*"), ["16/o", "17"], False),
        (ComponentRef(name="*literal*"), ["18"], False),
        (ComponentRef(name="Twice", region="Oslo"), ["16/p", "16/q"], True),
        (ComponentRef(name="Alpha", region="nowhere"), [], False),
    ],
)
def test_a_reference_means_a_component_a_group_or_nothing(ref: ComponentRef, ids: list[str], ambiguous: bool) -> None:  # noqa: FBT001 - a column of the table
    (match,) = find(COMPONENTS, [ref])
    assert [found.id for found in match.components] == ids
    assert match.is_ambiguous is ambiguous
    assert bool(find_missing(COMPONENTS, [ref])) is not bool(ids)


@pytest.mark.parametrize(
    ("ref", "is_meant"),
    [
        (ComponentRef(name="Disks", region="westeurope"), True),
        (ComponentRef(name="Disks"), True),
        (ComponentRef(group="Storage"), True),
        (ComponentRef(group="Storage", name="Disks", region="West *"), True),
        (ComponentRef(name="Disks", region="East Asia"), False),
        (ComponentRef(id="disks"), True),
        (ComponentRef(id="disks/West Europe"), True),
        (ComponentRef(id="disks/East Asia"), False),
        (ComponentRef(id="disks-east-1"), False),
    ],
)
def test_what_stands_for_every_service_of_a_region_is_meant_by_each_that_may_be_there(
    ref: ComponentRef,
    is_meant: bool,  # noqa: FBT001 - a column of the table
) -> None:
    everything = component("cloud/West Europe", "Cloud", "Cloud", ANYTHING, "West Europe")
    (match,) = find((*COMPONENTS, everything), [ref])
    assert (everything in match.components) is is_meant
    assert not match.is_ambiguous


def test_what_stands_for_every_service_everywhere_is_meant_by_each() -> None:
    everything = component("cloud", "Cloud", "Cloud", ANYTHING, "global")
    refs = [
        ComponentRef(name="Disks", region="East Asia"),
        ComponentRef(id="disks/East Asia"),
        ComponentRef(id="ec2-us-east-1"),
    ]
    assert all(match.components == (everything,) for match in find([everything], refs))


def test_an_id_that_ends_in_a_region_is_there_for_what_stands_for_every_service() -> None:
    everything = component("all-us-east-1", "All", "All", ANYTHING, "us-east-1")
    refs = [ComponentRef(id="ec2-us-east-1"), ComponentRef(id="ec2-us-east-2"), ComponentRef(id="ec2")]
    assert [bool(match.components) for match in find([everything], refs)] == [True, False, True]


def test_several_things_of_a_name_are_so_beside_what_stands_for_every_service() -> None:
    everything = component("cloud", "Cloud", "Cloud", ANYTHING, "global")
    (match,) = find((*COMPONENTS, everything), [ComponentRef(name="Global")])
    assert match.is_ambiguous
    assert set(match.candidates) == {"1", "3"}


def test_what_is_near_a_name_is_named_with_its_group() -> None:
    refs = [ComponentRef(name="Edgy"), ComponentRef(group="CDN", name="Globul"), ComponentRef(name="zzzzzzzzz")]
    assert nearest(COMPONENTS, refs) == {
        "Edgy": ("CDN / Edge",),
        "CDN / Globul": ("CDN / Global", "DNS / Global"),
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


def test_a_group_beside_a_component_of_its_name_is_named_as_a_group() -> None:
    (match,) = find(COMPONENTS, [ComponentRef(name="Mail")])
    assert match.candidates == {"10": "Mail", "g5": "the group Mail"}


def test_references_that_read_alike_are_told_apart_as_they_are_written() -> None:
    scope = [ComponentRef(id="A"), ComponentRef(name="A"), ComponentRef(name="B / C"), ComponentRef(group="B", name="C")]
    assert list(labels([*scope, ComponentRef(name="D")]).values()) == [
        "{id: A}",
        "{name: A}",
        "{name: B / C}",
        "{group: B, name: C}",
        "D",
    ]


def test_what_is_near_is_sought_for_a_few_and_soon_however_alike_names_are() -> None:
    names = [component(str(number), "ab" * 28 + str(number)) for number in range(2000)]
    refs = [ComponentRef(name="ab" * 29 + str(number)) for number in range(50)]
    began = process_time()
    found = nearest(names, refs)
    assert process_time() - began < 1, "measured at 10 ms; the rest is for a busy machine"
    assert len(found) == 5
    assert all(found.values())


@pytest.mark.parametrize(
    ("ref", "ids"),
    [
        (ComponentRef(name="EC2"), ["ec2-north", "ec2-south", "any"]),
        (ComponentRef(group="ec2", region="north"), ["ec2-north"]),
        (ComponentRef(name="Mail"), ["m", "any"]),
        (ComponentRef(name="Compute*"), ["ec2-north", "ec2-south", "any"]),
        (ComponentRef(name="ec*"), ["any"]),
    ],
)
def test_a_name_that_nothing_has_may_be_the_id_of_a_group(ref: ComponentRef, ids: list[str]) -> None:
    components = (
        Component(id="ec2-north", name="Compute", claim=Claim.OPERATIONAL, group_id="ec2", region="north"),
        Component(id="ec2-south", name="Compute", claim=Claim.OPERATIONAL, group="Compute", group_id="ec2", region="south"),
        Component(id="m", name="Mail", claim=Claim.OPERATIONAL, group_id="post"),
        Component(id="p", name="Post", claim=Claim.OPERATIONAL, group_id="mail"),
        Component(id="any", name="Multiple services", claim=Claim.DEGRADED, group_id=ANYTHING, region="south"),
    )
    (match,) = find(components, [ref])
    assert [component.id for component in match.components] == ids
    assert not match.is_ambiguous
