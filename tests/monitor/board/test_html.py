"""The board as HTML: whole, well-formed, harmless whatever a vendor says, and telling what the values say."""

from __future__ import annotations

import gzip
import re
import time
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checks.foreign import one_line
from checks.model import Claim, Finding, Severity, State
from checks.vendor import Tier
from monitor.board.html.head import POLICY
from monitor.board.html.overview import overview_page
from monitor.board.html.vendor import vendor_page
from monitor.board.values import Board, Card, CertificateLeft, Reading, VendorBoard
from monitor.history import Tally
from monitor.hypertext.document import policy
from monitor.hypertext.links import link_out
from monitor.hypertext.markup import Markup, element
from monitor.standing import Work
from tests.support.boards import (
    EVIL,
    LONG,
    NOW,
    board,
    card,
    certificate,
    down,
    dozen,
    first_minutes,
    hostile,
    hostile_vendor,
    many,
    outage,
    outages,
    past,
    vendor_board,
)
from tests.support.hypertext import Reader

BARE = card(strip=None, certificate=None, grade="", team="", page="", claim=None, since=None, state=State.UNKNOWN)
PAGES = {
    "none": overview_page(board(), "1.2"),
    "one": overview_page(board(card()), "1.2"),
    "twelve": overview_page(dozen(), "1.2"),
    "hostile": overview_page(hostile(), "1.2"),
    "blind": overview_page(replace(dozen(), is_blind=True, reading=Reading.FAILED), "1.2"),
    "vendor": vendor_page(vendor_board(), "1.2"),
    "calm": vendor_page(vendor_board(card(), outages=(), targets=()), "1.2"),
    "bare": vendor_page(vendor_board(BARE, outages=(), targets=(), reading=Reading.AWAITED, is_blind=True), "1.2"),
    "hostile vendor": vendor_page(hostile_vendor(), "1.2"),
}
every_page = pytest.mark.parametrize("written", PAGES.values(), ids=PAGES)


def read(*cards: Card, **others: object) -> str:
    """What the page of all says of these."""
    return Reader(overview_page(replace(board(*cards), **others), "1.2")).text  # type: ignore[arg-type]


def read_one(shown: VendorBoard) -> str:
    """What the page of one says."""
    return Reader(vendor_page(shown, "1.2")).text


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


def test_who_starts_does_not_say_that_nobody_is_watched() -> None:
    text = read(is_starting=True)
    assert "vendorwatch is starting." in text
    assert "Add a vendor" not in text


def test_without_a_vendor_the_page_says_what_to_do() -> None:
    text = Reader(PAGES["none"]).text
    assert "No vendor is watched yet." in text
    assert "$ vendorwatch add github stripe\n" in text
    assert not Reader(PAGES["none"]).all("table")


def test_a_line_tells_claim_and_measurement_since_when_and_what_is_left() -> None:
    text = read(down("acme", tier=Tier.CRITICAL, name="Acme"))
    for told in (
        "Acme is down and disagrees with us.",
        "critical tier · platform",
        "down 1 h 12 min, since 2026-11-22 12:51 503 instead of a 2xx after 23 ms",
        "operational, on the status page of Acme Down for us, while its status page says operational 1 h 7 min, since",
        "available, 98.8 % seen",
        "12 days",
    ):
        assert told in text
    times = [each.get("datetime") for each in Reader(overview_page(board(down()), "1.2")).all("time")]
    assert "2026-11-22T12:51:05Z" in times
    assert "As of 2026-11-22 14:03:05 UTC." in text


