"""``add``, ``detect``, ``presets`` and ``platforms``, as a person or a script runs them."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from checks.network import Answer
from checks.status.platform import all_platforms
from monitor.catalogue import load
from monitor.commands.discovering import write_new
from monitor.presets import all_presets, slugs
from monitor.show import show_table
from tests.monitor.test_cli import Ended, run
from tests.support.cases import Case, cases
from tests.support.servers import Asked, Reply, Site, ca_file, site

PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body>Nothing of a status here</body></html>"


def serving(case: Case) -> Callable[[Asked], Reply]:
    """A site that answers below its root what the platform's page answers below its own, and has a front page."""
    answers = {urlsplit(url).path: found for url, found in case.answers.items() if isinstance(found, Answer)}

    def reply(asked: Asked) -> Reply:
        path = asked.target.partition("?")[0]
        found = answers.get(path)
        if path == "/" and not found:
            return Reply(200, PAGE, {"Content-Type": "text/html"})
        return Reply(found.status, found.body, {"Content-Type": "application/json"}) if found else Reply(404)

    return reply


@asynccontextmanager
async def page_of(platform: str, folder: Path, case: str = "all well") -> AsyncIterator[Site]:
    """A site with a page of *platform*, and a configuration in *folder* with which the command may reach it."""
    (folder / "config" / "vendors").mkdir(parents=True, exist_ok=True)
    (folder / "config" / "monitor.yaml").write_text(
        f"network: {{ca_file: {ca_file(folder)}, allow: [127.0.0.0/8]}}\ncanaries: {{ask: []}}\n"
    )
    async with site(serving(next(one for one in cases(platform) if one.name == case))) as running:
        yield running


def commanded(*arguments: str, folder: Path) -> Ended:
    return asyncio.run(run(*arguments, folder=folder))


def told(folder: Path, platform: str, story: Callable[[Site], Awaitable[None]]) -> None:
    async def tell() -> None:
        async with page_of(platform, folder) as running:
            await story(running)

    asyncio.run(tell())


def test_add_writes_a_file_for_each_name_that_validate_accepts(tmp_path: Path) -> None:
    ended = commanded("add", "github", "GitLab", "--owner", "sre", "--tier", "critical", folder=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "wrote config/vendors/github.yaml\nwrote config/vendors/gitlab.yaml\n"
    file = tmp_path / "config" / "vendors" / "github.yaml"
    assert file.stat().st_mode & 0o777 == 0o644
    assert b"\r" not in file.read_bytes()
    assert sorted(path.name for path in file.parent.iterdir()) == ["github.yaml", "gitlab.yaml"]
    assert [(vendor.name, vendor.owner, vendor.tier) for vendor in load(tmp_path / "config").vendors] == [
        ("GitHub", "sre", "critical"),
        ("GitLab", "sre", "critical"),
    ]
    assert commanded("validate", folder=tmp_path).code == 0


@pytest.mark.slow
def test_add_writes_all_presets_and_validate_accepts_them(tmp_path: Path) -> None:
    ended = commanded("add", *slugs(), "--config", "new/folder", folder=tmp_path)
    assert ended.code == 0
    assert len(ended.out.splitlines()) == len(slugs())
    lacking = [line.partition(" does not watch the status page yet, and says why: ")[0] for line in ended.err.splitlines()]
    assert "new/folder/vendors/aws.yaml" in lacking
    validated = commanded("validate", "--config", "new/folder", folder=tmp_path)
    assert validated.code == 0, validated.err
    assert validated.out.startswith(f"{len(slugs())} vendors, ")


def test_add_never_overwrites_and_does_the_others(tmp_path: Path) -> None:
    vendors = tmp_path / "config" / "vendors"
    vendors.mkdir(parents=True)
    (vendors / "github.yaml").write_text("name: Mine\n")
    (vendors / "gitlab.yaml").symlink_to("nowhere")
    ended = commanded("add", "github", "gitlab", "stripe", folder=tmp_path)
    assert ended.code == 1
    assert ended.out == "wrote config/vendors/stripe.yaml\n"
    cure = "rename that file and add again to have both, or merge into it what is new"
    assert ended.err.splitlines() == [
        f"vendorwatch: config/vendors/{slug}.yaml is there already and stays as it is: {cure}"
        for slug in ("github", "gitlab")
    ]
    assert (vendors / "github.yaml").read_text() == "name: Mine\n"
    assert (vendors / "gitlab.yaml").is_symlink()
    assert len(list(vendors.iterdir())) == 3


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write_new(tmp_path / "acme.yaml", "name: \ud800")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "stripe", "githb"], "'githb': there is no preset of that name (did you mean github or gitlab?"),
        (["add", "status.acme.test"], "an address is written: https://status.acme.test"),
        (["add", "me:hunter2@status.acme.test"], "an address is written https://host/path"),
        (["add", "https://"], "names no host"),
        (["add", "https://me:hunter2@acme.test/"], "has a user or password in it"),
        (["add"], "the following arguments are required: NAME"),
        (["add", "github", "--tier", "huge"], "invalid choice: 'huge'"),
        (["detect", "acme.test/up"], "must begin with https:// or http://: https://acme.test/up"),
        (["detect", "me:hunter2@acme.test"], "must begin with https:// or http://\n"),
        (["detect", "https://a.test", "b"], "usage: vendorwatch detect [-h]"),
        (["presets", "a", "--formt", "json"], "usage: vendorwatch presets [-h]"),
        (["detect"], "the following arguments are required: URL"),
    ],
)
def test_wrong_usage_exits_with_64_and_writes_nothing(tmp_path: Path, arguments: list[str], said: str) -> None:
    ended = commanded(*arguments, folder=tmp_path)
    assert ended.code == 64
    assert said in ended.err
    assert "hunter2" not in ended.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("folder", "blocked"), [("taken", "taken"), ("taken/below", "taken"), (".", "vendors")])
