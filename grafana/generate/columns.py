"""Tables of several queries: the columns that are shown, in their order, with their names, words and colours.

A column is named once, by the field it is made of: a label, or ``Value #B`` for what query B gave. What is not named is not
shown. Rows of several queries become one row where the labels they have in common are equal.
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
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

from grafana.generate.parts import field, transformed
from grafana.generate.states import yes_no_mappings

_TEXT = {"type": "color-text"}
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


def words(mappings: Sequence[ValueMapping]) -> list[DynamicConfigValue]:
    """Values as words in their colours."""
    return [field("mappings", list(mappings)), field("custom.cellOptions", _TEXT), field("custom.align", "left")]


def worded(*shown: tuple[str, str]) -> list[ValueMapping]:
    """0, 1, 2 and so on as a word and a colour each."""
    found = {str(at): ValueMappingResult(text=text, color=colour, index=at) for at, (text, colour) in enumerate(shown)}
    return [ValueMap(options=found)]


def coloured(*steps: tuple[str, float | None]) -> list[DynamicConfigValue]:
    """Numbers in colours, each from its value on; the first one from below everything."""
    found = [Threshold(color=colour, value=limit) for colour, limit in steps]
    return [
        field("thresholds", {"mode": "absolute", "steps": found}),
        field("color", {"mode": FieldColorModeId.THRESHOLDS.value}),
        field("custom.cellOptions", _TEXT),
    ]


def unless_known(text: str = "not known") -> DynamicConfigValue:
    """What stands, without colour, where there is no number: the lowest threshold's colour would be a judgement."""
    result = ValueMappingResult(text=text, color="text", index=0)
    return field(
        "mappings", [SpecialValueMap(options=DashboardSpecialValueMapOptions(match=SpecialValueMatch.NULL, result=result))]
    )


def unit(name: str, decimals: int | None = None) -> list[DynamicConfigValue]:
    """What numbers are of, and how exactly they are told."""
    return [field("unit", name), *([] if decimals is None else [field("decimals", decimals)])]


def wide(pixels: int) -> DynamicConfigValue:
    """How wide a column is; those without share what is left."""
    return field("custom.width", pixels)


def shaped(panel: table.Panel, *columns: Column, worst: str = "", descending: bool = True) -> table.Panel:
    """A table of these columns, in this order, sorted by the one named *worst*: the largest first if *descending*."""
    sources = [each.source for each in columns]
    for each in columns:
        if each.properties:
            panel = panel.override_by_name(each.name, list(each.properties))
    if worst:
        panel = panel.sort_by([common.TableSortByFieldState().display_name(worst).desc(descending)])
    names = {each.source: each.name for each in columns}
    order = {source: index for index, source in enumerate(sources)}
    return panel.transformations(
        [
            transformed("merge"),
            transformed("filterFieldsByName", include={"names": sources}),
            transformed("organize", indexByName=order, renameByName=names, excludeByName={}),
        ]
    )
