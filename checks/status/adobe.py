"""Adobe's events as their document has them: each with the products it is about, and each product with its newest update.

The document has two sections of events, and the titles of either stand beside them, by token and language. An event has a
history for each of its products, by the second of each update, in any order. A time of 0 is none. However many products
the events of a section name, only so many are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from checks.foreign import one_line
from checks.model import Claim
from checks.status.node import Node, read_epoch
from checks.status.report import Component

_EVENT_LIMIT = 2000
_PRODUCT_LIMIT = 200
_ALL_PRODUCTS_LIMIT = 4000
_CLOUD_LIMIT = 20
_SECOND_DIGITS = 15
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Product:
    """What an event says of a product: its *row*, the *newest* update there, and the *component* it is, taken for well."""

    row: Node
    newest: Node
    component: Component
    is_over: bool


class Section:
    """The events at *name* of a section of the document."""

    def __init__(self, section: Node, name: str) -> None:
        self._section, self._name = section, name
        self._room = _ALL_PRODUCTS_LIMIT

    def events(self) -> Iterator[tuple[str, Node]]:
        """Every event with its id."""
        for key, event in self._section[self._name].members(_EVENT_LIMIT):
            yield event.text_of("id") or key, event

    def products(self, event: Node) -> Iterator[Product]:
        """The products of *event*; one is over when nothing was written after its end."""
        clouds = _clouds(event)
        for key, row in event["products"].members(min(_PRODUCT_LIMIT, self._room)):
            self._room -= 1
            newest, written = _newest_update(row)
            ended = time_of(row, "endedOn")
            is_over = ended is not None and ended >= written
            yield Product(row, newest, _component(key, row, clouds), is_over)

    def title(self, product: Product) -> str:
        """What the event of *product* is called in English."""
        found: Node | None = self._section
        for name in ("messages", "en", product.newest.text_of("titleToken")):
            found = found.get(name) if found else None
        return found.text_of("textMessage") if found else ""


def time_of(row: Node, name: str) -> datetime | None:
    """The member *name* as a time; None where it is 0."""
    at = row.epoch_of(name)
    return at if at and at.timestamp() > 0 else None


def _component(key: str, product: Node, clouds: Mapping[str, tuple[str, str]]) -> Component:
    product_id = product.text_of("id") or key
    group_id, group = clouds.get(product_id, ("", ""))
    name = product["name"].text()
    return Component(id=product_id, name=name, claim=Claim.OPERATIONAL, group=group, group_id=group_id)


def _clouds(event: Node) -> Mapping[str, tuple[str, str]]:
    """The id and the name of each product's cloud, by the product's id."""
    found: dict[str, tuple[str, str]] = {}
    clouds = event.get("clouds")
    for name, cloud in clouds.members(_CLOUD_LIMIT) if clouds else ():
        place = cloud.text_of("id") or name, cloud.text_of("name")
        for product in cloud.each("cloudProducts", _PRODUCT_LIMIT):
            found.setdefault(product.text(), place)
    return found


def _newest_update(product: Node) -> tuple[Node, datetime]:
    """The newest entry of the history of *product*, and when it was written; of one without history the product itself."""
    history = product.get("history")
    updates = history.require(dict) if history else {}
    newest = max((second for second, update in updates.items() if update is not None), key=_second, default=None)
    if history is None or newest is None:
        return product, _LONG_AGO
    update = replace(history, value=updates[newest], place=f"{history.place}.{one_line(newest, 60)}")
    return update, read_epoch(newest) or _LONG_AGO


def _second(key: str) -> int:
    return int(key) if key.isdecimal() and len(key) < _SECOND_DIGITS else -1