def test_what_is_not_known_is_said_to_be_so() -> None:
    text = read(BARE, card(claim=Claim.UNKNOWN), card(claim=None), card(is_measured=False))
    for told in (
        "no look yet",
        "no status page",
        "nothing is known yet",
        "none seen",
        "not graded",
        "cannot be read",
        "not read",
    ):
        assert told in text
    assert "not measured" in text


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (card(works=frozenset({Work.OWN})), "in a maintenance window of ours"),
        (card(works=frozenset({Work.ANNOUNCED})), "in maintenance that it announced"),
        (card(is_muted=True), "muted: nobody is told"),
        (card(is_critical=True), "critical finding"),
        (card(is_flapping=True), "comes and goes"),
        (card(certificate=CertificateLeft(target="a", not_after=NOW)), "expired"),
        (card(certificate=CertificateLeft(target="a", not_after=NOW + timedelta(hours=30))), "1 day"),
        (card(certificate=certificate("a", 12)), "12 days ends soon"),
        (card(certificate=certificate("a", 3)), "3 days about to end"),
        (card(strip=first_minutes()), "100.000 % of 10 min available, 90.0 % seen"),
        (card(strip=past(1, troubles=0, watched=20)), "100.000 % of 19 d 14 h available, 100.0 % seen"),
        (card(strip=past(1, troubles=0, watched=0)), "nothing is known yet"),
        (card(strip=replace(past(1), whole=Tally(unknown=9))), "nothing of it was seen"),
        (card(claim=Claim.MAJOR_OUTAGE), "major outage"),
    ],
)
def test_marks_stand_on_both_pages(shown: Card, told: str) -> None:
    assert told in read(shown)
    if told != "nothing is known yet":
        assert told in read_one(vendor_board(shown))


@pytest.mark.parametrize(
    ("reading", "told"),
    [(Reading.AWAITED, "still being read"), (Reading.FAILED, "cannot be read from the store"), (Reading.DONE, None)],
)
def test_a_store_that_cannot_be_read_is_told(reading: Reading, told: str | None) -> None:
    for text in (read(card(), reading=reading), read_one(vendor_board(reading=reading))):
        assert ("from the store" in text) == bool(told)
        assert told is None or told in text


def test_numbers_by_state_lead_to_the_first_of_each() -> None:
    reader = Reader(PAGES["twelve"])
    rows = {each["id"]: each["class"] for each in reader.all("tr") if "id" in each}
    assert rows == {
        "down": "down",
        "unknown": "unknown",
        "degraded": "degraded",
        "maintenance": "maintenance",
        "up": "up",
        "not-measured": "unknown",
        "no-look-yet": "unknown",
    }
    text = reader.text
    for told in ("1 down", "1 unknown", "1 degraded", "1 maintenance", "1 no look yet", "1 not measured", "6 up"):
        assert told in text
    assert "0 down" in read(card())


def test_the_order_is_that_of_the_board() -> None:
    text = Reader(PAGES["twelve"]).text
    places = [text.index(f"{each.name} {each.tier} tier") for each in dozen().cards]
    assert places == sorted(places)


def test_a_blind_board_blames_nobody() -> None:
    text = Reader(PAGES["blind"]).text
    assert "Our own network is the suspect: how the vendors are cannot be told; 1 was down before." in text
    for told in (text, read_one(vendor_board(is_blind=True))):
        assert "nobody is blamed: a vendor that is unknown may be well." in told
        assert "What of it does not work" not in told


def test_what_our_own_network_lacks_is_told_as_it_is() -> None:
    lacks = "names: dns: no such name"
    for text in (read(card(), lacks=lacks), read_one(vendor_board(lacks=lacks))):
        assert text.count(f"Our own network works in part: {lacks}. What fails for that is nobody's fault") == 1
    for text in (read(card(), lacks=lacks, is_blind=True), read_one(vendor_board(lacks=lacks, is_blind=True))):
        assert text.count("is the suspect nobody is blamed") == 1
        assert text.count(f"What of it does not work: {lacks}.") == 1
        assert "in part" not in text
    assert one_line(EVIL) in read(card(), troubles=(EVIL,))


def test_what_else_is_amiss_is_counted_in_the_words_of_the_verdict() -> None:
    shown = (
        down("acme"),
        card("admitting", claim=Claim.DEGRADED),
        card("urgent", is_critical=True),
        card("urgent-too", is_critical=True),
    )
    reader = Reader(overview_page(board(*shown), "1.2"))
    amiss = ["1 says that it has trouble", "2 have critical findings", "1 disagrees with us"]
    assert [text for tag, text in reader.texts if tag == "li" and text in amiss] == amiss
    assert f"1 of 4 vendors is down; {', '.join(amiss)}." in reader.text


