"""Tables of several queries: the columns that are shown, in their order, with their names, words and colours.

A column is named once, by the field it is made of: a label, or ``Value #B`` for what query B gave. What is not named is not
shown. Rows of several queries become one row where the labels they have in common are equal.

A cell without a value says so in plain colour: without a mapping it would have that of the lowest limit, mostly green, and
without a word of its own the one that is meant for an empty table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models.dashboard import (
    DashboardSpecialValueMapOptions,
    DynamicConfigValue,
    FieldColorModeId,
    SpecialValueMap,
    SpecialValueMatch,
    Threshold,
    ValueMapping,
    ValueMappingResult,
)

from grafana.generate.parts import field, linked, transformed
from grafana.generate.states import numbered, yes_no_mappings

_TEXT = {"type": "color-text"}
_ONLY_VALUE = "Value"
"""What Grafana calls the number of a query that is the only one of its panel (transformDFToTable of @grafana/prometheus)."""
_MISSING = SpecialValueMap(
    options=DashboardSpecialValueMapOptions(
        match=SpecialValueMatch.NULL_AND_NAN, result=ValueMappingResult(color="text", index=0)
    )
)
"""No value: the word for it is the column's ``noValue``."""
WELCOME = yes_no_mappings(("yes", "green"), ("no", "text"))
"""1 and 0 of what is good to have and no fault to lack."""
NEEDED = yes_no_mappings(("yes", "green"), ("no", "red"))
"""1 and 0 of what must be."""
UNWELCOME = yes_no_mappings(("yes", "yellow"), ("no", "text"))
"""1 and 0 of what should not be."""


@dataclass(frozen=True, slots=True)
class Column:
    """The field *source*, shown as *name*; *properties* are what sets it apart from a plain column."""

    source: str
    name: str
    properties: tuple[DynamicConfigValue, ...] = ()


def column(source: str, name: str, *properties: DynamicConfigValue | Sequence[DynamicConfigValue]) -> Column:
    """A column; groups of properties, like `words` gives, are taken apart."""
    flat = (each if isinstance(each, Sequence) else (each,) for each in properties)
    return Column(source, name, tuple(one for each in flat for one in each))


def value(ref: str, name: str, *properties: DynamicConfigValue | Sequence[DynamicConfigValue]) -> Column:
    """The column of what the query *ref* gave."""
    return column(f"Value #{ref}", name, *properties)


VENDOR = column("vendor", "Vendor", linked("Vendor", "vendor-detail", keeps_time=False))
"""The vendor of a row, from a dashboard of a month: its own shows a day, in which an outage can be seen."""


def words(mappings: Sequence[ValueMapping]) -> list[DynamicConfigValue]:
    """Values as words in their colours."""
    shown = [field("custom.cellOptions", _TEXT), field("custom.align", "left")]
    return [field("mappings", [*mappings, _MISSING]), *shown]


def worded(*shown: tuple[str, str]) -> list[ValueMapping]:
    """0, 1, 2 and so on as a word and a colour each."""
    return numbered(dict(enumerate(shown)))


def coloured(*steps: tuple[str, float | None]) -> list[DynamicConfigValue]:
    """Numbers in colours, each from its value on; the first one from below everything."""
    found = [Threshold(color=colour, value=limit) for colour, limit in steps]
    return [
        field("thresholds", {"mode": "absolute", "steps": found}),
        field("color", {"mode": FieldColorModeId.THRESHOLDS.value}),
        field("custom.cellOptions", _TEXT),
        field("mappings", [_MISSING]),
    ]


def otherwise(text: str) -> DynamicConfigValue:
    """What stands where there is no value, if not a dash."""
    return field("noValue", text)


_DASH = otherwise("-")


def unit(name: str, decimals: int | None = None) -> list[DynamicConfigValue]:
    """What numbers are of, and how exactly they are told."""
    return [field("unit", name), *([] if decimals is None else [field("decimals", decimals)])]


def wide(pixels: int) -> DynamicConfigValue:
    """How wide a column is; those without share what is left."""
    return field("custom.width", pixels)


def shaped(panel: table.Panel, *columns: Column, worst: str = "", descending: bool = True) -> table.Panel:
    """A table of these columns, in this order, sorted by the one named *worst*: the largest first if *descending*."""
    names = {_field_of(each, panel): each.name for each in columns}
    for each in columns:
        has_word = any(one.id_val == _DASH.id_val for one in each.properties)
        panel = panel.override_by_name(each.name, [*each.properties, *([] if has_word else [_DASH])])
    if worst:
        panel = panel.sort_by([common.TableSortByFieldState().display_name(worst).desc(descending)])
    order = {source: index for index, source in enumerate(names)}
    return panel.transformations(
        [
            transformed("merge"),
            transformed("filterFieldsByName", include={"names": list(names)}),
            transformed("organize", indexByName=order, renameByName=names, excludeByName={}),
        ]
    )


def paged(panel: table.Panel) -> table.Panel:
    """A table in pages, for as many rows as there are vendors or addresses."""
    return panel.footer(common.TableFooterOptions().enable_pagination(enable_pagination=True))


def _field_of(found: Column, panel: table.Panel) -> str:
    """The field that a column is made of, as Grafana calls it in *panel*."""
    is_number = found.source.startswith(f"{_ONLY_VALUE} #")
    return _ONLY_VALUE if is_number and len(panel.build().targets or ()) == 1 else found.source
