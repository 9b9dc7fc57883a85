"""Mail, by SMTP (RFC 5321) through one server: the only module that knows smtplib.

smtplib blocks, so it runs in a thread; when the wait for it ends, its connection is cut, and with that the thread, whatever
it is doing: the hold on the connection is there before the first byte, and outlives the change to TLS. The
Message-ID is made of the batch's id: what is sent twice is the same mail to whoever reads it.

Weighed against it and left out: apprise 2.2, which reaches 130 services. It brings seven more packages (20 MB on disk) and
37 MB of memory to a daemon of 100; it has an HTTP stack of its own, without our guard, our roots and a Retry-After that we
would hear of; and it sends nothing again under the same id. A webhook with a template reaches what takes JSON.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from checks.foreign import one_line, quoted
from checks.model import Unseen
from monitor.network.credentials import reveal
from monitor.notify import wording
from monitor.notify.channel import NotTaken
from monitor.notify.hiding import revealed, without
from monitor.outbox import Batch, Message, Route
from monitor.receivers import Email, Encryption
from monitor.threads import in_thread

STEP_SECONDS = 10.0
"""How long the server may take for each thing it says."""
_PERMANENT = range(500, 600)

_log = logging.getLogger(__name__)


class Mail:
    """Sends mail as *settings* say; the server is judged by the roots in *ca_file*, or by the system's."""

    def __init__(self, settings: Email, ca_file: Path | None) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._last: _Errand | None = None

    @property
    def route(self) -> Route:
        """See `Channel.route`."""
        settings = self._settings
        return Route(channel=settings.name, severities=settings.severities, teams=settings.teams)

    async def deliver(self, batch: Batch, at: datetime) -> None:
        """See `Channel.deliver`."""
        if self._last and not self._last.is_over:
            msg = "the server still holds up the try before this one"
            raise NotTaken(msg)
        self._last = errand = _Errand(self._settings, self._ca_file, render(batch, self._settings, at))
        try:
            await in_thread(errand.run)
        finally:
            errand.cut()


def render(batch: Batch, settings: Email, at: datetime) -> EmailMessage:
    """The mail that tells of *batch*."""
    messages = wording.newest(batch.messages)
    mail = EmailMessage()
    mail["Subject"] = wording.headline(messages, at, limit=180)
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{batch.id}@{settings.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday greeting comes back.
    mail.set_content(_content(messages, str(mail["Subject"]), at))
    return mail


def _content(messages: Sequence[Message], subject: str, at: datetime) -> str:
    """What stands below *subject*, which is not said again unless it had to be cut."""
    whole = wording.headline(messages, at)
    lines = [] if whole == subject else [whole, ""]
    told = wording.paragraph(messages[0], at)[1:] if len(messages) == 1 else [wording.body(messages, at)]
    return "\n".join([*lines, *told, ""])


class _Line(smtplib.SMTP):
    """A connection that says *opened* before anything is read from it or written to it."""

    def __init__(self, opened: Callable[[socket.socket], None], host: str, port: int) -> None:
        self._say_opened = opened
        super().__init__(host, port, timeout=STEP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        self._say_opened(made)
        return made


class _TlsLine(smtplib.SMTP_SSL, _Line):
    """The same, encrypted from the first byte: smtplib puts TLS around what `_Line` makes."""

    def __init__(self, opened: Callable[[socket.socket], None], host: str, port: int, context: ssl.SSLContext) -> None:
        self._say_opened = opened
        smtplib.SMTP_SSL.__init__(self, host, port, timeout=STEP_SECONDS, context=context)


@dataclass
class _Errand:
    """One mail on its way, in a thread."""

    settings: Email
    ca_file: Path | None
    mail: EmailMessage
    is_over: bool = field(default=False, init=False)
    _is_cut: bool = field(default=False, init=False)
    _hold: socket.socket | None = field(default=None, init=False)
    _connection: smtplib.SMTP | None = field(default=None, init=False)

    def run(self) -> None:
        """Send the mail. Raises `NotTaken`."""
        try:
            with self._connected() as server:
                self._log_in(server)
                self._send(server)
        except Unseen as unseen:
            raise NotTaken(unseen.failure.detail) from None
        except smtplib.SMTPResponseException as error:
            raise NotTaken(without(_said(error), revealed(None, self.settings.password))) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._broken(error) from None
        finally:
            for each in (self._connection, self._hold):
                if each:
                    each.close()
            self.is_over = True

    def _broken(self, error: Exception) -> NotTaken:
        text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
        return NotTaken(f"{self.settings.server}: {one_line(text)}")

    def cut(self) -> None:
        """End whatever the thread is waiting for. For any thread, at any time."""
        self._is_cut = True
        if self._hold:
            with suppress(OSError):
                self._hold.shutdown(socket.SHUT_RDWR)

    def _opened(self, made: socket.socket) -> None:
        """Keep a hold on the connection that was *made*, by which it can be cut; too late, it is cut at once."""
        self._hold = made.dup()
        if self._is_cut:
            self.cut()

    def _connected(self) -> smtplib.SMTP:
        """A connection on which mail may be sent, encrypted if it is to be."""
        host, port = self.settings.server.host, self.settings.server.port
        match self.settings.encryption:
            case Encryption.TLS:
                self._connection = _TlsLine(self._opened, host, port, self._context())
            case Encryption.STARTTLS:
                self._connection = _Line(self._opened, host, port)
                self._connection.starttls(context=self._context())
            case Encryption.NONE:
                self._connection = _Line(self._opened, host, port)
        return self._connection

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def _log_in(self, server: smtplib.SMTP) -> None:
        if self.settings.user and self.settings.password:
            server.login(self.settings.user, reveal(self.settings.password))

    def _send(self, server: smtplib.SMTP) -> None:
        """Hand the mail over. Whom the server refuses while it takes others costs those nothing, and is told."""
        try:
            refused = server.send_message(self.mail, to_addrs=list(self.settings.to))
        except smtplib.SMTPRecipientsRefused as error:
            msg = f"it refuses everybody: {_refusals(error.recipients)}"
            raise NotTaken(msg) from None
        except smtplib.SMTPDataError as error:
            raise NotTaken(_said(error), is_final=error.smtp_code in _PERMANENT) from None
        if refused:
            _log.warning("a mail server refuses some recipients", extra={"detail": _refusals(refused)})


def _said(error: smtplib.SMTPResponseException) -> str:
    """What a server answered, in one line."""
    return f"it answered {error.smtp_code}: {_text(error.smtp_error)}"


def _refusals(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{who}: {code} {_text(said)}" for who, (code, said) in refused.items())


def _text(said: bytes | str) -> str:
    return quoted(said.decode(errors="replace") if isinstance(said, bytes) else said)
