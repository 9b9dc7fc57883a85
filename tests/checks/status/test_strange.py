from __future__ import annotations

from dataclasses import replace

import pytest

from checks.model import Claim
from checks.status import regions
from checks.status.platform import Page
from checks.status.report import EVERYWHERE, Component, Report
from checks.status.strange import Catalogue, mark_strange
from checks.values import Url
from checks.vendor import ComponentRef
from tests.support.status import Heard, look

KNOWN = Catalogue(
    regions={"eu-west-1": "Ireland", "West Europe": ""},
    names={"Block Storage": "disk", "Virtual Machines": "vm"},
    ids={"disk", "disk-eu-west-1", "vm"},
)
OPEN = (
    Component(id="queue/Far North", name="Queue", claim=Claim.DEGRADED, group="Queue", group_id="queue", region="Far North"),
    Component(id="login", name="Login", claim=Claim.DEGRADED, group="Login", group_id="login", region=EVERYWHERE),
)
REPORT = Report(page_id="p", page_name="", url="", indicator=None, components=OPEN, lists_all=False)


@pytest.mark.parametrize(
    ("ref", "near"),
    [
        (ComponentRef(region="EU-West-1"), None),
        (ComponentRef(region="westeurope"), None),
        (ComponentRef(region="eu-*"), None),
        (ComponentRef(region="Far North"), None),
        (ComponentRef(region="global"), None),
        (ComponentRef(region="eu-west1"), ("eu-west-1 (Ireland)",)),
        (ComponentRef(region="west-europe"), ("West Europe",)),
        (ComponentRef(region="Ireland"), ("eu-west-1 (Ireland)",)),
        (ComponentRef(region="ap-*"), ()),
        (ComponentRef(name="Login", region="eu-west1"), ("eu-west-1 (Ireland)",)),
        (ComponentRef(name="block storage"), None),
        (ComponentRef(name="*Machines"), None),
        (ComponentRef(name="Queue"), None),
        (ComponentRef(name="VM"), None),
        (ComponentRef(group="vm"), None),
        (ComponentRef(name="VMM"), ("Virtual Machines (vm)",)),
        (ComponentRef(group="Blok Storage"), ("Block Storage (disk)",)),
        (ComponentRef(group="Virtual Machines", name="Virtual Machines"), None),
        (ComponentRef(id="disk-eu-west-1"), None),
        (ComponentRef(id="queue"), None),
        (ComponentRef(id="print"), ()),
        (ComponentRef(id="dissk"), ("Block Storage (disk)",)),
    ],
)
def test_what_the_vendor_cannot_have_is_strange(ref: ComponentRef, near: tuple[str, ...] | None) -> None:
    marked = mark_strange(REPORT, [ref], KNOWN).strange
    assert marked == ({} if near is None else {ref: near})


@pytest.mark.parametrize(
    ("written", "is_strange"),
    [
        ("disk/eu-west-1", False),
        ("disk/eu-west-1-b", False),
        ("disk/eu-west-12", True),
        ("disk/eu-wset-1", True),
        ("disk/eu-west-1-far", True),
    ],
)
def test_an_id_with_a_slash_ends_in_a_region(written: str, is_strange: bool) -> None:  # noqa: FBT001 - a column of the table
    ref = ComponentRef(id=written)
    marked = mark_strange(REPORT, [ref], Catalogue(regions=KNOWN.regions)).strange
    assert marked == ({ref: ("eu-west-1 (Ireland)",)} if is_strange else {})


def test_where_nobody_knows_what_there_is_nothing_is_strange() -> None:
    refs = [ComponentRef(region="nowhere"), ComponentRef(name="Nothing"), ComponentRef(id="none")]
    assert mark_strange(REPORT, refs, Catalogue()).strange == {}


@pytest.mark.parametrize(
    ("ref", "near"),
    [
        (ComponentRef(name="queue"), None),
        (ComponentRef(name="Azure Queue"), ("Queue",)),
        (ComponentRef(group="Google Cloud Queue", region="nowhere"), ("Queue",)),
        (ComponentRef(name="LGN"), None),
        (ComponentRef(name="Amazon LGN"), ("Login",)),
        (ComponentRef(name="Queues"), None),
        (ComponentRef(name="Q*"), None),
    ],
)
def test_what_is_open_under_another_spelling_is_strange_though_nobody_knows_what_there_is(
    ref: ComponentRef, near: tuple[str, ...] | None
) -> None:
    report = replace(REPORT, components=(OPEN[0], replace(OPEN[1], group_id="lgn")))
    assert mark_strange(report, [ref], Catalogue()).strange == ({} if near is None else {ref: near})


def test_a_strange_reference_is_unknown_to_people_and_in_numbers() -> None:
    ref = ComponentRef(region="us-east1")
    asked = Page(url=Url("https://mirror.acme.test/public/currentevents"), platform="aws", scope=(ref,))
    heard = Heard(look(asked, {asked.url: b"[]"}), asked)
    assert heard.claim is Claim.UNKNOWN
    assert heard.codes == ["status.component_missing"]
    assert "us-east-1 (N. Virginia)" in heard.findings[0].message
    assert heard.samples()["vendor_component_state", "us-east1", "unknown"] == 1


def test_the_tables_of_regions_are_read_whole() -> None:
    assert regions.AWS["us-east-1"] == "N. Virginia"
    assert regions.AZURE["China East 2"] == ""
    assert regions.GOOGLE["europe-west12"] == "Turin"
    assert regions.IBM["us-south"] == "Dallas"
    assert all(region == region.strip() and ":" not in region for table in (regions.AWS, regions.AZURE) for region in table)
