"""Presets: each can be used as it is, none says more than is known, and a file that names one keeps the last word."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest

from checks.network import Answer, Request
from checks.status.platform import Page, all_platforms, hold
from checks.status.report import Report
from checks.values import Address
from checks.vendor import ComponentRef, Vendor
from monitor import presets
from monitor.catalogue import load
from monitor.loading.problem import ConfigError
from monitor.presets import Verified, all_presets, preset, slugs
from tests.support.cases import Case, cases
from tests.support.network import FakeNetwork

FOLDER = Path(presets.__file__).parent
OWN = {"salesforce": "ZZ7"}
"""What only a user knows of a page and its reader must be told, as the id of the page: here what the calm page has."""


@dataclass
class Replay(FakeNetwork):
    """Answers the k-th request of a conversation with what *case* answers to its own k-th, wherever it is asked."""

    case: Case | None = None
    turns: Iterator[int] = field(default_factory=count)

    async def send(self, request: Request) -> Answer:
        assert self.case
        self.sent.append(request)
        answers = [answer for answer in self.case.answers.values() if isinstance(answer, Answer)]
        found = answers[min(next(self.turns), len(answers) - 1)]
        return replace(found, url=request.url, hops=())


def all_well(platform: str) -> Case:
    return next(case for case in cases(platform) if case.name == "all well")


def drive(page: Page) -> tuple[Report, list[str]]:
    """The report of *page*, where its platform's calm documents are, and the addresses that were asked for it."""
    network = Replay(case=all_well(page.platform))
    report = asyncio.run(hold(all_platforms()[page.platform].converse(page), network))
    return report, [request.url for request in network.sent]


@pytest.mark.parametrize("slug", slugs())
def test_a_preset_can_be_read(slug: str) -> None:
    found = preset(slug)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", slug)
    assert re.fullmatch(r"[a-z]+", found.category)
    assert found.status.platform in all_platforms(), "a preset names its reader"
    assert not found.status.components, "what is used of a vendor, its user knows"
    assert found.status.every is None
    assert found.status.url.is_tls


@pytest.mark.parametrize("slug", slugs())
def test_a_presets_page_is_read_where_its_platform_answers(slug: str) -> None:
    status = preset(slug).status
    report, asked = drive(Page(url=status.url, platform=status.platform, page_id=status.page_id or OWN.get(slug)))
    assert isinstance(report, Report)
    hosts = {urlsplit(url).hostname or "" for url in asked}
    known = all_platforms()[status.platform].clues
    assert all(host == status.url.host or known.names(host) for host in hosts), hosts


def test_no_two_presets_are_the_same_page() -> None:
    pages = [(found.status.url, found.status.page_id) for found in all_presets().values()]
    assert len(set(pages)) == len(pages)


def test_a_preset_says_how_it_is_known() -> None:
    known = [found.verified for found in all_presets().values()]
    assert set(known) == set(Verified)
    assert known.count(Verified.SEEN) > len(known) / 2


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_presets_file_begins_with_what_is_to_be_known_of_it(file: Path) -> None:
    lines = file.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    assert list(presets.notes(file.stem)) == [line[2:] for line in lines[:first]]
    assert not any("#" in line for line in lines[first:])
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize(("word", "near"), [("githb", "github"), ("GitHub", "github"), ("circle-ci", "circleci")])
def test_a_word_that_is_no_preset_names_the_nearest(word: str, near: str) -> None:
    assert f"did you mean {near}" in presets.unknown(word)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("amazon", ["aws"]),
        ("whatsapp", ["meta-business"]),
        ("google", ["google-ads", "google-maps", "google-workspace", "gcp"]),
        ("https://www.githubstatus.com/history", ["github"]),
        ("Amazon Web Servces", ["aws"]),
    ],
)
def test_a_word_is_searched_for_before_the_nearest_slug_is_named(word: str, meant: list[str]) -> None:
    *first, last = meant
    named = f"{', '.join(first)} or {last}" if first else last
    assert f"(did you mean {named}? " in presets.unknown(word)


@pytest.mark.parametrize("word", ["status", "a", "https://[", ""])
def test_what_half_of_the_presets_have_in_them_points_to_none(word: str) -> None:
    assert "did you mean" not in presets.unknown(word)


