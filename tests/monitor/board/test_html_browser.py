"""The board in a real browser, from the real web server: harmless, on every screen, by keyboard and for screen readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from checks.values import Address
from monitor.board.html.head import POLICY
from monitor.board.html.overview import overview_page
from monitor.board.html.vendor import vendor_page
from monitor.web import Pages, WebServer
from monitor.web.site import Asked, Document
from tests.support.boards import board, card, dozen, hostile, hostile_vendor, many, vendor_board
from tests.support.chromium import Browser, Page, chromium

pytestmark = pytest.mark.slow

SHOWN = {
    "/": overview_page(dozen(), "1.2"),
    "/none": overview_page(board(), "1.2"),
    "/one": overview_page(board(card()), "1.2"),
    "/many": overview_page(many(300), "1.2"),
    "/hostile": overview_page(hostile(), "1.2"),
    "/vendors/stripe": vendor_page(vendor_board(), "1.2"),
    "/vendors/evil": vendor_page(hostile_vendor(), "1.2"),
}
EVERY = [path for path in SHOWN if path != "/many"]
LOUD = "<script>alert(1)</script><img src=/x onerror=alert(2)><p style='color:red' onclick=alert(3)>x</p>"


def site(asked: Asked) -> Document | None:
    """The pages of `SHOWN`, and one on which nobody escaped anything."""
    text = LOUD if asked.path == "/loud" else SHOWN.get(asked.path)
    return None if text is None else Document(text.encode(), "text/html; charset=utf-8", POLICY)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """Where the pages are served, without a slash at its end."""
    pages = Pages(metrics=lambda: [b""], healthy=lambda: True, ready=lambda: True, site=site)
    with WebServer(Address("127.0.0.1", 0), pages) as server:
        yield f"http://{server.address}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.page() as tab:
        yield tab


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_runs_and_loads_nothing_and_nothing_is_amiss(page: Page, root: str, path: str) -> None:
    page.open(root + path)
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert not page.complaints()
    assert page.requests() == [root + path]
    assert page.evaluate("document.querySelectorAll('script,img,iframe,[style],[onerror],[onload]').length") == 0
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).display") == "flex", "its style is allowed"


def test_the_policy_holds_where_nothing_was_escaped(page: Page, root: str) -> None:
    """That the pages above are quiet says something only if the browser tells what it forbids."""
    page.open(f"{root}/loud")
    told = "".join(page.complaints())
    assert "script-src" in told
    assert "style-src" in told
    assert "javascriptDialogOpening" not in told
    assert page.requests()[0] == f"{root}/loud"


WIDTHS = (320, 360, 640, 768, 1024, 1440, 2560)
WIDER = """[...document.querySelectorAll('main *')].filter(e => !e.closest('.wide, .unseen, caption, thead, svg')
  && e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("path", EVERY)
def test_no_page_is_wider_than_its_screen_and_nothing_is_cut_off(page: Page, root: str, path: str) -> None:
    page.open(root + path)
    for width in WIDTHS:
        page.resize(width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(WIDER) == []


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("width", [360, 1440])
def test_the_keyboard_reaches_every_link_once_and_the_way_past_them_first(
    page: Page, root: str, path: str, width: int
) -> None:
    page.resize(width)
    page.open(root + path)
    focusable = "[...document.querySelectorAll('a[href], [tabindex=\"0\"]')]"
    count = page.evaluate(f"{focusable}.length")
    reached = [_tabbed(page, focusable) for _ in range(count)]
    assert reached == list(range(count)), "in the order of the page"
    assert page.evaluate("document.querySelector('a').textContent") == "Skip to the content"


def _tabbed(page: Page, focusable: str) -> int:
    """Which of what can be focused the next press of the key reaches, if it can be seen that it did."""
    page.press("Tab")
    seen = (
        "document.activeElement.matches(':focus-visible') && getComputedStyle(document.activeElement).outlineWidth != '0px'"
    )
    return int(page.evaluate(f"({seen}) ? {focusable}.indexOf(document.activeElement) : -1"))


def test_the_first_link_leads_past_the_head(page: Page, root: str) -> None:
    page.open(f"{root}/")
    page.press("Tab")
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0, "it shows itself"
    page.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def roles(page: Page, *wanted: str) -> Sequence[tuple[str, str]]:
    """Role and name of what a screen reader is told of, in the order in which it reads."""
    told = [node for node in page.accessible() if node["role"]["value"] in wanted]
    return [(node["role"]["value"], node["name"]["value"].replace("\N{NO-BREAK SPACE}", " ")) for node in told]


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize("width", [360, 1440])
def test_a_screen_reader_is_told_what_everything_is(page: Page, root: str, path: str, width: int) -> None:
    page.resize(width)
    page.open(root + path)
    named = roles(page, "link", "image", "img", "table", "navigation", "heading", "group", "region")
    assert [role for role, name in named if not name.strip()] == []
    assert {role for role, _ in roles(page, "banner", "main", "contentinfo")} == {"banner", "main", "contentinfo"}
    headings = [node["properties"] for node in page.accessible() if node["role"]["value"] == "heading"]
    levels = [each["value"]["value"] for properties in headings for each in properties if each["name"] == "level"]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_cards_are_still_a_table_to_who_does_not_see_them(page: Page, root: str, width: int) -> None:
    page.resize(width)
    page.open(f"{root}/")
    assert [name for _, name in roles(page, "table")] == ["12 vendors, the worst first"]
    assert len(roles(page, "row")) == 13
    assert [name for _, name in roles(page, "columnheader")][:2] == ["Vendor", "We measure"]
    assert len(roles(page, "rowheader")) == 12
    assert len(roles(page, "cell", "gridcell")) == 12 * 5
    page.open(f"{root}/vendors/stripe")
    assert len(roles(page, "table")) == 3
    assert ("rowheader", "endpoint api every 1 min") in roles(page, "rowheader")


RATIOS = """[...document.querySelectorAll('body *')].flatMap(e => {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (!own || !e.getClientRects().length || e.closest('svg, .unseen, caption, .skip, style')) return [];
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const clear = e => rgb(getComputedStyle(e).backgroundColor)[3] === 0;
  let ground = e;
  while (ground && clear(ground)) ground = ground.parentElement;
  const light = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const [one, other] = [light(getComputedStyle(e).color), light(getComputedStyle(ground || document.body).backgroundColor)];
  const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
  return [[ratio, e.className + ': ' + e.textContent.slice(0, 40)]]; })"""


@pytest.mark.parametrize("path", EVERY)
def test_all_that_is_written_can_be_read(page: Page, root: str, path: str) -> None:
    page.open(root + path)
    for theme, paper in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 26)")):
        page.emulate(prefers_color_scheme=theme)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        ratios = page.evaluate(RATIOS)
        assert len(ratios) > 5
        assert [each for each in ratios if each[0] < 4.5] == []


def test_states_are_told_apart_without_colours(page: Page, root: str) -> None:
    page.emulate(forced_colors="active")
    page.open(f"{root}/")
    told = page.evaluate(
        "[...document.querySelectorAll('tbody .state')].map(e => [e.textContent, e.querySelector('use').href.baseVal])"
    )
    assert len({word for word, _ in told}) == 7
    assert {shape for _, shape in told} == {
        f"#shape-{name}" for name in ("up", "down", "degraded", "unknown", "maintenance")
    }
    assert page.evaluate("[...document.querySelectorAll('.shape')].every(e => e.getBoundingClientRect().width > 5)")


def test_a_printed_page_shows_all_of_its_tables(page: Page, root: str) -> None:
    page.emulate("print")
    page.resize(800)
    page.open(f"{root}/vendors/stripe")
    assert page.evaluate("getComputedStyle(document.querySelector('.wide')).overflowX") == "visible"
    assert page.evaluate("getComputedStyle(document.querySelector('.skip')).display") == "none"
    printed = page.command("Page.printToPDF", preferCSSPageSize=True)
    assert len(printed["data"]) > 10_000


def test_it_works_without_scripts(page: Page, root: str) -> None:
    page.without_scripts()
    page.open(f"{root}/")
    links = page.evaluate("[...document.querySelectorAll('tbody th a')].map(a => a.href)")
    assert links[0] == f"{root}/vendors/stripe"
    assert len(links) == 12
    page.open(links[0])
    assert page.evaluate("document.querySelector('.back a').href") == f"{root}/"
    assert page.evaluate("document.querySelector('h1').textContent") == "Acme"


def test_every_vendor_has_an_address_of_its_own(page: Page, root: str) -> None:
    page.open(f"{root}/hostile")
    links = page.evaluate("[...document.querySelectorAll('tbody th a')].map(a => a.href)")
    assert [unquote(link.removeprefix(f"{root}/vendors/")) for link in links] == ["evil", "long", "crooked", '"><script>']


def test_a_picture_can_be_taken_of_it(page: Page, root: str, tmp_path: Path) -> None:
    page.resize(400, 300)
    page.open(f"{root}/many")
    page.screenshot(tmp_path / "page.png", whole=False)
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
