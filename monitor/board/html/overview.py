"""The page of all vendors: whether anything is wrong, how many are how, and each in a line, the worst first.

The lines are a table; where that is too wide for a screen each becomes a card, by the style alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from checks.wording import counted
from monitor.board.html.days import small_strip
from monitor.board.html.glance import APART_WORDS, about, badge, claimed, ending, graded, is_pageless, marks, named, shares
from monitor.board.html.head import as_of, closing, network_note, page, reading_note
from monitor.board.html.kinds import Kind, kind_of
from monitor.board.html.legend import how_to_read
from monitor.board.html.verdict import asides, verdict
from monitor.board.html.words import because, marked, note, since, state_badge
from monitor.board.values import Board, Card
from monitor.hypertext.markup import EMPTY, Markup, element, together
from monitor.hypertext.tables import paragraph

_HEADS = ("Vendor", "We measure", "Its page says", "Last 90 days", "Certificate", "TLS")
_KINDS = ("vendor", "measured", "said", "past", "certificate", "grade")
"""What the cells of each column are called in the style."""
_LABELS = {"said": "Its page:", "certificate": "Certificate:", "grade": "TLS:"}
"""What stands before a cell where a vendor is a card: there the heads of the columns are not to be seen."""


def overview_page(board: Board, version: str) -> str:
    """The page of *board*, written by the program of this *version*."""
    told = verdict(board)
    top = together(
        (
            paragraph("vendorwatch", kind="brand"),
            element("h1", element("span", class_=f"light {told.state}", aria_hidden="true"), f"{told.sentence}."),
            as_of(board.made_at),
        )
    )
    foot = together((how_to_read() if board.cards else EMPTY, closing(version, "")))
    return page(told.short, top, *_main(board), foot=foot)


def _main(board: Board) -> Iterator[Markup]:
    if board.is_starting:
        yield paragraph("Which vendors there are is known in a moment. Reload the page then.")
    elif board.cards:
        yield from (_notes(board), _counts(board), _vendors(board))
    else:
        yield _first_steps()


def _first_steps() -> Markup:
    """What to do where there is no vendor."""
    lines = ("vendorwatch presets", "vendorwatch add github stripe", "vendorwatch add https://status.example.com")
    return element(
        "section",
        element("h2", "Add a vendor"),
        paragraph("Hundreds are known by name; of any other the address of its status page is enough."),
        element("pre", element("code", together(Markup(f"$ {line}\n") for line in lines))),
        paragraph("The daemon takes a new file up within seconds, without a restart."),
    )


def _notes(board: Board) -> Markup:
    return together((network_note(board.lacks, is_blind=board.is_blind), reading_note(board.reading)))


def _counts(board: Board) -> Markup:
    """How many vendors are how, each number a link to the first of them; and what else is amiss, as the verdict says it."""
    kinds = Counter(map(kind_of, board.cards))
    items = [element("li", _count(each, kinds[each])) for each in Kind if kinds[each] or each in {Kind.DOWN, Kind.UP}]
    items += [element("li", part.told, class_="trouble") for part in asides(board.cards)]
    return element("nav", element("ul", *items, class_="counts"), aria_label="Vendors by state")


def _count(each: Kind, number: int) -> Markup:
    told = state_badge(each.state, f"{number:,} {each}")
    return element("a", told, href=f"#{_name(each)}") if number else element("span", told, class_="nobody")


def _name(each: Kind) -> str:
    """What the first line of a kind is called in the document."""
    return each.value.replace(" ", "-")


def _vendors(board: Board) -> Markup:
    heads = (element("th", head, scope="col", class_=name) for head, name in zip(_HEADS, _KINDS, strict=True))
    total = counted(len(board.cards), "vendor")
    drawn = element(
        "table",
        element("caption", f"{total}, the worst first" if len(board.cards) > 1 else total),
        element("thead", element("tr", *heads)),
        element("tbody", *_rows(board)),
        class_="vendors",
    )
    return element("section", element("h2", "Vendors", class_="unseen"), drawn)


def _rows(board: Board) -> Iterator[Markup]:
    met: set[Kind] = set()
    for card in board.cards:
        each = kind_of(card)
        name = None if each in met else _name(each)
        met.add(each)
        yield element("tr", *_cells(card, board), class_=each.state, id=name)


def _cells(card: Card, board: Board) -> Iterator[Markup]:
    link = element("a", named(card), href=f"vendors/{quote(card.slug, safe='')}")
    yield element("th", link, note(about(card)), marked(marks(card)), scope="row", class_="vendor")
    contents = (
        _measured(card, board),
        _said(card, board),
        _past(card),
        ending(card.certificate, board.made_at),
        graded(card),
    )
    labels = {**_LABELS, "said": None} if is_pageless(card) else _LABELS
    for content, name in zip(contents, _KINDS[1:], strict=True):
        yield element("td", content, class_=name, data_label=labels.get(name))


def _measured(card: Card, board: Board) -> Markup:
    held = note(since(card.since, board.made_at)) if card.since and card.is_measured else EMPTY
    return together((badge(card), held, because(card.cause)))


def _said(card: Card, board: Board) -> Markup:
    if card.apart is None:
        return together((claimed(card), because(card.unread)))
    when = note(since(card.apart_since, board.made_at)) if card.apart_since else EMPTY
    return together((claimed(card), note(APART_WORDS[card.apart], kind="apart"), when))


def _past(card: Card) -> Markup:
    return together((small_strip(card.strip) if card.strip else EMPTY, note(shares(card.strip))))