def test_a_preset_is_known_by_its_slug_and_by_its_whole_name() -> None:
    assert [presets.named(word) for word in ("gcp", "GCP", "google cloud", "Google Cloud", "amazon web services")] == [
        "gcp",
        "gcp",
        "gcp",
        "gcp",
        "aws",
    ]
    assert presets.named("google") is None


def test_every_name_is_one_presets_alone() -> None:
    for slug, found in all_presets().items():
        assert presets.named(found.name) == slug


def test_a_word_that_is_near_nothing_says_where_presets_are_listed() -> None:
    assert presets.unknown("qqqq") == "there is no preset of that name (`vendorwatch presets` lists them)"


def load_one(tmp_path: Path, text: str) -> Vendor:
    (tmp_path / "vendors").mkdir(exist_ok=True)
    (tmp_path / "vendors" / "mine.yaml").write_text(text)
    (vendor,) = load(tmp_path).vendors
    return vendor


def test_a_file_may_name_a_preset_and_nothing_else(tmp_path: Path) -> None:
    vendor, known = load_one(tmp_path, "preset: github\n"), preset("github")
    assert (vendor.slug, vendor.name, vendor.preset) == ("mine", "GitHub", "github")
    assert (vendor.status, vendor.tls) == (known.status, known.tls)
    assert not {"category", "verified"} & {field.name for field in fields(vendor)}


def test_what_the_file_says_stands(tmp_path: Path) -> None:
    vendor = load_one(tmp_path, "preset: github\nname: Octo\nowner: me\ntls: []\nendpoints: [{url: https://api.test/}]\n")
    assert (vendor.name, vendor.owner, vendor.tls) == ("Octo", "me", ())
    assert [endpoint.url for endpoint in vendor.endpoints] == ["https://api.test/"]
    assert vendor.status == preset("github").status


@pytest.mark.parametrize("url", ["", "url: https://status.gitlab.com, ", "url: https://status.gitlab.com/, "])
def test_a_status_about_the_same_page_is_filled_key_by_key(tmp_path: Path, url: str) -> None:
    status = load_one(tmp_path, f"preset: gitlab\nstatus: {{{url}components: [API]}}\n").status
    assert status
    assert status.url.rstrip("/") == "https://status.gitlab.com"
    assert (status.platform, status.page_id) == ("statusio", preset("gitlab").status.page_id)
    assert status.scope == (ComponentRef(name="API"),)


def test_a_status_about_another_page_is_the_files_own(tmp_path: Path) -> None:
    status = load_one(tmp_path, "preset: gitlab\nstatus: {url: https://status.acme.test}\n").status
    assert status
    assert (status.url, status.platform, status.page_id) == ("https://status.acme.test", "", None)


def test_an_endpoint_on_a_presets_host_is_no_second_target(tmp_path: Path) -> None:
    vendor = load_one(tmp_path, "preset: github\nendpoints: [{url: https://api.github.com/zen}]\n")
    assert vendor.tls == (Address("api.github.com", 443),)
    assert [target.key for target in load(tmp_path).targets if target.check == "certificate"] == [
        "mine/certificate/api.github.com"
    ]


def test_what_is_no_preset_cannot_be_had() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        preset("no-such-vendor")


@pytest.mark.slow
def test_five_hundred_vendors_with_presets_load_in_less_than_two_seconds(tmp_path: Path) -> None:
    (tmp_path / "vendors").mkdir()
    scope = "status: {components: [{region: eu}]}\n"
    complete = [slug for slug in slugs() if slug != "salesforce"]  # which says nothing until its user names an instance
    for number in range(500):
        slug = complete[number % len(complete)]
        status = preset(slug).status
        needs_scope = all_platforms()[status.platform].example_for(status.url)
        (tmp_path / "vendors" / f"vendor-{number}.yaml").write_text(f"preset: {slug}\n{scope if needs_scope else ''}")
    took = []
    for _ in range(5):
        began = time.process_time()
        assert len(load(tmp_path).vendors) == 500
        took.append(time.process_time() - began)
    assert median(took) < 2
