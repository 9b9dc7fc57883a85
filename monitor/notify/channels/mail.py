"""Mail, by SMTP (RFC 5321) through one server: the only module that knows smtplib.

smtplib blocks, so it runs in a thread; when the wait for it ends, its connection is cut, and with that the thread, whatever
it is doing: the hold on the connection is there before the first byte, and outlives the change to TLS.

A server may think for ten minutes after the dot that ends a mail (RFC 5321, section 4.5.3.2.6). So its answer to that may
take all the time that is left; where none comes, the mail may have arrived. Nothing that comes after a yes makes it a no.

Weighed against it and left out: apprise 2.2, which reaches 130 services. It brings seven more packages (20 MB on disk) and
37 MB of memory to a daemon of 100; it has an HTTP stack of its own, without our guard, our roots and a Retry-After that we
would hear of; and it sends nothing again under the same id. A webhook with a template reaches what takes JSON.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from checks.foreign import one_line, quoted
from checks.model import Unseen
from monitor.credentials import reveal
from monitor.notify.channel import NotTaken
from monitor.notify.channels.letter import render
from monitor.notify.hiding import revealed, without
from monitor.outbox import Batch, Route
from monitor.receivers import Email, Encryption
from monitor.threads import in_thread

DELIVERY_SECONDS = 24.0
"""How long all of it may take: a little less than a sender waits, who could not know whether the mail was out."""
STEP_SECONDS = 10.0
"""How long the server may take for each thing it says, but for its answer to the mail."""
_REFUSAL = range(400, 600)
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
            async with asyncio.timeout(DELIVERY_SECONDS):
                await in_thread(errand.run)
        except TimeoutError:
            errand.cut()  # Before it is asked how far it came: it must come no further.
            if not errand.is_taken:
                msg = f"{self._settings.server}: no answer within {DELIVERY_SECONDS:g} s"
                raise NotTaken(msg, is_doubtful=errand.is_doubtful) from None
        finally:
            errand.cut()


class _Line(smtplib.SMTP):
    """A connection that says *opened* before anything is read from it or written to it.

    It *is_doubtful* from when the mail is out, the dot at its end with it, until the server has said yes or no.
    """

    is_doubtful = False

    def __init__(self, opened: Callable[[socket.socket], None], host: str, port: int) -> None:
        self._say_opened = opened
        super().__init__(host, port, timeout=STEP_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        self._say_opened(made)
        return made

    def send(self, s: Any) -> None:
        """Send *s*: a command, which is text, or the mail, which is bytes."""
        super().send(s)
        if isinstance(s, bytes):
            self.is_doubtful = True
            self._give(DELIVERY_SECONDS)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """What the server answers to the mail *msg*."""
        code, said = super().data(msg)
        self.is_doubtful = code not in _REFUSAL
        self._give(STEP_SECONDS)
        return code, said

    def _give(self, seconds: float) -> None:
        """Let the server take that long for what it says next."""
        if self.sock:
            self.sock.settimeout(seconds)


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
    is_taken: bool = field(default=False, init=False)
    _is_cut: bool = field(default=False, init=False)
    _hold: socket.socket | None = field(default=None, init=False)
    _connection: _Line | None = field(default=None, init=False)

    def run(self) -> None:
        """Send the mail. Raises `NotTaken`."""
        try:
            self._converse(self._connected())
        except Unseen as unseen:
            raise NotTaken(unseen.failure.detail) from None
        except smtplib.SMTPResponseException as error:
            raise self._refused(error) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise self._broken(error) from None
        finally:
            for each in (self._connection, self._hold):
                if each:
                    each.close()
            self.is_over = True

    def _refused(self, error: smtplib.SMTPResponseException, *, is_final: bool = False) -> NotTaken:
        said = f"it answered {error.smtp_code}: {_text(error.smtp_error)}"
        said = without(said, revealed(None, self.settings.password))
        return NotTaken(said, is_final=is_final, is_doubtful=self.is_doubtful)

    def _broken(self, error: Exception) -> NotTaken:
        text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
        return NotTaken(f"{self.settings.server}: {one_line(text)}", is_doubtful=self.is_doubtful)

    @property
    def is_doubtful(self) -> bool:
        """Whether the mail is out and the server has not said what became of it."""
        return self._connection is not None and self._connection.is_doubtful

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

    def _connected(self) -> _Line:
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

    def _converse(self, server: _Line) -> None:
        """Hand the mail over and take leave; what the server makes of the latter changes nothing."""
        try:
            self._log_in(server)
            self._send(server)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

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
            raise self._refused(error, is_final=error.smtp_code in _PERMANENT) from None
        self.is_taken = True
        if refused:
            _log.warning("a mail server refuses some recipients", extra={"detail": _refusals(refused)})


def _refusals(refused: Mapping[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"{who}: {code} {_text(said)}" for who, (code, said) in refused.items())


def _text(said: bytes | str) -> str:
    return quoted(said.decode(errors="replace") if isinstance(said, bytes) else said)