def test_a_file_in_the_place_of_the_folder_is_told_in_words(tmp_path: Path, folder: str, blocked: str) -> None:
    (tmp_path / blocked).write_text("a file\n")
    ended = commanded("add", "docker", "--config", folder, folder=tmp_path)
    assert (ended.code, ended.out) == (69, "")
    assert "cannot be made, a file is in its place: --config names the folder with monitor.yaml and vendors/" in ended.err
    assert "Errno" not in ended.err


def test_a_file_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "vendors").symlink_to("/proc")
    ended = commanded("add", "docker", folder=tmp_path)
    assert (ended.code, ended.out) == (69, "")
    assert ended.err.startswith("vendorwatch: config/vendors/docker.yaml cannot be written: ")
    assert "Errno" not in ended.err


@pytest.mark.parametrize("command", ["add", "detect"])
def test_mistakes_in_the_configuration_exit_with_78_before_anything_is_asked(tmp_path: Path, command: str) -> None:
    vendors = tmp_path / "config" / "vendors"
    vendors.mkdir(parents=True)
    (vendors / "acme.yaml").write_text("nam: Acme\n")
    ended = commanded(command, "https://status.acme.test", folder=tmp_path)
    assert ended.code == 78
    assert "config/vendors/acme.yaml:1: nam: unknown key" in ended.err


@pytest.mark.slow
def test_add_recognises_an_address(tmp_path: Path) -> None:
    async def story(page: Site) -> None:
        ended = await run("add", page.url("/"), "github", "--owner", "sre", folder=tmp_path)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines() == ["wrote config/vendors/127-0-0-1.yaml", "wrote config/vendors/github.yaml"]
        vendor, _ = load(tmp_path / "config").vendors
        assert vendor.status
        assert (vendor.name, vendor.owner) == ("Lumen Freight", "sre")
        assert (vendor.status.platform, vendor.status.page_id) == ("statuspage", "k3v9q0zx1m2n")
        again = await run("add", page.url("/"), folder=tmp_path)
        assert (again.code, again.out) == (1, "")

    told(tmp_path, "statuspage", story)


@pytest.mark.slow
def test_what_detect_prints_is_a_vendors_file(tmp_path: Path) -> None:
    async def story(page: Site) -> None:
        ended = await run("detect", page.url("/"), folder=tmp_path)
        assert (ended.code, ended.err) == (0, "")
        assert f"# Atlassian Statuspage (statuspage), read at {page.url('/api/v2/summary.json')}" in ended.out
        (tmp_path / "config" / "vendors" / "lumen.yaml").write_text(ended.out)
        (vendor,) = load(tmp_path / "config").vendors
        assert vendor.name == "Lumen Freight"
        assert (await run("check", "lumen", "--check", "status", folder=tmp_path)).code == 0

    told(tmp_path, "statuspage", story)


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["statuspage", "instatus", "betterstack"])
def test_detect_tells_what_it_found_as_json(tmp_path: Path, platform: str) -> None:
    async def story(page: Site) -> None:
        ended = await run("detect", page.url("/"), "--format", "json", folder=tmp_path)
        document: dict[str, Any] = ended.document
        assert (ended.code, document["recognised"]) == (0, True)
        assert document["platform"] == platform
        assert document["experimental"] is all_platforms()[platform].experimental
        assert document["endpoint"].startswith(page.url("/"))
        assert document["page_id"]
        assert document["file"]["name"] == "127-0-0-1.yaml"
        assert document["component_count"] == len(document["components"])
        assert all(one.keys() == {"id", "name", "group", "region"} for one in document["components"])

    told(tmp_path, platform, story)


