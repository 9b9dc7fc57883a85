from __future__ import annotations

from typing import Any

import pytest

from checks.jsonpath import Missing, find, steps
from checks.vendor import JsonCondition

DOCUMENT: Any = {
    "status": "ok",
    "regions": [{"state": "green"}, {"state": "red"}],
    "a.b": {"": 1, "c d": None},
    "content-type": True,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", DOCUMENT),
        ("$.status", "ok"),
        ("$.regions[1].state", "red"),
        ("$['regions'][0]['state']", "green"),
        ('$["a.b"][""]', 1),
        ("$['a.b']['c d']", None),
        ("$.content-type", True),
    ],
)
def test_a_path_names_one_value(path: str, value: object) -> None:
    assert find(DOCUMENT, path) == value


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("$.nope", "$"),
        ("$.regions[2]", "$['regions']"),
        ("$.regions.state", "$['regions']"),
        ("$.status.length", "$['status']"),
        ("$.status[0]", "$['status']"),
        ("$[0]", "$"),
        ("$.regions[0].colour", "$['regions'][0]"),
    ],
)
def test_what_is_not_there_is_missing_and_says_where_the_path_ends(path: str, at: str) -> None:
    assert find(DOCUMENT, path) == Missing(at)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "'' must begin with $, which stands for the whole document, like $.status"),
        ("status", "'status' must begin with $, which stands for the whole document, like $.status"),
        ("$.a[*]", "'$.a[*]' cannot be read from '[*]' on: a path is made of .name, ['name'] and [0] only"),
        ("$..a", "'$..a' cannot be read from '..a' on: a path is made of .name, ['name'] and [0] only"),
        ("$a", "'$a' cannot be read from 'a' on: a path is made of .name, ['name'] and [0] only"),
        ("$[-1]", "'$[-1]' cannot be read from '[-1]' on: a path is made of .name, ['name'] and [0] only"),
        ("$[01]", "'$[01]' cannot be read from '[01]' on: a path is made of .name, ['name'] and [0] only"),
    ],
)
def test_a_path_that_cannot_be_read_is_told_when_the_configuration_is_read(path: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"must begin|cannot be read") as caught:
        JsonCondition(path=path, equals="x")
    assert str(caught.value) == message


def test_the_steps_of_a_path_are_names_and_indexes() -> None:
    assert steps("$.a[0]['b']") == ("a", 0, "b")
