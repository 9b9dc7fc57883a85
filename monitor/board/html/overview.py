"""The page of all vendors: whether anything is wrong, how many are how, and each in a line, the worst first.

The lines are a table; where that is too wide for a screen each becomes a card, by the style alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.wording import counted
from monitor.board.html.days import small_strip
from monitor.board.html.head import as_of, closing, lacks_note, page, reading_note
from monitor.board.html.legend import how_to_read
from monitor.board.html.verdict import Kind, kind, verdict
from monitor.board.html.words import (
    APART_WORDS,
    about,
    badge,
    claimed,
    ending,
    graded,
    marked,
    marks,
    named,
    note,
    shares,
    since,
    state_badge,
    vendor_path,
)
from monitor.board.values import Board, Card
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import paragraph

_HEADS = ("Vendor", "We measure", "Its page says", "Last 90 days", "Certificate", "TLS")
_KINDS = ("vendor", "measured", "said", "past", "certificate", "grade")
"""What the cells of each column are called in the style."""
_BLIND = "What fails while our own network is the suspect is nobody's fault: a vendor that is unknown below may be well."


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
    blind = paragraph(_BLIND, kind="note-box") if board.is_blind else EMPTY
    return together((blind, lacks_note(board.lacks), reading_note(board.reading)))


def _counts(board: Board) -> Markup:
    """How many vendors are how; each number leads to the first of them."""
    kinds = Counter(map(kind, board.cards))
    items = [element("li", _count(each, kinds[each])) for each in Kind if kinds[each] or each in {Kind.DOWN, Kind.UP}]
    told = (
        (sum(1 for card in board.cards if card.apart), "in disagreement with us"),
        (sum(1 for card in board.cards if card.is_admitting), "with trouble by their own word"),
    )
    items += [element("li", f"{number:,} {what}", class_="trouble") for number, what in told if number]
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
    named: set[Kind] = set()
    for card in board.cards:
        each = kind(card)
        name = None if each in named else _name(each)
        named.add(each)
        yield element("tr", *_cells(card, board), class_=each.state, id=name)


def _cells(card: Card, board: Board) -> Iterator[Markup]:
    link = element("a", named(card), href=vendor_path(card.slug))
    yield element("th", link, note(about(card)), marked(marks(card)), scope="row", class_="vendor")
    contents = (
        _measured(card, board),
        _said(card, board),
        _past(card),
        ending(card.certificate, board.made_at),
        graded(card),
    )
    for content, head, name in zip(contents, _HEADS[1:], _KINDS[1:], strict=True):
        yield element("td", content, class_=name, data_head=head)


def _measured(card: Card, board: Board) -> Markup:
    held = note(since(card.since, board.made_at)) if card.since and card.is_measured else EMPTY
    why = note(foreign(card.cause), kind="cause") if card.cause else EMPTY
    return together((badge(card), held, why))


def _said(card: Card, board: Board) -> Markup:
    if card.apart is None:
        return together((claimed(card), note(foreign(card.unread), kind="cause") if card.unread else EMPTY))
    when = note(since(card.apart_since, board.made_at)) if card.apart_since else EMPTY
    return together((claimed(card), note(APART_WORDS[card.apart], kind="apart"), when))


def _past(card: Card) -> Markup:
    return together((small_strip(card.strip) if card.strip else EMPTY, note(shares(card.strip))))
