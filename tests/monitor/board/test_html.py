"""The board as HTML: whole, well-formed, the same for the same values; every page by itself and for every reader."""

from __future__ import annotations

import gzip
import re
import time
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from monitor.board.html.head import POLICY
from monitor.board.html.overview import overview_page
from monitor.board.values import Board
from monitor.hypertext.document import policy
from tests.support.boardpages import PAGES
from tests.support.boards import dozen, many
from tests.support.hypertext import Reader

every_page = pytest.mark.parametrize("written", PAGES.values(), ids=PAGES)


@every_page
def test_a_page_is_balanced_and_its_pictures_are_well_formed(written: str) -> None:
    assert written.startswith('<!DOCTYPE html>\n<html lang="en">')
    Reader(written)
    ET.fromstring(written[written.index("<body>") : written.index("</html>")])  # noqa: S314 - our own


@every_page
def test_a_page_loads_and_runs_nothing(written: str) -> None:
    reader = Reader(written)
    forbidden = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "foreignobject", "animate"}
    assert not forbidden & {tag for tag, _ in reader.found}
    names = {name for _, attributes in reader.found for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "xlink:href"}}
    assert not [each for each in reader.all("meta") if each.get("http-equiv") == "refresh"]


@every_page
def test_a_link_stays_on_the_board_or_tells_nothing_where_it_leads(written: str) -> None:
    for link in Reader(written).all("a"):
        where = link["href"]
        assert where is not None
        if re.match(r"https?://", where):
            assert link["rel"] == "noopener noreferrer"
        else:
            assert re.fullmatch(r"(#[a-z-]+|\.\./|(\.\./)?(metrics|openapi\.json)|vendors/[\w%.~-]+)?", where)


@every_page
def test_the_policy_allows_the_style_alone(written: str) -> None:
    reader = Reader(written)
    style = "".join(data for tag, data in reader.texts if tag == "style")
    known = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'" == policy(style)
    assert f"{policy(style)}; frame-ancestors 'none'" == POLICY
    assert {each["content"] for each in reader.all("meta") if each.get("http-equiv")} == {policy(style)}
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#fill-degraded", "#fill-unknown", "#fill-maintenance"}


@every_page
def test_headings_are_in_order_and_every_reference_arrives(written: str) -> None:
    reader = Reader(written)
    levels = [int(tag[1]) for tag, _ in reader.found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = [each["id"] for _, each in reader.found if "id" in each]
    assert len(set(names)) == len(names)
    local = {str(each["href"])[1:] for _, each in reader.found if (each.get("href") or "").startswith("#")}
    labels = {each["aria-labelledby"] for _, each in reader.found if "aria-labelledby" in each}
    assert local | labels <= set(names)
    assert reader.all("a")[0]["href"] == "#main"


@every_page
def test_tables_and_pictures_are_told_to_who_does_not_see_them(written: str) -> None:
    reader = Reader(written)
    assert {"header", "main", "footer"} <= {tag for tag, _ in reader.found}
    assert {each.get("scope") for each in reader.all("th")} <= {"col", "row"}
    assert len(reader.all("caption")) == len(reader.all("table"))
    pictures = re.findall(r'<svg[^>]*role="img"[^>]*>(.{7})', written)
    assert set(pictures) <= {"<title>"}
    others = [each for each in reader.all("svg") if each.get("role") != "img" and "width" not in each]
    assert all(each.get("aria-hidden") == "true" for each in others)


def test_each_page_has_a_title_of_its_own() -> None:
    titles = {name: next(data for tag, data in Reader(page).texts if tag == "title") for name, page in PAGES.items()}
    assert titles["twelve"] == "1 down, 1 unknown, 1 degraded, 2 apart · vendorwatch"
    assert titles["vendor"] == "Acme: down · vendorwatch"
    assert titles["one"] == "all up · vendorwatch"


def test_the_same_board_is_the_same_page() -> None:
    assert overview_page(dozen(), "1.2") == PAGES["twelve"]


def fastest(shown: Board) -> float:
    """The seconds of the processor that the page takes."""

    def seconds() -> float:
        begun = time.process_time()
        overview_page(shown, "1.2")
        return time.process_time() - begun

    return min(seconds() for _ in range(5))


@pytest.mark.slow
def test_three_hundred_vendors_are_written_in_no_time_and_small() -> None:
    written = overview_page(many(300), "1.2").encode()
    assert len(written) < 600_000
    assert len(gzip.compress(written, 1)) < 60_000
    assert fastest(many(300)) < 0.15
