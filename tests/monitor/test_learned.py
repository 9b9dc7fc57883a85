"""What a look leaves for the next one, and what is told of that."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from checks.check import all_checks
from checks.model import Observation, State, Target
from monitor.learned import remembering
from monitor.snapshot import Entry
from monitor.state import Held
from tests.support.build import T0

CHECK = replace(all_checks()["certificate"], remember=lambda facts: facts)
TARGET = Target(vendor="acme", check="certificate", name="api", settings=None, every=60, deadline=5)


def look(entry: Entry, word: str) -> Entry:
    """The *entry* after a look that leaves a *word*."""
    observation = Observation(key=TARGET.key, at=entry.held.since, seconds=0.1, facts=word)
    return replace(entry, held=remembering(entry, observation))


def test_that_something_new_is_known_is_a_short_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="monitor.learned")
    first = look(Entry(target=TARGET, check=CHECK, held=Held(State.UP, T0)), '{"leaf": "a1"}')
    assert (look(first, '{"leaf": "a1"}').held.memo, caplog.messages) == ('{"leaf": "a1"}', [])
    assert look(first, '{"leaf": "b2"}').held.memo == '{"leaf": "b2"}'
    told, words = caplog.records
    assert (told.levelname, told.message, "leaf" in str(vars(told))) == (
        "INFO",
        "what is known of a target has changed",
        False,
    )
    assert (words.levelname, vars(words)["before"], vars(words)["after"]) == ("DEBUG", '{"leaf": "a1"}', '{"leaf": "b2"}')