def test_cards_say_what_they_show_and_a_vendor_without_a_page_only_that() -> None:
    silent = card("silent", page="", claim=None)
    labels = [each.get("data-label") for each in Reader(overview_page(board(card(), silent), "1.2")).all("td")]
    assert labels == [None, "Its page:", None, "Certificate:", "TLS:", *[None] * 3, "Certificate:", "TLS:"]
    assert "Its wordno status page" in read_one(vendor_board(silent))
    assert "Its status page saysoperational" in read_one(vendor_board(card()))


def test_why_a_page_cannot_be_read_is_told() -> None:
    shown = card(claim=Claim.UNKNOWN, unread="timeout: no answer within 10 s")
    for text in (read(shown), read_one(vendor_board(shown))):
        assert "cannot be read" in text
        assert "timeout: no answer within 10 s" in text


def test_the_page_of_a_vendor_tells_the_outage_that_goes_on() -> None:
    shared = outage(shared="the network AS64500")
    text = read_one(vendor_board(down(outage=shared)))
    for told in (
        "This outage",
        "2026-11-22 12:51, 1 h 12 min ago",
        "endpoint/api, endpoint/checkout",
        "1 min 24 s after the first look that failed",
        "Admittednot yet",
        "the network AS64500",
    ):
        assert told in text
    assert "This outage" not in read_one(vendor_board(card()))


def test_outages_tell_what_we_knew_and_what_the_vendor_said() -> None:
    text = read_one(vendor_board()).split("Outages, the newest first")[1]
    for told in (
        "goes on",
        "17 min after us",
        "4 min before us",
        "as soon as we",
        "never, that we saw",
        "and 8 more",
        "together with others",
    ):
        assert told in text
    assert "it cannot be read" in read_one(vendor_board(down(claim=Claim.UNKNOWN)))
    silent = card(page="", claim=None)
    assert "it has no page" in read_one(vendor_board(silent, outages=[replace(each, claimed_at=None) for each in outages()]))
    assert "No outage is known." in read_one(vendor_board(outages=()))


def test_targets_tell_their_newest_look_and_what_was_found_before() -> None:
    text = read_one(vendor_board())
    for told in (
        "endpoint api every 1 min",
        "41 s ago 2026-11-22 14:02:24, took 23 ms",
        "critical 503 instead of a 2xx after 23 ms endpoint.status",
        "unknown It saw nothing: timeout no answer within 10 s from api.acme.example:443",
        "The last look that saw something, at 2026-11-22 12:02:24, found:warning accepts 3 suites",
        "It says: operational",
        "none yet",
    ):
        assert told in text
    made = vendor_board()
    clean = replace(made.targets[0], findings=())
    assert "nothing to remark" in read_one(replace(made, targets=[clean]))
    many_found = [Finding("a.b", Severity.OK, "fine")] * 40 + [Finding("c.d", Severity.CRITICAL, "worst")]
    told = read_one(replace(made, targets=[replace(clean, findings=many_found)]))
    assert told.index("worst") < told.index("fine")
    assert "and 11 more" in told
    assert "Nothing of it is looked at" in read_one(replace(made, targets=()))


def test_days_with_trouble_are_in_a_table_too() -> None:
    text = read_one(vendor_board(down()))
    assert "2026-11-2291.459 %1 h 12 min-100.0 %" in text
    calm = read_one(vendor_board(card(strip=past(1, troubles=0))))
    assert "No trouble was seen on any of them." in calm
    assert "Counted until 2026-11-22 14:03." in calm
    assert "Nothing is known of it yet." in read_one(vendor_board(card(strip=None)))


def test_commands_go_on_from_here_and_are_quoted() -> None:
    made = vendor_board()
    text = read_one(made)
    for told in ("vendorwatch check acme", "vendorwatch explain acme/endpoint/api", "vendorwatch report acme"):
        assert told in text
    odd = replace(made.targets[0], key="acme/endpoint/a b; rm")
    assert "vendorwatch explain 'acme/endpoint/a b; rm'" in read_one(replace(made, targets=[odd]))


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
