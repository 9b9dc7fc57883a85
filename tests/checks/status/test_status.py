from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from checks.check import all_checks
from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.plain import plain
from checks.status import CHECK, platforms
from checks.status.platform import Page, Platform, all_platforms, hold
from checks.status.report import Report
from checks.values import Seconds, Url
from checks.vendor import ComponentRef, StatusPage, Vendor
from tests.support.status import RECORDINGS, hear, look, network, page, recording

URL = Url("https://status.lumenfreight.test")


def test_the_check_is_found_by_its_name_and_reads_a_claim() -> None:
    assert all_checks()["status"] is CHECK
    assert CHECK.reads_claim
    assert CHECK.deadline < CHECK.every


def test_a_vendor_with_a_page_has_one_target() -> None:
    components = ("API", ComponentRef(id="x"), ComponentRef(id="API"))
    status = StatusPage(url=URL, platform="statuspage", page_id="p", components=components, every=Seconds(90))
    (target,) = CHECK.derive(Vendor(name="V", slug="v", status=status))
    assert (target.name, target.host, target.every) == ("page", "status.lumenfreight.test", 90)
    scope = (ComponentRef(name="API"), ComponentRef(id="x"), ComponentRef(id="API"))
    assert target.settings == page("statuspage", *scope, page_id="p", url=URL)


def test_a_vendor_without_a_page_has_none() -> None:
    assert list(CHECK.derive(Vendor(name="V", slug="v"))) == []


def test_every_platform_is_found_and_has_a_recording() -> None:
    platforms = all_platforms()
    assert list(platforms) == sorted(platforms)
    assert {"feed", "statusio", "statuspage"} <= platforms.keys()
    assert all(isinstance(platform, Platform) for platform in platforms.values())
    assert all(any((RECORDINGS / name).iterdir()) for name in platforms)


@pytest.mark.parametrize(
    "content", ["", "PLATFORM = Platform(name='feed', title='F', reads='f', converse=lambda _: iter(()))"]
)
def test_a_platform_that_is_not_named_like_its_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    name = f"zz_{len(content)}"
    (tmp_path / f"{name}.py").write_text(f"from checks.status.platform import Platform\n{content}\n")
    monkeypatch.setattr(platforms, "__path__", [*platforms.__path__, str(tmp_path)])
    found = all_platforms.__wrapped__()
    assert name in found
    with pytest.raises(ValueError, match=f"platforms/{name}.py: PLATFORM is not one that is named {name}"):
        found[name]
    with pytest.raises(KeyError):
        found["nobody"]


def test_reading_one_page_loads_no_other_reader() -> None:
    program = (
        "import sys\nfrom checks.status.platform import all_platforms\nall_platforms()['vigil']\n"
        "print([name for name in sys.modules if name.startswith('checks.status.platforms.')])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "['checks.status.platforms.vigil']"


def test_a_reader_nobody_knows_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(Unseen) as caught:
        look(Page(url=URL, platform="statuspge"), {})
    assert caught.value.failure.reason is Reason.CONFIG
    assert "known: adobe, algolia, apple" in caught.value.failure.detail


def test_a_look_that_fails_is_thrown_into_the_conversation() -> None:
    def patient() -> Generator[Request, Answer, Report]:
        with pytest.raises(Unseen):
            yield Request(url="https://gone.test/")
        answer = yield Request(url="https://there.test/")
        return Report(page_id=answer.body.decode(), page_name="", url="", indicator=None)

    report = asyncio.run(hold(patient(), network({"https://there.test/": b"p9"})))
    assert report.page_id == "p9"


def test_a_look_that_fails_and_is_not_borne_ends_the_conversation() -> None:
    with pytest.raises(Unseen) as caught:
        look(page("statuspage"), {})
    assert caught.value.failure.reason is Reason.DNS


def test_facts_are_plain_values_and_hold_no_more_components_than_matter() -> None:
    facts = hear(page("statuspage", ComponentRef(name="Portal")), recording("statuspage/mixed.json")).facts
    shown = plain(facts)
    assert isinstance(shown, dict)
    report = shown["report"]
    assert isinstance(report, dict)
    assert report["component_count"] == 6
    assert report["indicator"] == "degraded"
    assert report["updated_at"] == "2026-05-04T08:15:30.123Z"


@pytest.mark.parametrize(
    ("components", "words"),
    [
        ((" ",), "components[0]: is an empty name"),
        (("API", ""), "components[1]: is an empty name"),
        (("\u200b",), "components[0]: is an empty name"),
        (("API", "Web", ComponentRef(name="API")), "components[2]: is the same as components[0]: leave one out"),
        ((ComponentRef(id="x"), ComponentRef(id="x")), "components[1]: is the same as components[0]: leave one out"),
    ],
)
def test_components_that_name_nothing_or_the_same_twice_are_refused(
    components: tuple[str | ComponentRef, ...], words: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        StatusPage(url=URL, platform="statuspage", components=components)


@pytest.mark.parametrize("parts", [{"id": " "}, {"name": "\u200b"}, {"name": "x", "group": ""}])
def test_a_reference_has_no_empty_part(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is empty"):
        ComponentRef(**parts)
