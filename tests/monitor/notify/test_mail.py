"""Mail, to a server on loopback that takes it, refuses it or says nothing."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks.values import Address, Secret
from monitor.notify.channel import NotTaken
from monitor.notify.channels import mail as channel
from monitor.notify.channels.letter import render
from monitor.notify.channels.mail import Mail
from monitor.receivers import Email, Encryption
from tests.support.consequences import after
from tests.support.mailserver import MailServer, mail_server
from tests.support.servers import ca_file, drips, free_port, serving, trusted
from tests.support.telling import batch, vendor_down

SENT = batch(vendor_down(), vendor_down("bolt", ends=60), number="f00d")


def settings(port: int, **changes: Any) -> Email:
    fields: dict[str, Any] = {
        "name": "oncall",
        "to": ("ann@acme.test", "bob@acme.test"),
        "sender": "vendorwatch@acme.test",
        "server": Address("127.0.0.1", port),
        "encryption": Encryption.NONE,
    }
    return Email(**(fields | changes))


def deliver(server: MailServer, roots: Path | None = None, *, tls: bool = False, **changes: Any) -> None:
    async def story() -> None:
        async with mail_server(server, trusted() if tls else None) as listener:
            await Mail(settings(listener.port, **changes), roots).deliver(SENT, after(0))

    asyncio.run(story())


def test_a_mail_says_it_all_and_is_known_again() -> None:
    mail = render(SENT, settings(25), after(0))
    assert mail["Subject"] == (
        "[page] 1 firing since 2026-03-01 12:00 UTC: Acme is down for us; its page says operational. "
        "1 resolved: VendorDown of bolt is over"
    )
    assert mail["Message-ID"] == "<f00d@acme.test>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().startswith(
        "[page] Acme is down for us; its page says operational (since 2026-03-01 12:00 UTC)\n"
    )
    assert "Runbook: https://docs.test/runbook#vendordown" in mail.get_content()


def test_what_the_subject_says_is_said_again_only_where_it_had_to_be_cut() -> None:
    mail = render(batch(vendor_down()), settings(25), after(0))
    assert mail["Subject"] == "[page] Acme is down for us; its page says operational (since 2026-03-01 12:00 UTC)"
    assert mail.get_content().splitlines() == [
        "Since 2026-03-01 12:00 UTC, believed after 15 s: refused. Down: acme/endpoint/api.",
        "To look now: vendorwatch check acme",
        "VendorDown of acme, for payments",
        "Runbook: https://docs.test/runbook#vendordown",
    ]
    long = replace(vendor_down(), annotations={"summary": "Acme " + "is down " * 20})
    cut = render(batch(long), settings(25), after(0))
    assert "…" in cut["Subject"]
    assert cut.get_content().startswith(f"[page] Acme {'is down ' * 20}(since")


def test_a_mail_arrives_whole() -> None:
    server = MailServer()
    deliver(server)
    (letter,) = server.letters
    assert letter["To"] == "ann@acme.test, bob@acme.test"
    assert server.recipients == ["ann@acme.test", "bob@acme.test"]
    assert "[resolved] VendorDown of bolt is over since 2026-03-01 12:01 UTC, after 1 min" in letter.get_content()
    assert server.logins == []


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_a_password_goes_over_an_encrypted_connection_only(
    encryption: Encryption, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", "hunter2")
    server = MailServer(starttls=True)
    login = {"user": "vendorwatch", "password": Secret("env", "PASSWORD"), "encryption": encryption}
    deliver(server, ca_file(tmp_path), tls=encryption is Encryption.TLS, **login)
    assert server.logins == ["PLAIN " + base64.b64encode(b"\0vendorwatch\0hunter2").decode()]
    assert len(server.letters) == 1


@pytest.mark.parametrize("encryption", [Encryption.STARTTLS, Encryption.TLS])
def test_nothing_goes_to_a_server_that_cannot_be_trusted(encryption: Encryption) -> None:
    server = MailServer(starttls=True)
    with pytest.raises(NotTaken, match="certificate verify failed") as failure:
        deliver(server, tls=encryption is Encryption.TLS, encryption=encryption)
    assert not failure.value.is_final
    assert server.letters == []


@pytest.mark.parametrize(
    ("answers", "detail", "is_final"),
    [
        ({"CONNECT": "554 go away"}, 'it answered 554: "go away"', False),
        ({"MAIL": "451 later"}, 'it answered 451: "later"', False),
        ({"ann@acme.test": "550 who", "bob@acme.test": "550 who"}, "it refuses everybody: ann@acme.test: 550", False),
        ({"END": "554 spam"}, 'it answered 554: "spam"', True),
        ({"END": "451 full"}, 'it answered 451: "full"', False),
        ({"CONNECT": "nonsense"}, "it answered", False),
    ],
)
def test_a_refusal_says_what_the_server_said(answers: dict[str, str], detail: str, is_final: bool) -> None:  # noqa: FBT001
    with pytest.raises(NotTaken) as failure:
        deliver(MailServer(answers))
    assert detail in failure.value.detail
    assert failure.value.is_final == is_final


def test_who_thinks_about_a_mail_for_longer_than_a_step_has_taken_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "STEP_SECONDS", 0.2)
    server = MailServer(thinks_seconds=0.5)
    deliver(server)
    assert len(server.letters) == 1


@pytest.mark.parametrize(
    ("hangs_at", "is_out", "encryption"),
    [("END", True, Encryption.NONE), ("END", True, Encryption.TLS), ("DATA", False, Encryption.NONE)],
)
def test_a_mail_that_is_out_may_have_arrived_when_time_is_up(
    hangs_at: str,
    is_out: bool,  # noqa: FBT001 - a parameter of the test
    encryption: Encryption,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel, "DELIVERY_SECONDS", 0.5)
    server = MailServer(hangs_at=hangs_at)
    with pytest.raises(NotTaken, match=r"no answer within 0\.5 s") as failure:
        deliver(server, ca_file(tmp_path), tls=encryption is Encryption.TLS, encryption=encryption)
    assert len(server.letters) == is_out
    assert (failure.value.is_doubtful, failure.value.is_final) == (is_out, False)


@pytest.mark.parametrize(
    ("answers", "is_doubtful"),
    [
        ({"END": ""}, True),
        ({"END": "nonsense"}, True),
        ({"END": "2" * 10_000}, True),
        ({"END": "451 full"}, False),
        ({"END": "554 spam", "QUIT": "nonsense"}, False),
        ({"DATA": ""}, False),
        ({"DATA": "nonsense"}, False),
    ],
)
def test_a_mail_may_have_arrived_where_no_answer_to_it_is_understood(answers: dict[str, str], is_doubtful: bool) -> None:  # noqa: FBT001
    with pytest.raises(NotTaken) as failure:
        deliver(MailServer(answers))
    assert failure.value.is_doubtful == is_doubtful
    assert failure.value.is_final == ("554 spam" in answers.values())


@pytest.mark.parametrize("leave", [{"answers": {"QUIT": "500 what"}}, {"answers": {"QUIT": ""}}, {"hangs_at": "QUIT"}])
def test_what_was_taken_stays_taken_however_the_server_parts(leave: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "DELIVERY_SECONDS", 0.5)
    server = MailServer(**leave)
    deliver(server)
    assert len(server.letters) == 1


def test_a_server_without_starttls_gets_nothing() -> None:
    with pytest.raises(NotTaken, match="STARTTLS extension not supported"):
        deliver(MailServer(), encryption=Encryption.STARTTLS)


def test_who_can_be_told_is_told(caplog: pytest.LogCaptureFixture) -> None:
    server = MailServer({"ann@acme.test": "550 left the company"})
    with caplog.at_level(logging.WARNING):
        deliver(server)
    assert server.recipients == ["bob@acme.test"]
    assert [record.message for record in caplog.records] == ["a mail server refuses some recipients"]


def test_where_nobody_listens_it_says_so() -> None:
    with pytest.raises(NotTaken, match="Connection refused"):
        asyncio.run(Mail(settings(free_port()), None).deliver(SENT, after(0)))


def test_without_its_password_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PASSWORD", raising=False)
    server = MailServer(starttls=True)
    with pytest.raises(NotTaken, match="the secret env:PASSWORD is missing"):
        deliver(server, ca_file(tmp_path), encryption=Encryption.STARTTLS, user="me", password=Secret("env", "PASSWORD"))
    assert server.letters == []


def test_the_wait_ends_at_once_and_takes_the_thread_with_it() -> None:
    server = MailServer(hangs_at="DATA")

    async def story() -> float:
        async with mail_server(server) as listener:
            mail = Mail(settings(listener.port), None)
            begun = time.monotonic()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await mail.deliver(SENT, after(0))
            took = time.monotonic() - begun
            async with asyncio.timeout(5):
                await asyncio.to_thread(_until_over, mail)
            server.hangs_at = ""
            await mail.deliver(SENT, after(60))
            return took

    assert asyncio.run(story()) < 2
    assert len(server.letters) == 1


def _until_over(mail: Mail) -> None:
    while not (mail._last and mail._last.is_over):
        time.sleep(0.01)


@pytest.mark.parametrize("encryption", Encryption)
def test_a_server_that_drips_holds_nothing_up(encryption: Encryption) -> None:
    """Each byte comes in time, and the greeting, or a handshake in its place, never ends."""

    async def story() -> float:
        says = b"\x16\x03\x03\x40\x00\x02" if encryption is Encryption.TLS else b"2"  # The head of a long record of TLS.
        async with serving(drips(says + says[-1:] * 1_000, 0.05), host="127.0.0.1") as listener:
            mail = Mail(settings(listener.port, encryption=encryption), None)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await mail.deliver(SENT, after(0))
            begun = time.monotonic()
            async with asyncio.timeout(5):
                await asyncio.to_thread(_until_over, mail)
            return time.monotonic() - begun

    assert asyncio.run(story()) < 2


def test_who_connects_too_late_sends_nothing_and_no_second_try_begins_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    server, connect = MailServer(), socket.create_connection

    def slow(*arguments: Any) -> socket.socket:
        time.sleep(0.4)
        return connect(*arguments)

    async def story() -> None:
        async with mail_server(server) as listener:
            monkeypatch.setattr(socket, "create_connection", slow)
            mail = Mail(settings(listener.port), None)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await mail.deliver(SENT, after(0))
            with pytest.raises(NotTaken, match="still holds up the try before"):
                await mail.deliver(SENT, after(0))
            async with asyncio.timeout(5):
                await asyncio.to_thread(_until_over, mail)

    asyncio.run(story())
    assert server.letters == []


def test_a_password_that_a_server_repeats_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "hunter2")
    server = MailServer({"AUTH": "535 hunter2 is wrong"}, starttls=True)
    with pytest.raises(NotTaken, match="it answered 535") as failure:
        deliver(server, ca_file(tmp_path), encryption=Encryption.STARTTLS, user="me", password=Secret("env", "PASSWORD"))
    assert "hunter2" not in failure.value.detail
