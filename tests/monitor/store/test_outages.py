"""Outages and alerts, as every store keeps them; and what changes without a probe."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.model import State
from monitor.state import Held, Transition
from monitor.store.rows import MAX_TEXT_CHARACTERS
from monitor.store.sql import open_store
from monitor.store.store import Aside, Consequences, Store
from tests.support.consequences import after, alert, aside, message, outage
from tests.support.records import NOON, record


def test_an_outage_comes_back_as_it_was_after_a_restart(store: Store, url: str) -> None:
    whole = outage(claimed=-60.5, closed=3_600)
    store.write([aside(outages=(whole,))])
    store.close()
    again = open_store(url)
    assert again.outages() == [whole]
    again.close()


def test_what_becomes_known_of_an_outage_replaces_what_was(store: Store) -> None:
    first = outage()
    grown = replace(outage(claimed=120), targets=(*first.targets, "acme/dns/api"))
    store.write([aside(outages=(first,)), aside(outages=(grown,))])
    assert store.outages() == [grown]
    store.write([aside(outages=(replace(grown, closed_at=after(300)),))])
    assert [each.closed_at for each in store.outages()] == [after(300)]


def test_what_has_ended_goes_on_no_more_when_its_beginning_is_written_late(store: Store) -> None:
    opening = aside(outages=(outage(),), alerts=(alert(),))
    ending = aside(outages=(outage(claimed=60, closed=300),), alerts=(alert(ends=300),))
    store.write([opening, ending])
    store.write([opening])
    assert store.outages() == [outage(claimed=60, closed=300)]
    assert store.alerts(NOON) == [alert(ends=300)]
    store.write([opening, ending])
    assert store.outages() == [outage(claimed=60, closed=300)]


def test_outages_come_newest_first_and_can_be_narrowed(store: Store) -> None:
    old, bolt, new = outage(closed=60), outage("bolt", opened=100), outage(opened=200)
    store.write([aside(outages=(old, new, bolt))])
    assert store.outages() == [new, bolt, old]
    assert store.outages("acme") == [new, old]
    assert store.outages(is_open=True) == [new, bolt]
    assert store.outages("acme", is_open=False) == [old]
    assert store.outages(limit=1) == [new]
    assert store.outages("nobody") == []


def test_an_alert_comes_back_with_its_beginning_and_its_words(store: Store, url: str) -> None:
    store.write([aside(alerts=(alert(), alert("bolt", starts=-5)))])
    store.write([aside(alerts=(alert(said="Acme is still down"),))])
    store.close()
    again = open_store(url)
    found = again.alerts(NOON)
    again.close()
    assert found == [alert("bolt", starts=-5), alert()]
    assert found[1].annotations == {"summary": "Acme is still down"}


def test_alerts_that_ended_are_told_only_for_a_while(store: Store) -> None:
    store.write([aside(alerts=(alert(ends=300), alert("bolt")))])
    assert store.alerts(after(299)) == [alert(ends=300), alert("bolt")]
    assert store.alerts(after(300)) == [alert("bolt")]


def test_the_same_alert_at_another_time_is_another(store: Store) -> None:
    store.write([aside(alerts=(alert(ends=300), alert(starts=600)))])
    assert store.alerts(NOON) == [alert(ends=300), alert(starts=600)]


def test_a_vendors_words_are_cut_and_labels_never(store: Store) -> None:
    long = "x" * 2 * MAX_TEXT_CHARACTERS
    odd = replace(alert(said=f"\0\ud800{long}"), labels={**alert().labels, "kind": long})
    store.write([aside(alerts=(odd,), outages=(replace(outage(), cause=long, shared=long),))])
    (kept,), (known,) = store.alerts(NOON), store.outages()
    assert kept.labels == odd.labels
    assert kept.fingerprint == odd.fingerprint
    assert kept.annotations["summary"].startswith("??xxx")
    assert {len(text) for text in (kept.annotations["summary"], known.cause, known.shared)} == {MAX_TEXT_CHARACTERS}


def test_a_probe_and_what_followed_from_it_are_written_together_or_not_at_all(store: Store) -> None:
    follows = Consequences(outages=(outage(),), alerts=(alert(),), messages=(message(),))
    down = Held(State.DOWN, NOON, "refused")
    good = replace(record(held=down, moved_from=State.UP), consequences=follows)
    bad = record(second=1, facts={"value": object()})
    with pytest.raises(TypeError):
        store.write([good, bad])
    assert (store.states(), store.transitions(), store.outages(), store.alerts(NOON), store.queues()) == ({}, [], [], [], {})
    store.write([good])
    assert store.states()["acme/endpoint/api"] == down
    assert (store.outages(), store.alerts(NOON)) == ([outage()], [alert()])
    assert store.queues()["ops"].waiting == 1


def test_what_happens_without_a_probe_moves_the_state_of_its_target(store: Store) -> None:
    key, stale = "acme/endpoint/api", Held(State.UNKNOWN, after(180), "not looked at for 3 minutes")
    moved = Transition(
        key=key, before=State.UP, after=State.UNKNOWN, since=after(180), at=after(180), cause="not looked at for 3 minutes"
    )
    lapsed = Aside(at=after(180), key=key, held=stale, transition=moved)
    store.write([record(), lapsed])
    assert store.states() == {key: stale}
    assert store.transitions() == [moved]
    assert len(store.observations(key)) == 1
    store.write([lapsed])
    assert store.transitions() == [moved]
    store.write([record(second=240)])
    assert store.states()[key].state is State.UP


def test_of_what_happens_to_one_target_the_last_counts(store: Store) -> None:
    key, stale = "acme/endpoint/api", Held(State.UNKNOWN, after(5), "stale")
    store.write([Aside(at=after(5), key=key, held=stale), record(second=6)])
    assert store.states()[key].state is State.UP
    store.write([record(second=7), Aside(at=after(8), key=key, held=stale)])
    assert store.states()[key] == stale


def test_a_target_that_was_never_looked_at_can_change_without_a_probe(store: Store) -> None:
    held = Held(State.UNKNOWN, NOON, "offline")
    store.write([Aside(at=NOON, key="new/endpoint/api", held=held)])
    assert store.states() == {"new/endpoint/api": held}


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    naive = replace(outage(), closed_at=(NOON + timedelta(hours=1)).replace(tzinfo=None))
    with pytest.raises(Exception, match="has no time zone"):
        store.write([aside(outages=(naive,))])
    assert store.outages() == []
