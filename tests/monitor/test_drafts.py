"""Drafts of vendors' files: valid as they are, also where a page says the oddest things of itself."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.foreign import one_line
from checks.model import Claim
from checks.status.detect import Found
from checks.status.platform import Page, all_platforms
from checks.status.report import Component, Report
from checks.status.scope import find
from checks.values import Url
from checks.vendor import Vendor
from monitor.catalogue import load
from monitor.drafts import Draft, Use, of_page, of_preset, slug_of
from monitor.loading.problem import ConfigError
from monitor.presets import all_presets, preset, slugs
from tests.support.cases import cases, read

NOBODY = Use()
_ENTRY = re.compile(r" +(- |\w+: )")


def found(platform: str, report: Report | None = None) -> Found:
    """What detection finds at a page of *platform* that is well."""
    case = next(case for case in cases(platform) if case.name == "all well")
    return Found(platform=all_platforms()[platform], page=case.page, report=report or read(replace(case)))


def loaded(tmp_path: Path, draft: Draft) -> Vendor:
    (tmp_path / "vendors").mkdir(exist_ok=True)
    (tmp_path / "vendors" / f"{draft.slug}.yaml").write_text(draft.text)
    (vendor,) = load(tmp_path).vendors
    return vendor


def taken_in(text: str) -> str:
    """*text* with its commented preset, status section and components taken in, as its reader would."""
    lines, inside = [], False
    for line in text.splitlines():
        bare = line.replace("# ", "", 1)
        begins = bare in {"status:", "  components:", "components:"} or re.fullmatch(r"preset: [a-z0-9-]+", bare)
        inside = bool(begins) or (inside and _ENTRY.match(bare) is not None)
        lines.append(bare if inside else line)
    return "\n".join(lines)


def test_a_draft_of_every_preset_is_valid_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "vendors").mkdir()
    drafts = {slug: of_preset(slug, one, Use(owner="a: b # c", tier="low")) for slug, one in all_presets().items()}
    for slug, draft in drafts.items():
        (tmp_path / "vendors" / f"{slug}.yaml").write_text(draft.text)
    vendors = {vendor.slug: vendor for vendor in load(tmp_path).vendors}
    assert list(vendors) == list(slugs())
    for slug, vendor in vendors.items():
        known = preset(slug)
        assert (vendor.name, vendor.tls, vendor.owner, vendor.tier) == (known.name, known.tls, "a: b # c", "low")
        assert vendor.status == (None if drafts[slug].lacking else known.status)


@pytest.mark.parametrize("slug", ["aws", "azure", "gcp"])
def test_a_page_that_covers_a_cloud_is_not_watched_before_its_components_are_named(tmp_path: Path, slug: str) -> None:
    draft, known = of_preset(slug, preset(slug), NOBODY), preset(slug)
    assert "every region and product: remove the # from these lines, and name those" in draft.lacking
    assert loaded(tmp_path, draft).status is None
    assert known.status.url not in draft.text, "the preset says it"
    vendor = loaded(tmp_path, replace(draft, text=taken_in(draft.text)))
    assert (vendor.name, vendor.preset, vendor.tls) == (known.name, slug, known.tls)
    assert vendor.status
    assert (vendor.status.url, vendor.status.platform) == (known.status.url, known.status.platform)
    assert vendor.status.scope


def test_what_a_reader_must_be_told_stands_in_the_draft(tmp_path: Path) -> None:
    draft, known = of_preset("salesforce", preset("salesforce"), NOBODY), preset("salesforce")
    assert "instances/<KEY>" in draft.lacking
    assert draft.lacking.endswith("remove the # from these lines")
    assert loaded(tmp_path, draft).status is None
    text = taken_in(draft.text)
    with pytest.raises(ConfigError, match=r"status\.url: the page is one of all instances"):
        loaded(tmp_path, replace(draft, text=text))
    own = text.replace(f"url: {known.status.url}", f"url: {known.status.url}/instances/NA224")
    vendor = loaded(tmp_path, replace(draft, text=own))
    assert (vendor.name, vendor.preset, vendor.tls) == (known.name, "salesforce", known.tls)
    assert vendor.status


def test_a_page_without_components_says_so() -> None:
    assert "# It lists no components.\n" in of_page(reporting(), NOBODY).text


@pytest.mark.parametrize("platform", sorted(all_platforms()))
def test_a_draft_of_a_page_of_every_platform_is_valid_as_it_is(tmp_path: Path, platform: str) -> None:
    at = found(platform)
    draft = of_page(at, NOBODY)
    status = loaded(tmp_path, draft).status
    assert (status is None) is bool(draft.lacking)
    assert f"({platform})" in draft.text
    assert at.report.url in draft.text
    assert ("experimental" in draft.text) is at.platform.experimental


@pytest.mark.parametrize("platform", ["statuspage", "statusio"])
def test_the_components_of_a_draft_are_what_they_are_on_the_page(tmp_path: Path, platform: str) -> None:
    at = found(platform)
    status = loaded(tmp_path, of_page(at, NOBODY)).status
    assert status
    assert not status.scope
    status = loaded(tmp_path, replace(draft := of_page(at, NOBODY), text=taken_in(draft.text))).status
    assert status
    matches = find(at.report.components, status.scope)
    assert not any(match.is_ambiguous for match in matches)
    assert {one for match in matches for one in match.components} == set(at.report.components)
    assert status.page_id == at.report.page_id


def component(number: int, name: str, group: str = "", region: str = "") -> Component:
    return Component(
        id=f"c{number}",
        name=name,
        claim=Claim.OPERATIONAL,
        group=group,
        group_id=f"g-{group}" if group else "",
        region=region,
    )


def reporting(*components: Component, name: str = "Acme") -> Found:
    report = Report(
        page_id="k3v9q0zx1m2n",
        page_name=name,
        url="https://status.acme.test/api/v2/summary.json",
        indicator=Claim.OPERATIONAL,
        components=components,
        component_count=len(components),
    )
    return found("statuspage", report)


def test_components_are_named_as_shortly_as_it_is_clear() -> None:
    twins = (component(3, "Web", "EU"), component(4, "Web", "US"), component(5, "Same", "EU"), component(6, "Same", "EU"))
    places = (component(7, "Git", "Git", "Dublin"), component(8, "Git", "Git", "Oslo"))
    text = of_page(reporting(component(1, "API"), component(2, "a, b", "EU"), *twins, *places), NOBODY).text
    listed = [line.partition("- ")[2] for line in text.splitlines() if line.startswith("  #   - ")]
    assert listed == ["API", '"a, b"', "{group: EU, name: Web}", "{group: US, name: Web}", "{id: c5}", "{id: c6}", "Git"]


def test_a_long_list_is_cut_and_says_so() -> None:
    text = of_page(reporting(*(component(number, f"Part {number}") for number in range(200))), NOBODY).text
    assert text.count("  #   - ") == 60
    assert "and 140 more" in text
    assert "Components that it lists: 200" in text


NASTY = [
    "null",
    "NO",
    "12",
    "a: b",
    "a #b",
    "- x",
    "[a]",
    "{a: b}",
    "'q",
    '"q"',
    "back\\slash",
    "*a",
    "&a",
    "!t",
    "%d",
    "@x",
    "`",
    "|",
]


@pytest.mark.parametrize("name", NASTY)
def test_what_a_page_calls_itself_stays_text(tmp_path: Path, name: str) -> None:
    draft = of_page(reporting(component(1, name), component(2, name, name), name=name), Use(owner=name))
    vendor = loaded(tmp_path, replace(draft, text=taken_in(draft.text)))
    assert (vendor.name, vendor.owner) == (name, name)
    assert vendor.status
    assert vendor.status.scope


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(name=st.text(min_size=1, max_size=40))
def test_any_text_of_a_page_is_written_as_it_was_read(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    line = one_line(name)
    vendor = loaded(tmp_path_factory.mktemp("any"), of_page(reporting(component(1, line), name=line), NOBODY))
    assert vendor.name == (line or "Lumenfreight")


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://status.acme.com", "acme"),
        ("https://www.acmestatus.com/", "acme"),
        ("https://acme.statuspage.io", "acme"),
        ("https://status.acme.co.uk/eu", "acme"),
        ("https://www.acme-status.com", "acme"),
        ("https://bolt.status.acme.com", "bolt"),
        ("https://status.io", "status"),
        ("https://STATUS.Acme_Labs.com", "acme-labs"),
        ("https://127.0.0.2:8443/", "127-0-0-2"),
        ("https://[2001:db8::1]/", "2001-db8-1"),
        ("https://localhost", "localhost"),
    ],
)
def test_a_slug_is_the_first_label_that_says_anything(url: str, slug: str) -> None:
    assert slug_of(Url(url)) == slug


def test_where_the_schema_is_stands_first() -> None:
    for draft in (
        of_preset("github", preset("github"), NOBODY, "../schemas/vendor.schema.json"),
        of_page(reporting(), NOBODY, "../schemas/vendor.schema.json"),
    ):
        assert draft.text.startswith("# yaml-language-server: $schema=../schemas/vendor.schema.json\n")


def test_a_page_that_looks_like_another_platforms_says_so() -> None:
    at = reporting()
    draft = of_page(replace(at, report=replace(at.report, looks_like="incidentio")), NOBODY)
    assert "It seems to be a page of incidentio." in draft.text


def test_a_page_without_a_name_is_called_after_its_host() -> None:
    at = reporting(name="")
    page = Page(url=Url("https://status.bolt.test"), platform="statuspage")
    assert "\nname: Bolt\n" in of_page(replace(at, page=page), NOBODY).text
