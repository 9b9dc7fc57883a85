"""What people read: short, true, and harmless whatever a vendor wrote."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alert import Alert
from monitor.notify import wording
from monitor.outbox import Message
from tests.support.consequences import after
from tests.support.telling import message, vendor_down

NOW = after(0)


def over(vendor: str = "acme", *, ends: float, starts: float = 0) -> Message:
    """That *vendor* is well again, as the daemon says it."""
    alert = vendor_down(vendor, starts=starts, ends=ends)
    return message(replace(alert, annotations={**alert.annotations, "over": f"{vendor.title()} is up again"}))


def headline(*messages: Message, limit: int = 250) -> str:
    return wording.headline(wording.newest(messages), max(each.at for each in messages), limit)


def test_one_line_says_who_is_down_since_when_and_what_they_claim() -> None:
    assert headline(message(vendor_down())) == (
        "[page] Acme is down for us; its page says operational (since 2026-03-01 12:00 UTC)"
    )


def test_what_is_over_says_so_and_how_long_it_was() -> None:
    assert headline(over(ends=130)) == "[resolved] Acme is up again since 2026-03-01 12:02 UTC, after 2 min 10 s"
    assert headline(over(ends=7199)).endswith("after 1 h 59 min")


def test_what_is_over_and_has_no_words_for_that_is_called_by_its_name() -> None:
    line = "[resolved] VendorDown of acme is over since 2026-03-01 12:25 UTC, after 25 min"
    assert headline(message(vendor_down(ends=1500))) == line


def test_a_time_that_the_words_say_is_not_said_again() -> None:
    alert = replace(vendor_down(), annotations={"summary": "Acme is degraded since 2026-03-01 12:00 UTC"})
    assert headline(message(alert)) == "[page] Acme is degraded since 2026-03-01 12:00 UTC"


def test_of_several_the_line_counts_them_and_names_the_first() -> None:
    found = [
        message(vendor_down(name, starts=60 * number)) for number, name in enumerate(("acme", "bolt", "core", "dune"), 1)
    ]
    line = headline(*found, over("echo", ends=60))
    assert line.startswith(
        "[page] 4 firing since 2026-03-01 12:01 UTC: Acme is down for us; its page says operational; Bolt"
    )
    assert line.endswith("; and 1 more. 1 resolved: Echo is up again")
    assert len(line) <= 250


def test_nothing_that_is_over_is_said_to_go_on() -> None:
    down, well = (
        [message(vendor_down(name)) for name in ("core", "dune")],
        [over(name, ends=60) for name in ("acme", "bolt")],
    )
    for limit in (180, 250):
        begins, _, ends = headline(*well, *down, limit=limit).partition(". ")
        assert begins.startswith("[page] 2 firing since 2026-03-01 12:00 UTC: Core is down for us")
        assert "Acme" not in begins
        assert "Bolt" not in begins
        assert ends.startswith("2 resolved: Acme is up again; ")


def test_of_several_that_are_over_the_line_says_since_when_all_are() -> None:
    assert headline(over("acme", ends=60), over("bolt", ends=3600)) == (
        "[resolved] 2 alerts are over since 2026-03-01 13:00 UTC: Acme is up again; Bolt is up again"
    )


def test_where_room_is_short_the_words_are_cut_and_never_the_time() -> None:
    long = [message(replace(vendor_down(name), annotations={"summary": name * 99})) for name in ("acme", "bolt")]
    assert headline(long[0], limit=180).endswith("… (since 2026-03-01 12:00 UTC)")
    line = headline(*long, limit=180)
    assert line.startswith("[page] 2 firing since 2026-03-01 12:00 UTC: acmeacme")
    assert line.endswith("…; and 1 more")
    assert len(line) <= 180


def test_the_most_urgent_comes_first_and_names_the_tag() -> None:
    low, odd = message(vendor_down("low", severity="ticket")), message(vendor_down(severity="odd"))
    page = message(vendor_down("bolt"))
    assert wording.urgency([low, page]) == "page"
    assert headline(low, page).startswith("[page] 2 firing since 2026-03-01 12:00 UTC: Bolt")
    assert headline(low).startswith("[ticket]")
    assert wording.urgency([odd]) == "odd"
    assert wording.newest([odd, low, page]) == (page, low, odd)


def test_nobody_is_told_that_something_began_which_has_ended_since() -> None:
    began, ended, again = vendor_down(), vendor_down(ends=60), vendor_down(starts=90)
    other = vendor_down("bolt", ends=5)
    assert wording.newest(map(message, (began, other, ended))) == (message(other), message(ended))
    assert wording.newest(map(message, (began, ended, other, again))) == (message(again), message(other))


def test_an_outage_that_began_and_ended_in_one_batch_is_told_as_one_that_was() -> None:
    (only,) = wording.newest([message(vendor_down()), over(ends=8)])
    assert wording.paragraph(only, after(18)) == [
        "[resolved] Acme is up again since 2026-03-01 12:00 UTC, after 8 s",
        'Since 2026-03-01 12:00 UTC it was: "Acme is down for us; its page says operational"',
        "What failed: vendorwatch outages acme",
        "VendorDown of acme, for payments",
    ]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(300, ""), (301, ", told 5 min 1 s late"), (7200, ", told 2 h late"), (8100, ", told 2 h 15 min late")],
)
def test_what_is_told_late_says_so(seconds: float, told: str) -> None:
    down, well = message(vendor_down()), over(ends=60)
    assert wording.line(down, after(seconds)).endswith(f"(since 2026-03-01 12:00 UTC{told})")
    assert wording.line(well, after(60 + seconds)).endswith(f"since 2026-03-01 12:01 UTC, after 1 min{told}")


def test_what_took_long_to_be_sure_of_is_not_late() -> None:
    assert "late" not in wording.line(message(vendor_down(), at=900), after(905))


def test_a_paragraph_has_all_of_it() -> None:
    assert wording.paragraph(message(vendor_down()), NOW) == [
        "[page] Acme is down for us; its page says operational (since 2026-03-01 12:00 UTC)",
        "Since 2026-03-01 12:00 UTC, believed after 15 s: refused. Down: acme/endpoint/api.",
        "To look now: vendorwatch check acme",
        "VendorDown of acme, for payments",
        "Runbook: https://docs.test/runbook#vendordown",
    ]


def test_what_a_description_says_is_not_said_twice() -> None:
    said = "Since 2026-03-01 12:00 UTC: refused. To look now: vendorwatch check acme"
    alert = replace(vendor_down(), annotations={"summary": "Acme is down", "description": said})
    assert wording.details(message(alert)) == [
        "refused. To look now: vendorwatch check acme",
        "VendorDown of acme, for payments",
    ]


def test_an_alert_of_our_own_names_no_vendor_to_look_at() -> None:
    alert = Alert(labels={"alertname": "VendorwatchEgressSuspect", "severity": "page"}, starts_at=NOW)
    assert wording.details(message(alert)) == ["VendorwatchEgressSuspect"]
    assert headline(message(replace(alert, ends_at=after(300)))).startswith(
        "[resolved] VendorwatchEgressSuspect is over since"
    )


def test_a_log_names_the_first_and_counts_all() -> None:
    aimed = vendor_down("bolt", check="certificate", target="api.bolt.test:443", kind="odd")
    assert wording.named([message(vendor_down()), message(aimed)]) == (
        "2 firing: VendorDown of acme; VendorDown of bolt/certificate/api.bolt.test:443 (odd)"
    )
    assert wording.named([message(vendor_down()), over(ends=9)]) == (
        "1 firing, 1 resolved: VendorDown of acme; VendorDown of acme (over)"
    )
    assert wording.named([over(f"v{number}", ends=9) for number in range(100)]) == (
        "100 resolved: VendorDown of v0; VendorDown of v1; VendorDown of v2; and 97 more"
    )


def test_an_alert_without_words_is_called_by_its_name() -> None:
    assert wording.summary(replace(vendor_down(), annotations={})) == "VendorDown of acme"


def test_of_very_many_only_the_first_are_told_one_by_one() -> None:
    many = [message(vendor_down(f"v{number}")) for number in range(25)]
    text = wording.body(many, NOW)
    assert text.count("[page]") == text.count("Runbook: ") == wording.MOST_TOLD
    assert text.endswith("\n\nAnd 5 more.")


def test_where_room_is_short_more_than_three_are_told_in_a_line_each_but_for_the_first() -> None:
    many = [message(vendor_down(f"v{number}")) for number in range(10)]
    for count, full in ((3, 3), (4, 1), (10, 1)):
        text = wording.body(many[:count], NOW, 1_700)
        assert (text.count("[page]"), text.count("Runbook: ")) == (count, full)


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
        replace(vendor_down(f"v{number}", ends=ends), annotations={"summary": text, "description": text, "over": text})
        for number, text in enumerate(texts)
    ]
    messages: list[Message] = [message(alert) for alert in alerts]
    for limit in (180, 250):
        assert wording.headline(messages, NOW, limit).isprintable()
        assert len(wording.headline(messages, NOW, limit)) <= limit
    body = wording.body(messages, NOW)
    assert len(body.splitlines()) <= 6 * len(messages) + 2
    assert all(line.isprintable() for line in body.splitlines())
