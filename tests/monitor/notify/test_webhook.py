"""What is posted: to programs, by a template, to a chat."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.values import Secret, Url
from checks.vendor import Auth
from monitor import templates
from monitor.alert import Urgency
from monitor.notify.channel import NotTaken
from monitor.notify.channels.slack import Slack
from monitor.notify.channels.webhook import Standard, values
from monitor.notify.signing import signed
from monitor.outbox import Batch, Route
from monitor.receivers import Format, Webhook
from tests.support.consequences import after
from tests.support.network import FakeNetwork
from tests.support.telling import batch, vendor_down

HOOK = Url("https://ops.test/hook")
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOSTILE = "<!channel> & <https://evil.test|click> *bold*\n\x1b[31m"


def standard(**changes: Any) -> Standard:
    return Standard(Webhook(**({"name": "ops", "url": HOOK} | changes)), FakeNetwork())


def posted(sent: Batch, **changes: Any) -> Any:
    return json.loads(standard(**changes).render(sent, after(0)).body)


def test_the_body_reads_as_that_of_alertmanagers_webhook() -> None:
    sent = posted(batch(vendor_down("bolt", ends=60), vendor_down()))
    assert {name: value for name, value in sent.items() if name != "alerts"} == {
        "version": "vendorwatch-1",
        "id": "b1",
        "receiver": "ops",
        "groupKey": '{channel="ops"}',
        "status": "firing",
        "groupLabels": {},
        "commonLabels": {"alertname": "VendorDown", "severity": "page", "team": "payments"},
        "commonAnnotations": {"runbook_url": "https://docs.test/runbook#vendordown"},
        "truncatedAlerts": 0,
    }
    assert [(each["status"], each["labels"]["vendor"]) for each in sent["alerts"]] == [
        ("firing", "acme"),
        ("resolved", "bolt"),
    ]
    assert sent["alerts"][1]["endsAt"] == "2026-03-01T12:01:00+00:00"


def test_what_is_over_is_resolved() -> None:
    assert posted(batch(vendor_down(ends=60)))["status"] == "resolved"


def test_the_id_stays_and_the_time_is_that_of_the_try() -> None:
    first = standard().render(batch(vendor_down()), after(0))
    again = standard().render(batch(vendor_down(), tries=3), after(60))
    assert first.body == again.body
    assert (first.headers["webhook-id"], again.headers["webhook-id"]) == ("b1", "b1")
    assert int(str(again.headers["webhook-timestamp"])) - int(str(first.headers["webhook-timestamp"])) == 60
    assert "webhook-signature" not in first.headers


def test_it_is_signed_where_there_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", KEY)
    sent = standard(secret=Secret("env", "KEY")).render(batch(vendor_down()), after(0))
    at = datetime.fromtimestamp(int(str(sent.headers["webhook-timestamp"])), UTC)
    assert sent.headers.items() >= signed(KEY, "b1", at, sent.body).items()


def test_without_the_key_nothing_is_sent_unsigned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEY", raising=False)
    with pytest.raises(NotTaken, match="the secret env:KEY is missing") as failure:
        standard(secret=Secret("env", "KEY")).render(batch(vendor_down()), after(0))
    assert not failure.value.is_final


def test_credentials_go_along() -> None:
    auth = Auth(bearer=Secret("env", "TOKEN"))
    assert standard(auth=auth).render(batch(vendor_down()), after(0)).auth == auth


def test_the_route_is_that_of_the_settings() -> None:
    assert standard().route == Route(channel="ops", severities=(Urgency.PAGE, Urgency.TICKET))
    named = standard(severities=(Urgency.INFO,), teams=("payments",)).route
    assert named.takes(vendor_down(severity="info"))
    assert not named.takes(vendor_down())
    assert not named.takes(vendor_down(severity="info", team="web"))


def test_every_name_of_a_template_stands_for_something() -> None:
    assert set(values(batch(vendor_down()), after(0))) == set(templates.NAMES)


def test_a_template_makes_the_body(tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_text('{"event": "$status", "said": "$text", "who": "$vendor", "n": $firing, "all": $alerts}')
    alert = replace(vendor_down(), annotations={"summary": HOSTILE})
    sent = posted(batch(alert), template=file)
    assert (sent["event"], sent["who"], sent["n"]) == ("firing", "acme", 1)
    assert sent["said"].startswith("[page] <!channel> & <https://evil.test|click> *bold* [31m (since")
    assert sent["all"][0]["annotations"]["summary"] == HOSTILE


def test_a_template_that_is_gone_or_broken_holds_the_message_back(tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    with pytest.raises(NotTaken, match="cannot be read"):
        posted(batch(vendor_down()), template=file)
    file.write_text("$text")
    with pytest.raises(NotTaken, match="is not JSON once it is filled in") as failure:
        posted(batch(vendor_down()), template=file)
    assert not failure.value.is_final


def chat(sent: Batch) -> str:
    settings = Webhook(name="ops", url=HOOK, format=Format.SLACK)
    request = Slack(settings, FakeNetwork()).render(sent, after(0))
    assert request.headers["webhook-id"] == sent.id
    return str(json.loads(request.body)["text"])


def test_a_chat_gets_a_line_that_says_it_all_once_and_links() -> None:
    assert chat(batch(vendor_down())).splitlines() == [
        "*[page] Acme is down for us; its page says operational (since 2026-03-01 12:00 UTC)*",
        "Since 2026-03-01 12:00 UTC, believed after 15 s: refused. Down: acme/endpoint/api.",
        "To look now: vendorwatch check acme",
        "VendorDown of acme, for payments",
        "<https://docs.test/runbook#vendordown|Runbook>",
    ]


def test_a_chat_gets_one_item_for_each_of_several() -> None:
    lines = chat(batch(vendor_down(), vendor_down("bolt", ends=60))).splitlines()
    assert lines[0].startswith("*[page] 1 firing since 2026-03-01 12:00 UTC: Acme is down for us")
    assert [line for line in lines if line.startswith("• ")] == [
        "• [page] Acme is down for us; its page says operational (since 2026-03-01 12:00 UTC)",
        "• [resolved] VendorDown of bolt is over since 2026-03-01 12:01 UTC, after 1 min",
    ]


def test_nothing_that_a_vendor_wrote_becomes_a_link_or_calls_a_channel() -> None:
    text = chat(batch(replace(vendor_down(severity="<!here>"), annotations={"summary": HOSTILE, "description": HOSTILE})))
    assert "<" not in text
    assert ">" not in text
    assert "&lt;!channel&gt; &amp; &lt;https://evil.test|click&gt;" in text


@pytest.mark.parametrize("word", ["v", "<&>", "@here "])
def test_a_chat_is_told_of_as_many_as_fit_and_how_many_more(word: str) -> None:
    alerts = [replace(vendor_down(f"v{number:03}"), annotations={"summary": word * 200}) for number in range(120)]
    for count in (1, 2, 20, 120):
        text = chat(batch(*alerts[:count]))
        told = text.count("• ") if count > 1 else 1
        assert len(text) <= 1_900
        assert text.endswith(f"_and {count - told} more_") == (told < count)
        assert told == min(count, 6) or word != "v"


def test_a_chat_is_told_of_twenty_at_most() -> None:
    alerts = [replace(vendor_down(f"v{number}"), annotations={"summary": "x"}) for number in range(120)]
    assert chat(batch(*alerts)).count("• ") == 20


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("@channel", "@\u200bchannel"),
        ("ask (@ann) or", "ask (@\u200bann) or"),
        ("mail to ann@acme.test", "mail to ann@acme.test"),
    ],
)
def test_nobody_is_called_by_what_a_vendor_wrote(words: str, told: str) -> None:
    assert chat(batch(replace(vendor_down(), annotations={"summary": words}))).count(told) == 1


def test_what_stands_for_text_fits_into_a_chat_with_the_headline() -> None:
    alerts = [
        replace(vendor_down(f"v{number}"), annotations={"summary": "é" * 500, "description": "x" * 500})
        for number in range(99)
    ]
    told = values(batch(*alerts), after(0))
    text = str(told["text"])
    assert len(text) + len(str(told["headline"])) <= 1_990
    assert text.endswith(f"\nAnd {99 - text.count('[page]')} more.")
    assert text.count("[page]") == 5
