"""Variables in what a dashboard asks become what Grafana makes of them."""

from __future__ import annotations

import pytest

from tests.support.panels import Window, queries, referred, substituted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("$a ${b} [[c]] ${d:regex} ${e.fields.f}", {"a", "b", "c", "d", "e"}),
        ("$1 ${2} \\$", set()),
        ("$__range", {"__range"}),
    ],
)
def test_variables_are_found_as_grafana_finds_them(text: str, names: set[str]) -> None:
    assert referred(text) == names


@pytest.mark.parametrize(
    ("text", "chosen", "said"),
    [
        ('x{v=~"$v"}', ["a"], 'x{v=~"a"}'),
        ('x{v=~"$v"}', ["a", "b"], 'x{v=~"(a|b)"}'),
        ('x{v=~"$v"}', ["$__all"], 'x{v=~"(a|b|c\\\\.d)"}'),
        ('x{v=~"$v"}', ["c.d"], 'x{v=~"c\\\\.d"}'),
        ("${v:regex}", ["c.d", "a"], "(c\\.d|a)"),
        ("${v:pipe} ${v:csv}", ["a", "b"], "a|b a,b"),
        ("x[$__range] [[v]] $1", ["a"], "x[60s] a $1"),
    ],
)
def test_variables_become_what_grafana_makes_of_them(text: str, chosen: list[str], said: str) -> None:
    document = {"templating": {"list": [{"name": "v", "type": "query", "multi": True, "includeAll": True}]}}
    assert substituted(text, document, {"v": chosen}, {"v": ["a", "b", "c.d"]}, Window(0, 60, 15).words()) == said


def test_all_is_what_its_variable_says() -> None:
    document = {"templating": {"list": [{"name": "v", "type": "query", "includeAll": True, "allValue": ".*"}]}}
    assert substituted("$v", document, {"v": ["$__all"]}, {"v": ["a.b"]}, {}) == ".*"


@pytest.mark.parametrize(("hours", "interval", "rate"), [(1, 15, 60), (24, 60, 75), (24 * 30, 1800, 1815)])
def test_the_interval_is_a_point_for_each_pixel_and_no_finer_than_scrapes(hours: int, interval: int, rate: int) -> None:
    words = Window(0, hours * 3600, 15).words()
    assert (words["__interval"], words["__rate_interval"]) == (f"{interval}s", f"{rate}s")


@pytest.mark.parametrize(
    ("points", "least", "interval"), [(1600, 0, 60), (600, 0, 300), (1600, 3600, 3600), (1600, 15, 60), (20_000, 5, 5)]
)
def test_a_panel_says_how_close_its_points_are(points: int, least: int, interval: int) -> None:
    """Also closer than the data source says, if it says so."""
    assert Window(0, 86_400, 15).interval(points, least) == interval


def test_points_stand_at_multiples_of_the_step() -> None:
    assert Window(86_400 * 3 + 5, 86_400 * 4 + 7_205, 15).points(86_400) == (86_400 * 3, 86_400 * 4)


def test_what_panels_say_of_their_points_is_read() -> None:
    whole = {"title": "a", "targets": [{"refId": "A"}], "gridPos": {"w": 12}}
    document = {"panels": [whole, {**whole, "maxDataPoints": 100, "interval": "1h"}]}
    assert [(each.points, each.least) for each in queries(document)] == [(800, 0), (100, 3600)]