@pytest.mark.slow
def test_components_that_a_reader_need_not_ask_for_are_listed_too(tmp_path: Path) -> None:
    async def story() -> None:
        async with page_of("instatus", tmp_path, "components in scope are asked for") as page:
            ended = await run("detect", page.url("/"), folder=tmp_path)
            assert "# Components that it lists: 5" in ended.out
            assert "  #   - {group: Europe, name: Sending}" in ended.out

    asyncio.run(story())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reply", "reason", "said"),
    [
        (Reply(200, PAGE), "parse", "anywhere understands: if it has an Atom or RSS feed, give that address instead\n"),
        (Reply(404), "moved", "answered 404: the page has moved or is of another platform: check url: and platform:\n"),
        (Reply(401), "private", ""),
        (Reply(403), "blocked", ""),
        (Reply(503), "http", "503"),
    ],
)
def test_what_is_not_recognised_exits_with_3_and_says_what_is_there(
    tmp_path: Path, reply: Reply, reason: str, said: str
) -> None:
    async def story() -> None:
        async with page_of("statuspage", tmp_path), site(reply) as other:
            text = await run("detect", other.url("/"), folder=tmp_path)
            assert (text.code, text.out) == (3, "")
            assert f"is not recognised as a status page: {reason}: " in text.err
            assert said in text.err
            ended = await run("detect", other.url("/"), "--format", "json", folder=tmp_path)
            assert (ended.code, ended.document["failure"]["reason"]) == (3, reason)
            added = await run("add", other.url("/"), "github", folder=tmp_path)
            assert (added.code, added.out) == (3, "wrote config/vendors/github.yaml\n")

    asyncio.run(story())


def test_presets_are_listed_and_found_by_any_part(tmp_path: Path) -> None:
    everything = commanded("presets", folder=tmp_path)
    assert everything.code == 0
    assert len(everything.rows()) == len(slugs()) + 1
    assert everything.rows()[0] == "SLUG NAME CATEGORY PLATFORM PAGE VERIFIED"
    row = "github GitHub developer statuspage www.githubstatus.com seen"
    for word in ("github", "GITHUB", "githubstatus.com"):
        assert row in commanded("presets", word, folder=tmp_path).rows()
    for word in ("developer", "statuspage"):
        found = commanded("presets", word, "--format", "json", folder=tmp_path).document["presets"]
        wanted = [slug for slug, one in all_presets().items() if word in (one.category, one.status.platform)]
        assert set(wanted) <= {one["slug"] for one in found}
        assert len(found) < len(slugs())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["google", "cloud"], ["gcp", "google-maps"]),
        (["google cloud"], ["gcp"]),
        (["https://www.githubstatus.com/history"], ["github"]),
        (["HTTPS://WWW.GitHubStatus.com"], ["github"]),
    ],
)
def test_presets_are_found_by_several_words_and_by_an_address(tmp_path: Path, words: list[str], found: list[str]) -> None:
    ended = commanded("presets", *words, folder=tmp_path)
    assert (ended.code, [row.split()[0] for row in ended.rows()[1:]]) == (0, found)


WIDE = ("SLUG", "NAME", "PAGE", "SEEN")
ROW = ("acme", "Acme Freight and Sons", "status.acme.test", "certain")


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            80,
            [
                "SLUG  NAME                   PAGE              SEEN",
                "acme  Acme Freight and Sons  status.acme.test  certain",
            ],
        ),
        (50, ["SLUG  NAME                   PAGE", "acme  Acme Freight and Sons  status.acme.test"]),
        (40, ["SLUG  NAME              PAGE", "acme  Acme Freight and  status.acme.test", "      Sons"]),
        (30, ["SLUG  NAME         PAGE", "acme  Acme         status.acm…", "      Freight and", "      Sons"]),
    ],
)
def test_a_narrow_terminal_gets_fewer_columns_and_no_broken_words(width: int, lines: list[str]) -> None:
    out = Console(file=io.StringIO(), width=width, color_system=None)
    show_table(WIDE, [ROW], out, spare=("SEEN",))
    assert isinstance(out.file, io.StringIO)
    assert out.file.getvalue().splitlines() == lines


def test_a_search_without_a_match_exits_with_1_and_names_the_nearest(tmp_path: Path) -> None:
    ended = commanded("presets", "githb", folder=tmp_path)
    assert (ended.code, ended.out) == (1, "")
    assert "no preset matches 'githb' (did you mean github or gitlab?" in ended.err
    ended = commanded("presets", "githb", "--format", "json", folder=tmp_path)
    assert (ended.code, ended.document) == (1, {"version": 1, "presets": []})
    assert "did you mean github" in ended.err


def test_add_takes_a_name_for_its_slug(tmp_path: Path) -> None:
    ended = commanded("add", "Google Cloud", "gcp", "GITHUB", folder=tmp_path)
    assert ended.code == 0
    assert ended.out == "wrote config/vendors/gcp.yaml\nwrote config/vendors/github.yaml\n"


def test_platforms_are_listed_with_what_they_read(tmp_path: Path) -> None:
    header, *rows, blank, note = commanded("platforms", folder=tmp_path).rows()
    assert header == "NAME TITLE READS PRESETS READER"
    assert [row.split()[0] for row in rows] == list(all_platforms())
    assert {row.split()[0] for row in rows if row.endswith(" experimental")} == {
        one.name for one in all_platforms().values() if one.experimental
    }
    assert (blank, note) == ("", "experimental: written from documents and never held against a recorded page.")
    listed = commanded("platforms", "--format", "json", folder=tmp_path).document["platforms"]
    for one in listed:
        platform = all_platforms()[one["name"]]
        assert (one["title"], one["reads"], one["experimental"]) == (platform.title, platform.reads, platform.experimental)
    assert sum(one["presets"] for one in listed) == len(slugs())
    assert json.dumps(listed)
