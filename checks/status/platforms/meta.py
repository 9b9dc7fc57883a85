"""Meta, by ``https://metastatus.com/data/orgs.json``, the document that metastatus.com reads.

Source: public readers of that document (2025, 2026); there is no documentation. It lists all of Meta's products for
businesses, each with its services and what these say of themselves. A ``url`` with a product behind the host
(``https://metastatus.com/whatsapp-business-api``) means that one product; without, all of them are the page.

- Services are all there is: no word for the whole, and incidents stand in documents of their own that are not read. The page
  is as bad as its worst service.
- ``Resolved`` is a service that is well again.
- The statuses are sentences for people: one that is not in the table is unknown, whatever words are in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.foreign import quoted
from checks.model import Claim, Reason, Unseen
from checks.network import Request
from checks.status.node import Node
from checks.status.platform import Clues, Conversation, Page, Platform
from checks.status.reading import read_array
from checks.status.report import Component, Report
from checks.status.rollup import roll_up

_PATH = "/data/orgs.json"
_API = f"https://metastatus.com{_PATH}"
_PRODUCT_LIMIT = 100
_SERVICE_LIMIT = 100

_CLAIMS = {
    **dict.fromkeys(("no known issues", "resolved"), Claim.OPERATIONAL),
    **dict.fromkeys(("low disruptions", "medium disruptions"), Claim.DEGRADED),
    "high disruptions": Claim.MAJOR_OUTAGE,
}


def converse(page: Page) -> Conversation:
    """Read the services of the product that *page* means, or of all."""
    address = page.url.partition("?")[0].rstrip("/")
    is_document = address.endswith(_PATH)
    product = "" if is_document else urlsplit(address).path.strip("/")
    url = address if is_document else _API
    return _report(read_array((yield Request(url=url)), url), product)


def _report(root: Node, product: str) -> Report:
    products = [row for row in root.items(_PRODUCT_LIMIT) if not product or row["id"].text() == product]
    if not products:
        lacking = f"no product {quoted(product, 60)}" if product else "no product at all"
        raise Unseen(Reason.MOVED if product else Reason.PARSE, f"{root.source} has {lacking}: check url: and platform:")
    components = tuple(component for row in products for component in _components(row))
    indicator, word = roll_up(components, "services")
    return Report(
        page_id=product or "meta",
        page_name=products[0]["name"].text() if product else "Meta",
        url=root.source,
        indicator=indicator,
        indicator_word=word,
        components=components,
        component_count=len(components),
        unknown_words=tuple(root.notes.unknown),
        cut=tuple(root.notes.cut),
    )


def _components(product: Node) -> Iterator[Component]:
    """The services of *product*; their ids are numbers that other products have too."""
    product_id, group = product["id"].text(), product["name"].text()
    for row in product["services"].items(_SERVICE_LIMIT):
        name, status = row["name"].text(), row["status"]
        yield Component(
            id=f"{product_id}/{row.id_of('id')}",
            name=name,
            claim=status.word(_CLAIMS, Claim.UNKNOWN, name),
            word=status.text(),
            group=group,
            group_id=product_id,
        )


PLATFORM = Platform(
    name="meta",
    title="Meta for businesses",
    reads="services by product",
    converse=converse,
    experimental=True,
    clues=Clues(hosts=("metastatus.com",)),
)
