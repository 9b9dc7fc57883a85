"""A mail server on loopback (RFC 5321): it takes mail, in the clear or encrypted, and says no where a test wishes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.support.servers import Listener, serving, trusted


@dataclass
class MailServer:
    """What it *answers* instead of yes, by the command, and what it was sent: letters, and who logged in.

    It hangs at a command, or at the ``END`` of a mail, of which it *thinks* for some seconds; an empty answer is a break.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    starttls: bool = False
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    hangs_at: str = ""
    thinks_seconds: float = 0
    port: int = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from the greeting to its end."""
        await self._say(writer, self.answers.get("CONNECT", "220 mail.test"))
        while line := await reader.readline():
            command, _, rest = line.decode().strip().partition(" ")
            command = command.upper()
            if command == self.hangs_at:
                await asyncio.Event().wait()
            await self._say(writer, self.answers[command] if command in self.answers else self._answer(command, rest))
            if command == "STARTTLS":
                await writer.start_tls(trusted())
            if command == "DATA" and "DATA" not in self.answers:
                await self._take(reader, writer)
            if command == "QUIT":
                return

    def _answer(self, command: str, rest: str) -> str:
        match command:
            case "EHLO":
                offers = (["STARTTLS"] if self.starttls else []) + ["AUTH PLAIN", "8BITMIME"]
                lines = ["mail.test", *offers]
                return "\r\n".join(f"250{'-' if line is not lines[-1] else ' '}{line}" for line in lines)
            case "AUTH":
                self.logins.append(rest)
                return "235 welcome"
            case "RCPT":
                who = rest[len("TO:<") :].partition(">")[0]
                if refusal := self.answers.get(who):
                    return refusal
                self.recipients.append(who)
                return "250 ok"
            case "DATA":
                return "354 go on"
            case "STARTTLS":
                return "220 go on"
            case "QUIT":
                return "221 bye"
        return "250 ok"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = await reader.readuntil(b"\r\n.\r\n")
        self.letters.append(message_from_bytes(content[:-3], policy=policy.default))
        if self.hangs_at == "END":
            await asyncio.Event().wait()
        await asyncio.sleep(self.thinks_seconds)
        await self._say(writer, self.answers.get("END", "250 taken"))

    async def _say(self, writer: asyncio.StreamWriter, words: str) -> None:
        if not words:
            writer.close()
            return
        writer.write(words.encode() + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def mail_server(server: MailServer, tls: ssl.SSLContext | None = None) -> AsyncIterator[Listener]:
    """Run *server*, with TLS from the first byte if *tls* is given."""
    async with serving(server.converse, tls=tls, host="127.0.0.1") as listener:
        server.port = listener.port
        yield listener
