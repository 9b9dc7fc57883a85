"""Whatever a vendor or a configuration says, the board shows it as text, and links to it only as an address of the web."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.foreign import one_line
from checks.model import Finding, Severity
from monitor.board.html.vendor import vendor_page
from monitor.hypertext.links import link_out
from monitor.hypertext.markup import Markup, element
from tests.support.boardpages import PAGES
from tests.support.boards import EVIL, LONG, card, vendor_board
from tests.support.hypertext import Reader


def test_what_others_say_stays_text() -> None:
    for written in (PAGES["hostile"], PAGES["hostile vendor"]):
        assert not {"\u202e", "\x00"} & set(written)
        assert "alert(&quot;1&quot;)" in written
        assert "javascript:" not in written
        assert "W" * 801 not in written
        assert Reader(written).text.count("<script>alert(") > 2
    assert 'href="vendors/%22%3E%3Cscript%3E"' in PAGES["hostile"]


@settings(deadline=None)
@given(st.text(max_size=120))
@example(EVIL)
@example(LONG)
@example("\ud800")
def test_any_name_comes_back_as_itself_in_one_line(name: str) -> None:
    reader = Reader(vendor_page(vendor_board(card(name=name), outages=(), targets=()), "1.2"))
    told = next(data for tag, data in reader.texts if tag == "title").removesuffix(" · vendorwatch")
    assert told.replace("\N{NO-BREAK SPACE}", " ") == one_line(f"{one_line(name, 100)}: up")
    named = [data for tag, data in reader.texts if tag == "bdi"]
    assert one_line(name, 100) in {text.replace("\N{NO-BREAK SPACE}", " ").strip() for text in [*named, ""]}


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_finding_and_cause_is_text(message: str, cause: str) -> None:
    made = vendor_board(card(cause=cause))
    found = (Finding("a.code", Severity.CRITICAL, message),)
    written = vendor_page(replace(made, targets=[replace(made.targets[0], findings=found, failure="")]), "1.2")
    said = {data.replace("\N{NO-BREAK SPACE}", " ").strip() for tag, data in Reader(written).texts if tag == "bdi"} | {""}
    assert {one_line(message, 800), one_line(cause, 800)} <= said


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>",
        "//evil.example/",
        "ftp://example.org/",
        "https://",
        "https://[",
        "https://user:secret@example.org/",
        "https://example.org/ x",
        "https://example.org/\u202egnp.exe",
        f"https://example.org/{'x' * 1_981}",
        " https://example.org/",
        "",
    ],
)
def test_what_is_no_plain_address_of_the_web_is_no_link(address: str) -> None:
    assert link_out(address, "word") == "word"


def test_an_address_of_the_web_is_a_link() -> None:
    written = link_out("https://status.example.org/a?b=1&c", "word")
    assert written == '<a href="https://status.example.org/a?b=1&amp;c" rel="noopener noreferrer" class="out">word</a>'
    assert f'href="https://example.org/{"x" * 1_980}"' in link_out(f"https://example.org/{'x' * 1_980}", "word")


def test_what_is_copied_is_as_it_was() -> None:
    """A blank between a number and its unit does not break a line; in a command or an attribute it is what it was."""
    shown = vendor_board()
    target = replace(shown.targets[0], key="acme/endpoint/in 3 s")
    reader = Reader(vendor_page(replace(shown, targets=[target]), "1.2"))
    code = [data for tag, data in reader.texts if tag == "code"]
    assert "vendorwatch explain 'acme/endpoint/in 3 s'" in code
    assert element("p", "in 3 s", title="in 3 s") == '<p title="in 3 s">in 3\N{NO-BREAK SPACE}s</p>'


def test_text_is_escaped_also_where_the_same_was_markup_before() -> None:
    for name in ("p", "code"):
        assert element(name, Markup("<i>1 s</i>"), title=Markup("a&amp;b")) == f'<{name} title="a&amp;b"><i>1 s</i></{name}>'
        assert "<i>" not in element(name, "<i>1 s</i>", title="<i>1 s</i>")
