"""Freshstatus, by ``https://public-api.freshstatus.io/v1/public-components/?account_id=<number>``.

Source: descriptions of what Freshworks' own status page asked of it in August 2026; no body was recorded, and the product
is said to have ended in March 2026. The account's number is not in the page's address: ``page_id`` has to be it. Components
stand in components; one that holds others is a group, and where the tree has three levels the outermost is the region.
There is no word for the whole: the worst component speaks for it, without those that the page's own roll-up leaves out
(``ignore_overall_status``), which may stay at *major outage* for ever. On a large page name the components in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import parse_qs, quote, urlsplit

from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_object
from checks.status.report import Component, Report
from checks.status.rollup import roll_up

_SERVER = "https://public-api.freshstatus.io"
_PATH = "/v1/public-components/"
_DEPTH_LIMIT = 6
_PARTS_LIMIT = 500
_LEAF_LIMIT = 2000

_CLAIMS = {
    "op": Claim.OPERATIONAL,
    "pd": Claim.DEGRADED,
    "po": Claim.PARTIAL_OUTAGE,
    "mo": Claim.MAJOR_OUTAGE,
    "um": Claim.MAINTENANCE,
}

Leaf = tuple[Node, tuple[Node, ...]]
"""A component that holds no other, and those it stands in, the outermost first."""


def converse(page: Page) -> Conversation:
    """Read the account's components."""
    origin, account = _account(page)
    url = f"{origin}{_PATH}?account_id={quote(account, safe='')}"
    return _report(read_object((yield Request(url=url)), url), account)


def _account(page: Page) -> tuple[str, str]:
    """Where to ask and for which account. Raises `Unseen` when nothing says that."""
    parts = urlsplit(page.url)
    is_api = f"{parts.path.rstrip('/')}/" == _PATH
    named = parse_qs(parts.query).get("account_id", [""])[0] if is_api else ""
    account = named or page.page_id
    if not account:
        raise Unseen(Reason.CONFIG, f"{page.url} does not say which Freshstatus account it is: set page_id: to its number")
    return f"{parts.scheme}://{parts.netloc}" if is_api else _SERVER, account


def _report(root: Node, account: str) -> Report:
    leaves = tuple(islice(_walk(root["components"].items(_PARTS_LIMIT)), _LEAF_LIMIT))
    components = tuple(_component(row, around) for row, around in leaves)
    counted = [component for component, (row, _) in zip(components, leaves, strict=True) if not _is_ignored(row)]
    indicator, word = roll_up(counted, "components")
    notes = root.notes
    return Report(
        page_id=account,
        page_name="",
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(components),
        unknown_words=tuple(notes.unknown),
        cut_events=(*notes.cut, *_cuts(len(components))),
    )


def _cuts(count: int) -> Iterator[str]:
    if count == _LEAF_LIMIT:
        yield f"no more than {_LEAF_LIMIT} components are read"


def _walk(rows: Iterable[Node], around: tuple[Node, ...] = ()) -> Iterator[Leaf]:
    """The leaves of the tree; what stands deeper than anybody nests is noted as cut, and its holder speaks for it."""
    for row in rows:
        parts = list(row.each("components", _PARTS_LIMIT if len(around) < _DEPTH_LIMIT else 0))
        if parts:
            yield from _walk(parts, (*around, row))
        else:
            yield row, around


def _component(row: Node, around: tuple[Node, ...]) -> Component:
    """A leaf; one without a status says nothing."""
    name, status, group = row["name"].text(), row.get("status"), around[-1] if around else None
    return Component(
        id=str(row["id"].require(int)),
        name=name,
        claim=Claim.UNKNOWN if status is None else status.word(_CLAIMS, Claim.UNKNOWN, name),
        word=row.text_of("status"),
        group=group["name"].text() if group else "",
        group_id=str(group["id"].require(int)) if group else "",
        region=around[0]["name"].text() if len(around) > 1 else "",
    )


def _is_ignored(row: Node) -> bool:
    options = row.get("display_options")
    ignored = options.get("ignore_overall_status") if options else None
    return ignored is not None and ignored.value in (True, "true")


PLATFORM = Platform(
    name="freshstatus",
    title="Freshstatus",
    reads="components by group and region; nothing of incidents or announced work",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("freshstatus.io",), marks=(b"freshstatus.io",)),
)
