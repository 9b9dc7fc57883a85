"""What people read: short, true, and harmless whatever a vendor wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notify import wording
from monitor.outbox import Message
from tests.support.consequences import after
from tests.support.telling import message, vendor_down


def test_one_line_says_who_is_down_since_when_and_what_they_claim() -> None:
    assert wording.headline([message(vendor_down())]) == (
        "[page] Acme is down for us; its page says operational, since 2026-03-01 12:00 UTC"
    )


def test_what_is_over_says_how_long_it_was() -> None:
    assert wording.headline([message(vendor_down(ends=1500))]) == (
        "[resolved] Acme is down for us; its page says operational, over since 2026-03-01 12:25 UTC, after 25 minutes"
    )


def test_of_several_the_line_counts_them_and_names_the_first() -> None:
    found = [message(vendor_down(name)) for name in ("acme", "bolt", "core", "dune")]
    told = wording.newest([*found, message(vendor_down("echo", ends=60))])
    line = wording.headline(told)
    assert line.startswith("[page] 4 firing, 1 resolved: Acme is down for us")
    assert line.endswith("; and 2 more")
    assert len(line) <= 250


def test_the_most_urgent_names_the_tag() -> None:
    low = message(vendor_down("low", severity="ticket"))
    assert wording.urgency([low, message(vendor_down())]) == "page"
    assert wording.headline([low]).startswith("[ticket]")
    assert wording.urgency([message(vendor_down(severity="odd"))]) == "odd"


def test_nobody_is_told_that_something_began_which_has_ended_since() -> None:
    began, ended, again = vendor_down(), vendor_down(ends=60), vendor_down(starts=90)
    other = vendor_down("bolt", ends=5)
    assert wording.newest(map(message, (began, other, ended))) == (message(other), message(ended))
    assert wording.newest(map(message, (began, ended, other, again))) == (message(again), message(other))


@pytest.mark.parametrize(("seconds", "told"), [(300, ""), (301, " (told 5 minutes late)"), (7200, " (told 2 hours late)")])
def test_what_is_told_late_says_so(seconds: float, told: str) -> None:
    said = wording.circumstances(message(vendor_down()), after(seconds))
    assert said == f"since 2026-03-01 12:00 UTC{told}"


def test_what_took_long_to_be_sure_of_is_not_late() -> None:
    assert wording.circumstances(message(vendor_down(), at=900), after(905)) == "since 2026-03-01 12:00 UTC"


def test_a_paragraph_has_all_of_it() -> None:
    assert wording.paragraph(message(vendor_down()), after(0)) == [
        "[page] Acme is down for us; its page says operational",
        "since 2026-03-01 12:00 UTC",
        "Since 2026-03-01 12:00 UTC, believed after 15 s: refused. Down: acme/endpoint/api.",
        "VendorDown acme for payments",
        "Runbook: https://docs.test/runbook#vendordown",
    ]


def test_an_alert_without_words_is_called_by_its_name() -> None:
    assert wording.summary(replace(vendor_down(), annotations={})) == "VendorDown acme for payments"


def test_of_very_many_only_the_first_are_told_one_by_one() -> None:
    text = wording.body([message(vendor_down(f"v{number}")) for number in range(25)], after(0))
    assert text.count("[page]") == wording.MOST_TOLD
    assert text.endswith("And 5 more.")


@given(
    st.lists(st.lists(st.text("ab", max_size=9), min_size=1, max_size=4), max_size=9), st.integers(0, 9), st.integers(20, 99)
)
def test_what_is_told_fits_and_the_rest_is_counted(parts: list[list[str]], others: int, limit: int) -> None:
    text = wording.fitted(parts, len(parts) + others, "; ", "{} more", limit)
    assert len(text) <= limit
    whole = ["\n".join(lines) for lines in parts]
    assert wording.fitted(parts, len(parts), "; ", "{} more") == "; ".join(whole)
    told, _, left = text.rpartition("; ") if text.endswith(" more") else (text, "", "0")
    assert "; ".join(whole).startswith(told)
    assert told or int((left or text).partition(" ")[0]) == len(parts) + others or not whole or not any(whole)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a.test/ b", "https://a.test/>x", 'https://a.test/"x', "https://a.test/\n"]
)
def test_what_is_no_plain_address_is_no_link(url: str) -> None:
    alert = replace(vendor_down(), annotations={"runbook_url": url})
    assert not list(wording.links(alert))


@given(st.lists(st.text(max_size=2000), min_size=1, max_size=30), st.sampled_from([None, 5.0]))
def test_whatever_a_vendor_wrote_lines_stay_lines(texts: list[str], ends: float | None) -> None:
    alerts = [
        replace(vendor_down(f"v{number}", ends=ends), annotations={"summary": text, "description": text})
        for number, text in enumerate(texts)
    ]
    messages: list[Message] = [message(alert) for alert in alerts]
    assert wording.headline(messages).isprintable()
    assert len(wording.headline(messages)) <= 265
    body = wording.body(messages, after(0))
    assert len(body.splitlines()) <= 5 * len(messages) + 2
    assert all(line.isprintable() for line in body.splitlines())
